import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The pure state machine that takes every decision of the kernel.
///
/// It is given inputs and answers with decisions. It has no heap, no clock, no I/O and does not see the partitions'
/// memory: whatever it reads is the module table, its own state, or a recorded input. So the kernel, the replayer and
/// the simulator run the same source, and from the same inputs come the same decisions.
///
/// Every input method takes the instant `now` of the kernel's entry and a recorder that gets each decision in the order
/// taken. Reading path: this file, `PartitionCore+Inputs`, `+Scheduling`, `+Delivery`, then `Hypercalls/`.
public struct PartitionCore<Marking: MarkingRule>: ~Copyable {
  let table: ModuleTable
  let switchAllowanceNanoseconds: UInt64
  let keyframeIntervalFrames: UInt64
  /// Who gets the idle time; `none` where the module has no drainer.
  public let drainer: PartitionIndex

  // Configuration, read once.
  let configurations: StateTable<PartitionConfiguration>
  let regions: StateTable<MemoryRegion>
  let ports: StateTable<PortState>
  /// The queues of the queuing destinations, one behind the other.
  let queues: StateTable<QueuedMessage>
  let healthTable: HealthTable
  let hasModuleCallback: Bool
  /// What each partition does when a schedule is switched to, by schedule × partitions + partition.
  let scheduleActions: StateTable<ScheduleChangeAction>
  let stimulusCount: Int

  /// What has to be done after the last input. Kept in place rather than returned: it is read field by field.
  public internal(set) var decision = Decision()

  // State. What of it influences a decision is in `forEachStateWord`.
  /// What is remembered of each partition, by its index.
  public let partitions: StateTable<PartitionState>
  /// Interrupts, marks and handlers of every partition.
  public let vcpus: VCPUTable
  let guests: GuestTables
  let channels: StateTable<ChannelState>
  var lines: LineTable
  var schedule: CyclicSchedule
  /// Whose context is in the CPU, or `none` for the idle loop.
  public internal(set) var current: PartitionIndex = .none
  /// A window whose first instruction still has to wait for its instant, in ns; 0 if none.
  var pendingStartNanoseconds: UInt64 = 0
  var armedNanoseconds: UInt64 = .max
  var stopNanoseconds: UInt64 = .max
  /// The next tick of the running owner's timer in ns, or all ones: follows from other state (`findNextTick`).
  var nextTickNanoseconds: UInt64 = .max
  /// The module is over: no window begins any more, and all time is the drainer's.
  public internal(set) var hasStopped = false
  var isIdle = false
  /// Something has changed since who runs, and until when, was last decided. False between inputs.
  var mustPlan = true
  /// Until when (ns) a hypercall of `current` that marks nobody changes nothing beyond its own answer; 0 for not at
  /// all. Follows from the state; kept because every hypercall asks for it.
  public internal(set) var quietUntilNanoseconds: UInt64 = 0
  var framesSinceKeyframe: UInt64 = 0
  var nextStimulus = 0
  /// Its instant in ns, or all ones: read from the table once.
  var nextStimulusNanoseconds: UInt64 = .max
  /// The earlier of that and the module's stop.
  var nextOutsideNanoseconds: UInt64 = .max
  var kernelTicks: UInt64 = 0
  var spuriousInterrupts: UInt64 = 0
  var errorLog: ErrorLog
  var pendingModuleAction = PendingModuleAction()
  /// When the input that is worked on came, in ns.
  var entryNanoseconds: UInt64 = 0

