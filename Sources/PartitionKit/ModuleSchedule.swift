import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessScheduling

/// The module's schedules, seen from a partition (ARINC 653 Part 2).
public enum ModuleSchedule {
  /// What runs, what runs next, and since when.
  public struct Status: Equatable, Sendable {
    /// Instant of the last change; zero if there was none.
    public var lastChange: SystemTime
    /// Identifier of the schedule that runs.
    public var current: UInt64
    /// Identifier of the schedule that runs from the next major frame on.
    public var next: UInt64

    /// A status by what `HypercallNumber.readStatistic` answers.
    @inlinable public init(lastChange: SystemTime, current: UInt64, next: UInt64) {
      self.lastChange = lastChange
      self.current = current
      self.next = next
    }
  }

  /// The identifier of the schedule that the module file gives this name (GET_MODULE_SCHEDULE_ID).
  ///
  /// - Parameter name: at most 32 bytes of UTF-8, as in the module file.
  /// - Throws: `invalidParameter` for a longer name, `invalidConfiguration` where no schedule has it.
  public static func identifier(named name: StaticString) throws(ReturnCode) -> UInt64 {
    try identifier(named: ObjectName(name))
  }

  /// The same by a whole name.
  public static func identifier(named name: ObjectName) throws(ReturnCode) -> UInt64 {
    try name.withAddress { (address) throws(ReturnCode) in try Hypercall.call(.findModuleSchedule, address) }
  }

  /// Asks for the schedule that runs from the next major frame on (SET_MODULE_SCHEDULE).
  ///
  /// - Throws: `invalidParameter` where there is none with that identifier, `invalidConfiguration` where the partition
  ///   has not the right to ask, `noAction` where it runs already and no other was asked for.
  @inlinable public static func set(_ identifier: UInt64) throws(ReturnCode) {
    try Hypercall.call(.setModuleSchedule, identifier)
  }

  /// What runs now (GET_MODULE_SCHEDULE_STATUS); nil from a kernel that does not tell.
  @inlinable public static var status: Status? {
    while true {
      guard let lastChange = Partition.statistic(.lastScheduleChange),
        let current = Partition.statistic(.currentSchedule),
        let next = Partition.statistic(.nextSchedule)
      else { return nil }
      // The schedule may change between two calls, where the window ends: what belongs together has one change before
      // and after it.
      if Partition.statistic(.lastScheduleChange) == lastChange {
        return Status(lastChange: SystemTime(nanoseconds: lastChange), current: current, next: next)
      }
    }
  }
}
