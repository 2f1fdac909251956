import ModuleConfiguration
import TraceFormat

/// A slow and simple judge, written from the sentences of `partita claims`, for traces without loss.
///
/// It has the whole trace at hand and answers every question by looking back from an event, where `Verification` keeps
/// states while it goes forward; the two share no code. It says which of its claims a trace violates.
public final class ReferenceChecker {
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
  let partitions: [PartitionRecord]
  /// Stands for partitions that the module has not: without memory, lines or rights.
  let nobody = PartitionRecord { _ in 0 }!
  /// Of the module: L, and the drainer, −1 for none.
  let allowance: UInt64
  let drainer: Int
  /// Kinds of events that the trace does not show.
  let leftOut: LeftOutKinds
  /// By kind: where its events are.
  var places = [[Int]](repeating: [], count: 256)
  /// By major frame: when it had to start; ns.
  var lattice: [UInt64] = []
  /// Errors at module level that wait for an action, from where on they are these.
  var moduleErrors: [(since: Int, waiting: [Int])] = []
  /// Changes of mode, and starts, that nothing called for.
  var wantonChanges: Set<Int> = []
  /// What `kept` has found last, and before which event.
  var keptErrors: (upTo: Int, places: [Int]) = (0, [])
  /// By partition: its marks in the range that was asked for last.
  var markTotals: [Int: (range: Range<Int>, total: UInt64)] = [:]
  /// By topic: where its events are, ascending.
  var alike: [Topic: [Int]] = [:]
  /// By partition: the vectors that it was ever marked for, ascending.
  var marked = [[Int]](repeating: [], count: 256)
  /// By step: upcalls unfinished in the partition interrupted, before this entry tells of returns; nil if unknown.
  var unfinished: [Int?] = []
  /// By partition and step: the same when the entry has told, before the step's own upcall.
  var depths = [[Int?]](repeating: [], count: 256)
  /// By partition: entries that tell of returns.
  var returns = [[Int]](repeating: [], count: 256)
  /// By partition: what its counts of handlers tell, from where on; read when it is asked for.
  var handlerCounts: [Int: [HandlerCount]] = [:]
  /// The results that their hypercalls wait for.
  var properResults: Set<Int> = []

  /// The claims that it judges.
  public static let claims: Set<String> = [
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
    partitions = (0..<table.partitionCount).map { table.record(PartitionRecord.self, $0) }
    allowance = table.module.switchAllowance.count
    drainer = table.module.drainer.isNone ? -1 : Int(table.module.drainer.rawValue)
    leftOut = table.module.leftOutKinds
    kinds = events.map(\.knownKind)
    let meaning = EventMeaning(table)
    let end = events.firstIndex { $0.knownKind == .end && meaning.isMeant($0) } ?? events.count
    for index in events.indices where index <= end && !meaning.isMeant(events[index]) {
      violated.insert("trace.meaning")
      if !meaning.counts(events[index]) { kinds[index] = nil }
    }
    // The end is the last word: what follows is a violation of that, and no part of the run.
    for index in events.indices where index > end { kinds[index] = nil }
    for index in events.indices where kinds[index].map({ leftOut.contains($0) }) ?? false {
      violated.insert("trace.meaning")
      kinds[index] = nil
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
      marked[partition] = Set(marks.map { what($0) }).sorted()
    }
    for index in places[Int(EventKind.hypercallResult.rawValue)] where isFitting(index) { properResults.insert(index) }
    sortByTopic()
    layLattice()
  }

  /// The claims that the trace violates.
  ///
  /// Takes some 6 µs and 170 bytes an event, and the longer the more a trace has of what is rare.
  ///
  /// - Parameters:
  ///   - events: all of a trace, from its boot to its end, without loss.
  ///   - onProgress: called now and then with the share that is done, 0 … 1; false ends it.
  /// - Returns: nil where `onProgress` has ended it.
  public static func violations(
    _ events: [TraceEvent], _ table: ModuleTable, onProgress: (Double) -> Bool
  ) -> Set<String>? {
    guard onProgress(0) else { return nil }
    let checker = ReferenceChecker(events, table)
    for (number, judge) in judgements.enumerated() {
      guard onProgress(Double(number) / Double(judgements.count)) else { return nil }
      judge(checker)()
    }
    return checker.violated
  }

  /// The claims that the trace violates.
  public static func violations(_ events: [TraceEvent], _ table: ModuleTable) -> Set<String> {
    violations(events, table) { _ in true } ?? []
  }

  /// In this order: some need what others have found out.
  private static var judgements: [(ReferenceChecker) -> () -> Void] {
    [
      judgeTrace, judgeWindows, judgeSwitches, judgeInterrupts, judgeMasks, judgeMarks, judgeUpcalls, judgeHypercalls,
      judgePorts, judgeTime, judgeCounters, judgeDelivery, judgeCalls, judgeModes, judgeStarts, judgeEnding,
      judgeHealth, judgeExceptions, judgeModule, judgeTimers, judgePortRights, judgeQueues,
    ]
  }

  func require(_ claim: String, _ holds: Bool) { if !holds { violated.insert(claim) } }

  // MARK: What an event is

  /// The vector or number that an event is about; an input's operand tells more beside it.
  func what(_ index: Int) -> Int {
    Int(kinds[index]?.eventClass == .input ? events[index].operand & 0xFFFF : events[index].operand)
  }
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
  func range(_ step: Step) -> Range<Int> { step.input..<step.end }
  func has(_ step: Step, _ kind: EventKind) -> Bool { range(step).contains { kinds[$0] == kind } }

  /// An interrupt that is none: vectors 39 and 47 without their line in service.
  func isSpurious(_ index: Int) -> Bool {
    kinds[index] == .interrupt && [39, 47].contains(what(index)) && !isPulse(index) && events[index].detail & 8 == 0
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
