import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessMemory
import ProcessScheduling

/// A port that holds messages one behind the other until they are received.
///
/// The kernel's calls never wait. A service with a time-out waits here, in the partition: a process at the port's place
/// while others run, a partition of one flow by giving up its window (`PortRequest`).
public struct QueuingPort: Sendable {
  /// A message as it was received.
  public struct Reception: Equatable, Sendable {
    /// Length of the message, which stands at the buffer's beginning.
    public var byteCount: Int
    /// The port was full before and at least one message was discarded (the standard's INVALID_CONFIG).
    public var hasOverflowed: Bool

    /// A message that was received, as the kernel's answer tells of it.
    @inlinable public init(byteCount: Int, hasOverflowed: Bool) {
      self.byteCount = byteCount
      self.hasOverflowed = hasOverflowed
    }
  }

  /// The kernel's number of the port, from 1.
  public let identifier: UInt64
  /// Bytes of its longest message, as given in creating it.
  public let maximumMessageBytes: Int
  /// Messages that it holds, as given in creating it.
  public let maximumMessageCount: Int
  /// Whether the partition sends by it, or receives.
  public let direction: PortDirection
  /// In which order processes of this partition that wait at the port are served.
  public let discipline: QueuingDiscipline

  /// The greatest identifier of a port that has been created. Unsafe: ports are created before there are processes.
  nonisolated(unsafe) static private(set) var greatestIdentifier: UInt64 = 0

  /// Creates the partition's end of a port that the module configures under the same name, sizes and direction.
  ///
  /// - Parameter name: at most 32 bytes of UTF-8, as in the module file.
  /// - Throws: `invalidParameter` for a longer name, else what the kernel says.
  public init(
    named name: StaticString, maximumMessageBytes: Int, maximumMessageCount: Int, direction: PortDirection,
    discipline: QueuingDiscipline = .fifo
  ) throws(ReturnCode) {
    try self.init(
      named: ObjectName(name), maximumMessageBytes: maximumMessageBytes, maximumMessageCount: maximumMessageCount,
      direction: direction, discipline: discipline)
  }

  /// The same by a whole name.
  public init(
    named name: ObjectName, maximumMessageBytes: Int, maximumMessageCount: Int, direction: PortDirection,
    discipline: QueuingDiscipline
  ) throws(ReturnCode) {
    identifier = try name.withAddress { (address) throws(ReturnCode) in
      try Hypercall.call(
        .createQueuingPort, address, UInt64(bitPattern: Int64(maximumMessageBytes)),
        UInt64(bitPattern: Int64(maximumMessageCount)),
        UInt64(direction.rawValue) | UInt64(discipline.rawValue) << 8)
    }
    self.maximumMessageBytes = maximumMessageBytes
    self.maximumMessageCount = maximumMessageCount
    self.direction = direction
    self.discipline = discipline
    Self.greatestIdentifier = max(Self.greatestIdentifier, identifier)
  }

  /// Sends a message to every destination.
  ///
  /// - Throws: `notAvailable` where a destination is full and the time-out is zero, `timedOut` where it has been full
  ///   until the time-out had passed, `invalidParameter` where the message is empty or too long, `invalidMode` of a
  ///   destination, of a process that may not wait now, and of a time-out before NORMAL mode.
  @inlinable public func sendQueuingMessage(
    _ message: UnsafeRawBufferPointer, timeOut: ServiceTime = .notAtAll
  ) throws(ReturnCode) {
    try sendQueuingMessage(at: message.baseAddress, byteCount: message.count, timeOut: timeOut)
  }

  /// The same from an address; a negative length is one that the kernel refuses.
  @inlinable public func sendQueuingMessage(
    at message: UnsafeRawPointer?, byteCount: Int, timeOut: ServiceTime
  ) throws(ReturnCode) {
    if timeOut == .notAtAll, !partita_uses_processes() {
      try Hypercall.call(
        .sendQueuingMessage, identifier, UInt64(UInt(bitPattern: message)), UInt64(bitPattern: Int64(byteCount)))
    } else {
      _ = try request(.sendQueuingMessage, message, byteCount, timeOut)
    }
  }

  /// Copies the oldest message into `buffer` and takes it out of the queue.
  ///
  /// - Throws: `notAvailable` where none is there and the time-out is zero, `timedOut` where none has come until the
  ///   time-out had passed, `invalidMode` of a source, of a process that may not wait now, and of a time-out before
  ///   NORMAL mode; `invalidParameter` where the buffer is too small: the message waits on.
  @inlinable public func receiveQueuingMessage(
    into buffer: UnsafeMutableRawBufferPointer, timeOut: ServiceTime = .notAtAll
  ) throws(ReturnCode) -> Reception {
    let value: UInt64
    if timeOut == .notAtAll, !partita_uses_processes() {
      value = try Hypercall.call(
        .receiveQueuingMessage, identifier, UInt64(UInt(bitPattern: buffer.baseAddress)), UInt64(buffer.count))
    } else {
      value = try request(.receiveQueuingMessage, UnsafeRawPointer(buffer.baseAddress), buffer.count, timeOut)
    }
    return Reception(byteCount: Int(value & 0xFFFF_FFFF), hasOverflowed: value >> 32 & 1 != 0)
  }

  /// A port that has been created, or that there is none of.
  package init(
    identifier: UInt64, maximumMessageBytes: Int, maximumMessageCount: Int, direction: PortDirection,
    discipline: QueuingDiscipline
  ) {
    self.identifier = identifier
    self.maximumMessageBytes = maximumMessageBytes
    self.maximumMessageCount = maximumMessageCount
    self.direction = direction
    self.discipline = discipline
  }

  @usableFromInline func request(
    _ number: HypercallNumber, _ address: UnsafeRawPointer?, _ byteCount: Int, _ timeOut: ServiceTime
  ) throws(ReturnCode) -> UInt64 {
    guard timeOut.isTimeOut else { throw .invalidParameter }
    var request = PortRequest(number, self, address: address, byteCount: byteCount)
    return try request.perform(timeOut)
  }

  /// Messages that wait; of a source port those that the fullest destination holds.
  @inlinable public func waitingMessageCount() throws(ReturnCode) -> Int {
    Int(try Hypercall.call(.readQueuingStatus, identifier))
  }

  /// Discards all that waits in a destination port.
  @inlinable public func clear() throws(ReturnCode) {
    try Hypercall.call(.clearQueuingPort, identifier)
  }

  /// How many processes of this partition wait here.
  public var waitingProcessCount: Int {
    Int(ProcessMachine.ask { $0.waiterCount(at: .port(Int32(truncatingIfNeeded: identifier))) })
  }
}
