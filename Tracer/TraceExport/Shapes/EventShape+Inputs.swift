import ModuleConfiguration
import TraceFormat

extension EventShape {
  static func input(_ kind: EventKind) -> [ShapeField] {
    switch kind {
    case .interrupt: [ShapeField("vector", .label(.vector), bytes: 2) { UInt64($0.operand & 0xFFFF) }] + snapshot
    case .hypercall: hypercall + snapshot
    case .exception:
      [
        ShapeField("vector", .label(.exception), bytes: 2) { UInt64($0.operand & 0xFFFF) },
        word(2, "error", .address), word(3, "address", .address), word(4, "rip", .address), word(5, "comeBack", .count),
      ] + snapshot
    case .nonMaskable: [operand("count", .count)]
    case .stimulus: [detail("action", .label(.stimulusAction)), operand("data", .address)]
    case .memoryPiece: [operand("piece", .count)]
    case .start: [word(0, "stopAt", .instant)]
    default: snapshot
    }
  }

  /// What the kernel found at an entry.
  private static let snapshot: [ShapeField] = [
    ShapeField("enabled", .flag, bytes: 1) { UInt64($0.detail & 1) },
    operandByte(16, "space", .addressSpace),
    ShapeField("flips", .count, bytes: 4) { $0.words.w0 >> 32 },
    ShapeField("entered", .count, bytes: 2) { $0.words.w0 >> 16 & 0xFFFF },
    ShapeField("returned", .count, bytes: 2) { $0.words.w0 & 0xFFFF },
    word(1, "resumed", .duration),
    rare(.inReturnTail, "inTail"), rare(.frameFits, "fits"), rare(.lineInService, "real"), rare(.isPulse, "pulse"),
    rare(.isHandlerOver, "handled"),
  ]

  private static func rare(_ flag: EntrySnapshot.Flags, _ name: String) -> ShapeField {
    let bits = flag.rawValue
    return ShapeField(name, .flag, bytes: 1) { $0.detail & bits != 0 ? 1 : nil }
  }

  /// Where a call's arguments stand among its fields.
  static let arguments = 1..<6

  private static let hypercall: [ShapeField] =
    [ShapeField("call", .label(.hypercall), bytes: 2) { UInt64($0.operand & 0xFFFF) }]
    + (0..<5).map { index in
      ShapeField("a\(index)", .address) { event in
        let number = HypercallNumber(rawValue: UInt16(truncatingIfNeeded: event.operand))
        return index < number?.argumentCount ?? 5 ? event.words[3 + index] : nil
      }
    } + [ShapeField("found", .count) { $0.words.w2 != 0 ? $0.words.w2 : nil }]
}
