import APEXTypes
import ModuleConfiguration

/// What the core remembers of a partition for the paravirtualisation layer: how deep its upcalls nest, its virtual
/// timer, and whether its exception handler is at work.
struct GuestState: BitwiseCopyable {
  /// Upcalls decided and not known to have returned, 0 … `ModuleLimits.maximumUpcallDepth`.
  var upcallDepth: UInt8 = 0
  /// The health monitor knows that a mark has found the depth used up; it is not told again until an upcall returns.
  var isDepthReported = false
  /// The health monitor knows that a mark has found no room for its frame; it is not told again until one has fitted,
  /// or until no mark waits any more because its interrupt was unregistered.
  var isStackReported = false
  /// An exception was given to the handler; it is still there as long as `exceptionsReturned` says the same.
  var isReflecting = false
  /// `SharedPage.exceptionsReturned` as it was when the last exception was given to the handler.
  var returnedBefore: UInt32 = 0
  /// The same as it was last seen.
  var exceptionsReturned: UInt32 = 0
  var exceptionEntry: UInt64 = 0
  var timer = VirtualTimer()
  /// Ticks that were dropped since the start: by the policy `latestOnly`, or while the timer was not registered.
  var missedTicks: UInt64 = 0
  /// Vectors with an exception handler, bit n for vector n; follows from `GuestTables.handlers`.
  var handled: UInt64 = 0

  /// An exception that is given now would find the handler inside an earlier one.
  var isInHandler: Bool { isReflecting && exceptionsReturned == returnedBefore }

  /// The partition's counter says that so many more upcalls have returned.
  ///
  /// A partition may count what it likes: the depth never goes below none.
  mutating func noteReturned(_ count: UInt16) {
    upcallDepth = count < UInt16(upcallDepth) ? upcallDepth &- UInt8(truncatingIfNeeded: count) : 0
    isDepthReported = false
  }

  /// The small fields in one word, for keyframes.
  var packed: UInt64 {
    get {
      UInt64(upcallDepth) | (isDepthReported ? 0x100 : 0) | (isReflecting ? 0x200 : 0)
        | (isStackReported ? 0x400 : 0) | UInt64(returnedBefore) &<< 32
    }
    set {
      upcallDepth = min(UInt8(truncatingIfNeeded: newValue), UInt8(ModuleLimits.maximumUpcallDepth))
      isDepthReported = newValue & 0x100 != 0
      isReflecting = newValue & 0x200 != 0
      isStackReported = newValue & 0x400 != 0
      returnedBefore = UInt32(truncatingIfNeeded: newValue &>> 32)
    }
  }
}

/// An event channel as the core looks it up.
struct EventChannel: BitwiseCopyable {
  var identifier: UInt64 = 0
  var source = PartitionIndex.none
  var destination = PartitionIndex.none
  var interrupt = VirtualInterrupt(16)
}

/// The tables of the paravirtualisation layer, all partitions together.
struct GuestTables {
  /// Vectors that a handler can be set for: 0 … 31, and 32 for errors of process level.
  static var handlerCount: Int { 33 }
  /// The vector of the error handler.
  static var errorHandlerVector: UInt8 { 32 }

  let states: StateTable<GuestState>
  /// Exception handlers, `handlerCount` a partition; 0 for none.
  let handlers: StateTable<UInt64>
  let channels: StateTable<EventChannel>
  let channelCount: Int

  init(_ table: ModuleTable, memory: inout StateMemory) {
    let partitionCount = table.partitionCount
    states = memory.table(of: partitionCount, filledWith: GuestState())
    handlers = memory.table(of: partitionCount * Self.handlerCount, filledWith: 0)
    channelCount = table.count(EventChannelRecord.self)
    channels = memory.table(of: max(channelCount, 1), filledWith: EventChannel())
    for index in 0..<channelCount {
      let record = table.record(EventChannelRecord.self, index)
      guard let interrupt = VirtualInterrupt(vector: UInt64(record.vector)) else { preconditionFailure() }
      channels[index].identifier = record.identifier
      channels[index].source = record.source
      channels[index].destination = record.destination
      channels[index].interrupt = interrupt
    }
  }

  /// Bytes of state memory that the tables of a module need, alignment apart.
  static func byteCount(for table: ModuleTable) -> Int {
    table.partitionCount * (MemoryLayout<GuestState>.stride + handlerCount * 8)
      + (table.count(EventChannelRecord.self) + 1) * MemoryLayout<EventChannel>.stride
  }

  @inline(__always) func handler(_ partition: PartitionIndex, _ vector: UInt8) -> UInt64 {
    handlers[Int(partition.rawValue) &* Self.handlerCount &+ Int(vector)]
  }

  func setHandler(_ partition: PartitionIndex, _ vector: UInt8, _ address: UInt64) {
    handlers[Int(partition.rawValue) &* Self.handlerCount &+ Int(vector)] = address
    let bit: UInt64 = 1 &<< UInt64(vector)
    if address != 0 {
      states[Int(partition.rawValue)].handled |= bit
    } else {
      states[Int(partition.rawValue)].handled &= ~bit
    }
  }

  /// Forgets everything of a partition: it stops, or starts anew.
  func reset(_ partition: PartitionIndex) {
    let first = Int(partition.rawValue) &* Self.handlerCount
    var rest = states[Int(partition.rawValue)].handled
    while rest != 0 {
      handlers[first &+ rest.trailingZeroBitCount] = 0
      rest &= rest &- 1
    }
    states[Int(partition.rawValue)] = GuestState()
  }
}
