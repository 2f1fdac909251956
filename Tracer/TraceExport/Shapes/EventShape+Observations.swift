import TraceFormat

extension EventShape {
  static func observation(_ kind: EventKind) -> [ShapeField] {
    switch kind {
    case .acknowledged: [vector, word(0, "inService", .address)]
    case .upcallWritten: [word(0, "frame", .address), word(1, "rip", .address), wordFlag(2, "enabled")]
    case .exceptionWritten:
      [
        operand("vector", .label(.exception)), word(0, "frame", .address), word(1, "rip", .address),
        wordFlag(2, "enabled"),
      ]
    case .contextReset: [word(0, "rip", .address), word(1, "rsp", .address)]
    case .messageCopied:
      [
        detail("operation", .label(.portOperation)), operand("port", .count), word(0, "digest", .address),
        word(1, "length", .count),
      ]
    case .consoleWritten: [operand("bytes", .count), word(0, "digest", .address)]
    case .noteWords:
      [operand("first", .count), detail("count", .count)] + (0..<8).map { word($0, "w\($0)", .address) }
    case .drained: [word(0, "words", .count), word(1, "bytes", .count)]
    case .maskRead: [operand("masked", .address)]
    case .padded: [word(0, "until", .instant), word(1, "left", .duration)]
    case .kernelFault: [operand("what", .count), word(0, "rip", .address)]
    default: raw
    }
  }

  static func control(_ kind: EventKind) -> [ShapeField] {
    switch kind {
    case .keyframeWords: [operand("first", .count)] + (0..<8).map { word($0, "w\($0)", .address) }
    case .keyframe: [operand("words", .count), word(0, "digest", .address)]
    case .boot:
      [
        operand("version", .count), word(0, "table", .address), word(1, "kernel", .address),
        word(2, "clockScale", .address), word(3, "stopAt", .instant),
      ]
    case .loss: [word(0, "events", .count)]
    case .end: [word(0, "events", .count), word(1, "lost", .count)]
    default: raw
    }
  }
}
