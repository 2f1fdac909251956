import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Lays a checked module and its partitions' images out as a module image: table, padding to a page, segment contents.
struct ModulePacker {
  let module: ModuleDescription
  /// By partition index.
  let images: [PartitionImage]
  let stimuli: [StimulusRecord]

  private var writer = ModuleTableWriter()
  private var segments: [(record: SegmentRecord, contents: [UInt8])] = []

  init(module: ModuleDescription, images: [PartitionImage], stimuli: [StimulusRecord]) {
    self.module = module
    self.images = images
    self.stimuli = stimuli
  }

  /// The bytes of the image, and how many of them are the table.
  ///
  /// - Precondition: the module has passed `ModuleRules`.
  mutating func pack() -> (bytes: [UInt8], tableByteCount: Int) {
    appendModule()
    for index in module.partitions.indices { appendPartition(index) }
    appendSchedules()
    appendPortsAndChannels()
    appendRest()

    // Offsets of segments are part of the table, whose size does not depend on them.
    let page = ModuleTableLayout.pageBytes
    func aligned(_ count: Int) -> Int { (count + page - 1) / page * page }
    let segmentWords = ModuleSection.segments.recordWords * 8
    let tableByteCount =
      writer.byteCount + segments.count * segmentWords
      + (segments.isEmpty ? 0 : ModuleTableLayout.directoryWordCount * 8)
    var contents: [UInt8] = []
    var offset = aligned(tableByteCount)
    let firstOffset = offset
    var identity: [UInt8] = []
    for index in segments.indices {
      segments[index].record.imageOffset = segments[index].contents.isEmpty ? 0 : UInt64(offset)
      writer.append(segments[index].record)
      identity += segments[index].contents
      contents += segments[index].contents
      offset = firstOffset + aligned(contents.count)
      contents += [UInt8](repeating: 0, count: offset - firstOffset - contents.count)
    }
    let imageIdentity = identity.withUnsafeBytes { XXH64.hash($0) }
    var bytes = writer.bytes(imageByteCount: offset, imageIdentity: imageIdentity)
    precondition(bytes.count == tableByteCount, "the table's size was foreseen")
    bytes += [UInt8](repeating: 0, count: firstOffset - tableByteCount)
    bytes += contents
    return (bytes, tableByteCount)
  }

  private mutating func appendModule() {
    writer.append(
      ModuleRecord(
        name: writer.name(module.name), identifier: module.identifier,
        switchAllowance: SwitchAllowance(module).total, finalPad: SwitchAllowance.finalPad,
        ringBytes: module.trace.ringBytes, keyframeIntervalFrames: module.trace.keyframeIntervalFrames,
        intervalTimerHertz: module.clocks.intervalTimerHertz, realTimeClockHertz: module.clocks.realTimeClockHertz,
        initialSchedule: UInt64(module.initialScheduleIndex ?? 0),
        drainer: module.drainerIndex.map { PartitionIndex(UInt8($0)) } ?? .none,
        eventsPerBlock: module.trace.eventsPerBlock, hasModuleCallback: module.health.hasModuleCallback,
        ringPolicy: module.trace.ringPolicy, traceCompression: module.trace.compression,
        leftOutKinds: module.trace.leftOutKinds))
  }

