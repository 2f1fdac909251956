import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What hypercalls may do, and what they answer.
extension ReferenceChecker {
  func judgeCalls() {
    for index in places[Int(EventKind.hypercallResult.rawValue)]
    where isProperResult(index) && events[index].detail == 0 {
      judgeSuccess(index)
    }
    for step in steps {
      judgeConsole(step)
      judgeNote(step)
    }
  }

  private func judgeSuccess(_ index: Int) {
    let partition = partition(index)
    guard let number = HypercallNumber(rawValue: UInt16(what(index))) else {
      return require("hypercall.known", false)
    }
    switch number {
    case .stopModule: require("hypercall.known", isSystem(partition))
    case .drainComplete: require("hypercall.known", partition == drainer)
    case .readStatistic: judgeStatistic(index, partition)
    case .registerHandler, .unregisterHandler, .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt,
      .registerVCPU, .unregisterVCPU:
      judgeRegistration(index, number, partition)
    case .setExceptionHandler:
      let address = argument(index, 1)
      require("registration.permitted", argument(index, 0) <= 32)
      require("registration.permitted", address == 0 || isExecutable(address, by: partition))
    case .bindEvent:
      let channel = channel(of: argument(index, 0)) { Int($0.destination.rawValue) == partition }
      require("registration.event", channel.map { UInt64($0.vector) == events[index].words.w0 } ?? false)
    default: break
    }
  }

  /// The event channel of an identifier that meets a condition.
  func channel(of identifier: UInt64, where condition: (EventChannelRecord) -> Bool) -> EventChannelRecord? {
    (0..<table.count(EventChannelRecord.self)).map { table.record(EventChannelRecord.self, $0) }
      .first { $0.identifier == identifier && condition($0) }
  }

  private func judgeRegistration(_ index: Int, _ number: HypercallNumber, _ partition: Int) {
    let vector = argument(index, 0)
    guard (32...66).contains(vector) else { return require("registration.permitted", false) }
    if number == .registerHandler {
      let address = argument(index, 1)
      require("registration.permitted", address == 0 || isExecutable(address, by: partition))
    }
    guard number == .registerVCPU else { return }
    let isPermitted: Bool
    switch vector {
    case 32..<48: isPermitted = record(of: partition).permittedLines >> UInt16(vector - 32) & 1 != 0
    case 48..<64:
      isPermitted = (0..<table.count(EventChannelRecord.self)).contains {
        let channel = table.record(EventChannelRecord.self, $0)
        return Int(channel.destination.rawValue) == partition && UInt64(channel.vector) == vector
      }
    case 65: isPermitted = isSystem(partition)
    default: isPermitted = true
    }
    require("registration.permitted", isPermitted)
  }

  private func judgeConsole(_ step: Step) {
    let written = all(.consoleWritten, in: range(step))
    let isAsked = isCall(step, .writeConsole)
    for index in written { require("console.written", isAsked && partition(index) == partition(step.input)) }
    require("console.written", written.count <= 1)
    guard isAsked, let answer = answer(step), !has(step, .stop) else { return }
    let told = events[answer].detail == 0 ? events[answer].words.w0 : 0
    let bytes = written.first { partition($0) == partition(step.input) }.map { UInt64(events[$0].operand) } ?? 0
    let most = min(word(step, 4), word(step, 2), UInt64(ModuleLimits.maximumConsoleBytes))
    require("console.written", (told == bytes || leftOut.contains(.consoleWritten)) && told <= most)
  }

