import APEXTypes
import ModuleConfiguration
import ProcessScheduling

/// What the process services of an image need of its module file; looked at when the images have been.
extension ModuleRules {
  mutating func checkProcessServices() {
    for (index, partition) in module.partitions.enumerated() where !partition.isDrainer {
      // Who schedules by itself has stacks of its own.
      if let services = services[index], !services.hasStackPool { continue }
      checkStackPool(of: partition)
    }
    checkErrorLevels()
  }

  private mutating func checkStackPool(of partition: PartitionDescription) {
    let pool = UInt64(ProcessLimits.stackBytes)
    let wanted = partition.processes.reduce(UInt64(0)) { sum, process in
      let (total, isBeyond) = sum.addingReportingOverflow(process.stackBytes ?? 0)
      return isBeyond ? .max : total
    }
    let largest = partition.processes.max { ($0.stackBytes ?? 0) < ($1.stackBytes ?? 0) }
    if let largest, wanted > pool {
      diagnostics.warning(
        .stackPool, line: largest.line,
        "the processes of '\(partition.name)' have \(wanted) bytes of StackSize, and an image that creates them by "
          + "CREATE_PROCESS has \(pool) for all of them",
        "lower StackSize, and STACK_SIZE in the image: CREATE_PROCESS answers INVALID_CONFIG where nothing is left")
    }
    let limit = Int(ProcessLimits.processCount)
    if partition.processes.count > limit {
      diagnostics.warning(
        .tooManyProcesses, line: partition.processes[limit].line,
        "'\(partition.name)' has \(partition.processes.count) processes, and an image that creates them by "
          + "CREATE_PROCESS has room for \(limit)", "put some of them into another partition")
    }
  }

  /// The errors that code of a partition can cause, by the names that a file has for them.
  private static let errorsOfPartitions: [(code: ErrorCode, name: String)] = [
    (.deadlineMissed, "DEADLINE_MISSED"), (.applicationError, "APPLICATION_ERROR"), (.numericError, "NUMERIC_ERROR"),
    (.illegalRequest, "ILLEGAL_REQUEST"), (.stackOverflow, "STACK_OVERFLOW"), (.memoryViolation, "MEMORY_VIOLATION"),
  ]

  /// An error without a level is its partition's end, and no error handler hears of it: nothing at run time says that
  /// the file has forgotten it. A table that has levels and none of them PROCESS is left alone, where no image creates
  /// a handler: its author wants it so.
  private mutating func checkErrorLevels() {
    let health = module.health
    let running = health.levels.filter { HealthDescription.state($0.state) == .partitionExecution && $0.code != nil }
    let missing = Self.errorsOfPartitions.filter { error in !running.contains { $0.code == error.code } }
    guard !missing.isEmpty else { return }
    let isEmptyTable = health.systemTableLine != nil && missing.count == Self.errorsOfPartitions.count
    let hasHandler =
      running.contains { $0.level == .process } || services.values.contains(where: \.createsErrorHandler)
    guard isEmptyTable || runsProcesses && (health.systemTableLine == nil || hasHandler) else { return }
    let names = missing.map(\.name).joined(separator: ", ")
    diagnostics.warning(
      .errorsWithoutLevel, line: health.systemTableLine ?? module.line,
      (health.systemTableLine == nil ? "without System_HM_Table" : "in System_HM_Table")
        + " these errors have no level in system state 1: \(names); a partition in which one happens goes to IDLE, and "
        + "its error handler is not called",
      "add an Error_ID_Level with the ErrorCode of each: PROCESS for the error handler, PARTITION for an action")
  }

  private var runsProcesses: Bool {
    module.partitions.flatMap(\.processes).contains { $0.completion == .told }
      || services.values.contains(where: \.hasStackPool)
  }
}
