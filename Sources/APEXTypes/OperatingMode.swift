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
  case ignore = 0
  case idle = 1
  case warmStart = 2
  case coldStart = 3
}
