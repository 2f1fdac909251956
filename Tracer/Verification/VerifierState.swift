import ModuleConfiguration

/// Frames and windows as the trace has told them.
struct ScheduleState: Equatable {
  var isFrameKnown = false
  /// Index of the schedule, number and nominal start of the frame that runs.
  var schedule = 0
  var isScheduleKnown = true
  var frameNumber: UInt32 = 0
  var frameStart: NanosecondInstant = 0
  /// The window that must start next; beyond the schedule's last when the frame must end.
  var nextWindow = 0
  var isNextKnown = false

  /// Whether it is known which window is open.
  var isWindowKnown = true
  var isOpen = false
  var window = 0
  var owner: UInt8 = 0xFF
  var start: NanosecondInstant = 0
  var end: NanosecondInstant = 0
  /// The window's partition has not yet been seen in ring 3.
  var awaitsFirst = false
  /// Its memory was being made anew when the window began, and nothing of it has been made since; and the input whose
  /// step the beginning was in.
  var awaitsPiece = false
  var inputOfStart: UInt64 = 0
  /// It ran on from before the window, without a switch.
  var ranBefore = false
  /// Interrupts in this window of lines that its partition may not register.
  var foreignInterrupts = LineCounts()
  /// The wait before the window was recorded.
  var isPadded = false
  /// Since then its partition has not been seen in ring 3: an interrupt of the wait ends nothing.
  var isWaiting = false
  var firstInstant: NanosecondInstant = 0
  var hasRun = false
  /// Taken from the window by foreign lines.
  var stolen: NanosecondSpan = 0

  /// What the last `idle` said of the next window's start.
  var idleUntil: NanosecondInstant?
  /// Idle time was announced, and no window has run since.
  var isIdle = false
  /// False behind a loss: idle time may have been announced in it.
  var isIdleKnown = true
  /// The schedule of the next major frame, as far as was asked; and when it last changed.
  var nextSchedule = 0
  var isNextScheduleKnown = true
  var lastChange: NanosecondInstant = 0
  var isLastChangeKnown = true
  var framesBegun: UInt64 = 0
  var framesKnown = true

  /// Which window is open, and which comes, is known no longer.
  mutating func forgetWindow() {
    isWindowKnown = false
    isOpen = false
    awaitsFirst = false
    awaitsPiece = false
    isWaiting = false
    isNextKnown = false
    idleUntil = nil
  }
}

/// The processor, the timer and the controllers.
struct MachineState: Equatable {
  /// Who must be in ring 3, by the last switch; and the instant that the switch was for.
  var runner: UInt8 = 0xFF
  var isRunnerKnown = true
  var switchInstant: NanosecondInstant = 0

  var armed: NanosecondInstant = 0
  /// Lateness counts from here: the instant armed for, or that of arming where it had passed.
  var dueFrom: NanosecondInstant = 0
  var isArmed = false
  var isTimerKnown = true
  /// The timer's instant may have passed when it was armed anew: one interrupt may still be on its way.
  var mayBeStale = false
  /// The interrupt that was taken for the one armed for may have been that: taken just before its instant, and told of
  /// just after it. Then the one armed for is still to come.
  var mayComeTwice = false

  var mask: UInt16 = 0
  var isMaskKnown = false
  var kernelCounts = LineCounts()
  var kernelCountsKnown: UInt16 = 0xFFFF
  var spuriousCount = OpenCount()
  var isSpuriousKnown = true
  var stimuliPlayed = 0
  var areStimuliKnown = true
  /// Lines that the test device has pulsed and that have not interrupted yet, bit n for line n.
  var pulsed: UInt16 = 0
  var drainedWords: UInt64 = 0
  var drainedBytes: UInt64 = 0
  /// A piece has not been told yet how much had been drained before it.
  var isDrainOpen = false

  /// When the kernel was last entered, and whether by a line foreign to the open window.
  ///
  /// One entry may have several steps: the test device's actions follow the entry's own.
  var entryTime: NanosecondInstant = 0
  var isEntryForeign = false
  var isEntryKnown = false
  /// When the kernel was ready to wait for a window's start; 0 while it was not.
  var readyTime: NanosecondInstant = 0

  /// Time spent in the kernel in this frame, pads left out.
  var kernelTime: NanosecondSpan = 0
  /// Of the time before a window, what of it may have been work and not waiting: an event that told is left out.
  var untoldTime: NanosecondSpan = 0
  /// The resume from which that counts.
  var kernelTimeSince: NanosecondInstant = 0
  var isKernelTimeKnown = false
  var frameToJudge = false
}

/// The message that a channel holds.
struct ChannelState: Equatable {
  var isSequenceKnown = false
  var sequence: UInt64 = 0
  /// Nothing was ever written.
  var isEmpty = true
  var isKnown = true
  var bytes: UInt64 = 0
  var writtenAt: NanosecondInstant = 0
  var digest: UInt64 = 0
  var isDigestKnown = false
}

/// The health monitor's log, and an action at module level that waits for the next major frame.
struct HealthState: Equatable {
  /// In place of an action: the partition's own error handler took the error.
  static let takenByHandler: UInt8 = 0xFF
  struct Entry: Equatable {
    var number: UInt64 = 0
    var partition: UInt8 = 0
    var isKnown = false
    /// Whether the description has the action, bits 40 … 47.
    var isActionKnown = false
    var earliest: NanosecondInstant = 0
    var latest: NanosecondInstant = 0
    var description: UInt64 = 0
    var address: UInt64 = 0
  }
  var nextEntry: UInt64 = 0
  var isNextKnown = true
  /// The entries that are kept, the oldest first.
  var entries: [Entry] = []
  /// Nothing has come before that is not known: the log has these entries and no other.
  var isLogKnown = true
  /// Errors at module level without their action yet; partition, code and action of the first that has the most severe
  /// action of them.
  var waiting = 0
  var partition: UInt8 = 0
  var error: UInt32 = 0
  var action: UInt8 = 0
  var isWaitingKnown = true
}

/// A keyframe while its words arrive.
struct KeyframeState: Equatable {
  static let maximumWords = 1 << 16
  var words: [UInt64] = []
  var isKnown = true
}

/// How the trace ends.
struct EndingState: Equatable {
  var hasStarted = false
  var hasStopped = false
  var hasEnded = false
  /// One of the two: events are to be judged by what may come after.
  var isSpecial: Bool { hasStopped || hasEnded }
  var stopInstant: NanosecondInstant = .max
  var isStopInstantKnown = false
  /// Of the boot event with which the trace begins; nil where it does not.
  var kernelIdentity: UInt64?
  var lossRecords: UInt64 = 0
  var lostEvents: UInt64 = 0
  var endTime: NanosecondInstant = 0
  /// Only a part is judged, and it ends before the trace does.
  var isCutShort = false
}

/// Indices of the claims that come from the module table; −1 where the table makes none.
struct BudgetClaims {
  var hypercall = InlineArray<128, Int32>(repeating: -1)
  /// Of numbers that no service has: a partition may call any, and a hostile table may bound it.
  var unknownHypercalls: [UInt16: Int32] = [:]
  var interruptToMark = InlineArray<16, Int32>(repeating: -1)
  var markToUpcall = InlineArray<16, Int32>(repeating: -1)
  var kernelTime: Int32 = -1
  var traceBytes: Int32 = -1
}
