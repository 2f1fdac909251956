import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A module configuration as values that a test may change before it is written as a module table.
///
/// Every partition has the same memory: text at `text`, constants at `constants`, data at `data`, one page each but
/// two for the data, and a stack of two pages.
public struct ModuleDescription: Sendable {
  /// Address of the text, where every partition is entered.
  public static let text: UInt64 = 0x40_0000
  /// Address of the read-only page, neither writable nor executable.
  public static let constants: UInt64 = 0x40_1000
  /// Address of the writable pages.
  public static let data: UInt64 = 0x40_2000
  /// Address behind the writable pages.
  public static let dataEnd: UInt64 = 0x40_4000
  /// Bytes of the stack below `PartitionLayout.stackTop`.
  public static let stackBytes: UInt64 = 0x2000
  /// An address in the text that tests register as the handler of a line or an exception.
  public static let handler: UInt64 = text + 0x200
  /// An address in the text that tests publish as the trampoline's.
  public static let entry: UInt64 = text + 0x100

  /// L in ns: the window timer is armed so long before each boundary.
  public var allowance: UInt64 = 50_000
  /// The major frame of the first schedule in ns; `addPartition` takes it for the period too.
  public var frame: UInt64 = 10_000_000
  /// Major frames from one keyframe to the next.
  public var keyframeInterval: UInt64 = 1
  /// The drainer's index; none for a module whose trace nobody drains.
  public var drainer = PartitionIndex.none
  /// The index here is the partition's everywhere else.
  public var partitions: [PartitionRecord] = []
  /// Windows of the first schedule, by start.
  public var windows: [WindowRecord] = []
  /// Memory of all partitions, each partition's in one piece: a partition has a range of these.
  public var segments: [SegmentRecord] = []
  /// Sampling and queuing ports of all partitions; a port names its owner and its channel.
  public var ports: [PortRecord] = []
  /// A channel has its source by index into `ports`; its destinations name it.
  public var channels: [ChannelRecord] = []
  /// Interrupt lines in use; another line is refused even to a partition to which it is permitted.
  public var lines: [LineRecord] = []
  /// Actions of the test device, by instant.
  public var stimuli: [StimulusRecord] = []
  /// Rows of the health monitor's tables; an error without one puts its partition to idle.
  public var healthActions: [HealthActionRecord] = []
  /// Virtual interrupts from partition to partition.
  public var eventChannels: [EventChannelRecord] = []
  /// Whether errors at module level are told to the system partitions before their action is taken.
  public var hasModuleCallback = false
  /// Without a drainer it may be a flight recorder's.
  public var ringPolicy = RingPolicy.discardNew
  /// Kinds of events that its trace leaves out.
  public var leftOut = LeftOutKinds.none
  /// The bytes that the records' names refer to.
  public var names: [UInt8] = []
  /// Schedules beside the first, which has all of `windows`; the first has identifier 0.
  public var otherSchedules: [OtherSchedule] = []
  /// What partitions do at their first windows of a schedule that was switched to; without a row they go on.
  public var scheduleActions: [ScheduleActionRecord] = []
  /// Processes whose deadlines are claimed; without any the table has no such section.
  public var processes: [ProcessRecord] = []

  /// A further module schedule.
  public struct OtherSchedule: Sendable {
    /// What SET_MODULE_SCHEDULE names; its index among the schedules is its place here and one more.
    var identifier: UInt64
    /// Its major frame in ns.
    var frame: UInt64
    /// By start, from the beginning of its own major frame.
    var windows: [WindowRecord]

    /// Nothing is checked before the table is made.
    public init(identifier: UInt64, frame: UInt64, windows: [WindowRecord]) {
      self.identifier = identifier
      self.frame = frame
      self.windows = windows
    }
  }

  /// A module without partitions, which no table describes: partitions and windows are to be added.
  public init() {}

  /// Four partitions: 0 and 1 with a channel between them, 2, and the drainer 3, which has no window; all sixteen
  /// lines, marked at once without a narrow budget, permitted to 0, 1 and 2.
  ///
  /// Windows, in ms of a frame of 10: 0 in 0–2 and 5–7, 1 in 2–4, 2 in 7–9.
  public static var standard: ModuleDescription {
    var module = ModuleDescription()
    for index in 0..<4 { module.addPartition(permitted: index < 3 ? 0xFFFF : 0, isSystem: index == 1) }
    module.drainer = PartitionIndex(3)
    module.addWindow(0, 2_000_000, of: 0)
    module.addWindow(2_000_000, 2_000_000, of: 1)
    module.addWindow(5_000_000, 2_000_000, of: 0)
    module.addWindow(7_000_000, 2_000_000, of: 2)
    for line in 0..<16 { module.addLine(UInt64(line), .markedAtOnce, budget: 1_000_000, isHandled: line == 0) }
    module.addChannel(from: 0, to: [1], bytes: 64, refresh: 6_000_000)
    return module
  }

