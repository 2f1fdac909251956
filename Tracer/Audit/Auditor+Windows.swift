import ModuleConfiguration
import TraceFormat

/// Frames and windows, and what partitions get of them.
extension Auditor {
  mutating func frameBegins(_ event: TraceEvent) {
    let schedule = Int(event.detail)
    guard schedule < facts.frames.count else { return }
    frameStart = frameStart.map { $0 &+ frameLength } ?? event.words.w0
    if let before = self.schedule, before != schedule { scheduleChanges() }
    self.schedule = schedule
    frameLength = facts.frames[schedule]
    nextWindow = facts.windowsOfSchedules[schedule].lowerBound
    frameEnded = true
  }

  mutating func windowStart(_ event: TraceEvent) {
    guard Int(event.operand) < facts.windows.count else { return }
    closeWindow()
    nextWindow = Int(event.operand) + 1
    let plan = facts.windows[Int(event.operand)]
    let owner = plan.owner
    let start = frameStart.map { $0 &+ plan.start } ?? event.words.w0
    window = OpenWindow(
      owner: owner, start: start, end: start &+ plan.duration,
      awaitsFirst: partitions[owner].mode != 0 && !partitions[owner].isStarting, ranBefore: runner == owner)
    partitions[owner].hasYielded = false
    if plan.beginsPeriod { periodBegins(plan, start) }
  }

  private mutating func periodBegins(_ plan: ModuleFacts.Window, _ start: UInt64) {
    let owner = plan.owner
    periodEnds(of: owner, at: start)
    let state = partitions[owner]
    partitions[owner].supply = 0
    partitions[owner].periodStart = start
    partitions[owner].lastPeriod = start
    partitions[owner].periodLength = plan.period
    partitions[owner].spansFrames = plan.spansFrames
    partitions[owner].required = plan.leastSupply
    partitions[owner].isSupplyKnown = plan.leastSupply > 0 && state.canRun
    release(with: plan, at: start)
  }

  private mutating func periodEnds(of owner: Int, at end: UInt64) {
    let state = partitions[owner]
    guard state.isSupplyKnown, state.mode != 0 else { return }
    measure(
      "partition.supply.\(facts.names[owner])", Int64(from: state.required, to: state.supply),
      over: Measure.Span(from: state.periodStart, to: end))
  }

  /// At the trace's end: of periods that have had all their windows it is known what they brought.
  mutating func endPeriods() {
    for owner in partitions.indices where hasHadItsWindows(owner) {
      periodEnds(of: owner, at: now)
      partitions[owner].isSupplyKnown = false
    }
  }

  private func hasHadItsWindows(_ owner: Int) -> Bool {
    guard !partitions[owner].spansFrames, window?.owner != owner, let schedule, let frameStart else { return false }
    guard partitions[owner].periodStart >= frameStart else { return true }
    // The next of its windows, if there is one, begins another period.
    let next = facts.windowsOfSchedules[schedule].first { $0 >= nextWindow && facts.windows[$0].owner == owner }
    return next.map { facts.windows[$0].beginsPeriod } ?? true
  }

  /// The frame that begins is of another schedule: what a period still had to come in the old one does not come.
  ///
  /// A window that is open stays so: only its end, or another one's start, closes it.
  private mutating func scheduleChanges() {
    for owner in partitions.indices {
      if !partitions[owner].spansFrames, let frameStart { periodEnds(of: owner, at: frameStart) }
      partitions[owner].isSupplyKnown = false
    }
  }

  mutating func closeWindow() {
    guard let open = window else { return }
    window?.awaitsFirst = false
    if !partitions[open.owner].hasYielded {
      let over = step.kind == nil ? now : step.time
      supply(open, until: min(over, open.end))
      advanceClock(open, until: over)
    }
    window = nil
  }

  private mutating func supply(_ open: OpenWindow, until instant: UInt64) {
    guard let first = open.first, !partitions[open.owner].hasYielded, instant > first else { return }
    let got = instant - first
    partitions[open.owner].supply &+= got - min(got, open.stolen)
  }

  private mutating func advanceClock(_ open: OpenWindow, until instant: UInt64) {
    if instant > open.start { partitions[open.owner].clock &+= instant - open.start }
    // Marks of the step in which the window ends count from its end.
    let clock = partitions[open.owner].clock
    for line in partitions[open.owner].waitsSince.indices {
      if let since = partitions[open.owner].waitsSince[line], since > clock {
        partitions[open.owner].waitsSince[line] = clock
      }
    }
  }

  /// How long a partition was in its windows until an instant.
  func clock(of partition: Int, at instant: UInt64) -> UInt64 {
    let past = partitions[partition].clock
    guard let window, window.owner == partition, !partitions[partition].hasYielded, instant > window.start else {
      return past
    }
    return past &+ (instant - window.start)
  }

  /// The caller gives up the rest of its window: what it had to do is done, unless its scheduler tells of that itself.
  mutating func yielded(_ partition: Int) {
    completeByYield(of: partition)
    guard let open = window, open.owner == partition else { return }
    let freely = open.end > facts.allowance ? open.end - facts.allowance : 0
    supply(open, until: max(step.time, freely))
    if !partitions[partition].hasYielded { advanceClock(open, until: step.time) }
    partitions[partition].hasYielded = true
  }

  mutating func restart(_ index: Int, _ event: TraceEvent) {
    // Only in a start mode does anything start.
    guard event.detail == 1 || event.detail == 2 else { return }
    step.started.insert(index)
    endMarks(of: index)
    let before = partitions[index]
    partitions[index] = Partition()
    partitions[index].clock = before.clock
    partitions[index].lastPeriod = before.lastPeriod
    partitions[index].periodLength = before.periodLength
    partitions[index].mode = event.detail
    partitions[index].isStarting = event.operand != 0
    if window?.owner == index { window?.awaitsFirst = false }
    forgetProcesses(of: index)
  }
}
