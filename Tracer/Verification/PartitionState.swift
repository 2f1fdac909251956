import TraceFormat

/// How far a partition is with the handler of its exceptions and errors, as its own count has shown.
///
/// The handler lasts until that count changes. It lies in the partition's memory: one that is written back to what it
/// was when the handler began leaves open whether somebody is in it.
enum HandlerPhase: UInt8, BitwiseCopyable {
  /// It was given nothing since its start.
  case none
  /// Nothing has shown that the handler came back.
  case inside
  /// Flags of entries have shown that it came back; by them the kernel learns it only where it tells of an error.
  case shownOver
  /// The kernel has been told that it came back.
  case over
  /// It came back, and the count is again what it was before.
  case writtenBack
}

/// What is known of one partition.
///
/// After a loss the masks ending in `Known` are cleared, and refilled as evidence comes.
struct PartitionState: BitwiseCopyable, Equatable {
  // Virtual interrupts, bit n for vector 32 + n.
  var registered: UInt64 = 0
  var registeredKnown: UInt64 = .max
  var handler: UInt64 = 0
  var handlerKnown: UInt64 = .max
  var ready: UInt64 = 0
  var readyKnown: UInt64 = .max
  var inService: UInt64 = 0
  var serviceKnown: UInt64 = .max
  var pending: UInt64 = 0
  var pendingKnown: UInt64 = .max
  /// Those whose first waiting mark was seen.
  var clockKnown: UInt64 = 0
  /// Lines that the module table has as marked, not direct.
  var marked: UInt64 = 0
  /// Marked lines whose mark came into the running window: not to be delivered before the next hypercall or window.
  var deferred: UInt64 = 0
  /// Marked lines whose mark came before the window's first instruction: to be delivered now or later.
  var optional: UInt64 = 0

  /// What the last entry showed by flags, or what a return or an upcall has made of that.
  private var shown = EntrySnapshot.Flags.frameFits
  var isEnabledKnown = true
  /// What it has shown of the handler of the last exception or error that it was given.
  var handlerPhase = HandlerPhase.none
  var entryAddress: UInt64 = 0
  var entryAddressKnown = true

  var entered: UInt16 = 0
  var returned: UInt16 = 0
  var countersKnown = true
  /// Upcalls decided that the partition has not yet counted.
  var upcallsOwed: UInt32 = 0
  /// False behind a loss: an upcall decided in it may still be uncounted.
  var isOwedKnown = true
  /// Time in ring 3 since the last upcall was decided.
  var timeSinceUpcall: NanosecondSpan = 0
  var ordinal: UInt64 = 0
  var ordinalKnown = false
  var marksEver = OpenCount()
  var marksEverKnown = true
  /// Upcalls entered or decided from which nobody has returned.
  var unfinished: Int32 = 0
  var unfinishedKnown = true
  /// At full depth the health monitor was told of the mark that waits.
  var isOverflowTold = false
  /// The health monitor was told of a mark that found no room for its frame, and no frame has fitted since.
  var isRoomTold = false
  var isRoomToldKnown = true

  /// Its memory is being made anew: it has no instruction to run.
  var isInitialising = false
  /// Its registers must be reset before it runs.
  var isContextDue = false

  /// `OperatingMode`; 0xFF while unknown.
  var mode: UInt8 = 0xFF
  /// The mode before the last change.
  var modeBefore: UInt8 = 0xFF
  var hasRun = false
  /// A loss may hide that it was stopped.
  var mayBeStopped = false
  var hasYielded = false

  /// Time of windows that have passed; the open one's is added by `Verifier.windowClock(of:at:)`.
  var windowClock: NanosecondSpan = 0
  /// The line whose upcall waits for its first instruction, −1 for none, and the clock at its first mark.
  var upcallAwaited: Int8 = -1
  var clockAtMark: NanosecondSpan = 0
  var timeOfMark: NanosecondInstant = 0

  // Supply of the period that runs.
  var supplyKnown = false
  var supply: NanosecondSpan = 0
  var required: NanosecondSpan = 0
  var periodStart: NanosecondInstant = 0
  /// The period has windows in the next major frame, if that is one of the same schedule.
  var continuesInNextFrame = false
  var supplyClaim: Int32 = -1

