import APEXTypes
import ModuleConfiguration

/// A process's state, `PROCESS_STATE_TYPE`.
public enum ProcessState: UInt8, Sendable, BitwiseCopyable {
  case dormant = 0
  case ready = 1
  case running = 2
  case waiting = 3
}

/// Memory of a waiting process that a message is to be copied to or from.
public struct MessageExchange {
  /// Nil where there is none.
  public var address: UnsafeMutableRawPointer?
  /// Of a message that is sent, its length; of memory to receive in, that of what has come, 0 for nothing.
  public var byteCount: Int32

  /// Memory that is laid ready, or nil and 0 for none.
  public init(_ address: UnsafeMutableRawPointer?, _ byteCount: Int32) {
    self.address = address
    self.byteCount = byteCount
  }
}

/// `PROCESS_STATUS_TYPE`.
public struct ProcessStatus: Equatable, Sendable {
  /// As it was created with; they never change.
  public var attributes: ProcessAttributes
  /// PROCESS_STATE, which is never FAULTED.
  public var state: ProcessState
  /// The current one.
  public var priority: Int32
  /// When the time capacity is used up; `never` where there is no deadline.
  public var deadline: SystemTime
}

/// All that the scheduler knows of one process.
struct ProcessControlBlock {
  /// What a process waits for, beside the time that may end it.
  enum WaitReason: UInt8 {
    case nothing = 0
    /// For an instant.
    case time = 1
    /// At a waiting place, for whoever serves that.
    case turn = 2
    /// For `resume`.
    case suspended = 3
    /// For the first period after its start.
    case period = 4
  }

  /// What has become of a job since the tracer was told that its process has the processor.
  enum JobOutcome: UInt8 {
    case goesOn = 0
    case isComplete = 1
    case isStopped = 2
  }

  let attributes: ProcessAttributes
  /// How the tracer knows it.
  let key: ProcessKey
  var state = ProcessState.dormant
  /// The current priority.
  var priority: Int32
  /// What the priority is again when the mutex is released; the same as that while it owns none.
  var retainedPriority: Int32
  /// Identifier of the mutex that it owns; 0 for none.
  var ownedMutex: Int32 = 0
  /// When its time capacity is used up; `never` where it has no deadline.
  var deadline = SystemTime.never
  /// Of its last release; until the first one, start of the period in which it was started.
  var release = SystemTime.zero
  /// From when on a period's start is its first release: of its start, or of NORMAL mode's begin.
  var releasableFrom = SystemTime.zero
  /// Between the period's start and its first release; or between NORMAL mode's begin and an aperiodic one's start.
  var startDelay = ServiceTime.notAtAll
  var wakeTime = SystemTime.never
  /// Among equals the one that has been ready longest runs first.
  var readyOrder: UInt64 = 0
  var place = WaitingPlace.none
  /// Of who begins to wait there: greater priorities are served first, equal ones as they came.
  var placePriority: Int32 = 0
  var placeOrder: UInt64 = 0
  var exchange = MessageExchange(nil, 0)
  var reason = WaitReason.nothing
  var outcome = JobOutcome.goesOn
  var waitsForMutex = false
  /// The health monitor has been told that its deadline has passed.
  var isLate = false
  /// It was started before NORMAL mode, with which its delay and its capacity begin to count.
  var startsWithNormal = false
  var wasWoken = false
  /// It lets its equals go first, as soon as it undoes its lock, or the handler is over that it is in.
  var standsBehind = false
  var isSuspended = false
  /// The tracer is to be told that it was started; and that its job has another deadline.
  var isStartUntold = false
  var isDeadlineUntold = false
  /// It was stopped while the error handler had its place: what it was doing is not wanted any more.
  var wasStopped = false

  init(_ attributes: ProcessAttributes) {
    self.attributes = attributes
    key = attributes.name.withBytes { name in
      var length = 0
      while length < name.count, name[length] != 0 { length &+= 1 }
      return ProcessKey(name: UnsafeRawBufferPointer(rebasing: name[..<length]))
    }
    priority = attributes.basePriority
    retainedPriority = attributes.basePriority
  }

  var hasDeadline: Bool { deadline != .never }
  /// Whether its deadline is one that can still be missed.
  ///
  /// That of a job to come is foretold, and may be another when the period begins: the module schedule may change.
  var canBeLate: Bool { state != .dormant && hasDeadline && !isLate && !startsWithNormal && reason != .period }
}
