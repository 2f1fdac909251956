/// What a partition's scheduler tells of with `HypercallNumber.tellProcess`: the processor goes from one process of the
/// partition to another, and what becomes of the one that had it; or a process is started, or has another deadline.
///
/// The kernel leaves it in the trace, believes nothing of it, and does nothing because of it. It says when a job was
/// complete where a partition with several processes gives up its window for all of them together, or never does.
public struct ProcessTelling: Equatable, Sendable {
  /// What becomes of the process that had the processor: values of PROCESS_STATE_TYPE, and one more. And what happens
  /// beside that, while the processor stays where it is.
  public enum State: UInt8, Sendable {
    /// It was stopped, or has ended.
    case dormant = 0
    /// Another one is more urgent.
    case ready = 1
    case waiting = 3
    case faulted = 4
    /// Its job is done: it waits for its next release (PERIODIC_WAIT).
    case complete = 5
    /// `to` was started, and is released for the first time with the period of its partition that begins next.
    case started = 6
    /// The job of `from` that is under way has another deadline (REPLENISH).
    case replenished = 7
  }

  /// Who had the processor, or has another deadline; `none` for nobody.
  public var from: ProcessKey
  /// Nil for a number that stands for none.
  public var state: State?
  /// Who has it now, or was started; `none` where nobody is ready.
  public var to: ProcessKey
  /// From the release of the job that `to` goes on with to the start of its partition's period, in ns: 0 for a job of
  /// this period, a period for one of the last, negative for one that was released later than the period began.
  /// `aperiodic` for a process that has no releases. Of a process that was started from its first release to the start
  /// of the period that begins next, which is its delay, negative; where the deadline is another one, from that.
  public var age: Int64

  /// The age of the job of a process without a period.
  @inlinable public static var aperiodic: Int64 { .min }

  /// Whether it is told who has the processor, and not what happens beside.
  @inlinable public var isDispatch: Bool { state != .started && state != .replenished }

  /// What a scheduler tells; `age` is that of the job that `to` goes on with, 0 where `to` is nobody.
  @inlinable public init(from: ProcessKey, _ state: State, to: ProcessKey, age: Int64 = 0) {
    (self.from, self.state, self.to, self.age) = (from, state, to, age)
  }

  /// - Parameter arguments: the hypercall's three.
  public init(_ arguments: (UInt64, UInt64, UInt64)) {
    from = ProcessKey(rawValue: UInt32(truncatingIfNeeded: arguments.0))
    to = ProcessKey(rawValue: UInt32(truncatingIfNeeded: arguments.0 &>> 32))
    state = arguments.1 <= UInt64(UInt8.max) ? State(rawValue: UInt8(truncatingIfNeeded: arguments.1)) : nil
    age = Int64(bitPattern: arguments.2)
  }
}