  var isStopped: Bool { mode == 0 }
  /// Whether it certainly wants its window.
  var isAble: Bool { !hasYielded && mode != 0 && !mayBeStopped && !isInitialising }
  /// Whether it certainly leaves the rest of its window to others.
  var isGone: Bool { hasYielded || mode == 0 }

  /// Whether the last entry, or a return from an upcall, left the virtual interrupt flag on.
  var isEnabled: Bool {
    get { shown.contains(.interruptsEnabled) }
    set { set(.interruptsEnabled, newValue) }
  }
  var wasInTail: Bool {
    get { shown.contains(.inReturnTail) }
    set { set(.inReturnTail, newValue) }
  }
  var frameFits: Bool {
    get { shown.contains(.frameFits) }
    set { set(.frameFits, newValue) }
  }
  /// Its last entry was a return from an upcall, with which its window ended: what waited then comes on that frame when
  /// its next one begins. It is kept by a flag that no entry of a partition has.
  var returnedAtWindowsEnd: Bool {
    get { shown.contains(.isPulse) }
    set { set(.isPulse, newValue) }
  }
  /// Its last entry said by a flag that the handler has come back, as far as the kernel did not know that yet.
  var isHandlerOverTold: Bool {
    get { shown.contains(.isHandlerOver) }
    set { set(.isHandlerOver, newValue) }
  }

  private mutating func set(_ flag: EntrySnapshot.Flags, _ isOn: Bool) {
    shown.rawValue = isOn ? shown.rawValue | flag.rawValue : shown.rawValue & ~flag.rawValue
  }

  /// An entry shows how its partition stands: kept as one byte, for it is done at every one.
  @inline(__always)
  mutating func show(_ flags: EntrySnapshot.Flags) {
    let kept = flags.rawValue & Self.keptFlags
    // In the return's tail the virtual interrupt flag is as good as on: one flag's bit is moved to the other's place.
    let (tail, enabled) = (EntrySnapshot.Flags.inReturnTail.rawValue, EntrySnapshot.Flags.interruptsEnabled.rawValue)
    shown.rawValue = kept | (kept & tail) / tail &* enabled
    if flags.contains(.isHandlerOver), handlerPhase == .inside { handlerPhase = .shownOver }
  }

  private static let keptFlags =
    EntrySnapshot.Flags.interruptsEnabled.rawValue | EntrySnapshot.Flags.inReturnTail.rawValue
    | EntrySnapshot.Flags.frameFits.rawValue | EntrySnapshot.Flags.isHandlerOver.rawValue

  /// An entry tells by its flag whether the handler has come back.
  mutating func showHandler(isOver: Bool) {
    isHandlerOverTold = isOver
    if isOver, handlerPhase == .inside { handlerPhase = .shownOver }
  }

  /// Forgets what a loss may have changed.
  mutating func forget() {
    registeredKnown = 0
    handlerKnown = 0
    readyKnown = 0
    serviceKnown = 0
    pendingKnown = 0
    clockKnown = 0
    isEnabledKnown = false
    entryAddressKnown = false
    countersKnown = false
    isOwedKnown = false
    ordinalKnown = false
    marksEverKnown = false
    unfinishedKnown = false
    isRoomToldKnown = false
    deferred = 0
    // Whether a mark came into its running code is not known.
    optional = marked
    mode = 0xFF
    mayBeStopped = true
    isInitialising = false
    isContextDue = false
    hasYielded = false
    upcallAwaited = -1
  }

  /// The partition starts: its vCPU is as it was when the module started, with no mark and no upcall yet, and only its
  /// shared page is not known.
  mutating func startAnew() {
    let kept = (supplyClaim, windowClock, marked)
    self = PartitionState()
    (supplyClaim, windowClock, marked) = kept
    countersKnown = false
    ordinal = .max  // The first is 0.
    ordinalKnown = true
    isInitialising = true
    isContextDue = true
  }
}
