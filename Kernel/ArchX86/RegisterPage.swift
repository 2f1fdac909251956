import ArchX86Assembly

/// A partition's registers while it does not run, and what the switcher needs to go in and out.
///
/// One page a partition, mapped at `PARTITA_REGISTER_PAGE` in that partition's address space for the switcher alone
/// (ring 0); the kernel reaches it by its physical address. The idle loop has one too.
public struct RegisterPage {
  // Unsafe: a whole page of the kernel's own, mapped as long as the kernel runs.
  private let base: UnsafeMutableRawPointer

  /// Makes a register page at `address`.
  public init(new address: PhysicalAddress) {
    base = address.pointer
    self[PARTITA_REGISTERS_CS] = UInt64(PARTITA_USER_CODE)
    self[PARTITA_REGISTERS_SS] = UInt64(PARTITA_USER_DATA)
    self[PARTITA_REGISTERS_RFLAGS] = 0x202
  }

  /// A page that was set up before.
  @inline(__always) public init(_ address: PhysicalAddress) {
    base = address.pointer
  }

  /// Flags that a partition may set in a context of its own making: carry … overflow, trap, direction, alignment check,
  /// ID.
  public static var partitionFlags: UInt64 { 0x24_0DD5 }

  @inline(__always) private subscript(offset: Int32) -> UInt64 {
    get { Instruction.load64(base + Int(offset)) }
    nonmutating set { Instruction.store64(newValue, to: base + Int(offset)) }
  }

  /// What the last entry was: the CPU's vector, or 256 for a hypercall.
  public var vector: UInt64 { self[PARTITA_REGISTERS_VECTOR] }
  /// The CPU's, of the last entry; 0 where that has none.
  public var errorCode: UInt64 { self[PARTITA_REGISTERS_ERROR] }

  /// Where ring 3 was interrupted, and where it goes on.
  public var instructionPointer: UInt64 {
    get { self[PARTITA_REGISTERS_RIP] }
    nonmutating set { self[PARTITA_REGISTERS_RIP] = newValue }
  }
  /// As at the last entry, and at the next exit.
  public var stackPointer: UInt64 {
    get { self[PARTITA_REGISTERS_RSP] }
    nonmutating set { self[PARTITA_REGISTERS_RSP] = newValue }
  }
  /// RFLAGS as at the last entry, and at the next exit unless `holdInterrupts` changes them.
  public var flags: UInt64 {
    get { self[PARTITA_REGISTERS_RFLAGS] }
    nonmutating set { self[PARTITA_REGISTERS_RFLAGS] = newValue }
  }
  /// `PARTITA_HOLD_…` of the last exit with interrupts held.
  var hold: UInt64 {
    get { self[PARTITA_REGISTERS_HOLD] }
    nonmutating set { self[PARTITA_REGISTERS_HOLD] = newValue }
  }
  /// The address of the instruction that interrupts are held for; counts only where loads of SS stand before it.
  var heldInstruction: UInt64 {
    get { self[PARTITA_REGISTERS_HELD] }
    nonmutating set { self[PARTITA_REGISTERS_HELD] = newValue }
  }
  /// CS as the last entry has saved it, for a frame.
  public var codeSelector: UInt64 { self[PARTITA_REGISTERS_CS] }
  /// SS as the last entry has saved it, for a frame.
  public var stackSelector: UInt64 { self[PARTITA_REGISTERS_SS] }

  /// The general registers, by their place in an upcall frame: rax rbx rcx rdx rsi rdi rbp r8 … r15.
  public subscript(general index: Int) -> UInt64 {
    @inline(__always) get {
      precondition(index >= 0 && index < 15)
      return self[PARTITA_REGISTERS_RAX - Int32(index) * 8]
    }
    @inline(__always) nonmutating set {
      precondition(index >= 0 && index < 15)
      self[PARTITA_REGISTERS_RAX - Int32(index) * 8] = newValue
    }
  }

  /// The registers of a beginning: zeroes but for where it begins and its stack.
  public func reset(instructionPointer: UInt64, stackPointer: UInt64) {
    for index in 0..<15 { self[general: index] = 0 }
    self.instructionPointer = instructionPointer
    self.stackPointer = stackPointer
    flags = 0x202
  }

  /// What has been done of an entry when the switcher hands it over.
  public enum Entry: UInt32 {
    /// Nothing but saving the registers.
    case fresh = 1
    /// It was the interrupt of a line: it is recorded, marked and acknowledged; what follows from it is not decided.
    case marked = 2
  }

  /// Runs ring 3, in the address space that `SwitcherPages.setNextRoot` has named and with its register page, until the
  /// next entry to the kernel that is not dealt with at once.
  ///
  /// - Parameter padTicks: the counter value at which the exit begins, or 0 for at once.
  @inline(__always) public static func enter(padTicks: UInt64) -> Entry {
    partita_leave_and_return(padTicks) == Entry.marked.rawValue ? .marked : .fresh
  }

  /// Waits in ring 0 with interrupts on until the counter says `untilTicks` (all ones: for ever).
  ///
  /// - Returns: whether an interrupt came, whose frame is then in the idle loop's page; false when the time came.
  public static func wait(untilTicks: UInt64) -> Bool { partita_wait_and_return(untilTicks) != 0 }

  /// Goes on a fixed number of instructions after the counter has said `untilTicks`, interrupts off: the last piece of
  /// a wait, whose loop ends some instructions earlier or later.
  public static func pad(untilTicks: UInt64) { partita_pad(untilTicks) }

  /// Ticks before its target at which a wait must end for a pad to reach it.
  public static var padTicks: UInt64 { UInt64(PARTITA_PAD_SLED) &* 2 }

  /// Instructions, and so ns under `-icount shift=0`, from the pad's target to the first instruction in ring 3.
  public static var padLatencyTicks: UInt64 { UInt64(PARTITA_PAD_INSTRUCTIONS) }
}
