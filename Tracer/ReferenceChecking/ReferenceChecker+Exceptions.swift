import APEXTypes
import ModuleConfiguration
import TraceFormat

/// CPU exceptions: each gets one answer, from the partition's own handler where it has one that can take it.
extension ReferenceChecker {
  /// `int3` and `int 4` of ring 3 come as protection faults that name their gate.
  private func gate(_ step: Step) -> Int? {
    guard what(step.input) == 13 else { return nil }
    return word(step, 2) == 3 << 3 | 2 ? 3 : word(step, 2) == 4 << 3 | 2 ? 4 : nil
  }

  /// The handler that a partition has for an exception, or for errors (32); 0 for none, and nil where a start that was
  /// not told may have taken it away.
  func exceptionHandler(_ vector: Int, _ partition: Int, before index: Int) -> UInt64? {
    let place = last(
      before: index, of: topic(.restart, partition), granted(.setExceptionHandler, partition, about: vector))
    guard isKept(place ?? -1, partition, before: index) else { return nil }
    return place.flatMap { kinds[$0] == .restart ? nil : argument($0, 1) } ?? 0
  }

  /// Where they are entered; in the same way.
  func exceptionEntry(_ partition: Int, before index: Int) -> UInt64? {
    let place = last(before: index, of: topic(.restart, partition), granted(.setExceptionEntry, partition))
    guard isKept(place ?? -1, partition, before: index) else { return nil }
    return place.flatMap { kinds[$0] == .restart ? nil : argument($0, 0) } ?? 0
  }

  /// Whether a partition that tells a count of exceptions come back from is in none of its handlers; yes if unknown.
  func isOutOfHandlers(_ partition: Int, before index: Int, _ told: UInt32) -> Bool {
    handlerCount(partition, before: index).count == told
  }

  /// A reflection that is of its step's exception.
  func belongs(_ index: Int) -> Bool {
    guard let step = step(of: index), kinds[step.input] == .exception, partition(step.input) == partition(index),
      events[index].operand != 32
    else { return false }
    let vector = Int(events[index].operand)
    let isFirst = !all(.exceptionReflected, in: step.input..<index).contains {
      partition($0) == partition(index) && [what(step.input), gate(step)].contains(Int(events[$0].operand))
    }
    return isFirst && (vector == what(step.input) || vector == gate(step))
  }

  func judgeExceptions() {
    for step in steps where kinds[step.input] == .exception && !has(step, .stop) {
      judgeAnswer(step)
    }
    for index in places[Int(EventKind.exceptionReflected.rawValue)] {
      guard let step = step(of: index), events[index].operand <= 32 else { continue }
      if events[index].operand == 32 { judgeProcessLevel(index, step) } else { judgeReflected(index, step) }
      if let handler = exceptionHandler(Int(events[index].operand), partition(index), before: index) {
        require("exception.reflected", handler != 0 && handler == events[index].words.w0)
      }
    }
    judgeWritten()
    for index in places[Int(EventKind.healthError.rawValue)] where cause(index) != 0 {
      if let step = step(of: index) { judgeCause(index, step) }
    }
  }

  private func judgeAnswer(_ step: Step) {
    let partition = partition(step.input)
    let isReflected = all(.exceptionReflected, in: range(step)).contains { belongs($0) }
    let isError = has(step, .healthError)
    // An action without its error is the log's affair.
    require("exception.answered", isReflected || isError || has(step, .healthAction))
    require("exception.answered", !(isReflected && isError))
    var vector = what(step.input)
    if let gate = gate(step) {
      guard let handler = exceptionHandler(gate, partition, before: step.input) else { return }
      if handler != 0 { vector = gate }
    }
    let canTake =
      exceptionHandler(vector, partition, before: step.input) ?? 0 != 0
      && exceptionEntry(partition, before: step.input) ?? 0 != 0 && events[step.input].detail & 6 == 4
      && isOutOfHandlers(partition, before: step.input + 1, UInt32(truncatingIfNeeded: word(step, 5)))
    if canTake { require("exception.handler", isReflected) }
  }

  private func judgeReflected(_ index: Int, _ step: Step) {
    let event = events[index]
    let isGate = gate(step) == Int(event.operand)
    let isCause =
      (event.words.w1 == word(step, 2) || isGate && event.words.w1 == 0)
      && (event.words.w2 == word(step, 3) || event.operand != 14 && event.words.w2 == 0)
    require("exception.reflected", belongs(index) && isCause)
    guard belongs(index) else { return }
    // What was meant as a gate goes to the gate's handler.
    if !isGate, let gate = gate(step) {
      require("exception.reflected", exceptionHandler(gate, partition(index), before: index) ?? 0 == 0)
    }
    let handlers = handlerCount(partition(index), before: index)
    if let count = handlers.count, !handlers.isWrittenBack {
      require("exception.reflected", count == UInt32(truncatingIfNeeded: word(step, 5)))
    }
  }

