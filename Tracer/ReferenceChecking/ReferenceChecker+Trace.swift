import ModuleConfiguration
import TraceFormat

/// The trace itself, its frames and windows, and who runs.
extension ReferenceChecker {
  func judgeTrace() {
    for index in events.indices.dropFirst() {
      let passed = events[index].time &- events[index - 1].time
      let isForward = events[index].time >= events[index - 1].time
      require("trace.time", isForward)
      if isEntry(index), isForward { require("trace.time", snapshot(index).resumeDelay <= passed) }
    }
    require("trace.boot", kinds[0] == .boot)
    for index in events.indices where kinds[index] == .boot {
      require("trace.boot", index == 0 && events[index].words.w0 == table.checksum)
    }
    for index in events.indices where kinds[index] == .start || kinds[index] == .majorFrameStart {
      let hasStarted = last(before: index, of: .start, .majorFrameStart) != nil
      require("trace.boot", hasStarted == (kinds[index] == .majorFrameStart))
    }
    // The kernel starts with what it was booted with: 0 and all ones are no instant.
    for index in places[Int(EventKind.start.rawValue)] where kinds[0] == .boot {
      let (booted, started) = (events[0].words.w3, events[index].words.w0)
      require("trace.boot", booted == started || [booted, started].allSatisfy { $0 == 0 || $0 == .max })
    }
    if let end = events.indices.first(where: { kinds[$0] == .end }) {
      // Nothing follows it, be it of a kind that nobody knows.
      require("trace.end", end == events.count - 1)
      require("trace.end", events[end].words.w0 == UInt64(end) && events[end].words.w1 == 0)
    }
    require("kernel.fault", !kinds.contains(.kernelFault))
    for index in events.indices where kinds[index] == .drained {
      guard let before = last(before: index, of: .drained) else { continue }
      require(
        "drain.progress",
        events[index].words.w0 >= events[before].words.w0 && events[index].words.w1 >= events[before].words.w1)
    }
    judgeStimuli()
  }

  private func judgeStimuli() {
    let played = events.indices.filter { kinds[$0] == .stimulus }
    let count = table.count(StimulusRecord.self)
    for (number, index) in played.enumerated() {
      guard number < count else {
        require("stimulus.played", false)
        continue
      }
      let record = table.record(StimulusRecord.self, number)
      require(
        "stimulus.played",
        UInt64(events[index].detail) == record.action.rawValue && UInt64(events[index].operand) == record.data
          && events[index].time >= record.time.nanoseconds)
    }
    for index in events.indices where kinds[index] == .interrupt && isPulse(index) {
      let line = UInt64(events[index].operand & 0xFFFF) &- 32
      require("stimulus.played", isPulseDue(line, before: index))
    }
    for index in played where events[index].detail == UInt8(StimulusRecord.Action.linePulse.rawValue) {
      judgePulse(of: UInt64(events[index].operand), from: index)
    }
    guard played.count < count, let end = events.indices.first(where: { kinds[$0] == .end }),
      (0..<end).contains(where: { kinds[$0] == .stop })
    else { return }
    let due = table.record(StimulusRecord.self, played.count).time.nanoseconds
    let frame = last(before: end, of: .majorFrameStart).map { frameLength($0) } ?? 0
    require("stimulus.played", events[end].time <= due || events[end].time - due <= frame)
  }

  /// Whether the test device has pulsed the line since the line's last pulse interrupted.
  private func isPulseDue(_ line: UInt64, before index: Int) -> Bool {
    for earlier in (0..<index).reversed() {
      if kinds[earlier] == .interrupt, isPulse(earlier), UInt64(events[earlier].operand & 0xFFFF) &- 32 == line {
        return false
      }
      if kinds[earlier] == .stimulus, events[earlier].detail == UInt8(StimulusRecord.Action.linePulse.rawValue),
        UInt64(events[earlier].operand) == line
      {
        return true
      }
    }
    return false
  }

  /// A pulse interrupts before the next entry that finds its line open.
  private func judgePulse(of line: UInt64, from index: Int) {
    guard line < 16 else { return }
    for later in (index + 1)..<events.count {
      if kinds[later] == .stop { return }
      if kinds[later] == .interrupt, isPulse(later), UInt64(events[later].operand & 0xFFFF) &- 32 == line { return }
      // Of several lines pulsed at once each waits for those before it.
      guard isEntry(later), let mask = mask(before: later) else { continue }
      if mask & 1 << UInt32(line) == 0 { return require("stimulus.played", false) }
    }
  }

  // MARK: Windows

  /// When each major frame had to start: the first one begins the lattice, and each is as long as its schedule says.
  func layLattice() {
    let frames = places[Int(EventKind.majorFrameStart.rawValue)]
    guard var start = frames.first.map({ events[$0].words.w0 }) else { return }
    for frame in frames {
      lattice.append(start)
      start &+= frameLength(frame)
    }
  }

  /// How long the major frame lasts that starts at `index`; ns.
  func frameLength(_ index: Int) -> UInt64 {
    table.record(ScheduleRecord.self, Int(events[index].detail)).majorFrame.count
  }

  /// When the frame before `index` started, on the lattice.
  func frameStart(before index: Int) -> UInt64? {
    let begun = all(.majorFrameStart, in: 0..<index).count
    return begun == 0 ? nil : lattice[begun - 1]
  }

  /// The window that is open just before `index`: index of its start, unless it ended since.
  func openWindow(before index: Int) -> Int? {
    let place = last(before: index, of: .windowStart, .windowEnd)
    return place.flatMap { kinds[$0] == .windowStart ? $0 : nil }
  }

