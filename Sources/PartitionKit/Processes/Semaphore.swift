import APEXTypes
import ProcessScheduling

/// A counting semaphore between processes of a partition (ARINC 653 Part 1, 3.7.2.3).
public struct Semaphore: Equatable, Sendable {
  /// From 1, in the order of creation.
  public let identifier: Int32

  /// The one with this identifier, whether there is one or not: its services throw `invalidParameter` then.
  @inlinable public init(identifier: Int32) { self.identifier = identifier }

  /// Creates one, before the partition is in NORMAL mode.
  ///
  /// - Parameters:
  ///   - value: 0 … `maximumValue`, which is 1 … 32,767.
  ///   - discipline: in which order those who wait are served.
  /// - Throws: `noAction` where the name is taken, `invalidParameter` where one of them is out of range,
  ///   `invalidConfiguration` where there are 32 already, `invalidMode` in NORMAL mode.
  public init(
    named name: StaticString, value: Int32, maximumValue: Int32, discipline: QueuingDiscipline = .fifo
  ) throws(ReturnCode) {
    try self.init(named: ObjectName(name), value: value, maximumValue: maximumValue, discipline: discipline)
  }

  /// The same by a whole name; no discipline is one that is out of range.
  public init(
    named name: ObjectName, value: Int32, maximumValue: Int32, discipline: QueuingDiscipline?
  ) throws(ReturnCode) {
    identifier = try ProcessMachine.create {
      $0.createSemaphore(name, value: value, maximumValue: maximumValue, discipline, $1)
    }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: ObjectName) -> Semaphore? {
    ProcessMachine.ask { $0.semaphore(named: name) }.map { Semaphore(identifier: $0) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: StaticString) -> Semaphore? { (try? ObjectName(name)).flatMap { named($0) } }

  /// Takes one; waits while there is none.
  ///
  /// - Throws: `notAvailable` with the time-out 0, `timedOut`, `invalidMode` where the caller may not wait.
  public func wait(timeOut: ServiceTime = .forEver) throws(ReturnCode) {
    try ProcessMachine.try { $0.waitSemaphore(identifier, timeOut, $1) }
  }

  /// Gives one to who is first among those who wait, or back.
  ///
  /// - Throws: `noAction` where all are there already.
  public func signal() throws(ReturnCode) {
    try ProcessMachine.try { .done($0.signalSemaphore(identifier, $1)) }
  }

  /// What it is now; nil where there is no such semaphore.
  public var status: SemaphoreStatus? { ProcessMachine.ask { $0.semaphoreStatus(identifier) } }
}