  /// Makes the core for a module.
  ///
  /// - Parameter memory: what its tables are cut from; `stateByteCount(for:)` says how much.
  public init(_ table: ModuleTable, memory: consuming StateMemory) {
    self.table = table
    let module = table.module
    switchAllowanceNanoseconds = module.switchAllowance.count
    keyframeIntervalFrames = module.keyframeIntervalFrames
    drainer = module.drainer
    let partitionCount = table.partitionCount
    configurations = memory.table(of: partitionCount, filledWith: PartitionConfiguration())
    regions = memory.table(of: max(table.count(SegmentRecord.self), 1), filledWith: MemoryRegion())
    channels = memory.table(of: max(table.count(ChannelRecord.self), 1), filledWith: ChannelState())
    ports = memory.table(
      of: max(table.count(PortRecord.self), 1), filledWith: PortState(channels.reference(to: 0)))
    queues = memory.table(of: max(Self.queueEntryCount(table), 1), filledWith: QueuedMessage(word: 0))
    healthTable = HealthTable(table, memory: &memory)
    hasModuleCallback = module.hasModuleCallback
    scheduleActions = memory.table(of: table.count(ScheduleRecord.self) * partitionCount, filledWith: .ignore)
    errorLog = ErrorLog(partitionCount: partitionCount, memory: &memory)
    partitions = memory.table(of: partitionCount, filledWith: PartitionState())
    vcpus = VCPUTable(partitionCount: partitionCount, memory: &memory)
    guests = GuestTables(table, memory: &memory)
    lines = LineTable(table, memory: &memory)
    schedule = CyclicSchedule(table, scheduleIndex: Int(module.initialSchedule), memory: &memory)
    stimulusCount = table.count(StimulusRecord.self)
    readConfiguration()
    findNextStimulus()
  }

  /// Looks up when the test device acts next.
  mutating func findNextStimulus() {
    nextStimulusNanoseconds =
      nextStimulus < stimulusCount
      ? table.record(StimulusRecord.self, nextStimulus).time.nanoseconds : .max
    nextOutsideNanoseconds = min(nextStimulusNanoseconds, stopNanoseconds)
  }

  /// Bytes of memory that the core of a module needs.
  public static func stateByteCount(for table: ModuleTable) -> Int {
    let partitionBytes =
      MemoryLayout<PartitionState>.stride + MemoryLayout<PartitionConfiguration>.stride
      + MemoryLayout<VCPUInterrupts>.stride + VCPUTable.slotCount * 16
    let portBytes = MemoryLayout<PortState>.stride + MemoryLayout<ChannelState>.stride
    return 4096 + GuestTables.byteCount(for: table) + table.partitionCount * (partitionBytes + 64)
      + (table.count(PortRecord.self) + table.count(ChannelRecord.self) + 2) * portBytes
      + queueEntryCount(table) * MemoryLayout<QueuedMessage>.stride
      + table.count(SegmentRecord.self) * MemoryLayout<MemoryRegion>.stride
      + table.count(ScheduleRecord.self) * table.partitionCount
      + CyclicSchedule.byteCount(for: table) + HealthTable.byteCount(for: table)
      + ErrorLog.byteCount(partitionCount: table.partitionCount)
  }

  private func readConfiguration() {
    for index in 0..<table.partitionCount {
      let record = table.record(PartitionRecord.self, index)
      configurations[index] = PartitionConfiguration(record)
      configurations[index].pieceCount = UInt32(truncatingIfNeeded: table.memoryPieceCount(of: record))
    }
    for index in 0..<table.count(LineRecord.self) {
      let bit: UInt64 = 1 &<< table.record(LineRecord.self, index).line
      for partition in 0..<partitions.count
      where UInt64(table.record(PartitionRecord.self, partition).permittedLines) & bit != 0 {
        configurations[partition].permittedInterrupts |= bit
      }
    }
    for index in 0..<table.count(EventChannelRecord.self) {
      let channel = table.record(EventChannelRecord.self, index)
      configurations[Int(channel.destination.rawValue)].permittedInterrupts |= 1 &<< (UInt64(channel.vector) &- 32)
    }
    for index in 0..<table.count(ScheduleActionRecord.self) {
      let record = table.record(ScheduleActionRecord.self, index)
      scheduleActions[Int(record.schedule) * table.partitionCount + Int(record.partition.rawValue)] = record.action
    }
    for index in 0..<table.count(SegmentRecord.self) {
      let segment = table.record(SegmentRecord.self, index)
      regions[index].start = segment.virtualAddress
      regions[index].byteCount = segment.memoryBytes
      regions[index].access = segment.access.rawValue
    }
    readPorts()
  }

