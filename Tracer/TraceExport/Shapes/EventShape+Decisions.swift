import TraceFormat

extension EventShape {
  /// Nil for kinds that `ofModule` knows.
  static func decision(_ kind: EventKind) -> [ShapeField]? {
    switch kind {
    case .kernelHandler: [vector, word(0, "count", .count)]
    case .mark: [vector, word(0, "waiting", .count)]
    case .upcall:
      [
        vector, word(0, "coalesced", .count), word(1, "handler", .address), word(2, "ordinal", .count),
        ShapeField("depth", .count, bytes: 1) { UInt64($0.detail >> 1) },
        ShapeField("replacesReturn", .flag, bytes: 1) { UInt64($0.detail & 1) },
      ]
    case .upcallsReturned: [operand("count", .count)]
    case .hypercallResult:
      [
        ShapeField("call", .label(.hypercall), bytes: 2) { UInt64($0.operand & 0xFFFF) },
        detail("status", .label(.returnCode)), word(0, "value", .count),
      ]
    case .partitionSwitch: [detail("from", .partition), word(0, "nominal", .instant)]
    case .windowStart:
      [
        operand("window", .count), word(0, "start", .instant), word(1, "end", .instant),
        ShapeField("late", .duration) { $0.time &- min($0.time, $0.words.w0) },
      ]
    case .windowEnd: [operand("window", .count), word(0, "end", .instant)]
    case .majorFrameStart: [operand("frame", .count), detail("schedule", .count), word(0, "start", .instant)]
    case .healthAction:
      [
        operandByte(0, "error", .label(.errorCode)), detail("action", .label(.recoveryAction)),
        ShapeField("exception", .label(.exception)) { $0.words.w0 != 0 ? $0.words.w0 - 1 : nil },
      ]
    case .portOperation: portOperation
    case .lineMask: [operand("masked", .address)]
    case .timerArmed: [word(0, "for", .instant)]
    case .idle: [word(0, "until", .instant)]
    case .modeChange:
      [
        detail("to", .label(.operatingMode)), operandByte(0, "from", .label(.operatingMode)),
        operandByte(8, "condition", .label(.startCondition)),
      ]
    case .stop: [detail("reason", .label(.stopReason))]
    default: nil
    }
  }

  private static let portOperation: [ShapeField] = {
    func only(
      _ name: String, _ meaning: ShapeField.Meaning, bytes: Int = 8,
      _ value: @escaping @Sendable (PortOperation?, UInt64) -> UInt64?
    ) -> ShapeField {
      ShapeField(name, meaning, bytes: bytes) { value(PortOperation(rawValue: $0.detail), $0.words.w2) }
    }
    return [
      detail("operation", .label(.portOperation)), operand("port", .count), word(0, "length", .count),
      word(1, "message", .count),
      only("waiting", .count) { $0 == .send ? $1 : $0 == .receive ? $1 >> 1 : nil },
      only("overflow", .flag, bytes: 1) { $0 == .receive ? $1 & 1 : nil },
      only("valid", .flag, bytes: 1) { operation, word in
        switch operation {
        case .send, .receive, .overflow, .clear: nil
        default: word != 0 ? 1 : 0
        }
      },
    ]
  }()

  /// The mechanisms that concern the module as a whole, and partitions among each other.
  static func ofModule(_ kind: EventKind) -> [ShapeField]? {
    switch kind {
    case .timerExpired:
      [
        operand("ticks", .count), word(0, "latest", .instant),
        ShapeField("next", .instant) { $0.words.w1 == 0 ? .max : $0.words.w1 }, word(2, "dropped", .count),
      ]
    case .exceptionReflected:
      [
        operand("vector", .label(.exception)), word(0, "handler", .address), word(1, "error", .address),
        word(2, "address", .address),
      ]
    case .healthError:
      [
        detail("error", .label(.errorCode)), operandByte(0, "level", .label(.errorLevel)),
        operandByte(8, "state", .label(.systemState)), word(0, "address", .address), word(1, "entry", .count),
        ShapeField("exception", .label(.exception)) {
          let vector = UInt64($0.operand >> 16 & 0xFF)
          return vector != 0 ? vector - 1 : nil
        },
      ]
    case .moduleAction: [operandByte(0, "error", .label(.errorCode)), detail("action", .label(.moduleAction))]
    case .restart:
      [
        detail("to", .label(.operatingMode)), operand("pieces", .count),
        wordByte(0, "condition", .label(.startCondition)),
      ]
    case .initialised: []
    case .eventRaised: [operand("channel", .count), wordByte(0, "to", .partition), word(1, "vector", .label(.vector))]
    case .scheduleChange:
      [operand("schedule", .count), ShapeField("done", .flag, bytes: 1) { $0.detail != 0 ? 1 : 0 }]
    case .callback:
      [
        operandByte(0, "error", .label(.errorCode)), word(0, "entry", .address),
        wordByte(1, "then", .label(.recoveryAction)),
      ]
    default: nil
    }
  }
}
