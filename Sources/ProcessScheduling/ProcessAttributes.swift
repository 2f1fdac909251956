import APEXTypes

/// What a process is created with, `PROCESS_ATTRIBUTE_TYPE`.
public struct ProcessAttributes: Equatable, Sendable, BitwiseCopyable {
  /// Whether a missed deadline is grave, for whoever reads the attributes; nothing here depends on it.
  public enum DeadlineKind: UInt8, Sendable, BitwiseCopyable {
    case soft = 0
    case hard = 1
  }

  /// No two processes of a partition share one.
  public var name: ObjectName
  /// From release to release; `forEver`: the process is aperiodic.
  public var period: ServiceTime
  /// From start or release to the deadline; `forEver`: there is none. Of a periodic process at most its period.
  public var timeCapacity: ServiceTime
  /// Address of a C function without parameters.
  public var entry: UInt
  /// Bytes that the process itself wants; what upcalls and exceptions need comes on top.
  public var stackBytes: UInt32
  /// 1 … 239; a greater one goes first.
  public var basePriority: Int32
  /// As GET_PROCESS_STATUS shows it.
  public var deadline: DeadlineKind

  /// Attributes in any range: creating a process looks at them (`ProcessScheduler.mayCreateProcess`).
  public init(
    name: ObjectName, period: ServiceTime, timeCapacity: ServiceTime, entry: UInt, stackBytes: UInt32,
    basePriority: Int32, deadline: DeadlineKind
  ) {
    self.name = name
    self.period = period
    self.timeCapacity = timeCapacity
    self.entry = entry
    self.stackBytes = stackBytes
    self.basePriority = basePriority
    self.deadline = deadline
  }

  /// Whether it has release points: its period is finite.
  var isPeriodic: Bool { !period.isInfinite }

  /// Whether each lies in its range.
  var areRight: Bool {
    guard entry != 0, basePriority >= ProcessLimits.minimumPriority, basePriority <= ProcessLimits.maximumPriority,
      period.rawValue != 0, period.isTimeOut, timeCapacity.rawValue != 0, timeCapacity.isTimeOut
    else { return false }
    return !isPeriodic || timeCapacity.rawValue <= period.rawValue
  }
}