  private mutating func appendPartition(_ index: Int) {
    let partition = module.partitions[index]
    let image = images[index]
    let own = PartitionIndex(UInt8(index))
    let firstSegment = segments.count
    for segment in image.segments {
      let checksum = segment.contents.withUnsafeBytes { XXH64.hash($0) }
      let record = SegmentRecord(
        partition: own, virtualAddress: segment.virtualAddress, memoryBytes: segment.memoryBytes, imageOffset: 0,
        imageBytes: UInt64(segment.contents.count), access: segment.access, checksum: checksum)
      segments.append((record, segment.contents))
    }
    let firstGrant = writer.count(PortGrantRecord.self)
    for grant in partition.portGrants {
      writer.append(PortGrantRecord(partition: own, firstPort: grant.firstPort, count: grant.count))
    }
    let portsBefore = module.partitions[..<index].reduce(0) { $0 + $1.ports.count }
    let schedule = module.initialScheduleIndex.flatMap { schedule in
      module.schedules[schedule].partitions.first { $0.partitionIdentifier == partition.identifier }
    }
    let hasWindows = schedule.map { !$0.windows.isEmpty } ?? false
    var flags = PartitionRecord.Flags()
    if partition.isSystem { flags.insert(.system) }
    if partition.isDrainer { flags.insert(.drainer) }
    let ownSchedules = module.schedules.flatMap(\.partitions).filter {
      $0.partitionIdentifier == partition.identifier
    }
    if ownSchedules.contains(where: \.mayChangeSchedule) { flags.insert(.mayChangeSchedule) }
    let lines = module.lines.filter { line in line.owners.contains { $0.identifier == partition.identifier } }
    writer.append(
      PartitionRecord(
        name: writer.name(partition.name), identifier: partition.identifier, flags: flags,
        criticality: partition.criticality, period: hasWindows ? schedule!.period : Nanoseconds(0),
        duration: hasWindows ? schedule!.duration : Nanoseconds(0), entryPoint: image.entryPoint,
        stackBytes: StackSize.wholePages(partition.stackBytes),
        segments: RecordRange(first: firstSegment, count: segments.count - firstSegment),
        ports: RecordRange(first: portsBefore, count: partition.ports.count),
        portGrants: writer.range(PortGrantRecord.self, since: firstGrant), buildIdentity: image.buildIdentity,
        permittedLines: lines.reduce(UInt16(0)) { $0 | 1 << UInt16($1.number) },
        markedLines: markedLines(of: partition.identifier),
        maximumUpcallDepth: UInt8(clamping: partition.maximumUpcallDepth),
        missedTickPolicy: partition.missedTickPolicy, callbackEntry: image.callbackEntry))
    for process in partition.processes {
      // Of one without timing nothing is claimed; who tells of it wants it known by its name.
      guard process.completion == .told || process.period != nil && process.capacity != nil else { continue }
      writer.append(
        ProcessRecord(
          partition: own, name: writer.name(process.name), period: process.period ?? Nanoseconds(0),
          capacity: process.capacity ?? Nanoseconds(0), deadline: process.deadline ?? Nanoseconds(.max),
          priority: process.priority ?? 1, completion: process.completion))
    }
  }

  private func markedLines(of identifier: UInt64) -> UInt16 {
    module.lines.reduce(0) { lines, line in
      line.owners.contains { $0.identifier == identifier && $0.isMarked } ? lines | 1 << UInt16(line.number) : lines
    }
  }

  private mutating func appendEventChannels() {
    for channel in module.eventChannels {
      guard let source = module.partitionIndex(identifier: channel.sourceIdentifier),
        let destination = module.partitionIndex(identifier: channel.destinationIdentifier)
      else { continue }
      writer.append(
        EventChannelRecord(
          identifier: channel.identifier, source: PartitionIndex(UInt8(source)),
          destination: PartitionIndex(UInt8(destination)), vector: UInt8(clamping: channel.vector)))
    }
  }

  private mutating func appendSchedules() {
    for (place, schedule) in module.schedules.enumerated() {
      appendScheduleActions(schedule, place)
      if place != module.initialScheduleIndex { appendPromises(schedule, place) }
      let first = writer.count(WindowRecord.self)
      for (index, window) in schedule.windowsByStart {
        let identifier = schedule.partitions[index].partitionIdentifier
        let partition = module.partitionIndex(identifier: identifier) ?? 0
        writer.append(
          WindowRecord(
            start: window.start, duration: window.duration, partition: PartitionIndex(UInt8(partition)),
            identifier: window.identifier, isPeriodStart: window.isPeriodStart))
      }
      writer.append(
        ScheduleRecord(
          identifier: schedule.identifier, name: writer.name(schedule.name), majorFrame: schedule.majorFrame,
          windows: writer.range(WindowRecord.self, since: first)))
    }
  }

