import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Marks that wait, upcalls that take them, hypercalls and messages.
extension ReferenceChecker {
  /// The upcall that a step decides: its first. More than one is a violation and is not looked at.
  func upcall(_ step: Step) -> Int? { range(step).first { kinds[$0] == .upcall } }

  private func isUpcall(_ index: Int, _ partition: Int, _ vector: Int) -> Bool {
    kinds[index] == .upcall && Int(events[index].partition) == partition && what(index) == vector
      && (stepOf[index] < 0 || upcall(steps[stepOf[index]]) == index)
  }

  /// The upcall of an event's step: in effect it comes after all else in the step.
  private func upcallAfter(_ index: Int, _ partition: Int, _ vector: Int) -> Int? {
    guard stepOf[index] >= 0, let own = upcall(steps[stepOf[index]]), isUpcall(own, partition, vector) else {
      return nil
    }
    return own
  }

  private func isMark(_ index: Int, _ partition: Int, _ vector: Int) -> Bool {
    kinds[index] == .mark && Int(events[index].partition) == partition && what(index) == vector
  }

  /// Whether marks wait, and how many by the last one's own count.
  private struct Waiting {
    var isAny = false
    var count: UInt64 = 0
  }

  /// Marks that wait before an event, as the last one was recorded; nil where the vector was unregistered since.
  ///
  /// Within a step the upcall comes after all marks, wherever it stands.
  private func waiting(_ partition: Int, _ vector: Int, before index: Int) -> Waiting? {
    let step = stepOf[index < events.count ? index : events.count - 1]
    let place = last(
      before: index, of: topic(.mark, partition, vector: vector), topic(.restart, partition),
      topic(.upcall, partition, vector: vector), granted(.unregisterVCPU, partition, about: vector)
    ) {
      kinds[$0] != .upcall || isUpcall($0, partition, vector) && (stepOf[$0] != step || step < 0)
    }
    guard let place else { return Waiting() }
    var waiting: Waiting?
    // The step's own upcall took them, unless it is this step.
    if stepOf[place] != step, let own = upcallAfter(place, partition, vector) {
      waiting = rest(of: own)
    } else {
      switch kinds[place] {
      case .hypercallResult: waiting = nil
      case .mark: waiting = Waiting(isAny: true, count: events[place].words.w0)
      case .upcall: waiting = rest(of: place)
      default: waiting = Waiting()
      }
    }
    // Where none waited, none waits, whatever has started.
    return waiting?.isAny == true && !isKept(place, partition, before: index) ? nil : waiting
  }

  /// Whether marks wait before an event, or may: that is not always known.
  func mayWait(_ partition: Int, _ vector: Int, before index: Int) -> Bool {
    waiting(partition, vector, before: index)?.isAny ?? true
  }

  /// What waits on after an upcall: nothing, but where each tick gets an upcall of its own.
  private func rest(of upcall: Int) -> Waiting? {
    let (partition, vector) = (Int(events[upcall].partition), what(upcall))
    guard vector == 64, record(of: partition).missedTickPolicy == .deliverAll else { return Waiting() }
    guard stepOf[upcall] >= 0, let before = waitingInStep(partition, vector, steps[stepOf[upcall]]) else { return nil }
    return before.count > 1 ? Waiting(isAny: true, count: before.count - 1) : Waiting()
  }

  func judgeMarks() {
    for index in events.indices where kinds[index] == .mark {
      guard let waiting = waiting(Int(events[index].partition), what(index), before: index) else { continue }
      let (full, more) = (UInt64(UInt32.max), marks(at: index))
      let isFull = waiting.count <= full && waiting.count + more > full
      require("mark.counter", events[index].words.w0 == (isFull ? full : waiting.count &+ more))
    }
  }

  /// How many marks a mark stands for: all ticks that fell due and were not dropped, else one.
  func marks(at index: Int) -> UInt64 {
    guard what(index) == 64, let ticks = ticks(of: index) else { return 1 }
    return UInt64(events[ticks].operand) - min(events[ticks].words.w2, UInt64(events[ticks].operand))
  }

  /// The ticks that a mark is for: those that fell due in its step, if no mark before it was for them.
  func ticks(of index: Int) -> Int? {
    guard let input = input(of: index), let ticks = last(before: index, of: .timerExpired), ticks > input,
      events[ticks].partition == events[index].partition,
      !all(.mark, in: ticks..<index).contains(where: { isMark($0, Int(events[index].partition), 64) })
    else { return nil }
    return ticks
  }

