/// The claims about every module that have no measure, by identifier: a certificate must have each of them.
enum FixedClaims {
  static let identifiers: [String] = [
    "trace.boot", "trace.time", "trace.meaning", "trace.complete", "trace.end", "trace.keyframe", "frame.regular",
    "window.order", "window.nominal", "window.end.order", "window.owner", "switch.chain", "switch.effect",
    "yield.final", "yield.value", "idle.time", "timer.armed", "address.space", "interrupt.acknowledged",
    "interrupt.mark.complete", "interrupt.mark.registered", "interrupt.mark.order", "interrupt.kernelHandler",
    "interrupt.unclaimed", "interrupt.spurious", "mark.counter", "mark.delivered", "registration.permitted",
    "upcall.registered", "upcall.window", "upcall.enabled", "upcall.order", "upcall.service", "upcall.count",
    "upcall.ordinal", "upcall.handler", "upcall.frame", "upcall.written", "upcall.entered", "upcall.returned",
    "upcall.acknowledge", "mask.written", "mask.effective", "mask.foreign", "mask.budget", "hypercall.answered",
    "hypercall.known", "console.written", "note.words", "time.read", "statistic.value",
    "exception.answered", "health.action",
    "health.carriedOut", "mode.chain", "mode.quiet", "port.permitted", "port.sequence", "port.copied",
    "port.content", "port.valid", "port.result", "registration.event", "event.raised", "event.mark", "tick.due",
    "tick.policy", "tick.mark", "tick.armed", "health.mark", "queue.mark", "upcall.marked", "upcall.depth",
    "upcall.overflow", "upcall.room", "exception.reflected", "exception.handler", "exception.written", "health.entered",
    "health.level", "health.state", "health.process", "health.callback", "health.module", "health.log",
    "health.read", "mode.transition", "mode.asked", "restart.start", "restart.begun", "restart.pieces",
    "restart.order", "restart.quiet", "restart.context", "restart.condition", "schedule.asked", "schedule.effective",
    "schedule.action", "schedule.named", "queue.sequence", "queue.order", "queue.content", "queue.capacity",
    "queue.overflow", "queue.available", "queue.status", "port.empty", "port.created", "stimulus.played",
    "drain.progress", "kernel.fault", "stop.reason", "stop.quiet",
  ]
}