  /// The partitions of which some vCPU state is kept.
  public var partitionCount: Int { partitions.count }

  /// Whether `partition` runs whenever its windows come.
  @inline(__always) func isRunnable(_ partition: PartitionIndex) -> Bool {
    let index = Int(partition.rawValue)
    return partitions[index].mode != .idle && !partitions[index].life.isInitialising
  }

  /// Whether `byteCount` bytes at `address` lie in one piece of the partition's memory that allows `access`.
  ///
  /// The shared page is no message memory: it may be changed under the kernel's hands.
  public func allows(
    _ access: SegmentRecord.Access, _ partition: PartitionIndex, _ address: UInt64, _ byteCount: UInt64
  ) -> Bool {
    let owner = Int(partition.rawValue)
    // Distances instead of ends: nothing here can wrap around.
    let belowTop = PartitionLayout.stackTop &- address
    if belowTop <= configurations[owner].stackBytes, byteCount <= belowTop { return !access.contains(.execute) }
    var index = configurations[owner].firstSegment
    let last = index &+ configurations[owner].segmentCount
    while index < last {
      if regions[index].contains(address, byteCount) {
        return regions[index].access & access.rawValue == access.rawValue
      }
      index &+= 1
    }
    return false
  }

  /// What `allows` says of writing to the caller's memory: where its last message or frame was is looked at first.
  @inline(__always)
  public mutating func allowsWriting(of caller: Caller, _ address: UInt64, _ byteCount: UInt64) -> Bool {
    displacement(of: caller, .write, address, byteCount) != nil
  }

  /// The displacement of the caller's `byteCount` bytes at `address`; nil where `access` is not allowed, as `allows`
  /// has it.
  @inline(__always)
  mutating func displacement(
    of caller: Caller, _ access: SegmentRecord.Access, _ address: UInt64, _ byteCount: UInt64
  ) -> UInt64? {
    let belowTop = PartitionLayout.stackTop &- address
    if belowTop <= caller.configuration.pointee.stackBytes, byteCount <= belowTop {
      return caller.configuration.pointee.stackDisplacement
    }
    if !caller.configuration.pointee.recentRegion.contains(address, byteCount) {
      guard let index = segment(of: Int(caller.index.rawValue), address, byteCount) else { return nil }
      caller.configuration.pointee.recentRegion = regions[index]
    }
    guard caller.configuration.pointee.recentRegion.access & access.rawValue == access.rawValue else { return nil }
    return caller.configuration.pointee.recentRegion.displacement
  }

  /// Tells what the kernel adds to an address in a segment; the core hands it back with every message there.
  public func setDisplacement(ofSegment index: Int, _ displacement: UInt64) {
    regions[index].displacement = displacement
  }

  /// The same of an address in a partition's stack.
  public func setStackDisplacement(of partition: PartitionIndex, _ displacement: UInt64) {
    configurations[Int(partition.rawValue)].stackDisplacement = displacement
  }

  /// Tells where the places of a channel's messages are, and how far they are apart.
  public func setPlaces(ofChannel index: Int, from address: UInt64, byteCount: UInt64) {
    channels[index].firstPlace = address
    channels[index].placeBytes = byteCount
  }

  /// What the services of ports ask of a partition at every call.
  @inline(__always) public mutating func caller(_ partition: PartitionIndex) -> Caller {
    let index = Int(partition.rawValue)
    return Caller(
      index: partition, origin: EventOrigin(partition), state: partitions.reference(to: index),
      configuration: configurations.reference(to: index),
      interrupts: vcpus.interrupts.reference(to: index))
  }

  /// The partition's segment that has all of `byteCount` bytes at `address`.
  @inline(never) private mutating func segment(of owner: Int, _ address: UInt64, _ byteCount: UInt64) -> Int? {
    var index = configurations[owner].firstSegment
    let last = index &+ configurations[owner].segmentCount
    while index < last {
      if regions[index].contains(address, byteCount) { return index }
      index &+= 1
    }
    return nil
  }
}
