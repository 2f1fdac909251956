import APEXTypes

// The records of a module table as Swift values: what `ModuleTable` reads and the module compiler writes. Each has
// `init(words:)` and `words`, the two directions of one layout, so that reader and writer cannot drift apart.

/// A name in the table's string section.
public struct NameReference: Equatable, Sendable {
  public var offset: Int
  public var length: Int

  public init(offset: Int, length: Int) {
    self.offset = offset
    self.length = length
  }
  @inlinable init(word: UInt64) {
    offset = Int(truncatingIfNeeded: word >> 16)
    length = Int(truncatingIfNeeded: word & 0xFFFF)
  }
  @inlinable var word: UInt64 { UInt64(offset) << 16 | UInt64(length) }
}

/// A run of records in another section.
public struct RecordRange: Equatable, Sendable {
  public var first: Int
  public var count: Int

  public init(first: Int, count: Int) {
    self.first = first
    self.count = count
  }
  @inlinable init(word: UInt64) {
    first = Int(truncatingIfNeeded: word >> 32)
    count = Int(truncatingIfNeeded: word & 0xFFFF_FFFF)
  }
  @inlinable var word: UInt64 { UInt64(first) << 32 | UInt64(count) }
  @inlinable public var indices: Range<Int> { first..<(first + count) }
}

/// What holds for the module as a whole. There is exactly one.
public struct ModuleRecord: Equatable, Sendable {
  public var name: NameReference
  public var identifier: UInt64
  /// L: the longest path with interrupts off. The window timer is armed this long before each boundary.
  public var switchAllowance: Nanoseconds
  /// The last part of L, spun away with interrupts off before a window's first instruction.
  public var finalPad: Nanoseconds
  /// Bytes of the trace ring: a power of two, at least 64 KiB.
  public var ringBytes: UInt64
  /// A keyframe is due each time this many major frames have begun.
  public var keyframeIntervalFrames: UInt64
  /// Rate of the interval timer (line 0) in hertz; 0 leaves it off.
  public var intervalTimerHertz: UInt64
  /// Rate of the real-time clock's periodic interrupt (line 8): a power of two, 2 … 8192; 0 leaves it off.
  public var realTimeClockHertz: UInt64
  /// Index of the schedule that runs first.
  public var initialSchedule: UInt64
  /// Index of the drainer among the partitions, or `PartitionIndex.none`.
  public var drainer: PartitionIndex
  /// Events of one block at which the drainer writes it.
  public var eventsPerBlock: UInt64

  public init(
    name: NameReference, identifier: UInt64, switchAllowance: Nanoseconds, finalPad: Nanoseconds, ringBytes: UInt64,
    keyframeIntervalFrames: UInt64, intervalTimerHertz: UInt64, realTimeClockHertz: UInt64, initialSchedule: UInt64,
    drainer: PartitionIndex, eventsPerBlock: UInt64
  ) {
    self.name = name
    self.identifier = identifier
    self.switchAllowance = switchAllowance
    self.finalPad = finalPad
    self.ringBytes = ringBytes
    self.keyframeIntervalFrames = keyframeIntervalFrames
    self.intervalTimerHertz = intervalTimerHertz
    self.realTimeClockHertz = realTimeClockHertz
    self.initialSchedule = initialSchedule
    self.drainer = drainer
    self.eventsPerBlock = eventsPerBlock
  }
}

/// One partition.
public struct PartitionRecord: Equatable, Sendable {
  public struct Flags: BitFlags {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// May ask for `stopModule` and other services of the standard's system partitions.
    public static var system: Flags { Flags(rawValue: 1) }
    /// Reads the ring and writes the debug port; gets all idle time beside its own windows.
    public static var drainer: Flags { Flags(rawValue: 2) }
  }
  public var name: NameReference
  public var identifier: UInt64
  public var flags: Flags
  /// 0 for LEVEL_A … 4 for LEVEL_E.
  public var criticality: UInt64
  /// Zero together with `duration` where the partition has no window (a drainer living on idle time).
  public var period: Nanoseconds
  public var duration: Nanoseconds
  public var entryPoint: UInt64
  /// Bytes of the main stack, whole pages; it ends at `PartitionLayout.stackTop`.
  public var stackBytes: UInt64
  public var segments: RecordRange
  public var ports: RecordRange
  public var portGrants: RecordRange
  /// The first 8 bytes of the image's GNU build identity, big-endian as it is printed.
  public var buildIdentity: UInt64
  /// Lines that this partition may register, bit n for line n.
  public var permittedLines: UInt16