  /// After the answer that grants a note come its words, eight by eight and the rest; nowhere else come any.
  private func judgeNote(_ step: Step) {
    let granted = success(step, .noteWords)
    var wanted: [(first: UInt64, count: UInt64)] = []
    if granted != nil {
      let count = word(step, 4)
      // What no note can have is not counted out.
      guard count <= UInt64(ModuleLimits.maximumNoteWords) else { return require("note.words", false) }
      require("note.words", count > 0 && isReadable(word(step, 3), count * 8, by: partition(step.input)))
      require("note.words", word(step, 3) % 8 == 0)
      for first in stride(from: 0, to: count, by: 8) { wanted.append((first, min(8, count - first))) }
    }
    if leftOut.contains(.noteWords) { return }
    let found = all(.noteWords, in: range(step)).filter { $0 > granted ?? .max }
    require("note.words", found.count == wanted.count && found.count == all(.noteWords, in: range(step)).count)
    for (index, piece) in zip(found, wanted) {
      let event = events[index]
      require("note.words", partition(index) == partition(step.input) && UInt64(event.operand) == piece.first)
      require("note.words", UInt64(event.detail) == piece.count)
      for rest in Int(piece.count)..<8 { require("note.words", event.words[rest] == 0) }
    }
  }

  // MARK: Statistics

  private func judgeStatistic(_ index: Int, _ partition: Int) {
    guard let selector = StatisticSelector(rawValue: argument(index, 0)),
      let expected = statistic(selector, index, partition)
    else { return }
    require("statistic.value", events[index].words.w0 == expected)
  }

  private func statistic(_ selector: StatisticSelector, _ index: Int, _ partition: Int) -> UInt64? {
    let start = lastRestart(of: partition, before: index) ?? 0
    switch selector {
    case .majorFrames: return last(before: index, of: .majorFrameStart).map { UInt64(events[$0].operand) + 1 } ?? 0
    case .kernelTicks:
      return last(before: index, of: .kernelHandler) { what($0) == 32 }.map { events[$0].words.w0 } ?? 0
    case .spuriousInterrupts: return UInt64(all(.spurious, in: 0..<index).count)
    case .operatingMode:
      let other = argument(index, 1)
      return other < UInt64(table.partitionCount) ? mode(of: Int(other), before: index).map { UInt64($0) } : nil
    case .partitionCount: return UInt64(table.partitionCount)
    case .marks:
      if isStartUntold(partition, before: index) { return nil }
      return marksCounted(partition, in: start..<index)
    case .currentSchedule:
      let schedule = last(before: index, of: .majorFrameStart).map { Int(events[$0].detail) } ?? 0
      return table.record(ScheduleRecord.self, schedule).identifier
    case .nextSchedule:
      let place = last(before: index, of: .majorFrameStart, .scheduleChange)
      let schedule = place.map { kinds[$0] == .scheduleChange ? what($0) : Int(events[$0].detail) } ?? 0
      return table.record(ScheduleRecord.self, schedule).identifier
    case .lastScheduleChange:
      guard let change = last(before: index, of: .scheduleChange, where: { events[$0].detail == 1 }),
        let step = step(of: change)
      else { return 0 }
      return frameStart(before: step.end)
    case .missedTicks:
      if isStartUntold(partition, before: index) { return nil }
      return all(topic(.timerExpired, partition), in: start..<index).reduce(0) { $0 &+ events[$1].words.w2 }
    case .errorLogCount: return logLength(before: index)
    case .droppedErrorCount:
      let length = logLength(before: index)
      return length - min(length, UInt64(ModuleLimits.errorLogLength))
    case .repeatedErrorCount: return nil  // What is not told leaves nothing in the trace to count.
    }
  }

  /// The marks of a partition, ticks by their number; what was counted for an earlier question is not counted again.
  private func marksCounted(_ partition: Int, in range: Range<Int>) -> UInt64 {
    var counted = markTotals[partition] ?? (range.lowerBound..<range.lowerBound, 0)
    if counted.range.lowerBound != range.lowerBound || counted.range.upperBound > range.upperBound {
      counted = (range.lowerBound..<range.lowerBound, 0)
    }
    for index in all(topic(.mark, partition), in: counted.range.upperBound..<range.upperBound) {
      counted.total &+= marks(at: index)
    }
    counted.range = range
    markTotals[partition] = counted
    return counted.total
  }

  /// How many errors have been entered in the log, by the last one's own number.
  func logLength(before index: Int) -> UInt64 {
    last(before: index, of: .healthError).map { events[$0].words.w1 &+ 1 } ?? 0
  }
}
