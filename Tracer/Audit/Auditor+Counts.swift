import TraceFormat

/// How often claims without a measure had to be judged: once for each event of a kind.
extension Auditor {
  /// Claims whose instances are counted anew.
  static let counted: Set<String> = [
    "trace.boot", "trace.time", "trace.complete", "trace.end", "trace.keyframe", "frame.regular", "window.order",
    "window.nominal", "window.end.order", "switch.chain", "switch.effect", "address.space", "interrupt.acknowledged",
    "interrupt.mark.complete", "mask.written", "hypercall.answered", "health.entered", "mode.chain", "restart.order",
    "port.permitted", "drain.progress", "stimulus.played", "kernel.fault", "tick.policy",
    "event.raised", "stop.quiet", "stop.reason", "note.words",
  ]

  mutating func countInstances(_ kind: EventKind, _ event: TraceEvent) {
    let isPulse = event.detail & 16 != 0
    switch kind {
    case .interrupt, .timer, .hypercall, .exception:
      if kind != .interrupt || !isPulse {
        count("address.space")
        count("switch.effect")
      }
      if kind == .interrupt, isPulse { count("stimulus.played") }
    case .keyframe: count("trace.keyframe")
    case .majorFrameStart: count("frame.regular")
    case .windowStart:
      count("window.order")
      count("window.nominal")
    case .windowEnd: count("window.end.order")
    case .partitionSwitch: count("switch.chain")
    case .maskRead: count("mask.written")
    case .hypercallResult:
      // Before the first input nobody waits for one.
      if step.kind != nil { count("hypercall.answered") }
      countNote(granted: event)
    case .noteWords: countWords(event)
    case .healthError: count("health.entered")
    case .modeChange: count("mode.chain")
    case .memoryPiece, .initialised: count("restart.order")
    case .portOperation: if event.detail != 6 { count("port.permitted") }
    case .drained: count("drain.progress")
    case .stimulus: count("stimulus.played")
    case .kernelFault: count("kernel.fault")
    case .timerExpired: count("tick.policy")
    case .eventRaised: count("event.raised")
    case .stop:
      count("stop.quiet")
      count("stop.reason")
    case .boot: count("trace.boot")
    case .end:
      count("trace.end")
      count("trace.complete")
    default: break
    }
  }

  /// A note that is granted owes its words.
  private mutating func countNote(granted event: TraceEvent) {
    guard step.kind == .hypercall, step.what == 93, event.detail == 0, !step.answered else { return }
    step.wordsDue = step.secondArgument
  }

  /// Words of a note: counted where they are the next ones due, and the note itself with its last one.
  private mutating func countWords(_ event: TraceEvent) {
    let given = step.secondArgument &- step.wordsDue
    guard step.wordsDue > 0, Int(event.partition) == step.partition, UInt64(event.operand) == given,
      event.detail == (step.wordsDue < 8 ? UInt8(step.wordsDue) : 8)
    else { return }
    step.wordsDue -= UInt64(event.detail)
    count("note.words", step.wordsDue == 0 ? 2 : 1)
  }

  /// An interrupt's step is over: of one in which the module stops nothing more is due.
  mutating func countInterrupt() {
    guard step.kind == .interrupt, !step.isSpurious, !step.stopped else { return }
    count("interrupt.mark.complete")
    if !step.isPulse { count("interrupt.acknowledged") }
  }
}
