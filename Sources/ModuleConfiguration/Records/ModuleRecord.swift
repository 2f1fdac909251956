import APEXTypes
import TraceFormat

/// What holds for the module as a whole. There is exactly one.
public struct ModuleRecord: Equatable, Sendable {
  /// The module file's, for reports; nothing is decided by it.
  public var name: NameReference
  /// The module file's, for reports; nothing is decided by it.
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
  /// An error at module level is told to the system partitions (`VirtualInterrupt.health`), and its action is taken at
  /// the next major frame's start, so that they can act on it first.
  public var hasModuleCallback: Bool
  /// What becomes of events when the ring is full.
  public var ringPolicy: RingPolicy
  /// How blocks of events are stored in the trace.
  public var traceCompression: BlockCompression
  /// Kinds of events that are left out of the trace.
  public var leftOutKinds: LeftOutKinds

  /// Nothing is checked here: opening a table looks at name, ring, schedule and drainer, `partita check` at the rest.
  public init(
    name: NameReference, identifier: UInt64, switchAllowance: Nanoseconds, finalPad: Nanoseconds, ringBytes: UInt64,
    keyframeIntervalFrames: UInt64, intervalTimerHertz: UInt64, realTimeClockHertz: UInt64, initialSchedule: UInt64,
    drainer: PartitionIndex, eventsPerBlock: UInt64, hasModuleCallback: Bool = false,
    ringPolicy: RingPolicy = .discardNew, traceCompression: BlockCompression = .lz4,
    leftOutKinds: LeftOutKinds = .none
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
    self.hasModuleCallback = hasModuleCallback
    self.ringPolicy = ringPolicy
    self.traceCompression = traceCompression
    self.leftOutKinds = leftOutKinds
  }
}

extension ModuleRecord: TableRecord {
  /// The word that has a bit for each policy, and the bits in it that say how the trace is written.
  static var policyWord: Int { 11 }
  static var writingBits: UInt64 { 0xFFFF_0004 }
  /// Exactly one record, or the table does not open.
  public static var section: ModuleSection { .module }
  /// Nil where bits 16–31 of word 11 name a kind of event that cannot be left out; of word 9 only bits 0–7 count, of
  /// word 11 beside those only bits 0 to 2.
  public init?(_ word: (Int) -> UInt64) {
    name = NameReference(word: word(0))
    identifier = word(1)
    switchAllowance = Nanoseconds(word(2))
    finalPad = Nanoseconds(word(3))
    ringBytes = word(4)
    keyframeIntervalFrames = word(5)
    intervalTimerHertz = word(6)
    realTimeClockHertz = word(7)
    initialSchedule = word(8)
    drainer = PartitionIndex(UInt8(truncatingIfNeeded: word(9)))
    eventsPerBlock = word(10)
    hasModuleCallback = word(11) & 1 != 0
    ringPolicy = word(11) & 2 != 0 ? .flightRecorder : .discardNew
    traceCompression = word(11) & 4 != 0 ? .stored : .lz4
    guard let kinds = LeftOutKinds(tableBits: UInt16(truncatingIfNeeded: word(11) &>> 16)) else { return nil }
    leftOutKinds = kinds
  }
  /// The words follow the properties.
  public func write(_ put: (UInt64) -> Void) {
    put(name.word)
    put(identifier)
    put(switchAllowance.count)
    put(finalPad.count)
    put(ringBytes)
    put(keyframeIntervalFrames)
    put(intervalTimerHertz)
    put(realTimeClockHertz)
    put(initialSchedule)
    put(UInt64(drainer.rawValue))
    put(eventsPerBlock)
    let policies: UInt64 = (ringPolicy == .flightRecorder ? 2 : 0) | (traceCompression == .stored ? 4 : 0)
    put((hasModuleCallback ? 1 : 0) | policies | UInt64(leftOutKinds.rawValue) &<< 16)
  }
}
