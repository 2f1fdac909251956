import ModuleConfiguration
import TraceFormat

/// A slow and simple judge, written from the sentences of `partita claims`, for traces of `SampleModule` without loss.
///
/// It has the whole trace at hand and answers every question by looking back from an event, where `Verification` keeps
/// states while it goes forward; the two share no code. It says which of its claims a trace violates.
struct Reference {
  struct Step {
    /// Index of the input, and of the event after the step's last.
    var input: Int
    var end: Int
  }
  typealias Module = SampleModule
  let events: [TraceEvent]
  let kinds: [EventKind?]
  let table: ModuleTable
  var steps: [Step] = []
  /// By event: index of its step, −1 before the first input.
  var stepOf: [Int] = []
  var violated: Set<String> = []
  /// By kind: where its events are.
  var places = [[Int]](repeating: [], count: 256)
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
    "kernel.fault",
  ]

  init(_ events: [TraceEvent], _ table: ModuleTable) {
    self.events = events
    self.table = table
    kinds = events.map(\.knownKind)
    for index in events.indices {
      places[Int(events[index].kind)].append(index)
      if kinds[index]?.eventClass == .input {
        if !steps.isEmpty { steps[steps.count - 1].end = index }
        steps.append(Step(input: index, end: events.count))
      }
      // The trace's end closes the last step, and belongs to none.
      if kinds[index] == .end, !steps.isEmpty { steps[steps.count - 1].end = min(steps[steps.count - 1].end, index) }
      stepOf.append(steps.isEmpty || steps[steps.count - 1].end <= index ? -1 : steps.count - 1)
    }
    for index in places[Int(EventKind.hypercallResult.rawValue)] where isFitting(index) { properResults.insert(index) }
  }

  /// The claims that the trace violates.
  static func violations(_ events: [TraceEvent], _ module: SampleModule) -> Set<String> {
    var reference = Reference(events, module.table)
    reference.judgeTrace()
    reference.judgeWindows()
    reference.judgeSwitches()
    reference.judgeInterrupts()
    reference.judgeMasks()
    reference.judgeMarks()
    reference.judgeUpcalls()
    reference.judgeHypercalls()
    reference.judgePorts()
    return reference.violated
  }

  mutating func require(_ claim: String, _ holds: Bool) { if !holds { violated.insert(claim) } }

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
    var lists = kinds.map { places[Int($0.rawValue)].prefix { $0 < index } }
    while let latest = lists.indices.max(by: { (lists[$0].last ?? -1) < (lists[$1].last ?? -1) }),
      let place = lists[latest].popLast()
    {
      if condition(place) { return place }
    }
    return nil
  }

  /// Events of a kind in a range.
  func all(_ kind: EventKind, in range: Range<Int>) -> ArraySlice<Int> {
    places[Int(kind.rawValue)].drop { $0 < range.lowerBound }.prefix { $0 < range.upperBound }
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
