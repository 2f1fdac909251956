import ArchX86Assembly

/// What an instruction does that matters when interrupts are held for it by the trap flag (`switcher.S`).
public enum FirstInstruction {
  /// The debug exception comes behind it, and nothing of the flags shows.
  case ordinary
  /// `syscall`: enters the kernel by itself.
  case systemCall
  /// PUSHF: stores the flags on the stack.
  case storesFlags
  /// POPF, IRET: the trap flag behind it is what it has loaded.
  case loadsFlags
  /// INT1, or a load of SS: its debug exception could not be told from its own, or would come an instruction later.
  case unheld

  /// Longest instruction, prefixes included.
  public static var maximumByteCount: UInt64 { 15 }

  /// Looks at the first `byteCount` bytes of an instruction. Where they end too early it is ordinary: its fetch will
  /// fault.
  ///
  /// Unsafe: the caller has checked the range.
  public init(_ bytes: UnsafeRawPointer, byteCount: UInt64) {
    self = .ordinary
    let byteCount = Int(truncatingIfNeeded: byteCount)
    var index = 0
    while index < byteCount, FirstInstruction.isPrefix(bytes.load(fromByteOffset: index, as: UInt8.self)) { index += 1 }
    guard index < byteCount else { return }
    let next: UInt8 = index + 1 < byteCount ? bytes.load(fromByteOffset: index + 1, as: UInt8.self) : 0
    switch bytes.load(fromByteOffset: index, as: UInt8.self) {
    case 0x0F: self = next == 0x05 ? .systemCall : next == 0xB2 ? .unheld : .ordinary  // SYSCALL, LSS
    case 0x9C: self = .storesFlags
    case 0x9D, 0xCF: self = .loadsFlags
    case 0x8E: self = next &>> 3 & 7 == 2 ? .unheld : .ordinary  // MOV to SS
    case 0xF1: self = .unheld
    default: break
    }
  }

  /// Legacy prefixes and, in 64-bit mode, REX.
  private static func isPrefix(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x26, 0x2E, 0x36, 0x3E, 0x40...0x4F, 0x64...0x67, 0xF0, 0xF2, 0xF3: true
    default: false
    }
  }

  /// `PARTITA_HOLD_…`, for a partition whose own trap flag is off.
  fileprivate var hold: Int32 {
    switch self {
    case .ordinary: PARTITA_HOLD_TRAPS
    case .systemCall, .unheld: 0
    case .storesFlags: PARTITA_HOLD_TRAPS | PARTITA_HOLD_STORES_FLAGS
    case .loadsFlags: PARTITA_HOLD_TRAPS | PARTITA_HOLD_LOADS_FLAGS
    }
  }
}

extension RegisterPage {
  /// Lets the next exit run one instruction with interrupts off, and what is pending come behind it.
  ///
  /// To be called last of all before `enter`: until then the flags are the partition's own, and nobody may look at them
  /// afterwards before the next entry has put them right.
  @inline(__always) public func holdInterrupts(for first: FirstInstruction) {
    if case .unheld = first { return }
    let own = flags
    let isTrapping = own & 0x100 != 0
    var hold = first.hold
    if isTrapping, hold != 0 { hold = hold & ~PARTITA_HOLD_TRAPS | PARTITA_HOLD_REPORTS }
    self.hold = UInt64(hold)
    flags = own & ~0x200 | (hold & PARTITA_HOLD_TRAPS != 0 ? 0x100 : 0)
  }
}