  public init(
    name: NameReference, identifier: UInt64, flags: Flags, criticality: UInt64, period: Nanoseconds,
    duration: Nanoseconds, entryPoint: UInt64, stackBytes: UInt64, segments: RecordRange, ports: RecordRange,
    portGrants: RecordRange, buildIdentity: UInt64, permittedLines: UInt16
  ) {
    self.name = name
    self.identifier = identifier
    self.flags = flags
    self.criticality = criticality
    self.period = period
    self.duration = duration
    self.entryPoint = entryPoint
    self.stackBytes = stackBytes
    self.segments = segments
    self.ports = ports
    self.portGrants = portGrants
    self.buildIdentity = buildIdentity
    self.permittedLines = permittedLines
  }
}

/// A module schedule: one major frame of windows, in order of their starts.
public struct ScheduleRecord: Equatable, Sendable {
  public var identifier: UInt64
  public var name: NameReference
  public var majorFrame: Nanoseconds
  public var windows: RecordRange

  public init(identifier: UInt64, name: NameReference, majorFrame: Nanoseconds, windows: RecordRange) {
    self.identifier = identifier
    self.name = name
    self.majorFrame = majorFrame
    self.windows = windows
  }
}

/// A partition window: [start, start + duration − L) within its major frame.
public struct WindowRecord: Equatable, Sendable {
  public var start: Nanoseconds
  public var duration: Nanoseconds
  public var partition: PartitionIndex
  public var identifier: UInt64
  /// Whether a period of the partition starts with this window.
  public var isPeriodStart: Bool

  public init(
    start: Nanoseconds, duration: Nanoseconds, partition: PartitionIndex, identifier: UInt64, isPeriodStart: Bool
  ) {
    self.start = start
    self.duration = duration
    self.partition = partition
    self.identifier = identifier
    self.isPeriodStart = isPeriodStart
  }
}

/// A page-aligned flat piece of a partition's image, or zero-filled memory.
public struct SegmentRecord: Equatable, Sendable {
  public struct Access: BitFlags {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static var read: Access { Access(rawValue: 4) }
    public static var write: Access { Access(rawValue: 2) }
    public static var execute: Access { Access(rawValue: 1) }
  }
  public var partition: PartitionIndex
  public var virtualAddress: UInt64
  /// Bytes in the partition's memory, whole pages.
  public var memoryBytes: UInt64
  /// Where the contents start in the module image, page-aligned; meaningless where `imageBytes` is 0.
  public var imageOffset: UInt64
  /// Bytes of content; the rest of `memoryBytes` is zero.
  public var imageBytes: UInt64
  public var access: Access
  /// XXH64 (seed 0) of the `imageBytes` bytes of content.
  public var checksum: UInt64

  public init(
    partition: PartitionIndex, virtualAddress: UInt64, memoryBytes: UInt64, imageOffset: UInt64, imageBytes: UInt64,
    access: Access, checksum: UInt64
  ) {
    self.partition = partition
    self.virtualAddress = virtualAddress
    self.memoryBytes = memoryBytes
    self.imageOffset = imageOffset
    self.imageBytes = imageBytes
    self.access = access
    self.checksum = checksum
  }
}

/// A sampling port. (Queuing ports take kind 1 when they come.)
public struct PortRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var name: NameReference
  public var kind: UInt64
  public var direction: PortDirection
  public var maximumMessageBytes: UInt64
  public var refreshPeriod: Nanoseconds
  /// Index of the channel the port is an end of.
  public var channel: UInt64

  public init(
    partition: PartitionIndex, name: NameReference, kind: UInt64, direction: PortDirection,
    maximumMessageBytes: UInt64, refreshPeriod: Nanoseconds, channel: UInt64
  ) {
    self.partition = partition
    self.name = name
    self.kind = kind
    self.direction = direction
    self.maximumMessageBytes = maximumMessageBytes
    self.refreshPeriod = refreshPeriod
    self.channel = channel
  }
}

/// A channel from one source port to the destination ports that name it.
public struct ChannelRecord: Equatable, Sendable {
  public var identifier: UInt64
  /// Index of the source among the ports.
  public var sourcePort: UInt64
  public var maximumMessageBytes: UInt64

  public init(identifier: UInt64, sourcePort: UInt64, maximumMessageBytes: UInt64) {
    self.identifier = identifier
    self.sourcePort = sourcePort
    self.maximumMessageBytes = maximumMessageBytes
  }
}

