import TraceFormat

extension Verifier {
  /// A period of the window's partition starts: the last one's supply is judged, and those of its processes are
  /// released that are due.
  mutating func beginPeriod(_ window: ModulePlan.Window) {
    let index = Int(window.partition)
    if partitions[index].supplyClaim >= 0 {
      judgeSupply(of: window.partition, until: schedule.start)
      partitions[index].supply = 0
      partitions[index].periodStart = schedule.start
      partitions[index].continuesInNextFrame = window.continuesInNextFrame
      partitions[index].required = window.requiredSupply
      partitions[index].supplyKnown =
        window.requiredSupply > 0 && partitions[index].isAble
    }
    releaseProcesses(with: window)
  }

  /// A period of the partition is over.
  @inline(__always)
  private mutating func judgeSupply(of partition: UInt8, until end: UInt64) {
    let index = Int(partition)
    guard partitions[index].supplyKnown, !partitions[index].isStopped else { return }
    let surplus = Int64(from: partitions[index].required, to: partitions[index].supply)
    let span = CaseSpan(from: partitions[index].periodStart, to: end)
    if exceeds(Int(partitions[index].supplyClaim), 0 &- surplus, over: span) {
      explain(
        "\(name(partition)) got \(partitions[index].supply.nanoseconds) in the period that ends here; "
          + "\(partitions[index].required.nanoseconds) are the least allowed")
    }
  }

  /// Another schedule begins: the periods of the one before end with its last frame. Those that would have had windows
  /// in another frame of it are nobody's debt.
  mutating func endPeriods(at frameStart: UInt64) {
    for index in partitions.indices where partitions[index].supplyClaim >= 0 {
      if !partitions[index].continuesInNextFrame { judgeSupply(of: UInt8(index), until: frameStart) }
      partitions[index].supplyKnown = false
    }
  }

  /// The trace is over: so are periods of which no window is left.
  mutating func judgeLastPeriods() {
    for index in partitions.indices where partitions[index].supplyClaim >= 0 && isPeriodOver(index) {
      judgeSupply(of: UInt8(index), until: time)
      partitions[index].supplyKnown = false
    }
  }

  /// Whether the partition's period has had all its windows.
  private func isPeriodOver(_ index: Int) -> Bool {
    let state = partitions[index]
    guard state.supplyKnown, !state.continuesInNextFrame, schedule.isFrameKnown, schedule.isScheduleKnown,
      schedule.isNextKnown, schedule.isWindowKnown, !schedule.isOpen || Int(schedule.owner) != index
    else { return false }
    // Its frame is over, and it had windows in that alone.
    if state.periodStart < schedule.frameStart { return true }
    let own = plan.schedules[schedule.schedule].windows.filter { Int(plan.windows[$0].partition) == index }
    return own.allSatisfy { window in
      window < schedule.nextWindow || plan.windows[window].isPeriodStart
        || own.contains { $0 < window && $0 >= schedule.nextWindow && plan.windows[$0].isPeriodStart }
    }
  }

  /// Events are missing, so that nobody knows whether the schedule changes here: what then ends with the last frame is
  /// not judged.
  mutating func forgetPeriods() {
    guard plan.schedules.count > 1 else { return }
    for index in partitions.indices { partitions[index].supplyKnown = false }
  }

  /// The partition yielded: the rest of the window is given up freely.
  mutating func judgeYield(of partition: UInt8) {
    completeByYield(of: partition)
    let isOwn = schedule.isWindowKnown && schedule.isOpen && schedule.owner == partition
    judgeYieldValue(partition, isOwn)
    guard isOwn else { return }
    addSupply(until: max(step.time, schedule.end > plan.allowance ? schedule.end &- plan.allowance : 0))
    if !partitions[Int(partition)].hasYielded { addClock(until: step.time) }
    partitions[Int(partition)].hasYielded = true
  }

  @inline(__always)
  private mutating func judgeYieldValue(_ partition: UInt8, _ isOwn: Bool) {
    guard isOwn, step.resultCode == 0 else { return }
    let isScheduleKnown = schedule.isFrameKnown && schedule.isScheduleKnown && schedule.isNextScheduleKnown
    guard plan.schedules.count == 1 || isScheduleKnown else { return }
    var next = schedule.start &+ plan.windows[schedule.window].toNextOwn
    let frameEnd = schedule.frameStart &+ plan.schedules[schedule.schedule].majorFrame
    if schedule.nextSchedule != schedule.schedule, next >= frameEnd {
      // The next frame has another schedule, perhaps without a window of the caller.
      let first = plan.schedules[schedule.nextSchedule].windows.first { plan.windows[$0].partition == partition }
      next = first.map { frameEnd &+ plan.windows[$0].start } ?? .max
    }
    tally(.yieldValue)
    if step.resultValue != next, fails(.yieldValue) {
      explain("\(name(partition)) was told \(step.resultValue.seconds); its next window starts at \(next.seconds)")
    }
  }

  /// The open window is over.
  mutating func leaveWindow() {
    judgeStartMade()
    schedule.isOpen = false
    schedule.awaitsFirst = false
    schedule.isWaiting = false
    let index = Int(schedule.owner)
    guard !partitions[index].hasYielded else { return }
    addSupply(until: min(step.kind == 0 ? time : step.time, schedule.end))
    addClock(until: step.kind == 0 ? time : step.time)
  }

  @inline(__always)
  private mutating func addSupply(until instant: UInt64) {
    let index = Int(schedule.owner)
    guard schedule.hasRun, !partitions[index].hasYielded, instant > schedule.firstInstant else { return }
    let got = instant &- schedule.firstInstant
    partitions[index].supply = partitions[index].supply &+ (got > schedule.stolen ? got &- schedule.stolen : 0)
  }

  @inline(__always)
  private mutating func addClock(until instant: UInt64) {
    let index = Int(schedule.owner)
    if instant > schedule.start {
      partitions[index].windowClock = partitions[index].windowClock &+ (instant &- schedule.start)
    }
    // What is marked in the entry that ends the window is marked at its end.
    var rest = partitions[index].clockKnown & 0xFFFF
    while rest != 0 {
      let cell = index &* Self.interruptStride &+ rest.trailingZeroBitCount
      markClocks[cell] = min(markClocks[cell], partitions[index].windowClock)
      rest &= rest &- 1
    }
  }

  /// Time that the partition has been in its windows, ever, at an instant.
  func windowClock(of partition: UInt8, at instant: UInt64) -> UInt64 {
    let clock = partitions[Int(partition)].windowClock
    guard schedule.isOpen, schedule.owner == partition, !partitions[Int(partition)].hasYielded,
      instant > schedule.start
    else { return clock }
    return clock &+ (instant &- schedule.start)
  }
}
