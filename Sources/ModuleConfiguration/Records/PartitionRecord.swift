import APEXTypes

/// One partition.
public struct PartitionRecord: Equatable, Sendable {
  /// Rights and duties that not every partition has.
  public struct Flags: BitFlags {
    /// Word 2 of the record; other bits than those below mean nothing.
    public var rawValue: UInt64
    /// The flags of a word, whatever else it has.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// May ask for `stopModule` and other services of the standard's system partitions.
    public static var system: Flags { Flags(rawValue: 1) }
    /// Reads the ring and writes the debug port; gets all idle time beside its own windows.
    public static var drainer: Flags { Flags(rawValue: 2) }
    /// May ask for another module schedule.
    public static var mayChangeSchedule: Flags { Flags(rawValue: 4) }
  }
  /// The module file's; no two partitions share one.
  public var name: NameReference
  /// The integrator's `PartitionIdentifier`, which standard services show; kernel and trace use the index.
  public var identifier: UInt64
  /// What it may do beyond an ordinary partition.
  public var flags: Flags
  /// 0 for LEVEL_A … 4 for LEVEL_E.
  public var criticality: UInt64
  /// Zero together with `duration` where the partition has no window (a drainer living on idle time).
  public var period: Nanoseconds
  /// What it is promised of each period in the initial schedule.
  public var duration: Nanoseconds
  /// Address of its first instruction at every start.
  public var entryPoint: UInt64
  /// Bytes of the main stack, whole pages; it ends at `PartitionLayout.stackTop`.
  public var stackBytes: UInt64
  /// Its image and its zero-filled memory, among the segments; the stack is not there.
  public var segments: RecordRange
  /// Its sampling and queuing ports, among the ports.
  public var ports: RecordRange
  /// What it may touch of I/O space, among the grants.
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
  /// For ticks of its virtual timer that fall due while it has no window.
  public var missedTickPolicy: MissedTickPolicy
  /// Where the health callback begins, or 0 for none.
  public var callbackEntry: UInt64

  /// The last four have defaults: no marked lines, four nested upcalls, missed ticks counted, no callback.
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
  /// One record a partition: its place there is the partition's index.
  public static var section: ModuleSection { .partitions }
  /// Nil where bits 24–31 of word 13 are no `MissedTickPolicy`.
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
  /// The words follow the properties; 13 has marked lines (bits 0–15), depth (16–23) and policy (24–31), 15 is spare.
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
