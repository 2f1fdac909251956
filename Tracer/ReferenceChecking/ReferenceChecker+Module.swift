import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Errors at module level, schedules, and events between partitions.
extension ReferenceChecker {
  func judgeModule() {
    followModuleErrors()
    for index in places[Int(EventKind.moduleAction.rawValue)] { if step(of: index) != nil { judgeModuleAction(index) } }
    for step in steps { judgeModuleStep(step) }
    for index in places[Int(EventKind.scheduleChange.rawValue)] { judgeScheduleChange(index) }
    judgeScheduleEffect()
    judgeScheduleActions()
    judgeNamed()
    judgeEvents()
    judgeHealthMarks()
  }

  /// Notes which errors at module level got no action yet, wherever that changes.
  private func followModuleErrors() {
    var waiting: [Int] = []
    for place in events.indices {
      let before = waiting
      if kinds[place] == .healthError, level(place) == .module { waiting.append(place) }
      if kinds[place] == .moduleAction, !waiting.isEmpty { waiting.removeFirst() }
      if let step = step(of: place), step.end == place + 1, mustHaveActed(step, waiting) { waiting = [] }
      if waiting != before { moduleErrors.append((place, waiting)) }
    }
  }

  /// Errors at module level that got no action yet.
  private func waitingErrors(before index: Int) -> [Int] {
    moduleErrors.last { $0.since < index }?.waiting ?? []
  }

  /// The end of a step at which no error of module level may wait any more: any where no partition is told of it
  /// first, the next major frame otherwise.
  private func mustHaveActed(_ step: Step, _ waiting: [Int]) -> Bool {
    guard !waiting.isEmpty else { return false }
    return !table.module.hasModuleCallback || has(step, .majorFrameStart) && !has(step, .healthError)
  }

  private func judgeModuleAction(_ index: Int) {
    let waiting = waitingErrors(before: index)
    // Of several the last one's action is known only.
    guard waiting.count < 2 else { return }
    guard let error = waiting.first else { return require("health.module", false) }
    let action = rule(partition(error), events[error].detail, state(error)).moduleAction
    require(
      "health.module",
      partition(index) == partition(error) && UInt8(truncatingIfNeeded: events[index].operand) == events[error].detail
        && events[index].detail == action.rawValue)
  }

  private func judgeModuleStep(_ step: Step) {
    if has(step, .majorFrameStart) || has(step, .healthError) {
      require("health.module", !mustHaveActed(step, waitingErrors(before: step.end - 1, andAt: step.end - 1)))
    }
    guard let action = all(.moduleAction, in: range(step)).last else { return }
    switch ModuleRecoveryAction(rawValue: events[action].detail) {
    case .shutdown: require("health.module", has(step, .stop))
    case .reset:
      let started = Set(all(.restart, in: range(step)).map { partition($0) }).union([drainer])
      require("health.module", started.count == table.partitionCount)
    default: break
    }
  }

  private func waitingErrors(before index: Int, andAt last: Int) -> [Int] {
    var waiting = waitingErrors(before: index)
    if kinds[last] == .healthError, level(last) == .module { waiting.append(last) }
    if kinds[last] == .moduleAction, !waiting.isEmpty { waiting.removeFirst() }
    return waiting
  }

  /// System partitions are told of errors at module level, where the module has a callback.
  private func judgeHealthMarks() {
    func isCause(_ index: Int) -> Bool {
      kinds[index] == .healthError && level(index) == .module && table.module.hasModuleCallback
    }
    for index in places[Int(EventKind.mark.rawValue)] where what(index) == 65 {
      guard let step = step(of: index) else { continue }
      let isDue = (step.input..<index).contains(where: isCause) && isSystem(partition(index))
      let isFirst = !all(.mark, in: step.input..<index).contains {
        what($0) == 65 && partition($0) == partition(index)
      }
      require("health.mark", isDue && isFirst && mayBeRegistered(partition(index), 65, before: index))
    }
    for step in steps where !has(step, .stop) && range(step).contains(where: isCause) {
      for partition in 0..<table.partitionCount where isSystem(partition) {
        let isMarked = all(.mark, in: range(step)).contains { what($0) == 65 && self.partition($0) == partition }
        require("health.mark", isMarked || !mustBeMarked(partition, 65, before: step.end))
      }
    }
  }

  /// Whether a partition has certainly registered, runs, and so must be marked.
  func mustBeMarked(_ partition: Int, _ vector: Int, before index: Int) -> Bool {
    isRegistered(partition, vector, before: index) && !isStartUntold(partition, before: index)
      && !isStopped(partition, before: index)
  }

  func mayBeRegistered(_ partition: Int, _ vector: Int, before index: Int) -> Bool {
    isRegistered(partition, vector, before: index) || isStartUntold(partition, before: index)
  }

  // MARK: Events

  private func channelRaised(_ index: Int) -> EventChannelRecord {
    table.record(EventChannelRecord.self, Int(events[index].operand))
  }

