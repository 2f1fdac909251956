import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Starts of partitions: memory in pieces, registers, and nobody running before.
extension ReferenceChecker {
  func judgeStarts() {
    for step in steps { judgeBegun(step) }
    for index in places[Int(EventKind.restart.rawValue)] {
      require("restart.pieces", UInt64(events[index].operand) == pieces(of: partition(index)))
      // Before the first input, too, none starts twice.
      require("restart.begun", !hasBegun(partition(index), in: (input(of: index) ?? 0)..<index))
    }
    for index in events.indices where kinds[index] == .memoryPiece || kinds[index] == .initialised {
      let partition = partition(index)
      guard !isStartUntold(partition, before: index) else { continue }
      let made = nextPiece(of: partition, before: index)
      let isRight =
        kinds[index] == .memoryPiece ? events[index].operand == made : isMade(partition, made, before: index)
      require("restart.order", isRight && isInitialising(partition, before: index))
    }
    for index in places[Int(EventKind.windowStart.rawValue)] { judgeStarting(index) }
    for index in places[Int(EventKind.contextReset.rawValue)] { judgeContext(index) }
    for index in events.indices where isEntry(index) && events[index].partition != 0xFF {
      let partition = partition(index)
      guard !isStopped(partition, before: index) else { continue }
      require("restart.quiet", !isInitialising(partition, before: index))
      guard !isStartUntold(partition, before: index) else { continue }
      require("restart.context", !isContextDue(partition, before: index))
    }
  }

  private func judgeBegun(_ step: Step) {
    guard !has(step, .stop) else { return }
    let started = Set(all(.restart, in: range(step)).map { partition($0) })
    if kinds[step.input] == .start { require("restart.start", started.count == table.partitionCount) }
    for partition in Set(all(.modeChange, in: range(step)).map({ self.partition($0) })) {
      // Each change into a start mode wants a start before the next one, and before the step is over.
      let changes = all(topic(.modeChange, partition), in: range(step))
      for end in changes.dropFirst() + [step.end] {
        guard let mode = mode(of: partition, before: end), mode == 1 || mode == 2 else { continue }
        require("restart.begun", hasBegun(partition, in: step.input..<end))
      }
    }
  }

  /// Whoever is starting when its window begins has memory made in it, unless it stops or starts again.
  private func judgeStarting(_ start: Int) {
    let partition = owner(start)
    let isStarting = isInitialising(partition, before: start) && !isStopped(partition, before: start)
    let after = (start + 1)..<events.count
    let end = min(all(.windowStart, in: after).first ?? .max, all(.windowEnd, in: after).first ?? .max)
    guard isStarting, end < .max, stepOf[start] >= 0, stepOf[end] != stepOf[start], !hasStopped(before: end) else {
      return
    }
    // Found running it starts no more, which is another claim's affair.
    guard isInitialising(partition, before: end), !isStopped(partition, before: end) else { return }
    let isMade = [EventKind.memoryPiece, .restart].contains { kind in
      !all(topic(kind, partition), in: start..<end).isEmpty
    }
    require("restart.begun", isMade)
  }

  /// Pieces of a partition's memory, by the table: of writable segments and the stack, 8 KiB each.
  private func pieces(of partition: Int) -> UInt64 {
    let size = UInt64(ModuleLimits.restartPieceBytes)
    let regions =
      record(of: partition).segments.indices.map { table.record(SegmentRecord.self, $0) }
      .filter { $0.access.contains(.write) }.map(\.memoryBytes) + [record(of: partition).stackBytes]
    return regions.reduce(0) { $0 &+ $1 / size &+ ($1 % size > 0 ? 1 : 0) }
  }

  /// The number of the piece that comes next.
  private func nextPiece(of partition: Int, before index: Int) -> UInt32 {
    let place = last(before: index, of: topic(.memoryPiece, partition), topic(.restart, partition))
    return place.map { kinds[$0] == .restart ? 0 : events[$0].operand &+ 1 } ?? 0
  }

  private func isMade(_ partition: Int, _ made: UInt32, before index: Int) -> Bool {
    lastRestart(of: partition, before: index).map { events[$0].operand == made } ?? false
  }

  // MARK: Registers

  /// The partition started, or its callback began, and its registers were not set since, nor was it found running.
  private func isContextDue(_ partition: Int, before index: Int) -> Bool {
    let place = last(
      before: index, of: topic(.restart, partition), topic(.callback, partition), topic(.contextReset, partition),
      topic(.interrupt, partition), topic(.timer, partition), topic(.hypercall, partition),
      topic(.exception, partition)
    ) { kinds[$0]?.eventClass != .input || isEntry($0) }
    return place.map { kinds[$0] == .restart || kinds[$0] == .callback } ?? false
  }

  private func judgeContext(_ index: Int) {
    let partition = partition(index)
    guard partition < table.partitionCount, !isStartUntold(partition, before: index) else { return }
    let isCallback = isInCallback(partition, before: index)
    let entry = isCallback ? record(of: partition).callbackEntry : record(of: partition).entryPoint
    require("restart.context", events[index].words.w0 == entry)
    // Not all of a stack's last line need be used.
    let top = PartitionLayout.stackTop
    require("restart.context", (top - 16...top).contains(events[index].words.w1))
    require("restart.context", isContextDue(partition, before: index))
  }

  /// The partition's health callback runs: it began, and neither its action, a stop nor a start came since, told or
  /// not.
  func isInCallback(_ partition: Int, before index: Int) -> Bool { callback(of: partition, before: index) != nil }

  /// The callback that runs.
  func callback(of partition: Int, before index: Int) -> Int? {
    callbackNotEnded(of: partition, before: index).flatMap { isKept($0, partition, before: index) ? $0 : nil }
  }

  /// The same, where a start that was not told may have ended it.
  func callbackNotEnded(of partition: Int, before index: Int) -> Int? {
    guard let begun = last(before: index, of: topic(.callback, partition)) else { return nil }
    let since = (begun + 1)..<index
    // From the front: what ends it is not far.
    let isOver =
      !all(topic(.restart, partition), in: since).isEmpty
      || all(topic(.modeChange, partition), in: since).contains {
        events[$0].detail == OperatingMode.idle.rawValue
      } || all(topic(.healthAction, partition), in: since).contains { endsCallback($0) }
    return isOver ? nil : begun
  }

  /// An action for the error whose callback was the last before it.
  private func endsCallback(_ action: Int) -> Bool {
    let begun = last(before: action, of: topic(.callback, partition(action)))
    return begun.map { events[$0].operand == events[action].operand } ?? false
  }
}
