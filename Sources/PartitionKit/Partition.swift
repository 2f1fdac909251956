import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// What a partition knows about itself and can do about its own time.
public enum Partition {
  /// Gives up the rest of the window; comes back at the start of the partition's next one.
  ///
  /// - Returns: the nominal start of the window that runs now; zero if the kernel refused, which it does not do to a
  ///   partition that has windows.
  @inlinable @discardableResult
  public static func yield() -> SystemTime {
    SystemTime(nanoseconds: partita_hypercall0(UInt64(HypercallNumber.yield.rawValue)).value)
  }

  /// Gives up the rest of the window and tells when the very first instruction of the next one was executed.
  ///
  /// Mask the virtual interrupts around it: a mark delivered at the window's start would put its upcall first.
  @inlinable public static func yieldTimed() -> SystemTime {
    Clock.time(ofCounter: partita_yield_timed())
  }

  /// Asks for another operating mode (SET_PARTITION_MODE).
  ///
  /// A partition begins in COLD_START or WARM_START, creates there what it needs, and goes to `normal`. Into the other
  /// modes there is no coming back: the partition stops, or starts anew at its entry point.
  /// - Throws: `noAction` where it is in NORMAL already, `invalidMode` for a warm start out of a cold one, and in a
  ///   health callback.
  @inlinable public static func setMode(_ mode: OperatingMode) throws(ReturnCode) {
    try Hypercall.call(.setPartitionMode, UInt64(mode.rawValue))
  }

  /// The initialisation is over; a refusal would mean that it was before.
  @inlinable public static func enterNormalMode() { try? setMode(.normal) }

  /// The partition's operating mode, without a kernel entry.
  @inlinable public static var mode: OperatingMode {
    OperatingMode(rawValue: UInt8(truncatingIfNeeded: InformationPageView.word(InformationPage.operatingMode)))
      ?? .idle
  }

  /// Why the partition started last, without a kernel entry.
  @inlinable public static var startCondition: StartCondition {
    StartCondition(rawValue: UInt8(truncatingIfNeeded: InformationPageView.word(InformationPage.startCondition)))
      ?? .normalStart
  }

  /// The nominal start of the window that runs now.
  @inlinable public static var windowStart: SystemTime {
    SystemTime(nanoseconds: InformationPageView.word(InformationPage.windowStart))
  }

  /// The nominal end of the window that runs now; it ends L earlier at most.
  @inlinable public static var windowEnd: SystemTime {
    SystemTime(nanoseconds: InformationPageView.word(InformationPage.windowEnd))
  }

  /// The nominal start of the partition's period that runs now.
  @inlinable public static var periodStart: SystemTime {
    SystemTime(nanoseconds: InformationPageView.word(InformationPage.periodStart))
  }

  /// The partition's period in the module schedule that runs; in one without windows for it that of the one before.
  @inlinable public static var period: Nanoseconds {
    Nanoseconds(InformationPageView.word(InformationPage.period))
  }

  /// How much of each period its windows give it together, in that schedule.
  @inlinable public static var duration: Nanoseconds {
    Nanoseconds(InformationPageView.word(InformationPage.duration))
  }

  /// The partition's place in the module table.
  @inlinable public static var index: PartitionIndex {
    PartitionIndex(UInt8(truncatingIfNeeded: InformationPageView.word(InformationPage.partitionIndex)))
  }

  /// The identifier that the integrator gave to the partition.
  @inlinable public static var identifier: UInt64 { InformationPageView.word(InformationPage.partitionIdentifier) }

  /// Leaves two words of the application in the trace; a refusal concerns nobody but the trace and is ignored.
  @inlinable public static func note(_ first: UInt64, _ second: UInt64) {
    _ = partita_hypercall2(UInt64(HypercallNumber.note.rawValue), first, second)
  }

  /// Leaves words of the partition's memory in the trace, whole and in order: records of the application's own, many of
  /// them for the price of one call.
  ///
  /// - Parameter words: 1 … `ModuleLimits.maximumNoteWords` of them.
  /// - Throws: `invalidParameter` for another number of words, and for memory that the partition may not read.
  @inlinable public static func note(_ words: UnsafeBufferPointer<UInt64>) throws(ReturnCode) {
    try Hypercall.call(.noteWords, UInt64(UInt(bitPattern: words.baseAddress)), UInt64(words.count))
  }

  /// One of the counts that the kernel keeps; nil where it has no such count.
  @inlinable public static func statistic(_ selector: StatisticSelector, _ argument: UInt64 = 0) -> UInt64? {
    try? Hypercall.call(.readStatistic, selector.rawValue, argument)
  }

  /// A field of an entry of the health monitor's log, by the entry's number; nil where that is not kept, and where the
  /// partition may not read it: one that is no system partition sees its own errors only.
  @inlinable public static func errorLog(_ field: ErrorLogField, ofEntry number: UInt64) -> UInt64? {
    try? Hypercall.call(.readErrorLog, number, field.rawValue)
  }

  /// The number of the first entry of that log, from this number on, that is kept and that the partition may read; nil
  /// where there is none. So all are gone through, whatever was given up for later ones.
  @inlinable public static func nextErrorLogEntry(from number: UInt64 = 0) -> UInt64? {
    errorLog(.next, ofEntry: number)
  }
}