  private func judgeEvents() {
    for index in places[Int(EventKind.eventRaised.rawValue)] {
      let channel = channelRaised(index)
      let isRight =
        Int(channel.source.rawValue) == partition(index)
        && events[index].words.w0 == UInt64(channel.destination.rawValue)
        && events[index].words.w1 == UInt64(channel.vector)
      require("event.raised", isRight)
      guard let step = step(of: index) else { continue }
      let isAsked =
        isCall(step, .raiseEvent) && partition(step.input) == partition(index)
        && word(step, 3) == channel.identifier && first(.eventRaised, in: step) == index
      require("event.raised", isAsked)
    }
    for step in steps {
      if success(step, .raiseEvent) != nil {
        let source = partition(step.input)
        require("event.raised", channel(of: word(step, 3)) { Int($0.source.rawValue) == source } != nil)
        if !has(step, .stop) { require("event.raised", has(step, .eventRaised)) }
      }
      guard let raised = all(.eventRaised, in: range(step)).last, !has(step, .stop) else { continue }
      let channel = channelRaised(raised)
      let (destination, vector) = (Int(channel.destination.rawValue), Int(channel.vector))
      let isMarked = all(.mark, in: raised..<step.end).contains { partition($0) == destination && what($0) == vector }
      require("event.mark", isMarked || !mustBeMarked(destination, vector, before: step.end))
    }
    for index in places[Int(EventKind.mark.rawValue)] where (48..<64).contains(what(index)) {
      guard let step = step(of: index) else { continue }
      let raised = all(.eventRaised, in: step.input..<index).last.map { channelRaised($0) }
      let belongs =
        raised.map { Int($0.destination.rawValue) == partition(index) && Int($0.vector) == what(index) } ?? false
      let isFirst = !all(.mark, in: step.input..<index).contains {
        what($0) == what(index) && partition($0) == partition(index)
      }
      require("event.mark", belongs && isFirst && mayBeRegistered(partition(index), what(index), before: index))
    }
  }

  // MARK: Schedules

  func schedule(ofFrame index: Int) -> Int { Int(events[index].detail) }

  private func judgeScheduleChange(_ index: Int) {
    guard let step = step(of: index), Int(events[index].operand) < table.count(ScheduleRecord.self) else { return }
    if events[index].detail == 0 {
      let identifier = table.record(ScheduleRecord.self, Int(events[index].operand)).identifier
      let isAsked =
        isCall(step, .setModuleSchedule) && partition(step.input) == partition(index) && word(step, 3) == identifier
      let mayAsk = events[index].partition != 0xFF && record(of: partition(index)).flags.contains(.mayChangeSchedule)
      require("schedule.asked", isAsked && mayAsk)
    } else {
      require("schedule.effective", Int(events[index].operand) == scheduleAsked(before: index))
      require("schedule.effective", has(step, .majorFrameStart))
    }
  }

  /// The schedule that the next major frame has: asked for since the last one began, or that one's.
  func scheduleAsked(before index: Int) -> Int {
    let place = last(before: index, of: .scheduleChange, .majorFrameStart)
    return place.map { kinds[$0] == .majorFrameStart ? schedule(ofFrame: $0) : Int(events[$0].operand) } ?? 0
  }

  private func judgeScheduleEffect() {
    let frames = places[Int(EventKind.majorFrameStart.rawValue)]
    for (number, index) in frames.enumerated() where number > 0 {
      require("schedule.effective", schedule(ofFrame: index) == scheduleAsked(before: index))
      guard schedule(ofFrame: index) != schedule(ofFrame: frames[number - 1]), let step = step(of: index),
        !has(step, .stop)
      else { continue }
      require("schedule.effective", all(.scheduleChange, in: range(step)).contains { events[$0].detail == 1 })
    }
    for step in steps where success(step, .setModuleSchedule) != nil {
      require("schedule.asked", record(of: partition(step.input)).flags.contains(.mayChangeSchedule))
    }
  }

  /// The first window of a partition in another schedule begins with what the table says.
  private func judgeScheduleActions() {
    for index in places[Int(EventKind.windowStart.rawValue)] {
      guard let change = last(before: index, of: .scheduleChange, where: { events[$0].detail == 1 }),
        let step = step(of: index), !has(step, .stop), !has(step, .moduleAction)
      else { continue }
      let partition = owner(index)
      guard !all(.windowStart, in: change..<index).contains(where: { owner($0) == partition }) else { continue }
      let frame = last(before: step.end, of: .majorFrameStart).map { schedule(ofFrame: $0) } ?? 0
      let action =
        (0..<table.count(ScheduleActionRecord.self)).map { table.record(ScheduleActionRecord.self, $0) }
        .first { Int($0.schedule) == frame && Int($0.partition.rawValue) == partition }?.action ?? .ignore
      guard action != .ignore else { continue }
      let due: UInt8 = action == .warmStart ? 2 : 1
      let isStarted = all(.restart, in: range(step)).contains { self.partition($0) == partition }
      if !isStarted, isStopped(partition, before: step.end) { continue }
      require("schedule.action", isStarted && mode(of: partition, before: step.end) == due)
    }
  }

  private func judgeNamed() {
    for step in steps where isCall(step, .findModuleSchedule) {
      guard let answer = answer(step) else { continue }
      let place = word(step, 2)
      if place > 0, place <= UInt64(table.count(ScheduleRecord.self)) {
        let identifier = table.record(ScheduleRecord.self, Int(place) - 1).identifier
        require("schedule.named", events[answer].detail == 0 && events[answer].words.w0 == identifier)
      } else {
        let code = ReturnCode(rawValue: events[answer].detail)
        require("schedule.named", code == .invalidConfiguration || code == .invalidParameter)
      }
    }
  }
}
