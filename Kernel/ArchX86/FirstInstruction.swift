import ArchX86Assembly

/// What an instruction does that matters when interrupts are held for it by the trap flag (`ExceptionEntries.h`).
///
/// A load of SS keeps the debug exception back until the next instruction is done, but of loads in a row 'only the
/// first is guaranteed' to (Intel's manual, volume 2, MOV). So loads of SS are looked through to what stands behind
/// them, and the exception may come before that instruction or behind it: the switcher sees by the instruction pointer
/// which. Not through any number of them: the look is a part of the final pad, and meanwhile no interrupt could come.
public struct FirstInstruction {
  /// What matters of the first instruction that is no load of SS.
  public enum Kind {
    /// The debug exception comes behind it, and nothing of the flags shows.
    case ordinary
    /// `syscall`: enters the kernel by itself.
    case systemCall
    /// PUSHF: stores the flags on the stack.
    case storesFlags
    /// POPF, IRET: the trap flag behind it is what it has loaded.
    case loadsFlags
    /// INT1: raises a debug exception of its own, which cannot be told from the trap flag's.
    case raisesDebugException
    /// One load of SS more than are looked through.
    case unheld
  }

  /// Of the first instruction behind the loads of SS.
  let kind: Kind
  /// How far the instruction of that kind is behind the first one: the bytes of loads of SS.
  public let offset: Int

  /// Nothing is known of it, as where its fetch will fault.
  public static var ordinary: FirstInstruction { FirstInstruction(.ordinary, offset: 0) }
  /// As far as is looked: no instruction is longer than 15 bytes, prefixes included.
  public static var maximumByteCount: UInt64 { UInt64(truncatingIfNeeded: (maximumLoadCount + 1) * 15) }
  /// Loads of SS in a row that are looked through.
  private static var maximumLoadCount: Int { 4 }

  private init(_ kind: Kind, offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// Looks at the bytes from an instruction on. Where they end too early it is ordinary: its fetch
  /// will fault.
  ///
  /// Unsafe: the caller has checked the range.
  public init(_ code: UnsafeRawBufferPointer) {
    self = .ordinary
    var (start, loads) = (0, 0)
    while let opcode = FirstInstruction.opcode(in: code, from: start) {
      guard FirstInstruction.loadsStackSegment(code, opcode) else {
        self.init(FirstInstruction.kind(code, opcode), offset: start)
        return
      }
      loads += 1
      guard loads <= FirstInstruction.maximumLoadCount else {
        self.init(.unheld, offset: 0)
        return
      }
      start = FirstInstruction.end(of: code, operand: opcode + 1)
    }
  }

  /// By the opcode at `index`, which is in `code`.
  private static func kind(_ code: UnsafeRawBufferPointer, _ index: Int) -> Kind {
    switch code[index] {
    case 0x0F: index + 1 < code.count && code[index + 1] == 0x05 ? .systemCall : .ordinary
    case 0x9C: .storesFlags
    case 0x9D, 0xCF: .loadsFlags
    case 0xF1: .raisesDebugException
    default: .ordinary
    }
  }

  /// The place of the opcode of the instruction at `start`; nil beyond the end of what can be seen.
  static func opcode(in code: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    while index < code.count, isPrefix(code[index]) { index += 1 }
    return index < code.count ? index : nil
  }

  /// MOV to SS; LSS holds nothing back, and there is no POP SS in 64-bit mode.
  private static func loadsStackSegment(_ code: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    code[index] == 0x8E && index + 1 < code.count && code[index + 1] &>> 3 & 7 == 2
  }

  /// Where an instruction ends whose last part is the operand at `index`: ModR/M, SIB and displacement (Intel's manual,
  /// volume 2, 'ModR/M and SIB Bytes').
  private static func end(of code: UnsafeRawBufferPointer, operand index: Int) -> Int {
    let (mode, register) = (code[index] &>> 6, code[index] & 7)
    if mode == 3 { return index + 1 }
    let hasIndex = register == 4
    let base = hasIndex && index + 1 < code.count ? code[index + 1] & 7 : register
    let displacement = mode == 1 ? 1 : mode == 2 || base == 5 ? 4 : 0
    return index + 1 + (hasIndex ? 1 : 0) + displacement
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
    if case .ordinary = kind { return PARTITA_HOLD_TRAPS }
    let way: Int32 =
      switch kind {
      case .ordinary, .systemCall, .unheld: 0
      case .raisesDebugException: PARTITA_HOLD_REPORTS
      case .storesFlags: PARTITA_HOLD_TRAPS | PARTITA_HOLD_STORES_FLAGS
      case .loadsFlags: PARTITA_HOLD_TRAPS | PARTITA_HOLD_LOADS_FLAGS
      }
    return way | Int32(truncatingIfNeeded: offset) << PARTITA_HOLD_OFFSET
  }
}

extension RegisterPage {
  /// Lets the next exit run one instruction with interrupts off, and what is pending come behind it.
  ///
  /// To be called last of all before `enter`: until then the flags are the partition's own, and nobody may look at them
  /// afterwards before the next entry has put them right.
  @inline(__always) public func holdInterrupts(for first: FirstInstruction) {
    if case .unheld = first.kind { return }
    let own = flags
    var hold = first.hold
    if own & 0x100 != 0 { hold = hold & ~PARTITA_HOLD_TRAPS | PARTITA_HOLD_REPORTS }
    self.hold = UInt64(hold)
    if first.offset != 0 { heldInstruction = instructionPointer &+ UInt64(truncatingIfNeeded: first.offset) }
    flags = own & ~0x200 | (hold & PARTITA_HOLD_TRAPS != 0 ? 0x100 : 0)
  }
}
