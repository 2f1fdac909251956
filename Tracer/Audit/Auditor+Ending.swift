import TraceFormat

/// How a trace ends: with the stop, the end, and what was under way.
extension Auditor {
  mutating func stop() {
    step.stopped = true
    hasStopped = true
    endAllMarks()
    guard let stopInstant, stopInstant != .max, now >= stopInstant else { return }
    measure("stop.prompt", Int64(clamping: now - stopInstant), over: Measure.Span(from: stopInstant, to: now))
  }

  mutating func end() {
    closeStep()
    step = Step()
    guard !hasEnd else { return }
    hasEnd = true
    judgeOpenFrame()
    for index in processes.indices { judgeOverdue(index, at: now) }
    doubtAbsent()
    endPeriods()
    endAllMarks()
    endCustom()
  }

  /// The last major frame is cut short: what the kernel took of it counts only where it is too much already.
  private mutating func judgeOpenFrame() {
    guard let bound = facts.budget(.kernelTimePerFrame), isKernelTimeKnown, kernelTime > bound else { return }
    measure(
      "budget.kernelTime", Int64(clamping: kernelTime),
      over: Measure.Span(from: kernelTimeSince, to: entryTime ?? kernelTimeSince, part: .kernel))
  }

  /// The trace has been read: what can be said of it as a whole.
  mutating func finish(fileBytes: UInt64) {
    guard hasEnd, last > firstTime, places["budget.traceBytes"] != nil else { return }
    let (high, low) = fileBytes.multipliedFullWidth(by: 1_000_000_000)
    // A run of less than a second counts as one.
    let span = max(last - firstTime, 1_000_000_000)
    var rate = UInt64.max
    if high < span {
      let (whole, rest) = span.dividingFullWidth((high, low))
      rate = whole + (rest > 0 ? 1 : 0)
    }
    measure("budget.traceBytes", Int64(clamping: rate), over: nil)
  }
}
