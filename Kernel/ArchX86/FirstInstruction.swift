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
  /// INT1: raises a debug exception of its own, which cannot be told from the trap flag's.
  case raisesDebugException
  /// A load of SS, behind which the debug exception comes an instruction later, before one that is not ordinary.
  case unheld

  /// Longest instruction, prefixes included.
  public static var maximumByteCount: UInt64 { 15 }

  /// Looks at the first `byteCount` bytes of an instruction. Where they end too early it is ordinary: its fetch will
  /// fault.
  ///
  /// Unsafe: the caller has checked the range.
  public init(_ bytes: UnsafeRawPointer, byteCount: UInt64) {
    let code = UnsafeRawBufferPointer(start: bytes, count: Int(truncatingIfNeeded: byteCount))
    self = .ordinary
    guard let opcode = FirstInstruction.opcode(in: code, from: 0) else { return }
    guard FirstInstruction.loadsStackSegment(code, opcode) else {
      self = FirstInstruction(code, opcode)
      return
    }
    // Processors take the trap behind the next instruction, this emulator behind the load: either must do.
    guard let next = FirstInstruction.opcode(in: code, from: FirstInstruction.end(of: code, operand: opcode + 1)),
      !FirstInstruction.loadsStackSegment(code, next), case .ordinary = FirstInstruction(code, next)
    else {
      self = .unheld
      return
    }
  }

  /// By the opcode at `index`, which is in `code`.
  private init(_ code: UnsafeRawBufferPointer, _ index: Int) {
    switch code[index] {
    case 0x0F: self = index + 1 < code.count && code[index + 1] == 0x05 ? .systemCall : .ordinary
    case 0x9C: self = .storesFlags
    case 0x9D, 0xCF: self = .loadsFlags
    case 0xF1: self = .raisesDebugException
    default: self = .ordinary
    }
  }

  /// The place of the opcode of the instruction at `start`; nil beyond the end of what can be seen.
  private static func opcode(in code: UnsafeRawBufferPointer, from start: Int) -> Int? {
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
    switch self {
    case .ordinary: PARTITA_HOLD_TRAPS
    case .systemCall, .unheld: 0
    case .raisesDebugException: PARTITA_HOLD_REPORTS
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