  /// The last success of one of two hypercalls on a vector, since the partition's start.
  private func setting(
    _ on: HypercallNumber, _ off: HypercallNumber, _ partition: Int, _ vector: Int, before index: Int
  ) -> Int? {
    let place = last(
      before: index, of: granted(on, partition, about: vector), granted(off, partition, about: vector),
      topic(.restart, partition))
    return place.flatMap { isSuccess($0, on) ? $0 : nil }
  }

  /// The upcall of the vector that was not acknowledged, if any; nil twice where that is not known.
  private func inService(_ partition: Int, _ vector: Int, before index: Int) -> Int?? {
    let place = last(
      before: index, of: topic(.upcall, partition, vector: vector), topic(.restart, partition),
      granted(.acknowledgeInterrupt, partition, about: vector), granted(.unregisterVCPU, partition, about: vector)
    ) { kinds[$0] != .upcall || isUpcall($0, partition, vector) }
    guard let place else { return .some(nil) }
    if stepOf[place] != stepOf[min(index, events.count - 1)], let own = upcallAfter(place, partition, vector) {
      return isKept(own, partition, before: index) ? .some(own) : nil
    }
    if isSuccess(place, .unregisterVCPU) { return nil }
    guard kinds[place] == .upcall else { return .some(nil) }
    return isKept(place, partition, before: index) ? .some(place) : nil
  }

  /// The partition waits for marks of the vector and can take them.
  func isDeliverable(_ partition: Int, _ vector: Int, before index: Int) -> Bool {
    guard let waiting = waiting(partition, vector, before: index), waiting.isAny,
      isCertainlyRegistered(partition, vector, before: index),
      let handler = setting(.registerHandler, .unregisterHandler, partition, vector, before: index),
      let ready = setting(.enableInterrupt, .disableInterrupt, partition, vector, before: index),
      isKept(handler, partition, before: index), isKept(ready, partition, before: index)
    else { return false }
    return inService(partition, vector, before: index) == .some(nil)
  }

  func judgeUpcalls() {
    for step in steps {
      if let decided = upcall(step) { judgeUpcall(decided, step) }
      require("upcall.enabled", range(step).count { kinds[$0] == .upcall } <= 1)
    }
    for index in events.indices where kinds[index] == .upcallWritten { judgeWritten(index) }
  }

  /// A step is judged by all that it changed: as at its last event.
  private func judgeUpcall(_ decided: Int, _ step: Step) {
    let event = events[decided]
    let (partition, vector) = (Int(event.partition), what(decided))
    let end = step.end - 1
    // What the upcall itself does is not yet to be seen.
    func before<Value>(_ body: (Int) -> Value) -> Value { body(end + 1) }
    let waiting = waitingInStep(partition, vector, step)
    let handler = before { setting(.registerHandler, .unregisterHandler, partition, vector, before: $0) }
    let mayCome =
      waiting?.isAny != false && before { isRegistered(partition, vector, before: $0) } && handler != nil
      && before { setting(.enableInterrupt, .disableInterrupt, partition, vector, before: $0) } != nil
    require("upcall.registered", mayCome)
    if mayCome {
      if let waiting { require("upcall.count", event.words.w0 == carried(waiting.count, partition, vector)) }
      if let handler, isKept(handler, partition, before: step.input) {
        require("upcall.handler", event.words.w1 == argument(handler, 1))
      }
    }
    for lower in marked[partition] where lower < vector {
      let mustCome =
        isDeliverable(partition, lower, before: step.end) && !isHeldBack(partition, lower, before: step.end)
      require("upcall.order", !mustCome)
    }
    if let service = serviceInStep(partition, vector, step, decided) {
      require("upcall.service", service == nil)
    }
    let open = openWindow(before: step.end)
    require(
      "upcall.window",
      open.map { owner($0) == partition } ?? false && !hasYielded(partition, before: step.end)
        && !isStopped(partition, before: step.end))
    if let previous = upcallOrStart(partition, before: decided, step), isKept(previous, partition, before: step.input) {
      // The first since a start is 0.
      let expected = kinds[previous] == .upcall ? events[previous].words.w2 &+ 1 : 0
      require("upcall.ordinal", event.words.w2 == expected)
    }
    if let isOn = isOn(partition, before: step.end, without: decided) { require("upcall.enabled", isOn) }
    if !has(step, .stop), !leftOut.contains(.upcallWritten) {
      require(
        "upcall.written",
        (decided..<step.end).contains { kinds[$0] == .upcallWritten && Int(events[$0].partition) == partition })
    }
  }

