import TraceFormat

/// By what an event is recognised in another run: kind, partition, and what it is about, but not what it says.
struct EventLikeness: Equatable {
  var kind: UInt8
  var partition: UInt8
  var subject: UInt32

  init(_ event: TraceEvent) {
    kind = event.kind
    partition = event.partition
    switch event.knownKind {
    // A vector or a number; the address space found loaded is content.
    case .interrupt, .hypercall, .exception: subject = event.operand & 0xFFFF
    case .timer: subject = 0
    case .hypercallResult, .kernelHandler, .mark, .upcall, .acknowledged, .windowStart, .windowEnd, .portOperation,
      .messageCopied, .noteWords, .majorFrameStart, .exceptionReflected:
      subject = event.operand
    default: subject = 0
    }
  }

  /// Whether a comparison passes over the event.
  ///
  /// - Parameter hidden: kinds that one of the traces leaves out.
  static func isLeftOut(_ event: TraceEvent, _ hidden: LeftOutKinds = .none) -> Bool {
    event.knownKind?.eventClass == .state || hidden.contains(kind: event.kind)
  }

  /// The less, the graver is a difference in the event: errors and changes of mode, then what came and was decided,
  /// then what the kernel did about it.
  static func weight(_ event: TraceEvent) -> Int {
    switch event.knownKind {
    case .healthError, .healthAction, .moduleAction, .kernelFault, .exception, .modeChange, .scheduleChange, .loss: 0
    case .memoryPiece, .timerArmed, .lineMask, .idle: 2
    default: [.input, .decision].contains(event.knownKind?.eventClass) ? 1 : 2
    }
  }

  /// The event without its time, instants counted from `origin`, lengths of time that only tell how fast the kernel
  /// was left out.
  static func content(_ event: TraceEvent, from origin: UInt64) -> TraceEvent {
    var content = event
    content.time = 0
    switch event.knownKind {
    case .interrupt, .timer, .hypercall, .exception: content.words.w1 = 0
    case .partitionSwitch, .windowEnd, .majorFrameStart, .timerArmed, .idle:
      content.words.w0 = relative(event.words.w0, origin)
    case .padded:
      content.words.w0 = relative(event.words.w0, origin)
      content.words.w1 = event.words.w1 == 0 ? 0 : 1
    case .windowStart, .timerExpired:
      content.words.w0 = relative(event.words.w0, origin)
      content.words.w1 = relative(event.words.w1, origin)
    default: break
    }
    return content
  }

  /// Never and none stay what they are.
  private static func relative(_ instant: UInt64, _ origin: UInt64) -> UInt64 {
    instant == 0 || instant == .max ? instant : instant &- origin
  }
}