  private mutating func appendPromises(_ schedule: ScheduleDescription, _ index: Int) {
    for entry in schedule.partitions where !entry.windows.isEmpty {
      guard let partition = module.partitionIndex(identifier: entry.partitionIdentifier) else { continue }
      writer.append(
        PartitionScheduleRecord(
          schedule: UInt64(index), partition: PartitionIndex(UInt8(partition)), period: entry.period,
          duration: entry.duration))
    }
  }

  private mutating func appendScheduleActions(_ schedule: ScheduleDescription, _ index: Int) {
    for entry in schedule.partitions where entry.changeAction != .ignore {
      guard let partition = module.partitionIndex(identifier: entry.partitionIdentifier) else { continue }
      writer.append(
        ScheduleActionRecord(
          schedule: UInt64(index), partition: PartitionIndex(UInt8(partition)), action: entry.changeAction))
    }
  }

  private mutating func appendPortsAndChannels() {
    func isEnd(
      _ end: ChannelDescription.End, _ partition: PartitionDescription, _ port: PortDescription
    ) -> Bool {
      end.partitionIdentifier == partition.identifier && end.portName == port.name
    }
    var sourceOfChannel = [Int](repeating: 0, count: module.channels.count)
    for (index, partition) in module.partitions.enumerated() {
      for port in partition.ports {
        let channel =
          module.channels.firstIndex { channel in
            isEnd(channel.source, partition, port) || channel.destinations.contains { isEnd($0, partition, port) }
          } ?? 0
        let place = writer.append(
          PortRecord(
            partition: PartitionIndex(UInt8(index)), name: writer.name(port.name), kind: port.kind,
            direction: port.direction, maximumMessageBytes: port.maximumMessageBytes,
            refreshPeriod: port.refreshPeriod ?? Nanoseconds(0), channel: UInt64(channel),
            maximumMessageCount: port.maximumMessageCount ?? 0, discardsWhenFull: port.discardsWhenFull ?? false))
        if port.direction == .source { sourceOfChannel[channel] = place }
      }
    }
    for (index, channel) in module.channels.enumerated() {
      let owner = module.partitionIndex(identifier: channel.source.partitionIdentifier)
      let port = owner.flatMap { owner in
        module.partitions[owner].ports.first { $0.name == channel.source.portName }
      }
      writer.append(
        ChannelRecord(
          identifier: channel.identifier, sourcePort: UInt64(sourceOfChannel[index]),
          maximumMessageBytes: port?.maximumMessageBytes ?? 0))
    }
  }

  /// A budget's subject in the table: partitions by their index.
  private func subject(of budget: BudgetDescription) -> UInt64 {
    let subject = budget.subject ?? 0
    guard budget.quantity == .partitionSupply else { return subject }
    return UInt64(module.partitionIndex(identifier: subject) ?? 0)
  }

  private mutating func appendRest() {
    for line in module.lines.sorted(by: { $0.number < $1.number }) {
      writer.append(
        LineRecord(
          line: line.number, policy: line.policy, budgetPerWindow: line.budgetPerWindow, recipe: line.recipe,
          hasKernelHandler: line.hasKernelHandler,
          stolenTime: line.stolenTime ?? SwitchAllowance.interruptCost(ownerCount: line.owners.count)))
    }
    appendEventChannels()
    for budget in module.budgets {
      writer.append(
        BudgetRecord(
          quantity: budget.quantity, subject: subject(of: budget),
          bound: budget.boundTime?.count ?? budget.boundCount ?? 0))
    }
    for claim in module.claims {
      if let record = ClaimCompiler(module: module).record(claim, name: writer.name(claim.name)) {
        writer.append(record)
      }
    }
    for choice in module.claimChoices {
      writer.append(ClaimChoiceRecord(pattern: writer.name(choice.pattern), kind: choice.kind))
    }
    for record in HealthActionTable(module).records { writer.append(record) }
    for stimulus in stimuli { writer.append(stimulus) }
  }
}