  /// Marks that an upcall carries: all, or one tick where each has an upcall of its own.
  private func carried(_ count: UInt64, _ partition: Int, _ vector: Int) -> UInt64 {
    vector == 64 && record(of: partition).missedTickPolicy == .deliverAll ? min(count, 1) : count
  }

  /// The last upcall or start of a partition before an upcall of it. Upcalls are the last that is decided at an entry:
  /// a start in the same step comes before them, wherever it stands.
  private func upcallOrStart(_ partition: Int, before decided: Int, _ step: Step) -> Int? {
    let found = last(before: step.end, of: topic(.upcall, partition), topic(.restart, partition)) {
      kinds[$0] != .upcall || $0 < decided && upcallIsFirst($0)
    }
    guard let found, kinds[found] == .restart, stepOf[found] >= 0, let own = upcall(steps[stepOf[found]]),
      own != decided, Int(events[own].partition) == partition
    else { return found }
    return own
  }

  func upcallIsFirst(_ index: Int) -> Bool { stepOf[index] < 0 || upcall(steps[stepOf[index]]) == index }

  private func waitingInStep(_ partition: Int, _ vector: Int, _ step: Step) -> Waiting? {
    func isUnregistered(_ range: Range<Int>) -> Bool {
      !all(granted(.unregisterVCPU, partition, about: vector), in: range).isEmpty
    }
    if let mark = range(step).last(where: { isMark($0, partition, vector) }) {
      return isUnregistered(mark..<step.end) ? nil : Waiting(isAny: true, count: events[mark].words.w0)
    }
    return isUnregistered(range(step)) ? nil : waiting(partition, vector, before: step.input)
  }

  private func serviceInStep(_ partition: Int, _ vector: Int, _ step: Step, _ decided: Int) -> Int?? {
    let acknowledged = all(granted(.acknowledgeInterrupt, partition, about: vector), in: range(step))
    return !acknowledged.isEmpty ? .some(nil) : inService(partition, vector, before: step.input)
  }

  private func judgeWritten(_ index: Int) {
    guard let input = input(of: index) else { return }
    let partition = Int(events[index].partition)
    let isFirst = !(input..<index).contains { place in
      kinds[place] == .upcallWritten && Int(events[place].partition) == partition
        && (input..<place).contains { kinds[$0] == .upcall }
    }
    let decided = (input..<index).first { kinds[$0] == .upcall }
    guard let decided, Int(events[decided].partition) == partition, isFirst else {
      return require("upcall.written", false)
    }
    require("upcall.written", events[index].words.w2 == 0)
    if let entry = upcallEntry(partition, before: index) {
      require("upcall.written", events[index].words.w1 == entry)
    }
  }

  // MARK: Hypercalls

  func judgeHypercalls() {
    for index in events.indices where kinds[index] == .hypercallResult {
      guard input(of: index) != nil else { continue }
      require("hypercall.answered", isProperResult(index))
      if isSuccess(index, .readTime) {
        let read = events[index].words.w0
        require("time.read", read >= events[input(of: index)!].time && read <= events[index].time)
      }
      if isSuccess(index, .acknowledgeInterrupt) { judgeAcknowledged(index) }
    }
    for step in steps where kinds[step.input] == .hypercall {
      // Its caller is not there any more: the module has stopped, or that partition, or it has started anew.
      let isGone =
        has(step, .stop)
        || range(step).contains {
          let isEnded = kinds[$0] == .modeChange && events[$0].detail != OperatingMode.normal.rawValue
          return (isEnded || kinds[$0] == .restart) && events[$0].partition == events[step.input].partition
        }
      if isGone || isCall(step, .drainComplete) { continue }
      require("hypercall.answered", range(step).contains { isProperResult($0) })
    }
  }

  private func judgeAcknowledged(_ index: Int) {
    let partition = Int(events[index].partition)
    let step = steps[stepOf[index]]
    // What is no interrupt cannot be acknowledged: another claim's affair.
    guard (32...66).contains(argument(index, 0)),
      let service = inService(partition, Int(argument(index, 0)), before: step.input)
    else { return }
    require("upcall.acknowledge", events[index].words.w0 == (service.map { events[$0].words.w0 } ?? 0))
  }
}
