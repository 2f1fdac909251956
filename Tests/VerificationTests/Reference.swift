import ModuleConfiguration
import TraceFormat

/// A slow and simple judge, written from the sentences of `partita claims`, for traces without loss, of modules whose
/// schedules all have major frames of one length.
///
/// It has the whole trace at hand and answers every question by looking back from an event, where `Verification` keeps
/// states while it goes forward; the two share no code. It says which of its claims a trace violates.
final class Reference {
  struct Step {
    /// Index of the input, and of the event after the step's last.
    var input: Int
    var end: Int
  }
  let events: [TraceEvent]
  /// Nil for kinds that nobody knows, and for what names what the module has not.
  var kinds: [EventKind?]
  let table: ModuleTable
  var steps: [Step] = []
  /// By event: index of its step, −1 before the first input.
  var stepOf: [Int] = []
  var violated: Set<String> = []
  /// Of the module: the length of its major frames, L, and the drainer.
  let frame: UInt64
  let allowance: UInt64
  let drainer: Int
  /// By kind: where its events are.
  var places = [[Int]](repeating: [], count: 256)
  /// By partition: the vectors that it was ever marked for, ascending.
  var marked: [[Int]] = []
  /// By step: upcalls unfinished in the partition interrupted, before this entry tells of returns; nil if unknown.
  var unfinished: [Int?] = []
  /// By partition and step: the same when the entry has told, before the step's own upcall.
  var depths: [[Int?]] = []
  /// By partition: entries that tell of returns.
  var returns: [[Int]] = []
  /// The results that their hypercalls wait for.
  var properResults: Set<Int> = []

  /// The claims that it judges.
  static let claims: Set<String> = [
    "trace.time", "trace.boot", "trace.end", "frame.regular", "window.order", "window.nominal", "window.end.order",
    "window.owner", "yield.final", "switch.chain", "switch.effect", "address.space", "interrupt.acknowledged",
    "interrupt.mark.complete", "interrupt.mark.registered", "interrupt.mark.order", "interrupt.kernelHandler",
    "interrupt.unclaimed", "interrupt.spurious", "mark.counter", "upcall.count", "upcall.registered", "upcall.handler",
    "upcall.order", "upcall.service", "upcall.ordinal", "upcall.enabled", "upcall.written", "upcall.window",
    "upcall.acknowledge", "mask.written", "mask.effective", "mask.foreign", "mask.budget", "hypercall.answered",
    "time.read", "port.sequence", "port.content", "port.copied", "port.result", "stimulus.played", "drain.progress",
    "kernel.fault", "trace.meaning", "trace.keyframe", "yield.value", "idle.time", "timer.armed", "mark.delivered",
    "registration.permitted", "registration.event", "upcall.frame", "upcall.entered", "upcall.returned",
    "upcall.depth", "upcall.marked", "upcall.overflow", "upcall.room", "hypercall.known", "console.written",
    "note.words",
    "statistic.value", "mode.chain", "mode.quiet", "mode.transition", "mode.asked", "restart.start", "restart.begun",
    "restart.pieces", "restart.order", "restart.quiet", "restart.context", "restart.condition", "stop.reason",
    "stop.quiet", "exception.answered", "exception.handler", "exception.reflected", "exception.written",
    "health.entered", "health.level", "health.state", "health.process", "health.callback", "health.action",
    "health.carriedOut", "health.module", "health.log", "health.read", "health.mark", "event.raised", "event.mark",
    "schedule.asked", "schedule.effective", "schedule.action", "schedule.named", "tick.due", "tick.policy",
    "tick.mark", "tick.armed", "port.permitted", "port.valid", "port.empty", "port.created", "queue.sequence",
    "queue.order", "queue.content", "queue.capacity", "queue.overflow", "queue.available", "queue.status", "queue.mark",
  ]

  init(_ events: [TraceEvent], _ table: ModuleTable) {
    self.events = events
    self.table = table
    frame = table.record(ScheduleRecord.self, 0).majorFrame.count
    allowance = table.module.switchAllowance.count
    drainer = Int(table.module.drainer.rawValue)
    kinds = events.map(\.knownKind)
    for index in events.indices where !isMeant(index) {
      violated.insert("trace.meaning")
      if !isUsable(index) { kinds[index] = nil }
    }
    for index in events.indices where kinds[index] == .portOperation && !isOfItsNature(index) {
      violated.insert("port.permitted")
      kinds[index] = nil
    }
    for index in events.indices {
      if kinds[index] != nil { places[Int(events[index].kind)].append(index) }
      if kinds[index]?.eventClass == .input {
        if !steps.isEmpty { steps[steps.count - 1].end = index }
        steps.append(Step(input: index, end: events.count))
      }
      // The trace's end closes the last step, and belongs to none.
      if kinds[index] == .end, !steps.isEmpty { steps[steps.count - 1].end = min(steps[steps.count - 1].end, index) }
      stepOf.append(steps.isEmpty || steps[steps.count - 1].end <= index ? -1 : steps.count - 1)
    }
    unfinished = [Int?](repeating: nil, count: steps.count)
    for partition in 0..<table.partitionCount {
      let marks = places[Int(EventKind.mark.rawValue)].filter { Int(events[$0].partition) == partition }
      marked.append(Set(marks.map { Int(events[$0].operand & 0xFFFF) }).sorted())
    }
    for index in places[Int(EventKind.hypercallResult.rawValue)] where isFitting(index) { properResults.insert(index) }
  }

