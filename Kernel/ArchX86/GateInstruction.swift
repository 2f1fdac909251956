/// An instruction that names a gate of the interrupt table: INT n or INT3, which ring 3 may have with any prefixes
/// before it that the CPU passes over.
public enum GateInstruction {
  /// As far as is looked: no instruction is longer.
  public static var maximumByteCount: UInt64 { 15 }

  /// The gate that the instruction at the beginning of `code` names; nil where it is another instruction.
  public static func gate(in code: UnsafeRawBufferPointer) -> UInt8? {
    guard let opcode = FirstInstruction.opcode(in: code, from: 0) else { return nil }
    switch code[opcode] {
    case 0xCC: return 3
    case 0xCD: return opcode + 1 < code.count ? code[opcode + 1] : nil
    default: return nil
    }
  }
}
