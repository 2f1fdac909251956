import APEXTypes
import ProcessScheduling

/// A mutex between processes of a partition, with the priority of a ceiling: an owner runs with the mutex's priority
/// (ARINC 653 Part 1, 3.7.2.5).
public struct Mutex: Equatable, Sendable {
  /// From 1, in the order of creation.
  public let identifier: Int32

  /// The one with this identifier, whether there is one or not: its services throw `invalidParameter` then.
  @inlinable public init(identifier: Int32) { self.identifier = identifier }

  /// Creates one, before the partition is in NORMAL mode.
  ///
  /// - Throws: `noAction` where the name is taken, `invalidParameter` where the priority is out of range,
  ///   `invalidConfiguration` where there are 32 already, `invalidMode` in NORMAL mode.
  public init(
    named name: StaticString, priority: Int32, discipline: QueuingDiscipline = .priority
  ) throws(ReturnCode) {
    try self.init(named: ObjectName(name), priority: priority, discipline: discipline)
  }

  /// The same by a whole name; no discipline is one that is out of range.
  public init(named name: ObjectName, priority: Int32, discipline: QueuingDiscipline?) throws(ReturnCode) {
    identifier = try ProcessMachine.create { $0.createMutex(name, priority: priority, discipline, $1) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: ObjectName) -> Mutex? {
    ProcessMachine.ask { $0.mutex(named: name) }.map { Mutex(identifier: $0) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: StaticString) -> Mutex? { (try? ObjectName(name)).flatMap { named($0) } }

  /// Waits while another process owns it; an owner locks it once more.
  ///
  /// - Throws: `notAvailable` with the time-out 0, `timedOut`, `invalidConfiguration` beyond 16 times, `invalidMode`
  ///   for who owns another one, has a greater priority, or may not wait.
  public func acquire(timeOut: ServiceTime = .forEver) throws(ReturnCode) {
    try ProcessMachine.try { $0.acquireMutex(identifier, timeOut, $1) }
  }

  /// Undoes one `acquire`; with the last, who is first among those who wait owns it.
  ///
  /// - Throws: `invalidMode` for who does not own it.
  public func release() throws(ReturnCode) {
    try ProcessMachine.try { .done($0.releaseMutex(identifier, $1)) }
  }

  /// Takes it from a process, however often that has locked it.
  ///
  /// - Throws: `invalidMode` where the process does not own it.
  public func reset(of process: Process) throws(ReturnCode) {
    try ProcessMachine.try { .done($0.resetMutex(identifier, of: process.identifier, $1)) }
  }

  /// What it is now; nil where there is no such mutex.
  public var status: MutexStatus? { ProcessMachine.ask { $0.mutexStatus(identifier) } }
}