  /// The claims that the trace violates.
  static func violations(_ events: [TraceEvent], _ module: SampleModule) -> Set<String> {
    let reference = Reference(events, module.table)
    reference.judgeTrace()
    reference.judgeWindows()
    reference.judgeSwitches()
    reference.judgeInterrupts()
    reference.judgeMasks()
    reference.judgeMarks()
    reference.judgeUpcalls()
    reference.judgeHypercalls()
    reference.judgePorts()
    reference.judgeTime()
    reference.judgeCounters()
    reference.judgeDelivery()
    reference.judgeCalls()
    reference.judgeModes()
    reference.judgeStarts()
    reference.judgeEnding()
    reference.judgeHealth()
    reference.judgeExceptions()
    reference.judgeModule()
    reference.judgeTimers()
    reference.judgePortRights()
    reference.judgeQueues()
    return reference.violated
  }

  func require(_ claim: String, _ holds: Bool) { if !holds { violated.insert(claim) } }

  // MARK: What an event is

  func what(_ index: Int) -> Int { Int(events[index].operand & 0xFFFF) }
  func snapshot(_ index: Int) -> EntrySnapshot { EntrySnapshot(events[index]) }
  func isPulse(_ index: Int) -> Bool { events[index].detail & 16 != 0 }

  /// An entry from ring 3 or the idle loop.
  func isEntry(_ index: Int) -> Bool {
    switch kinds[index] {
    case .interrupt: !isPulse(index)
    case .timer, .hypercall, .exception: true
    default: false
    }
  }

  func input(of index: Int) -> Int? { stepOf[index] < 0 ? nil : steps[stepOf[index]].input }
  func isInput(_ index: Int, _ kind: EventKind) -> Bool { kinds[index] == kind }
  func range(_ step: Step) -> Range<Int> { step.input..<step.end }
  func has(_ step: Step, _ kind: EventKind) -> Bool { range(step).contains { kinds[$0] == kind } }

  /// An interrupt that is none: vectors 39 and 47 without their line in service.
  func isSpurious(_ index: Int) -> Bool {
    kinds[index] == .interrupt && [39, 47].contains(what(index)) && !isPulse(index) && events[index].detail & 8 == 0
  }

  /// The last event before `index` that is of one of the kinds and meets a condition.
  func last(before index: Int, of kinds: EventKind..., where condition: (Int) -> Bool = { _ in true }) -> Int? {
    var left = kinds.map { count(Int($0.rawValue), before: index) }
    while true {
      var (latest, place) = (0, -1)
      for (number, kind) in kinds.enumerated() where left[number] > 0 {
        let other = places[Int(kind.rawValue)][left[number] - 1]
        if other > place { (latest, place) = (number, other) }
      }
      guard place >= 0 else { return nil }
      if condition(place) { return place }
      left[latest] -= 1
    }
  }

  /// Events of a kind in a range.
  func all(_ kind: EventKind, in range: Range<Int>) -> ArraySlice<Int> {
    let kind = Int(kind.rawValue)
    let first = count(kind, before: range.lowerBound)
    return places[kind][first..<max(first, count(kind, before: range.upperBound))]
  }

  /// How many events of a kind come before `index`: by halving, for it is asked often.
  private func count(_ kind: Int, before index: Int) -> Int {
    var (low, high) = (0, places[kind].count)
    while low < high {
      let middle = (low + high) / 2
      if places[kind][middle] < index { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether the result at `index` is the one that its hypercall waits for, and a success.
  func isSuccess(_ index: Int, _ number: HypercallNumber) -> Bool {
    kinds[index] == .hypercallResult && events[index].detail == 0 && isProperResult(index)
      && what(index) == Int(number.rawValue)
  }

  func isProperResult(_ index: Int) -> Bool { properResults.contains(index) }

  private func isFitting(_ index: Int) -> Bool {
    guard let input = input(of: index), kinds[input] == .hypercall else { return false }
    return events[index].partition == events[input].partition && Int(events[index].operand) == what(input)
      && !(input..<index).contains { isSimilarResult($0, input) }
  }

  private func isSimilarResult(_ index: Int, _ input: Int) -> Bool {
    kinds[index] == .hypercallResult && events[index].partition == events[input].partition
      && Int(events[index].operand) == what(input)
  }

  func argument(_ result: Int, _ number: Int) -> UInt64 { events[input(of: result)!].words[3 + number] }

  /// The partition's mode is idle.
  func isStopped(_ partition: Int, before index: Int) -> Bool {
    let change = last(before: index, of: .modeChange, .restart) { Int(events[$0].partition) == partition }
    return change.map { events[$0].detail == 0 } ?? false
  }
}
