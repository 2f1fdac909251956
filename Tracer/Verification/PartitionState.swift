/// What is known of one partition.
///
/// After a loss the masks ending in `Known` are cleared, and refilled as evidence comes.
struct PartitionState {
  // Lines, bit n for line n.
  var registered: UInt16 = 0
  var registeredKnown: UInt16 = 0xFFFF
  var handler: UInt16 = 0
  var handlerKnown: UInt16 = 0xFFFF
  var ready: UInt16 = 0
  var readyKnown: UInt16 = 0xFFFF
  var inService: UInt16 = 0
  var serviceKnown: UInt16 = 0xFFFF
  var pending: UInt16 = 0
  var pendingKnown: UInt16 = 0xFFFF
  /// Lines whose first waiting mark was seen.
  var clockKnown: UInt16 = 0

  /// Whether the last entry, or a return from an upcall, left the virtual interrupt flag on.
  var isEnabled = false
  var isEnabledKnown = true
  var wasInTail = false
  var frameFits = true
  var entryAddress: UInt64 = 0
  var entryAddressKnown = true

  var entered: UInt16 = 0
  var returned: UInt16 = 0
  var countersKnown = true
  /// Upcalls decided that the partition has not yet counted.
  var upcallsOwed: UInt32 = 0
  /// Time in ring 3 since the last upcall was decided, in ns.
  var timeSinceUpcall: UInt64 = 0
  var ordinal: UInt64 = 0
  var ordinalKnown = false
  var marksEver: UInt64 = 0
  var marksEverKnown = true

  /// `OperatingMode`; 0xFF while unknown.
  var mode: UInt8 = 0xFF
  var hasRun = false
  /// A loss may hide that it was stopped.
  var mayBeStopped = false
  var hasYielded = false

  /// Time of windows that have passed, in ns; the open one's is added by `Verifier.windowClock(of:at:)`.
  var windowClock: UInt64 = 0
  /// The line whose upcall waits for its first instruction, −1 for none, and the clock at its first mark.
  var upcallAwaited: Int8 = -1
  var clockAtMark: UInt64 = 0

  // Supply of the period that runs.
  var supplyKnown = false
  var supply: UInt64 = 0
  var required: UInt64 = 0
  var supplyClaim: Int32 = -1

  var isStopped: Bool { mode == 0 }
  /// Whether it certainly wants its window.
  var isAble: Bool { !hasYielded && mode != 0 && !mayBeStopped }
  /// Whether it certainly leaves the rest of its window to others.
  var isGone: Bool { hasYielded || mode == 0 }

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
    ordinalKnown = false
    marksEverKnown = false
    mayBeStopped = mode != 0
    hasYielded = false
    upcallAwaited = -1
  }
}
