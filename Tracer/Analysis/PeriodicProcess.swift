/// A process of a partition as its response time depends on it. Times in ns.
public struct PeriodicProcess: Equatable, Sendable {
  /// As the module file has it: no bound depends on it.
  public var name: String
  /// Between two releases; nil for an aperiodic process, whose releases nobody bounds.
  public var period: UInt64?
  /// The longest computation between release and completion; nil where the module file states none.
  public var capacity: UInt64?
  /// From a release to when its job must be complete; nil for none. No bound depends on it.
  public var deadline: UInt64?
  /// Greater is more urgent, as ARINC 653 has it; nil counts as the least.
  public var priority: UInt64?
  /// How much later than a period start of its partition it is released; less than its period.
  public var offset: UInt64

  /// Without an offset it is released at once where a period of its partition starts.
  public init(
    name: String, period: UInt64?, capacity: UInt64?, deadline: UInt64?, priority: UInt64?, offset: UInt64 = 0
  ) {
    self.name = name
    self.period = period
    self.capacity = capacity
    self.deadline = deadline
    self.priority = priority
    self.offset = offset
  }
}

/// How the processes of one partition share it.
public enum SchedulingDiscipline: String, Sendable, CaseIterable {
  /// The greatest priority runs at once: what ARINC 653 prescribes, and what the processes in C do.
  case preemptive
  /// A process runs until it waits: what some guests' own schedulers do.
  case cooperative
}