/// One interrupt line in use.
public struct LineRecord: Equatable, Sendable {
  /// What becomes of the line while a partition runs that may not register it.
  public enum ForeignPolicy: UInt64, Sendable {
    /// Masked at the controller until a registered owner's window.
    case maskedUntilOwner = 0
    /// Marked at once, at most `budgetPerWindow` times in a foreign window; then masked until the next window.
    case markedAtOnce = 1
  }
  /// How the kernel quiets the device, so that the line can fire again.
  public enum AcknowledgeRecipe: UInt64, Sendable {
    /// Nothing to do beyond the end of interrupt.
    case none = 0
    /// Select and read register C of the real-time clock.
    case readRealTimeClockStatus = 1
    /// The owner drains the receiver by its port grant; the kernel does nothing.
    case ownerReadsReceiver = 2
  }
  public var line: UInt64
  public var policy: ForeignPolicy
  public var budgetPerWindow: UInt64
  public var recipe: AcknowledgeRecipe
  public var hasKernelHandler: Bool
  /// Bound on what one interrupt of the line takes from the window it falls in.
  public var stolenTime: Nanoseconds

  public init(
    line: UInt64, policy: ForeignPolicy, budgetPerWindow: UInt64, recipe: AcknowledgeRecipe, hasKernelHandler: Bool,
    stolenTime: Nanoseconds
  ) {
    self.line = line
    self.policy = policy
    self.budgetPerWindow = budgetPerWindow
    self.recipe = recipe
    self.hasKernelHandler = hasKernelHandler
    self.stolenTime = stolenTime
  }
}

/// I/O ports that a partition may use directly.
public struct PortGrantRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var firstPort: UInt64
  public var count: UInt64

  public init(partition: PartitionIndex, firstPort: UInt64, count: UInt64) {
    self.partition = partition
    self.firstPort = firstPort
    self.count = count
  }
}

/// A timing bound that `partita verify` proves or refutes.
public struct BudgetRecord: Equatable, Sendable {
  public enum Quantity: UInt64, Sendable {
    /// |first instruction − start instant| of a window. Subject: unused.
    case windowStartError = 1
    /// Interrupt's kernel entry to the last mark of it. Subject: line.
    case interruptToMark = 2
    /// Mark to the upcall's first instruction, less the time its owner was not in a window. Subject: line.
    case markToUpcall = 3
    /// Hypercall's kernel entry to the caller's next instruction, where it resumes at once. Subject: hypercall number.
    case hypercall = 4
    /// Kernel time in a major frame, padding excluded. Subject: unused.
    case kernelTimePerFrame = 5
    /// Bytes of trace a second of module time. Subject: unused.
    case traceBytesPerSecond = 6
  }
  public var quantity: Quantity
  public var subject: UInt64
  /// Nanoseconds, or bytes a second for `traceBytesPerSecond`.
  public var bound: UInt64

  public init(quantity: Quantity, subject: UInt64, bound: UInt64) {
    self.quantity = quantity
    self.subject = subject
    self.bound = bound
  }
}

/// A process whose deadline is claimed: released at each period's start, complete when its partition yields.
public struct ProcessRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var name: NameReference
  public var period: Nanoseconds
  public var capacity: Nanoseconds
  /// Relative to the release; `Nanoseconds.max` where there is none.
  public var deadline: Nanoseconds
  public var priority: UInt64

  public init(
    partition: PartitionIndex, name: NameReference, period: Nanoseconds, capacity: Nanoseconds, deadline: Nanoseconds,
    priority: UInt64
  ) {
    self.partition = partition
    self.name = name
    self.period = period
    self.capacity = capacity
    self.deadline = deadline
    self.priority = priority
  }
}

/// Something that the kernel's test device does at a virtual instant.
public struct StimulusRecord: Equatable, Sendable {
  public enum Action: UInt64, Sendable {
    /// A byte arrives at COM1 (through the UART's loop-back, so that line 4 really rises).
    case serialByte = 1
    /// A line is pulsed without a device: `data` is the line.
    case linePulse = 2
  }
  public var time: SystemTime
  public var action: Action
  public var data: UInt64

  public init(time: SystemTime, action: Action, data: UInt64) {
    self.time = time
    self.action = action
    self.data = data
  }
}

/// What the health monitor does with one error of one partition; an error without a record puts the partition to idle.
public struct HealthActionRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var error: ErrorCode
  public var action: PartitionRecoveryAction

  public init(partition: PartitionIndex, error: ErrorCode, action: PartitionRecoveryAction) {
    self.partition = partition
    self.error = error
    self.action = action
  }
}
