import APEXTypes
import ProcessScheduling

/// A queue of messages between processes of a partition (ARINC 653 Part 1, 3.7.2.1).
public struct Buffer: Equatable, Sendable {
  /// From 1, in the order of creation.
  public let identifier: Int32

  /// The one with this identifier, whether there is one or not: its services throw `invalidParameter` then.
  @inlinable public init(identifier: Int32) { self.identifier = identifier }

  /// Creates one, before the partition is in NORMAL mode.
  ///
  /// - Throws: `noAction` where the name is taken, `invalidParameter` where one of them is out of range,
  ///   `invalidConfiguration` where there are 16 already, or no room for the messages, `invalidMode` in NORMAL mode.
  public init(
    named name: StaticString, maximumMessageBytes: Int32, maximumMessageCount: Int32,
    discipline: QueuingDiscipline = .fifo
  ) throws(ReturnCode) {
    try self.init(
      named: ObjectName(name), maximumMessageBytes: maximumMessageBytes, maximumMessageCount: maximumMessageCount,
      discipline: discipline)
  }

  /// The same by a whole name; no discipline is one that is out of range.
  public init(
    named name: ObjectName, maximumMessageBytes: Int32, maximumMessageCount: Int32, discipline: QueuingDiscipline?
  ) throws(ReturnCode) {
    identifier = try ProcessMachine.create {
      $0.createBuffer(
        name, maximumBytes: maximumMessageBytes, maximumCount: maximumMessageCount, discipline, $1)
    }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: ObjectName) -> Buffer? {
    ProcessMachine.ask { $0.buffer(named: name) }.map { Buffer(identifier: $0) }
  }

  /// The one of this name; nil where there is none.
  public static func named(_ name: StaticString) -> Buffer? { (try? ObjectName(name)).flatMap { named($0) } }

  /// Sends a message; waits while the buffer is full.
  ///
  /// - Throws: `notAvailable` with the time-out 0, `timedOut`, `invalidMode` where the caller may not wait,
  ///   `invalidParameter` where the message is empty or too long.
  public func send(_ message: UnsafeRawBufferPointer, timeOut: ServiceTime = .forEver) throws(ReturnCode) {
    guard let byteCount = Int32(exactly: message.count) else { throw .invalidParameter }
    try send(at: message.baseAddress, byteCount: byteCount, timeOut: timeOut)
  }

  /// The same from an address.
  package func send(at message: UnsafeRawPointer?, byteCount: Int32, timeOut: ServiceTime) throws(ReturnCode) {
    try ProcessMachine.try {
      $0.sendBuffer(identifier, UnsafeMutableRawPointer(mutating: message), byteCount, timeOut, $1)
    }
  }

  /// Takes the oldest message; waits while there is none.
  ///
  /// - Returns: its bytes.
  /// - Throws: as `send`; `invalidParameter` where `buffer` is shorter than the buffer's longest message.
  public func receive(
    into buffer: UnsafeMutableRawBufferPointer, timeOut: ServiceTime = .forEver
  ) throws(ReturnCode) -> Int {
    guard let status, buffer.count >= status.maximumMessageBytes else { throw .invalidParameter }
    return Int(try receive(at: buffer.baseAddress, timeOut: timeOut))
  }

  /// The same to an address with room for the longest message.
  package func receive(at message: UnsafeMutableRawPointer?, timeOut: ServiceTime) throws(ReturnCode) -> Int32 {
    try ProcessMachine.receive { $0.receiveBuffer(identifier, into: message, timeOut, $1) }
  }

  /// What it is now; nil where there is no such buffer.
  public var status: BufferStatus? { ProcessMachine.ask { $0.bufferStatus(identifier) } }
}
