import APEXTypes
import ProcessScheduling

/// A condition that any number of a partition's processes can wait for (ARINC 653 Part 1, 3.7.2.4).
public struct Event: Equatable, Sendable {
  /// From 1, in the order of creation.
  public let identifier: Int32

  /// The one with this identifier, whether there is one or not: its services throw `invalidParameter` then.
  @inlinable public init(identifier: Int32) { self.identifier = identifier }

  /// Creates one, before the partition is in NORMAL mode; it is down then.
  ///
  /// - Throws: `noAction` where the name is taken, `invalidParameter` where it is too long, `invalidConfiguration`
  ///   where there are 32 already, `invalidMode` in NORMAL mode.
  public init(named name: StaticString) throws(ReturnCode) { try self.init(named: ObjectName(name)) }

  /// The same by a whole name.
  public init(named name: ObjectName) throws(ReturnCode) {
    identifier = try ProcessMachine.create { $0.createEvent(name, $1) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: ObjectName) -> Event? {
    ProcessMachine.ask { $0.event(named: name) }.map { Event(identifier: $0) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: StaticString) -> Event? { (try? ObjectName(name)).flatMap { named($0) } }

  /// It is up, and all who wait for it are ready.
  public func set() throws(ReturnCode) { try ProcessMachine.try { .done($0.setEvent(identifier, $1)) } }

  /// It is down.
  public func reset() throws(ReturnCode) {
    try ProcessMachine.try { scheduler, _ in .done(scheduler.resetEvent(identifier)) }
  }

  /// Waits while it is down.
  ///
  /// - Throws: `notAvailable` with the time-out 0, `timedOut`, `invalidMode` where the caller may not wait.
  public func wait(timeOut: ServiceTime = .forEver) throws(ReturnCode) {
    try ProcessMachine.try { $0.waitEvent(identifier, timeOut, $1) }
  }

  /// What it is now; nil where there is no such event.
  public var status: EventStatus? { ProcessMachine.ask { $0.eventStatus(identifier) } }
}
