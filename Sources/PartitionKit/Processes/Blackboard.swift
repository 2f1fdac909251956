import APEXTypes
import ProcessScheduling

/// One message that all processes of a partition can read (ARINC 653 Part 1, 3.7.2.2).
public struct Blackboard: Equatable, Sendable {
  /// From 1, in the order of creation.
  public let identifier: Int32

  /// The one with this identifier, whether there is one or not: its services throw `invalidParameter` then.
  @inlinable public init(identifier: Int32) { self.identifier = identifier }

  /// Creates one, before the partition is in NORMAL mode; it is empty then.
  ///
  /// - Throws: `noAction` where the name is taken, `invalidParameter` where the size is out of range,
  ///   `invalidConfiguration` where there are 16 already, or no room for the message, `invalidMode` in NORMAL mode.
  public init(named name: StaticString, maximumMessageBytes: Int32) throws(ReturnCode) {
    try self.init(named: ObjectName(name), maximumMessageBytes: maximumMessageBytes)
  }

  /// The same by a whole name.
  public init(named name: ObjectName, maximumMessageBytes: Int32) throws(ReturnCode) {
    identifier = try ProcessMachine.create { $0.createBlackboard(name, maximumBytes: maximumMessageBytes, $1) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: ObjectName) -> Blackboard? {
    ProcessMachine.ask { $0.blackboard(named: name) }.map { Blackboard(identifier: $0) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: StaticString) -> Blackboard? { (try? ObjectName(name)).flatMap { named($0) } }

  /// Replaces the message, and gives it to all who wait for one.
  ///
  /// - Throws: `invalidParameter` where the message is empty or too long.
  public func display(_ message: UnsafeRawBufferPointer) throws(ReturnCode) {
    guard let byteCount = Int32(exactly: message.count) else { throw .invalidParameter }
    try display(at: message.baseAddress, byteCount: byteCount)
  }

  /// The same from an address.
  package func display(at message: UnsafeRawPointer?, byteCount: Int32) throws(ReturnCode) {
    try ProcessMachine.try { .done($0.displayBlackboard(identifier, message, byteCount, $1)) }
  }

  /// Copies the message; waits while there is none.
  ///
  /// - Returns: its bytes.
  /// - Throws: `notAvailable` with the time-out 0, `timedOut`, `invalidMode` where the caller may not wait,
  ///   `invalidParameter` where `buffer` is shorter than the blackboard's longest message.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, timeOut: ServiceTime = .forEver
  ) throws(ReturnCode) -> Int {
    guard let status, buffer.count >= status.maximumMessageBytes else { throw .invalidParameter }
    return Int(try read(at: buffer.baseAddress, timeOut: timeOut))
  }

  /// The same to an address with room for the longest message.
  package func read(at message: UnsafeMutableRawPointer?, timeOut: ServiceTime) throws(ReturnCode) -> Int32 {
    try ProcessMachine.receive { $0.readBlackboard(identifier, into: message, timeOut, $1) }
  }

  /// It is empty.
  public func clear() throws(ReturnCode) {
    try ProcessMachine.try { scheduler, _ in .done(scheduler.clearBlackboard(identifier)) }
  }

  /// What it is now; nil where there is no such blackboard.
  public var status: BlackboardStatus? { ProcessMachine.ask { $0.blackboardStatus(identifier) } }
}