  /// Adds a partition with the common memory.
  public mutating func addPartition(permitted: UInt16, isSystem: Bool = false) {
    let owner = PartitionIndex(UInt8(partitions.count))
    let first = segments.count
    func segment(_ address: UInt64, _ bytes: UInt64, _ access: SegmentRecord.Access) -> SegmentRecord {
      SegmentRecord(
        partition: owner, virtualAddress: address, memoryBytes: bytes, imageOffset: 0, imageBytes: 0, access: access,
        checksum: 0)
    }
    segments.append(segment(Self.text, 0x1000, .read.union(.execute)))
    segments.append(segment(Self.constants, 0x1000, .read))
    segments.append(segment(Self.data, Self.dataEnd - Self.data, .read.union(.write)))
    partitions.append(
      PartitionRecord(
        name: NameReference(offset: 0, length: 0), identifier: UInt64(partitions.count),
        flags: isSystem ? .system : PartitionRecord.Flags(), criticality: 0, period: Nanoseconds(frame),
        duration: Nanoseconds(1000), entryPoint: Self.text, stackBytes: Self.stackBytes,
        segments: RecordRange(first: first, count: 3), ports: RecordRange(first: 0, count: 0),
        portGrants: RecordRange(first: 0, count: 0), buildIdentity: 0, permittedLines: permitted,
        maximumUpcallDepth: 16))
  }

  /// The same with a name for each partition, as a module file's have: the kernel looks at none, reports do.
  public func named() -> ModuleDescription {
    var module = self
    for index in partitions.indices {
      let name = Array("Partition \(index)".utf8)
      module.partitions[index].name = NameReference(offset: module.names.count, length: name.count)
      module.names += name
    }
    return module
  }

  /// Adds a window to the first schedule, in ns from the major frame's start; the next free number identifies it.
  public mutating func addWindow(_ start: UInt64, _ duration: UInt64, of partition: UInt8) {
    windows.append(Self.window(start, duration, of: partition, identifier: UInt64(windows.count)))
  }

  /// A window for any schedule, in ns from the major frame's start; each counts as the start of a period.
  public static func window(
    _ start: UInt64, _ duration: UInt64, of partition: UInt8, identifier: UInt64 = 0
  ) -> WindowRecord {
    WindowRecord(
      start: Nanoseconds(start), duration: Nanoseconds(duration), partition: PartitionIndex(partition),
      identifier: identifier, isPeriodStart: true)
  }

  /// Adds a line without a recipe of acknowledgement; `budget` is how many interrupts a foreign window may have of it.
  public mutating func addLine(
    _ line: UInt64, _ policy: LineRecord.ForeignPolicy, budget: UInt64, isHandled: Bool = false
  ) {
    lines.append(
      LineRecord(
        line: line, policy: policy, budgetPerWindow: budget, recipe: .none, hasKernelHandler: isHandled,
        stolenTime: Nanoseconds(2000)))
  }

  /// Adds a sampling channel with its ports, which the partitions' ranges of ports leave out; `refresh` is in ns.
  public mutating func addChannel(from source: UInt8, to destinations: [UInt8], bytes: UInt64, refresh: UInt64) {
    let channel = UInt64(channels.count)
    channels.append(
      ChannelRecord(identifier: channel, sourcePort: UInt64(ports.count), maximumMessageBytes: bytes))
    func port(_ owner: UInt8, _ direction: PortDirection, _ refresh: UInt64) -> PortRecord {
      PortRecord(
        partition: PartitionIndex(owner), name: NameReference(offset: 0, length: 0), kind: .sampling,
        direction: direction,
        maximumMessageBytes: bytes, refreshPeriod: Nanoseconds(refresh), channel: channel)
    }
    ports.append(port(source, .source, 0))
    for owner in destinations { ports.append(port(owner, .destination, refresh)) }
  }

  /// A destination of a queuing channel.
  public struct QueuingEnd: Sendable {
    /// Index of the receiver.
    var partition: UInt8
    /// Messages that its queue holds.
    var count: UInt64
    /// A message that finds the queue full is lost and the overflow told, instead of holding back the sender.
    var discards: Bool

    /// By default a full queue holds back the sender.
    public init(_ partition: UInt8, count: UInt64, discards: Bool = false) {
      self.partition = partition
      self.count = count
      self.discards = discards
    }
  }

  /// Adds a queuing channel; the source is configured for as many messages as its greatest destination.
  public mutating func addQueuingChannel(from source: UInt8, to destinations: [QueuingEnd], bytes: UInt64) {
    let channel = UInt64(channels.count)
    channels.append(
      ChannelRecord(identifier: channel, sourcePort: UInt64(ports.count), maximumMessageBytes: bytes))
    func port(_ end: QueuingEnd, _ direction: PortDirection) -> PortRecord {
      PortRecord(
        partition: PartitionIndex(end.partition), name: NameReference(offset: 0, length: 0), kind: .queuing,
        direction: direction, maximumMessageBytes: bytes, refreshPeriod: Nanoseconds(0), channel: channel,
        maximumMessageCount: end.count, discardsWhenFull: end.discards)
    }
    ports.append(port(QueuingEnd(source, count: destinations.map(\.count).max() ?? 1), .source))
    for end in destinations { ports.append(port(end, .destination)) }
  }
}
