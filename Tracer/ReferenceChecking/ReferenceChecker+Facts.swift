import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What other claims look back for: modes, callers, answers, what a partition showed of itself last.
extension ReferenceChecker {
  func partition(_ index: Int) -> Int { Int(events[index].partition) }
  /// What the module says of a partition: nothing, of one that it has not.
  func record(of partition: Int) -> PartitionRecord { partition < partitions.count ? partitions[partition] : nobody }
  func step(of index: Int) -> Step? { stepOf[index] < 0 ? nil : steps[stepOf[index]] }
  func isSystem(_ partition: Int) -> Bool { record(of: partition).flags.contains(.system) }

  // MARK: Hypercalls

  func isCall(_ step: Step, _ number: HypercallNumber) -> Bool {
    kinds[step.input] == .hypercall && what(step.input) == Int(number.rawValue)
  }

  /// A word that a hypercall or an exception brought, from word 2 on.
  func word(_ step: Step, _ number: Int) -> UInt64 { events[step.input].words[number] }

  /// The result that the step's caller waits for.
  func answer(_ step: Step) -> Int? {
    all(.hypercallResult, in: range(step)).first { isProperResult($0) }
  }

  /// The step's caller is told that what it asked for was not done.
  func isRefused(_ step: Step) -> Bool { answer(step).map { events[$0].detail != 0 } ?? false }

  /// The successful answer of a hypercall.
  func success(_ step: Step, _ number: HypercallNumber) -> Int? {
    isCall(step, number) ? answer(step).flatMap { events[$0].detail == 0 ? $0 : nil } : nil
  }

  /// The first event of a kind in a step that meets a condition.
  func first(_ kind: EventKind, in step: Step, where condition: (Int) -> Bool = { _ in true }) -> Int? {
    all(kind, in: range(step)).first(where: condition)
  }

  // MARK: Modes

  /// The partition's operating mode; nil before its first start.
  func mode(of partition: Int, before index: Int) -> UInt8? {
    last(before: index, of: topic(.modeChange, partition), topic(.restart, partition)).map { events[$0].detail }
  }

  func lastRestart(of partition: Int, before index: Int) -> Int? {
    last(before: index, of: topic(.restart, partition))
  }

  /// Its memory is being made anew: it started, and was neither said to be initialised nor found running since.
  func isInitialising(_ partition: Int, before index: Int) -> Bool {
    let place = last(
      before: index, of: topic(.restart, partition), topic(.initialised, partition), topic(.interrupt, partition),
      topic(.timer, partition), topic(.hypercall, partition), topic(.exception, partition)
    ) { kinds[$0] == .restart || kinds[$0] == .initialised || isEntry($0) }
    return place.map { kinds[$0] == .restart && events[$0].operand > 0 } ?? false
  }

  /// It leaves the rest of its window to others.
  func isGone(_ partition: Int, before index: Int) -> Bool {
    hasYielded(partition, before: index) || isStopped(partition, before: index)
  }

  /// It wants its window.
  func isAble(_ partition: Int, before index: Int) -> Bool {
    !isGone(partition, before: index) && !isInitialising(partition, before: index)
  }

  // MARK: Stop

  /// The module has stopped before.
  func hasStopped(before index: Int) -> Bool { last(before: index, of: .stop) != nil }

  // MARK: Snapshots

  /// The last entry of a partition.
  func lastEntry(of partition: Int, before index: Int) -> Int? {
    last(
      before: index, of: topic(.interrupt, partition), topic(.timer, partition), topic(.hypercall, partition),
      topic(.exception, partition)
    ) { isEntry($0) }
  }

  /// A hypercall by which a partition leaves an upcall's frame that can be used.
  func isUsableReturn(_ index: Int) -> Bool {
    kinds[index] == .hypercall && what(index) == Int(HypercallNumber.returnFromUpcall.rawValue)
      && events[index].words.w2 & 1 != 0
  }

  /// Whether a partition's next frame fits, as it was shown last since its start; nothing speaks against it before.
  func frameFits(_ partition: Int, before index: Int) -> Bool {
    guard let entry = lastEntry(of: partition, before: index),
      entry > lastRestart(of: partition, before: index) ?? -1
    else { return true }
    return isUsableReturn(entry) ? events[entry].words.w2 & 2 != 0 : events[entry].detail & 4 != 0
  }

  /// Whether all of so many bytes lie in the partition's stack, or in one segment that it may read.
  func isReadable(_ address: UInt64, _ byteCount: UInt64, by partition: Int) -> Bool {
    isOwn(address, byteCount, by: partition, .read)
  }

  /// The same of one that it may write.
  func isWritable(_ address: UInt64, _ byteCount: UInt64, by partition: Int) -> Bool {
    isOwn(address, byteCount, by: partition, .write)
  }

  private func isOwn(
    _ address: UInt64, _ byteCount: UInt64, by partition: Int, _ access: SegmentRecord.Access
  ) -> Bool {
    let stack = (PartitionLayout.stackTop &- record(of: partition).stackBytes, record(of: partition).stackBytes)
    let segments = record(of: partition).segments.indices.map { table.record(SegmentRecord.self, $0) }
      .filter { $0.access.contains(access) }.map { ($0.virtualAddress, $0.memoryBytes) }
    return ([stack] + segments).contains { start, bytes in
      address >= start && address - start < bytes && byteCount <= bytes - (address - start)
    }
  }

  /// The segment that an address lies in may be executed by the partition.
  func isExecutable(_ address: UInt64, by partition: Int) -> Bool {
    record(of: partition).segments.indices.contains { index in
      let segment = table.record(SegmentRecord.self, index)
      return segment.access.contains(.execute) && address >= segment.virtualAddress
        && address - segment.virtualAddress < segment.memoryBytes
    }
  }
}
