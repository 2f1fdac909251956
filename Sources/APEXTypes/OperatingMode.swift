/// A partition's operating mode, ARINC 653 Part 1 `OPERATING_MODE_TYPE`.
public enum OperatingMode: UInt8, Sendable, BitwiseCopyable {
  /// Not running; its windows pass empty.
  case idle = 0
  case coldStart = 1
  case warmStart = 2
  case normal = 3
}

/// Which way messages flow through a port, seen from its partition; `PORT_DIRECTION_TYPE`.
public enum PortDirection: UInt8, Sendable, BitwiseCopyable {
  case source = 0
  case destination = 1
}

/// The errors that the health monitor tells apart, `ERROR_CODE_TYPE`.
public enum ErrorCode: UInt8, Sendable, BitwiseCopyable {
  case deadlineMissed = 0
  case applicationError = 1
  case numericError = 2
  case illegalRequest = 3
  case stackOverflow = 4
  case memoryViolation = 5
  case hardwareFault = 6
  case powerFail = 7
}

/// What the health monitor does with a partition that has faulted.
public enum PartitionRecoveryAction: UInt8, Sendable, BitwiseCopyable {
  /// Nothing: a CPU exception comes again from the same instruction, until the window ends and in each that follows.
  case ignore = 0
  case idle = 1
  case warmStart = 2
  case coldStart = 3
}

/// Why a partition is in COLD_START or WARM_START, `START_CONDITION_TYPE`.
public enum StartCondition: UInt8, Sendable, BitwiseCopyable {
  /// The module was switched on.
  case normalStart = 0
  /// The partition asked for it by SET_PARTITION_MODE, or a schedule change did.
  case partitionRestart = 1
  /// The health monitor restarted the module.
  case healthModuleRestart = 2
  /// The health monitor restarted the partition.
  case healthPartitionRestart = 3
}

/// What the health monitor does with the module after an error at module level.
public enum ModuleRecoveryAction: UInt8, Sendable, BitwiseCopyable {
  case ignore = 0
  /// The module stops in order, with its trace whole.
  case shutdown = 1
  /// Every partition but the drainer starts cold, with `StartCondition.healthModuleRestart`.
  case reset = 2
}

/// Who has to deal with an error.
public enum ErrorLevel: UInt8, Sendable, BitwiseCopyable {
  /// The partition's own error handler, where it has one and is in NORMAL; else as `partition`.
  case process = 0
  case partition = 1
  case module = 2
}

/// What was going on when an error occurred: the row of the health-monitor tables.
public enum SystemState: UInt8, Sendable, BitwiseCopyable {
  /// A partition in NORMAL was executing.
  case partitionExecution = 1
  /// A partition in COLD_START or WARM_START was executing its initialisation.
  case partitionInitialisation = 2
  /// A partition's exception handler, error handler or callback was executing.
  case errorHandling = 3
}

/// The order in which waiting processes are served, `QUEUING_DISCIPLINE_TYPE`.
public enum QueuingDiscipline: UInt8, Sendable, BitwiseCopyable {
  case fifo = 0
  case priority = 1
}

/// What becomes of a partition at its first window after a change of the module schedule.
public enum ScheduleChangeAction: UInt8, Sendable, BitwiseCopyable {
  case ignore = 0
  case warmStart = 1
  case coldStart = 2
}

/// What a virtual timer does with ticks that fell due while their partition had no window.
public enum MissedTickPolicy: UInt8, Sendable, BitwiseCopyable {
  /// One upcall that tells how many.
  case count = 0
  /// One upcall for every tick.
  case deliverAll = 1
  /// One upcall for the latest tick; the others are counted as missed.
  case latestOnly = 2
}