  /// Indices of the windows of a major frame's schedule.
  func windows(ofFrame index: Int) -> Range<Int> {
    table.record(ScheduleRecord.self, Int(events[index].detail)).windows.indices
  }

  func plan(_ start: Int) -> WindowRecord { table.record(WindowRecord.self, Int(events[start].operand)) }
  func owner(_ start: Int) -> Int { Int(plan(start).partition.rawValue) }
  func nominal(_ start: Int) -> UInt64 {
    frameStart(before: start).map { $0 &+ plan(start).start.count } ?? events[start].words.w0
  }
  func nominalEnd(_ start: Int) -> UInt64 { nominal(start) &+ plan(start).duration.count }

  /// The partition has yielded since its last window, or the module's, began.
  ///
  /// Only a yield within its own window counts: outside it gives nothing up.
  func hasYielded(_ partition: Int, before index: Int) -> Bool {
    let begin =
      last(before: index, of: .windowStart, .restart) {
        (kinds[$0] == .windowStart ? owner($0) : Int(events[$0].partition)) == partition
      } ?? 0
    return all(granted(.yield, partition), in: begin..<index).contains { place in
      openWindow(before: place).map { owner($0) == partition } ?? false
    }
  }

  func judgeWindows() {
    let frames = events.indices.filter { kinds[$0] == .majorFrameStart }
    for (number, index) in frames.enumerated() {
      let event = events[index]
      guard number > 0 else {
        require("frame.regular", event.operand == 0 && event.detail == 0)
        continue
      }
      require("frame.regular", event.operand == events[frames[number - 1]].operand &+ 1)
      require("frame.regular", event.words.w0 == lattice[number])
      let before = last(before: index, of: .windowStart, .majorFrameStart)!
      // A schedule may have no window.
      let lastWindow = windows(ofFrame: frames[number - 1]).last
      require("window.order", (kinds[before] == .windowStart ? Int(events[before].operand) : nil) == lastWindow)
    }
    for index in events.indices where kinds[index] == .windowStart { judgeStart(index) }
    for index in events.indices where kinds[index] == .windowEnd { judgeEnd(index) }
  }

  private func judgeStart(_ index: Int) {
    let event = events[index]
    if let before = last(before: index, of: .windowStart, .majorFrameStart),
      frameStart(before: index) != nil
    {
      let expected =
        kinds[before] == .windowStart ? Int(events[before].operand) + 1 : windows(ofFrame: before).first
      require("window.order", Int(event.operand) == expected)
      // One that the frame's schedule has.
      if let frame = last(before: index, of: .majorFrameStart) {
        require("window.order", windows(ofFrame: frame).contains(Int(event.operand)))
      }
    }
    require(
      "window.nominal",
      Int(event.partition) == owner(index) && event.words.w0 == nominal(index) && event.words.w1 == nominalEnd(index))
    if let input = input(of: index), kinds[input] != .start {
      // A microsecond for rounding of the timer's ticks.
      require("window.nominal", events[input].time &+ allowance &+ 1000 >= nominal(index))
    }
    require("window.end.order", openWindow(before: index) == nil)
  }

  private func judgeEnd(_ index: Int) {
    let event = events[index]
    guard let open = openWindow(before: index), event.operand == events[open].operand,
      Int(event.partition) == owner(open), event.words.w0 == nominalEnd(open)
    else { return require("window.end.order", false) }
    guard let input = input(of: index) else { return }
    let isStopping = (input..<index).contains { kinds[$0] == .stop }
    if !isStopping { require("window.end.order", events[input].time &+ allowance &+ 1000 >= nominalEnd(open)) }
  }

  // MARK: Who runs

  /// Who must be running before the entry at `index`: the last switched to, or whoever was found running since.
  private func runner(before index: Int) -> Int {
    let place = last(before: index, of: .partitionSwitch, .interrupt, .timer, .hypercall, .exception) {
      kinds[$0] == .partitionSwitch || isEntry($0) && !isWaiting($0)
    }
    return place.map { Int(events[$0].partition) } ?? 0xFF
  }

  /// An entry from the kernel's wait before a window, or before the instant that a switch was for.
  private func isWaiting(_ index: Int) -> Bool {
    guard events[index].partition == 0xFF else { return false }
    let change = last(before: index, of: .partitionSwitch)
    if let change, events[index].time < events[change].words.w0 { return true }
    return openWindow(before: index).map { events[index].time < nominal($0) } ?? false
  }

  func judgeSwitches() {
    for index in events.indices {
      let event = events[index]
      if kinds[index] == .partitionSwitch { require("switch.chain", Int(event.detail) == runner(before: index)) }
      guard isEntry(index) else { continue }
      require("address.space", snapshot(index).addressSpace == event.partition)
      if !isWaiting(index) { require("switch.effect", Int(event.partition) == runner(before: index)) }
      if event.partition == 0xFF { judgeIdle(index) } else { judgeRunning(index, Int(event.partition)) }
    }
  }

  private func judgeIdle(_ index: Int) {
    guard let open = openWindow(before: index) else { return }
    let time = events[index].time
    if time >= nominal(open), time < nominalEnd(open) {
      require("window.owner", !isAble(owner(open), before: index))
    }
  }

  private func judgeRunning(_ index: Int, _ partition: Int) {
    if isStopped(partition, before: index) { return }
    if partition != drainer, hasYielded(partition, before: index) {
      return require("yield.final", false)
    }
    let open = openWindow(before: index)
    if let open, owner(open) == partition { return }
    guard partition == drainer else { return require("window.owner", false) }
    if let open, events[index].time >= nominal(open) {
      require("window.owner", !isAble(owner(open), before: index))
    }
  }
}