  private func judgeProcessLevel(_ index: Int, _ step: Step) {
    judgeNesting(index, step)
    guard let error = openError(before: index, step), partition(error) == partition(index),
      events[index].words.w1 == UInt64(events[error].detail)
    else { return require("health.process", false) }
    let rule = rule(partition(index), events[error].detail, state(error))
    let mode = mode(of: partition(index), before: index)
    require("health.process", rule.level == .process && mode ?? 3 == OperatingMode.normal.rawValue)
  }

  /// An error of a handler goes to no handler of the partition.
  private func judgeNesting(_ index: Int, _ step: Step) {
    let partition = partition(index)
    let isOwn = kinds[step.input] == .exception && self.partition(step.input) == partition
    guard handlerCount(partition, before: index).count != nil else { return }
    require("health.process", isInHandler(partition, before: index, ofOwnException: isOwn) != true)
  }

  private func judgeWritten() {
    for index in places[Int(EventKind.exceptionWritten.rawValue)] {
      guard let step = step(of: index) else { continue }
      let decided = last(before: index, of: .exceptionReflected).flatMap { $0 > step.input ? $0 : nil }
      let isItsOwn = decided.map { isFrame(at: index, $0) } ?? false
      let isFirst = decided.map { !all(.exceptionWritten, in: $0..<index).contains { _ in true } } ?? false
      require("exception.written", isFirst && isItsOwn && decided.map { !isOvertaken($0, before: index) } ?? false)
      guard isFirst, isItsOwn else { continue }
      require("exception.written", events[index].words.w2 == 0)
      if let entry = exceptionEntry(partition(index), before: index) {
        require("exception.written", events[index].words.w1 == entry)
      }
    }
    for step in steps where !has(step, .stop) {
      guard let decided = all(.exceptionReflected, in: range(step)).last else { continue }
      let isWritten = all(.exceptionWritten, in: decided..<step.end).contains { isFrame(at: $0, decided) }
      require("exception.written", isWritten || isOvertaken(decided, before: step.end))
    }
  }

  /// Whether the partition of a reflection, or of a callback, stops or starts anew before its registers are set: they
  /// are not set then.
  func isOvertaken(_ decided: Int, before end: Int) -> Bool {
    (decided..<end).contains { index in
      guard partition(index) == partition(decided) else { return false }
      let isChange = kinds[index] == .modeChange && events[index].detail != OperatingMode.normal.rawValue
      return isChange || kinds[index] == .restart
    }
  }

  /// Whether a frame is that of a reflection: for the same partition, and of the same vector.
  private func isFrame(at index: Int, _ decided: Int) -> Bool {
    events[index].operand == events[decided].operand && events[index].partition == events[decided].partition
  }

  /// An error that a CPU exception caused is of the step's exception, and is told once.
  private func judgeCause(_ index: Int, _ step: Step) {
    let vector = cause(index) - 1
    let isFirst = !(step.input..<index).contains {
      kinds[$0] == .healthError && cause($0) != 0 || kinds[$0] == .healthAction && isOrphan($0, step)
    }
    let belongs =
      kinds[step.input] == .exception && partition(step.input) == partition(index)
      && (vector == what(step.input) || vector == gate(step))
    require("exception.answered", belongs && isFirst)
    guard belongs && isFirst else { return }
    require("health.action", events[index].detail == meaning(step).rawValue)
  }

  /// What the exception of a step means, by its vector; of page faults those just below the stack are its overflow.
  private func meaning(_ step: Step) -> ErrorCode {
    let meanings: [(ErrorCode, Set<Int>)] = [
      (.numericError, [0, 4, 16, 19]), (.stackOverflow, [12]), (.memoryViolation, [14]), (.hardwareFault, [18]),
    ]
    let found = meanings.first { $0.1.contains(what(step.input)) }?.0 ?? .illegalRequest
    guard found == .memoryViolation else { return found }
    let stackBytes = record(of: partition(step.input)).stackBytes
    let below = PartitionLayout.stackTop &- stackBytes &- word(step, 3)
    return (1...4096).contains(below) ? .stackOverflow : .memoryViolation
  }

  /// An action for no error that was entered, nor for one that waited for its callback.
  private func isOrphan(_ action: Int, _ step: Step) -> Bool {
    openError(before: action, step) == nil && !isAfterCallback(action)
  }

  /// In which state an error is told.
  func judgeState(_ index: Int, _ step: Step) {
    let partition = partition(index)
    // Another partition's exception says nothing of this one's handler.
    let isException = kinds[step.input] == .exception && self.partition(step.input) == partition
    let expected: SystemState
    if isInCallback(partition, before: index) {
      expected = .errorHandling
    } else {
      guard !isStartUntold(partition, before: index), handlerCount(partition, before: index).count != nil,
        let isInHandler = isInHandler(partition, before: index, ofOwnException: isException)
      else { return }
      if isInHandler {
        expected = .errorHandling
      } else {
        switch mode(of: partition, before: index) {
        case OperatingMode.normal.rawValue: expected = .partitionExecution
        case OperatingMode.coldStart.rawValue, OperatingMode.warmStart.rawValue: expected = .partitionInitialisation
        default: return
        }
      }
    }
    require("health.state", state(index) == expected)
  }
}
