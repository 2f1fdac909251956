import ModuleConfiguration

/// What a module takes of the machine's memory, item by item, as the kernel hands it out at boot.
///
/// It follows `Boot`, `ModuleLoader` and `MessageStore` and counts whole pages. What only the kernel knows exactly (its
/// own state, page tables, the module table's length) is counted as the most that it can be: a module that is let
/// through boots, and nobody but this command could tell its user why one does not.
struct MachineMemory {
  /// What the memory is for.
  enum Item: CaseIterable {
    case ring, stacks, segments, messages, image, tables
  }

  /// The machine that `partita capture` starts (`Machine.memoryMebibytes`).
  static let machineBytes: UInt64 = 128 << 20
  /// Below and above what the kernel hands out: itself, which ends below 2 MiB, the firmware's tables at the top, and a
  /// margin of more than a MiB.
  static let reservedBytes: UInt64 = 4 << 20
  /// What a module may take.
  static let availableBytes = machineBytes - reservedBytes

  private(set) var bytes: [Item: UInt64] = [:]

  var total: UInt64 { bytes.values.reduce(0, +) }
  /// What takes most.
  var largest: Item { Item.allCases.max { bytes[$0, default: 0] < bytes[$1, default: 0] } ?? .ring }

  /// - Parameters:
  ///   - images: by partition index; of a partition without one nothing is counted.
  ///   - stimulusCount: actions of the stimulus that is packed with the module.
  init(_ module: ModuleDescription, images: [Int: PartitionImage], stimulusCount: Int) {
    let segments = images.values.flatMap(\.segments)
    // Greater ones are refused by a rule of their own, and must not overflow the sum.
    let ring = min(module.trace.ringBytes, Self.machineBytes * 2)
    let table = Self.tableBytes(module, segmentCount: segments.count, stimulusCount: stimulusCount)
    bytes[.ring] = ring
    bytes[.stacks] = module.partitions.reduce(0) { $0 + StackSize.wholePages($1.stackBytes) }
    bytes[.segments] = segments.reduce(0) { $0 + Self.ownBytes($1) }
    bytes[.messages] = Self.wholePages(module.channels.reduce(0) { $0 + Self.messageBytes($1, module) })
    bytes[.image] = table + segments.reduce(0) { $0 + Self.wholePages(UInt64($1.contents.count)) }
    bytes[.tables] = table + Self.kernelBytes(module, segments, ring: ring)
  }

  private static let page = UInt64(ModuleTableLayout.pageBytes)

  private static func wholePages(_ bytes: UInt64) -> UInt64 { (bytes + page - 1) / page * page }

  /// Read-only segments stay where the module image has them, if their contents fill all of their pages.
  private static func ownBytes(_ segment: PartitionImage.Segment) -> UInt64 {
    let isInPlace =
      !segment.access.contains(.write) && wholePages(UInt64(segment.contents.count)) == segment.memoryBytes
    return isInPlace ? 0 : segment.memoryBytes
  }

  /// A channel's places: whole cache lines each.
  static func messageBytes(_ channel: ChannelDescription, _ module: ModuleDescription) -> UInt64 {
    func port(_ end: ChannelDescription.End) -> PortDescription? {
      module.partitionIndex(identifier: end.partitionIdentifier).flatMap { index in
        module.partitions[index].ports.first { $0.name == end.portName }
      }
    }
    var slots = MessageSlots()
    for destination in channel.destinations.compactMap(port) where destination.kind == .queuing {
      slots.add(
        messageCount: destination.maximumMessageCount ?? 0, discardsWhenFull: destination.discardsWhenFull ?? false)
    }
    let limit = UInt64(ModuleLimits.maximumMessageBytes)
    let longest = min(port(channel.source)?.maximumMessageBytes ?? limit, limit)
    return (longest + 63) / 64 * 64 * UInt64(slots.count)
  }

  /// The module table at most: each record as the longest one with the longest name.
  private static func tableBytes(_ module: ModuleDescription, segmentCount: Int, stimulusCount: Int) -> UInt64 {
    let ofPartitions = module.partitions.map { 1 + $0.ports.count + $0.portGrants.count + $0.processes.count }
    let ofSchedules = module.schedules.map { 1 + $0.partitions.reduce(0) { $0 + 2 + $1.windows.count } }
    let ofModule = [
      1, module.channels.count, module.lines.count, module.eventChannels.count, module.budgets.count,
      module.claims.count, module.claimChoices.count, HealthActionTable(module).records.count, segmentCount,
    ]
    let records = (ofPartitions + ofSchedules + ofModule).reduce(0, +)
    let recordBytes = 16 * 8 + ModuleLimits.maximumClaimPatternLength
    return wholePages(UInt64(records * recordBytes + stimulusCount * ModuleSection.stimuli.recordWords * 8))
  }

  /// Page tables and pages that the kernel keeps for itself and for each partition.
  private static func kernelBytes(
    _ module: ModuleDescription, _ segments: [PartitionImage.Segment], ring: UInt64
  ) -> UInt64 {
    /// Tables of the last level, each for 2 MiB, that a range needs wherever it begins.
    func tables(_ bytes: UInt64) -> UInt64 { bytes >> 21 + 2 }
    // Of the kernel: the switcher's pages, its own page tables, keyframe, spill.
    let ofKernel: UInt64 = 128
    // Of a partition: register, shared and information page, map of ports, extended state; the upper page tables and
    // those of the switcher.
    let ofPartitions = module.partitions.reduce(UInt64(0)) { $0 + 20 + tables($1.stackBytes) }
    let ofSegments = segments.reduce(UInt64(0)) { $0 + tables($1.memoryBytes) }
    // The kernel and the drainer see the ring twice in a row.
    let ofRing = 2 * tables(2 * ring)
    return (ofKernel + ofPartitions + ofSegments + ofRing) * page + stateBytes(module, segmentCount: segments.count)
  }

  /// The state of `PartitionCore` at most.
  static func stateBytes(_ module: ModuleDescription, segmentCount: Int) -> UInt64 {
    let ports = module.partitions.flatMap(\.ports)
    let queued = ports.reduce(UInt64(0)) {
      $0 + min($1.maximumMessageCount ?? 0, UInt64(ModuleLimits.maximumQueuedMessages))
    }
    let windows = module.schedules.flatMap(\.partitions).reduce(0) { $0 + $1.windows.count }
    let ofSchedules = module.schedules.count * (64 + 16 * module.partitions.count) + windows * 64
    let ofPorts = (ports.count + module.channels.count + module.eventChannels.count) * 512
    let ofPartitions = module.partitions.count * ModuleTableLayout.pageBytes + segmentCount * 64
    return wholePages(queued * 16 + UInt64(4 * ModuleTableLayout.pageBytes + ofSchedules + ofPorts + ofPartitions))
  }
}
