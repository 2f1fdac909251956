import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// A port that holds messages one behind the other until they are received.
///
/// The kernel's calls never wait. A service with a time-out waits here, in the partition: it gives up the window and
/// tries again in the next one, until it succeeds or the time-out has passed. So it is as exact as the partition's
/// windows are close.
public struct QueuingPort: Sendable {
  /// A message as it was received.
  public struct Reception: Equatable, Sendable {
    public var byteCount: Int
    /// The port was full before and at least one message was discarded (the standard's INVALID_CONFIG).
    public var hasOverflowed: Bool

    @inlinable public init(byteCount: Int, hasOverflowed: Bool) {
      self.byteCount = byteCount
      self.hasOverflowed = hasOverflowed
    }
  }

  /// A time-out that never passes.
  @inlinable public static var forEver: Nanoseconds { Nanoseconds(.max) }
  /// The time-out of a service that does not wait.
  @inlinable public static var notAtAll: Nanoseconds { Nanoseconds(0) }

  /// The kernel's number of the port, from 1.
  public let identifier: UInt64

  /// Creates the partition's end of a port that the module configures under the same name, sizes and direction.
  ///
  /// - Parameters:
  ///   - name: at most 32 bytes of UTF-8, as in the module file.
  ///   - discipline: in which order processes of this partition that wait at the port are served.
  /// - Throws: `invalidParameter` for a longer name, else what the kernel says.
  public init(
    named name: StaticString, maximumMessageBytes: Int, maximumMessageCount: Int, direction: PortDirection,
    discipline: WaitingQueue.Discipline = .fifo
  ) throws(ReturnCode) {
    guard name.utf8CodeUnitCount <= PortName.byteCount else { throw .invalidParameter }
    var padded = PortName()
    identifier = try padded.withAddress(of: name) { (address) throws(ReturnCode) in
      try Hypercall.call(
        .createQueuingPort, address, UInt64(maximumMessageBytes), UInt64(maximumMessageCount),
        UInt64(direction.rawValue) | UInt64(discipline.rawValue) << 8)
    }
  }

  /// Sends a message to every destination.
  ///
  /// - Throws: `notAvailable` where a destination is full and the time-out is zero, `timedOut` where it has been full
  ///   until the time-out had passed.
  @inlinable public func sendQueuingMessage(
    _ message: UnsafeRawBufferPointer, timeOut: Nanoseconds = notAtAll
  ) throws(ReturnCode) {
    _ = try waiting(timeOut) { () throws(ReturnCode) in
      try Hypercall.call(
        .sendQueuingMessage, identifier, UInt64(UInt(bitPattern: message.baseAddress)), UInt64(message.count))
    }
  }

  /// Copies the oldest message into `buffer` and takes it out of the queue.
  ///
  /// - Throws: `notAvailable` where none is there and the time-out is zero, `timedOut` where none has come until the
  ///   time-out had passed; `invalidParameter` where the buffer is too small: the message waits on.
  @inlinable public func receiveQueuingMessage(
    into buffer: UnsafeMutableRawBufferPointer, timeOut: Nanoseconds = notAtAll
  ) throws(ReturnCode) -> Reception {
    let value = try waiting(timeOut) { () throws(ReturnCode) in
      try Hypercall.call(
        .receiveQueuingMessage, identifier, UInt64(UInt(bitPattern: buffer.baseAddress)), UInt64(buffer.count))
    }
    return Reception(byteCount: Int(value & 0xFFFF_FFFF), hasOverflowed: value >> 32 & 1 != 0)
  }

  /// Messages that wait; of a source port those that the fullest destination holds.
  @inlinable public func waitingMessageCount() throws(ReturnCode) -> Int {
    Int(try Hypercall.call(.readQueuingStatus, identifier))
  }

  /// Discards all that waits in a destination port.
  @inlinable public func clear() throws(ReturnCode) {
    try Hypercall.call(.clearQueuingPort, identifier)
  }

  /// Tries `service` in this window, and while it is not available in the next ones, until the time-out has passed.
  @inlinable func waiting(
    _ timeOut: Nanoseconds, _ service: () throws(ReturnCode) -> UInt64
  ) throws(ReturnCode) -> UInt64 {
    do {
      return try service()
    } catch {
      if error != .notAvailable || timeOut.count == 0 { throw error }
    }
    let (deadline, isBeyondAllTime) = Clock.now.nanoseconds.addingReportingOverflow(timeOut.count)
    while true {
      Partition.yield()
      do {
        return try service()
      } catch {
        if error != .notAvailable { throw error }
      }
      if !isBeyondAllTime, Clock.now.nanoseconds >= deadline { throw .timedOut }
    }
  }
}
