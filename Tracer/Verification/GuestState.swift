import APEXTypes
import ModuleConfiguration

/// What is known of one partition beside its interrupts: what changes rarely, and is looked at rarely.
struct GuestState: Equatable {
  // The virtual timer: the instant of its next tick, 0 for none, and its period, 0 for one-shot.
  var isTimerKnown = true
  var nextTick: NanosecondInstant = 0
  var tickPeriod: NanosecondSpan = 0
  var missedTicks = OpenCount()
  var missedKnown = true

  /// Handlers of the vectors 0 … 31 and of errors (32), 0 for none; bit n of `handlersKnown` for vector n.
  var handlers = [UInt64](repeating: 0, count: 33)
  var handlersKnown: UInt64 = .max
  var exceptionEntry: UInt64 = 0
  var isEntryKnown = true
  /// Exceptions reflected since the start, to compare with the partition's own count of those it has come back from.
  var reflected = OpenCount()
  var isReflectedKnown = true
  /// While a piece learns: the count is of an older place, or a later one, and what is told next says what it is.
  var isReflectedGuessed = false

  /// So far is that count ahead of what the partition told when its last handler began: while it tells that, the
  /// handler is at work. The distance, for a piece does not know the count.
  var handlerLead: UInt32 = 1

  /// That count in as many bits as the partition tells of its own.
  var reflectedCount: UInt32 { UInt32(truncatingIfNeeded: reflected.value) }

  /// `StartCondition` of the last start.
  var condition: UInt8 = 0
  var isConditionKnown = true
  /// Pieces of memory that must be made, and the next of them.
  var pieces: UInt32 = 0
  var nextPiece: UInt32 = 0
  var arePiecesKnown = true

  /// The error whose callback runs, −1 for none, and the action that follows.
  var callbackError: Int16 = -1
  var callbackAction: UInt8 = 0
  var callbackException: UInt64 = 0
  var isCallbackKnown = true

  /// The module schedule has changed since the partition's last window.
  var isScheduleActionDue = false
  var isScheduleActionKnown = true

  /// Forgets what a loss may have changed.
  mutating func forget() {
    isTimerKnown = false
    missedKnown = false
    handlersKnown = 0
    isEntryKnown = false
    isReflectedKnown = false
    isConditionKnown = false
    arePiecesKnown = false
    callbackError = -1
    isCallbackKnown = false
    isScheduleActionDue = false
    isScheduleActionKnown = false
  }

  /// The partition starts: handlers, timer and callback are gone, whatever was known of them.
  mutating func startAnew() {
    let kept = (isScheduleActionDue, isScheduleActionKnown)
    self = GuestState()
    (isScheduleActionDue, isScheduleActionKnown) = kept
    // The count lies in the shared page, which is not said to be cleared.
    isReflectedKnown = false
  }
}

/// What the first window of another schedule means for its partition.
enum ScheduleDuty {
  /// Events that are missing hide it.
  case unknown
  /// To go on: the table says so, or the partition is starting already, or it is the drainer, which starts only once.
  case goOn
  /// To start in that mode, or in either.
  case cold, warm, either
}

/// What happens rarely within a step, and is judged when it closes.
struct Rarities: Equatable {
  /// Whether anything below was touched.
  var isTouched = false
  /// Partitions whose mode changed, and those that were restarted.
  var changed: UInt32 = 0
  var restarted: UInt32 = 0
  /// Partitions that were restarted, and whose mode has not changed anew since: the start is that of their mode.
  var begun: UInt32 = 0
  /// Partitions that entered a start mode and went on to another mode without a start.
  var missed: UInt32 = 0
  /// The partition whose first window of another schedule began, and what it must do.
  var actedFor: Int16 = -1
  var scheduleDuty = ScheduleDuty.unknown
  /// It changed its mode in that window's beginning, and nothing called for that.
  var isScheduleExceeded = false
  /// The partition of which a loss hides whether an action is due.
  var unknownFor: Int16 = -1
  /// The mode that the step's caller asked for was entered.
  var isRequestMet = false
  /// The schedule of the frame that ended in this step.
  var frameSchedule: Int16 = -1
  var scheduleDone: Int16 = -1
  var scheduleAsked: Int16 = -1
  var hasFrameStarted = false
  var isModuleReset = false
  var isModuleShutdown = false

  // The error at hand.
  var errorPartition: UInt8 = 0xFF
  var error: Int16 = -1
  var errorLevel: UInt8 = 0
  var errorState: UInt8 = 0
  var errorVector: UInt8 = 0
  var isErrorAnswered = true
  /// Vector of an exception that was reflected and whose frame must be written, −1 for none.
  var reflectionDue: Int16 = -1
  /// To whom it was.
  var reflectedTo: UInt8 = 0xFF
  var callbackDue: Int16 = -1
  /// Partitions whose windows ended while their callbacks ran: what waited for these is owed in the same step.
  var callbacksOver: UInt32 = 0
  /// The exception of the step was taken by the partition's handler.
  var isReflected = false
  /// What the step's exception should be reflected as, if it must be: −1 for no claim.
  var mustReflect: Int16 = -1

  /// Event channel that was raised, and whether its destination was marked.
  var raised: Int16 = -1
  var isRaisedMarked = false
  /// Partition whose ticks fell due, and how many marks they are.
  var ticked: Int16 = -1
  var tickMarks: UInt64 = 0
  var isTickMarked = false
  /// Partitions to be marked for an error at module level, and those marked.
  var healthMarkDue: UInt32 = 0
  var healthMarked: UInt32 = 0
  /// Partitions marked for a queue, those that must be, and those that may be.
  var queueMarked: UInt32 = 0
  var queueMarkDue: UInt32 = 0
  var queueMarkAllowed: UInt32 = 0
  /// The message sent, and the ports that discarded it (bit n for the n-th destination of the channel).
  var sent: UInt64 = 0
  var digest: UInt64 = 0
  var isDigestKnown = false
  var discarded: UInt64 = 0
  var fullest: UInt64 = 0
}
