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
      if isModuleError(place) { waiting.append(place) }
      if kinds[place] == .moduleAction { waiting = [] }
      if let step = step(of: place), step.end == place + 1, mustHaveActed(step, waiting) { waiting = [] }
      if waiting != before { moduleErrors.append((place, waiting)) }
    }
  }

  /// An error at module level for which something is done with the module; what is to be ignored, and comes of a
  /// callback, only ends that.
  func isModuleError(_ place: Int) -> Bool {
    guard kinds[place] == .healthError, level(place) == .module, partition(place) < table.partitionCount else {
      return false
    }
    return moduleAction(place) != .ignore || !isInCallback(partition(place), before: place)
  }

  private func moduleAction(_ error: Int) -> ModuleRecoveryAction {
    rule(partition(error), events[error].detail, state(error)).moduleAction
  }

  /// Of errors that wait the one whose action is taken: the first that wants a shutdown, or else a reset, or else the
  /// first.
  private func mostSevere(_ waiting: [Int]) -> Int? {
    waiting.first { moduleAction($0) == .shutdown } ?? waiting.first { moduleAction($0) == .reset } ?? waiting.first
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
    guard let error = mostSevere(waitingErrors(before: index)) else { return require("health.module", false) }
    require(
      "health.module",
      partition(index) == partition(error) && UInt8(truncatingIfNeeded: events[index].operand) == events[error].detail
        && events[index].detail == moduleAction(error).rawValue)
  }

  private func judgeModuleStep(_ step: Step) {
    if has(step, .majorFrameStart) || has(step, .healthError) {
      require("health.module", !mustHaveActed(step, waitingErrors(before: step.end - 1, andAt: step.end - 1)))
    }
    guard let action = all(.moduleAction, in: range(step)).last else { return }
    switch ModuleRecoveryAction(rawValue: events[action].detail) {
    case .shutdown: require("health.module", has(step, .stop))
    case .reset:
      let started = Set(all(.restart, in: range(step)).map { partition($0) }).union(drainer < 0 ? [] : [drainer])
      require("health.module", started.count == table.partitionCount)
    default: break
    }
  }

  private func waitingErrors(before index: Int, andAt last: Int) -> [Int] {
    var waiting = waitingErrors(before: index)
    if isModuleError(last) { waiting.append(last) }
    return kinds[last] == .moduleAction ? [] : waiting
  }

  /// System partitions are told of errors at module level, where the module has a callback.
  private func judgeHealthMarks() {
    func isCause(_ index: Int) -> Bool {
      isModuleError(index) && table.module.hasModuleCallback
    }
    for index in places[Int(EventKind.mark.rawValue)] where what(index) == 65 {
      guard let step = step(of: index) else { continue }
      let isDue = (step.input..<index).contains(where: isCause) && isSystem(partition(index))
      let isFirst = !all(.mark, in: step.input..<index).contains {
        what($0) == 65 && partition($0) == partition(index)
      }
      require("health.mark", isDue && isFirst && isRegistered(partition(index), 65, before: index))
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
    isCertainlyRegistered(partition, vector, before: index) && !isStopped(partition, before: index)
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
      require("event.mark", belongs && isFirst && isRegistered(partition(index), what(index), before: index))
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
    for step in steps where isCall(step, .setModuleSchedule) {
      guard let answer = answer(step) else { continue }
      let isGranted = events[answer].detail == 0
      if isGranted { require("schedule.asked", record(of: partition(step.input)).flags.contains(.mayChangeSchedule)) }
      let isToCome = all(.scheduleChange, in: range(step)).contains { events[$0].detail == 0 }
      require("schedule.asked", isToCome == isGranted)
    }
  }

  /// The window is its owner's first since the module schedule changed.
  func startsNewSchedule(_ index: Int) -> Bool {
    guard let change = last(before: index, of: .scheduleChange, where: { events[$0].detail == 1 }) else { return false }
    return !all(.windowStart, in: change..<index).contains { owner($0) == owner(index) }
  }

  /// The mode in which the owner of such a window has to start; nil where it has to go on as it is.
  ///
  /// Whoever is starting goes on with that, but not with a warm start where the table has a cold one, and the drainer
  /// never starts again; who has initialised nothing yet starts cold, whatever the table says.
  func startDue(at index: Int) -> OperatingMode? {
    let partition = owner(index)
    let frame = last(before: index, of: .majorFrameStart).map { schedule(ofFrame: $0) } ?? 0
    let action =
      (0..<table.count(ScheduleActionRecord.self)).map { table.record(ScheduleActionRecord.self, $0) }
      .first { Int($0.schedule) == frame && Int($0.partition.rawValue) == partition }?.action ?? .ignore
    let isStarting = isInitialising(partition, before: index) && !isStopped(partition, before: index)
    let isColdAlready = mode(of: partition, before: index) == OperatingMode.coldStart.rawValue
    let isCold = action == .coldStart || isColdAlready
    let goesOn = isStarting && (isColdAlready || !isCold)
    guard action != .ignore, partition != drainer, !goesOn else { return nil }
    return isCold ? .coldStart : .warmStart
  }

  /// The first window of a partition in another schedule begins with what the table says.
  private func judgeScheduleActions() {
    for index in places[Int(EventKind.windowStart.rawValue)] where startsNewSchedule(index) {
      guard let step = step(of: index), !has(step, .stop), !isReset(step) else { continue }
      // A step that begins several windows is judged by the last of them.
      let later = all(.windowStart, in: (index + 1)..<step.end)
      guard !later.contains(where: { startsNewSchedule($0) }) else { continue }
      let partition = owner(index)
      guard let due = startDue(at: index) else {
        let isExceeded = (index..<step.end).contains { wantonChanges.contains($0) && self.partition($0) == partition }
        require("schedule.action", !isExceeded)
        continue
      }
      let isStarted = all(.restart, in: range(step)).contains { self.partition($0) == partition }
      require("schedule.action", isStarted && mode(of: partition, before: step.end) == due.rawValue)
    }
  }

  private func isReset(_ step: Step) -> Bool {
    all(.moduleAction, in: range(step)).last.map { events[$0].detail == ModuleRecoveryAction.reset.rawValue } ?? false
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
