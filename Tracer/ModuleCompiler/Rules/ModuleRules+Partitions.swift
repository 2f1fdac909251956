import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkPartitions() {
    checkName(module.name, of: "the module", line: module.line)
    if module.partitions.isEmpty {
      diagnostics.error(.noPartition, line: module.line, "the module has no partition", "add a Partition")
    }
    if module.partitions.count > ModuleLimits.maximumPartitionCount {
      let extra = module.partitions[ModuleLimits.maximumPartitionCount]
      diagnostics.error(
        .tooManyPartitions, line: extra.line, "the module has \(module.partitions.count) partitions",
        "the kernel has room for \(ModuleLimits.maximumPartitionCount)")
    }
    var lineByIdentifier: [UInt64: Int] = [:]
    var lineByName: [String: Int] = [:]
    for partition in module.partitions {
      checkName(partition.name, of: "partition \(partition.identifier)", line: partition.line)
      checkIdentifier(partition.identifier, of: "partition '\(partition.name)'", line: partition.line)
      if let first = lineByIdentifier.updateValue(partition.line, forKey: partition.identifier) {
        diagnostics.error(
          .duplicatePartition, line: partition.line,
          "partition identifier \(partition.identifier) is taken (line \(first))", "give each partition its own")
      }
      if let first = lineByName.updateValue(partition.line, forKey: partition.name) {
        diagnostics.error(
          .duplicatePartition, line: partition.line, "partition name '\(partition.name)' is taken (line \(first))",
          "give each partition its own")
      }
      if Self.namesOfNoPartition.contains(partition.name) {
        diagnostics.error(
          .reservedName, line: partition.line, "'\(partition.name)' is how answers call what is no partition's",
          "give the partition another name")
      }
      checkStack(partition)
    }
  }

  /// What stands beside the partitions' names in answers, whose time it is or whose events: a partition of that name
  /// would be added to it, or take its place, where somebody looks for a name.
  static let namesOfNoPartition: Set<String> = ["idle loop", "kernel and padding", "events missing", "–"]

  /// Partitions are told identifiers in signed words of 32 bits: the lower half of a greater one is another's.
  mutating func checkIdentifier(_ identifier: UInt64, of what: String, line: Int) {
    guard identifier > UInt64(Int32.max) else { return }
    diagnostics.error(
      .numberOutOfRange, line: line, "\(what) has the identifier \(identifier)",
      "write a number up to \(Int32.max): the standard's identifiers have 32 bits")
  }

  /// Largest main stack: what fits well below `PartitionLayout.stackTop`.
  static let maximumStackBytes: UInt64 = 16 << 20

  private mutating func checkStack(_ partition: PartitionDescription) {
    for process in partition.processes {
      guard let bytes = process.stackBytes, bytes == 0 || bytes > Self.maximumStackBytes else { continue }
      diagnostics.error(
        .stackTooLarge, line: process.line, "StackSize is \(bytes) bytes",
        "a stack has 1 to \(Self.maximumStackBytes) bytes")
    }
  }

  mutating func checkDrainer() {
    let drainers = module.partitions.filter(\.isDrainer)
    guard module.trace.ringPolicy == .discardNew else {
      for drainer in drainers {
        diagnostics.error(
          .recordedDrainer, line: drainer.line, "'\(drainer.name)' drains a flight recorder's ring",
          "leave the drainer out: the ring is read from the machine's memory; or write p:Trace Policy=\"DISCARD_NEW\"")
      }
      return
    }
    if drainers.isEmpty {
      diagnostics.error(
        .missingDrainer, line: module.line, "no partition drains the trace",
        "mark a system partition with p:Drainer=\"true\" (namespace \(ModuleSchemaText.extensionNamespace)), "
          + "or keep the last events alone: <p:Trace Policy=\"FLIGHT_RECORDER\"/>")
    }
    for extra in drainers.dropFirst() {
      diagnostics.error(
        .severalDrainers, line: extra.line, "'\(extra.name)' is a second drainer",
        "only '\(drainers[0].name)' (line \(drainers[0].line)) or only this one may have p:Drainer")
    }
    for drainer in drainers {
      if !drainer.isSystem {
        diagnostics.error(
          .drainerNotSystem, line: drainer.line, "the drainer '\(drainer.name)' is not a system partition",
          "add SystemPartition=\"true\"")
      }
      let ports = drainer.portGrants
      if ports.count != 1 || ports[0].firstPort != 0xE9 || ports[0].count != 1 {
        diagnostics.error(
          .drainerPorts, line: drainer.line, "the drainer's I/O ports are not exactly the debug port",
          "give it <p:PortGrant First=\"0xE9\" Count=\"1\"/> and no other")
      }
    }
  }

  mutating func checkProcesses() {
    let schedule = module.initialScheduleIndex.map { module.schedules[$0] }
    // Claims are called after partition and process: two names that read alike together would be one claim.
    var lineByClaim: [String: Int] = [:]
    for partition in module.partitions {
      let own = schedule?.partitions.first { $0.partitionIdentifier == partition.identifier }
      let supplied = own.flatMap { own in schedule.map { supply.perPeriod(own, majorFrame: $0.majorFrame) } }
      var keys: [ProcessKey: ProcessDescription] = [:]
      for process in partition.processes {
        checkName(process.name, of: "a process", line: process.line)
        let claim = "\(partition.name).\(process.name)"
        if let first = lineByClaim.updateValue(process.line, forKey: claim) {
          diagnostics.error(
            .duplicateProcess, line: process.line,
            "claims about this process would be called '\(claim)', like those about the one of line \(first)",
            "give each process of a partition a name of its own")
        }
        checkKey(of: process, &keys, in: partition)
        checkProcess(process, partition, own, supplied)
        checkOffset(of: process)
        checkReleases(of: process, in: partition, exceptIn: schedule)
      }
    }
  }

  /// What is told of processes names them by keys made from their names.
  private mutating func checkKey(
    of process: ProcessDescription, _ keys: inout [ProcessKey: ProcessDescription], in partition: PartitionDescription
  ) {
    guard process.completion == .told else { return }
    let key = Array(process.name.utf8).withUnsafeBytes { ProcessKey(name: $0) }
    guard let first = keys.updateValue(process, forKey: key), first.name != process.name else { return }
    diagnostics.error(
      .duplicateProcess, line: process.line,
      "the processes '\(first.name)' and '\(process.name)' of \(partition.name) have the same key "
        + String(key.rawValue, radix: 16) + ", by which a scheduler tells of them",
      "give one of them another name")
  }

  /// In another schedule a process whose period is no multiple of its partition's cannot be released at its own.
  private mutating func checkReleases(
    of process: ProcessDescription, in partition: PartitionDescription, exceptIn initial: ScheduleDescription?
  ) {
    guard let period = process.period?.count, period > 0 else { return }
    for schedule in module.schedules where schedule.identifier != initial?.identifier {
      for own in schedule.partitions where own.partitionIdentifier == partition.identifier && own.period.count > 0 {
        guard period % own.period.count != 0 else { continue }
        diagnostics.warning(
          .processTiming, line: process.line,
          "the process's period \(secondsText(Nanoseconds(period))) is no multiple of its partition's "
            + "\(secondsText(own.period)) in schedule \(schedule.identifier), where it is released with the partition",
          "take a multiple, so that releases fall on period starts in every schedule")
      }
    }
  }

  /// Whoever tells nothing of its jobs is taken to be released with its partition, by `verify` too.
  private mutating func checkOffset(of process: ProcessDescription) {
    guard let offset = process.releaseOffset, offset.count > 0 else { return }
    guard let period = process.period, offset < period else {
      diagnostics.error(
        .processTiming, line: process.line, "p:ReleaseOffsetSeconds is \(secondsText(offset))",
        "a process is released less than its p:PeriodSeconds after its partition's period starts")
      return
    }
    guard process.completion != .told else { return }
    diagnostics.error(
      .processTiming, line: process.line,
      "the process has p:ReleaseOffsetSeconds, but nobody tells when its jobs begin and are complete",
      "add p:Completion=\"TOLD\", as with the processes of ARINC653.h, or leave p:ReleaseOffsetSeconds out")
  }

  private mutating func checkProcess(
    _ process: ProcessDescription, _ partition: PartitionDescription, _ own: PartitionScheduleDescription?,
    _ supplied: Nanoseconds?
  ) {
    if let priority = process.priority, !(1...239).contains(priority) {
      diagnostics.error(
        .processPriority, line: process.line, "p:Priority is \(priority)", "a priority is 1 (lowest) to 239")
    }
    guard let period = process.period else {
      if process.capacity != nil || process.deadline != nil {
        diagnostics.error(
          .processTiming, line: process.line, "the process has timing but no p:PeriodSeconds",
          "add p:PeriodSeconds, or leave out p:TimeCapacitySeconds and p:DeadlineSeconds")
      }
      return
    }
    guard let capacity = process.capacity, capacity.count > 0 else {
      diagnostics.error(
        .processTiming, line: process.line, "the process has a period but no p:TimeCapacitySeconds",
        "add the longest time that it computes in a period")
      return
    }
    let deadline = process.deadline ?? period
    if capacity > deadline || deadline > period {
      diagnostics.error(
        .processTiming, line: process.line,
        "capacity \(secondsText(capacity)), deadline \(secondsText(deadline)), period \(secondsText(period)) "
          + "are not in order", "capacity ≤ deadline ≤ period")
    }
    guard let own, own.period.count > 0 else { return }
    guard period.count % own.period.count == 0, period.count > 0 else {
      diagnostics.error(
        .processTiming, line: process.line,
        "the process's period \(secondsText(period)) is no multiple of its partition's \(secondsText(own.period))",
        "take a multiple, so that releases fall on period starts")
      return
    }
    guard let supplied, supplied.count > 0 else { return }
    let (total, overflow) = supplied.count.multipliedReportingOverflow(by: period.count / own.period.count)
    if !overflow, capacity.count > total {
      diagnostics.error(
        .capacityExceedsSupply, line: process.line,
        "the process needs \(secondsText(capacity)) in \(secondsText(period)), but '\(partition.name)' is sure of "
          + "\(secondsText(Nanoseconds(total)))", "lengthen the windows or lower p:TimeCapacitySeconds")
    }
  }
}
