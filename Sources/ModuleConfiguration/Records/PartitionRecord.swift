import APEXTypes

/// One partition.
public struct PartitionRecord: Equatable, Sendable {
  public struct Flags: BitFlags {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// May ask for `stopModule` and other services of the standard's system partitions.
    public static var system: Flags { Flags(rawValue: 1) }
    /// Reads the ring and writes the debug port; gets all idle time beside its own windows.
    public static var drainer: Flags { Flags(rawValue: 2) }
    /// May ask for another module schedule.
    public static var mayChangeSchedule: Flags { Flags(rawValue: 4) }
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
  /// Lines that are *marked* for this partition: their upcalls come at its next window or hypercall, not into its
  /// running code. All others are *direct*.
  public var markedLines: UInt16
  /// How many upcalls may be unfinished at a time, 1 … `ModuleLimits.maximumUpcallDepth`.
  public var maximumUpcallDepth: UInt8
  public var missedTickPolicy: MissedTickPolicy
  /// Where the health callback begins, or 0 for none.
  public var callbackEntry: UInt64

  public init(
    name: NameReference, identifier: UInt64, flags: Flags, criticality: UInt64, period: Nanoseconds,
    duration: Nanoseconds, entryPoint: UInt64, stackBytes: UInt64, segments: RecordRange, ports: RecordRange,
    portGrants: RecordRange, buildIdentity: UInt64, permittedLines: UInt16,
    markedLines: UInt16 = 0, maximumUpcallDepth: UInt8 = 4, missedTickPolicy: MissedTickPolicy = .count,
    callbackEntry: UInt64 = 0
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
    self.markedLines = markedLines
    self.maximumUpcallDepth = maximumUpcallDepth
    self.missedTickPolicy = missedTickPolicy
    self.callbackEntry = callbackEntry
  }
}

extension PartitionRecord: TableRecord {
  public static var section: ModuleSection { .partitions }
  public init?(_ word: (Int) -> UInt64) {
    guard let policy = MissedTickPolicy(rawValue: UInt8(truncatingIfNeeded: word(13) &>> 24)) else { return nil }
    name = NameReference(word: word(0))
    identifier = word(1)
    flags = Flags(rawValue: word(2))
    criticality = word(3)
    period = Nanoseconds(word(4))
    duration = Nanoseconds(word(5))
    entryPoint = word(6)
    stackBytes = word(7)
    segments = RecordRange(word: word(8))
    ports = RecordRange(word: word(9))
    portGrants = RecordRange(word: word(10))
    buildIdentity = word(11)
    permittedLines = UInt16(truncatingIfNeeded: word(12))
    markedLines = UInt16(truncatingIfNeeded: word(13))
    maximumUpcallDepth = UInt8(truncatingIfNeeded: word(13) &>> 16)
    missedTickPolicy = policy
    callbackEntry = word(14)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(name.word)
    put(identifier)
    put(flags.rawValue)
    put(criticality)
    put(period.count)
    put(duration.count)
    put(entryPoint)
    put(stackBytes)
    put(segments.word)
    put(ports.word)
    put(portGrants.word)
    put(buildIdentity)
    put(UInt64(permittedLines))
    put(UInt64(markedLines) | UInt64(maximumUpcallDepth) &<< 16 | UInt64(missedTickPolicy.rawValue) &<< 24)
    put(callbackEntry)
    put(0)
  }
}
