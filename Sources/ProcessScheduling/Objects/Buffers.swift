import APEXTypes
import CallersMemory

/// A queue of messages between processes of one partition (ARINC 653 Part 1, 3.7.2.1).
///
/// Its places lie one behind the other, `stride` bytes apart: a length of 4 bytes, and the message.
struct Buffer: NamedObject {
  let name: ObjectName
  let maximumBytes: Int32
  let maximumCount: Int32
  let discipline: QueuingDiscipline
  let places: UnsafeMutableRawPointer
  let stride: Int
  /// The oldest message's place, and how many there are.
  var first: Int32
  var count: Int32

  static let lengthBytes = 4

  private func place(_ index: Int32) -> UnsafeMutableRawPointer {
    let number = (Int(first) &+ Int(index)) % Int(maximumCount)
    return places + number &* stride
  }

  /// - Precondition: there is a place, and the message is no longer than it may be.
  mutating func put(_ message: UnsafeRawPointer, _ byteCount: Int32) {
    let free = place(count)
    free.storeBytes(of: byteCount, as: Int32.self)
    (free + Self.lengthBytes).copyMemory(from: message, byteCount: Int(byteCount))
    count &+= 1
  }

  /// Copies the oldest message; returns its length.
  ///
  /// - Precondition: there is one.
  mutating func take(into message: UnsafeMutableRawPointer) -> Int32 {
    let oldest = place(0)
    let byteCount = oldest.load(as: Int32.self)
    message.copyMemory(from: oldest + Self.lengthBytes, byteCount: Int(byteCount))
    first = (first &+ 1) % maximumCount
    count &-= 1
    return byteCount
  }
}

/// `BUFFER_STATUS_TYPE`.
public struct BufferStatus: Equatable, Sendable {
  /// NB_MESSAGE: messages that wait to be received.
  public var messageCount: Int32
  /// MAX_NB_MESSAGE, as it was created with.
  public var maximumMessageCount: Int32
  /// MAX_MESSAGE_SIZE, as it was created with.
  public var maximumMessageBytes: Int32
  /// WAITING_PROCESSES: how many wait to receive while it is empty, or to send while it is full.
  public var waitingProcesses: Int32
}

extension ProcessScheduler {
  /// Creates a buffer; `invalidConfiguration` where there is no room for its messages.
  public func createBuffer(
    _ name: ObjectName, maximumBytes: Int32, maximumCount: Int32, _ discipline: QueuingDiscipline?,
    _ moment: PartitionMoment
  ) -> Creation {
    let count = state.pointee.bufferCount
    let areRight = maximumBytes > 0 && maximumCount > 0 && discipline != nil
    let code = mayCreate(name, in: buffers, count, of: ProcessLimits.bufferCount, areRight: areRight, moment)
    guard code == .noError, let discipline else { return Creation(code) }
    let stride = (Buffer.lengthBytes &+ Int(maximumBytes) &+ 7) & ~7
    guard let places = newMessageRoom(UInt64(stride) &* UInt64(maximumCount)) else {
      return Creation(.invalidConfiguration)
    }
    (buffers + Int(count)).initialize(
      to: Buffer(
        name: name, maximumBytes: maximumBytes, maximumCount: maximumCount, discipline: discipline, places: places,
        stride: stride, first: 0, count: 0))
    state.pointee.bufferCount = count &+ 1
    return Creation(.noError, count &+ 1)
  }

  /// Sends a message; waits while the buffer is full, with the message laid ready.
  ///
  /// Unsafe: `message` has `byteCount` bytes, until the caller runs again.
  public func sendBuffer(
    _ buffer: Int32, _ message: UnsafeMutableRawPointer?, _ byteCount: Int32, _ timeOut: ServiceTime,
    _ moment: PartitionMoment
  ) -> ServiceStep {
    guard let own = object(buffer, in: buffers, state.pointee.bufferCount), byteCount > 0,
      byteCount <= own.pointee.maximumBytes, timeOut.isTimeOut, let message
    else { return .done(.invalidParameter) }
    // Before anybody is served: an address that is wrong is the sender's fault.
    partita_touch(message, Int(byteCount), false)
    if own.pointee.count == own.pointee.maximumCount {
      layReady(MessageExchange(message, byteCount))
      return wait(at: .buffer(buffer), own.pointee.discipline, timeOut, moment)
    }
    let isAwaited = own.pointee.count == 0
    let receiver: UnsafeMutablePointer<ProcessControlBlock>? =
      isAwaited ? wakeFirst(at: .buffer(buffer), moment) : nil
    if let receiver {
      hand(message, byteCount, to: receiver)
    } else {
      own.pointee.put(message, byteCount)
    }
    return .done(.noError)
  }

  /// Copies a message to the memory of a process that has waited for one.
  func hand(
    _ message: UnsafeRawPointer, _ byteCount: Int32, to receiver: UnsafeMutablePointer<ProcessControlBlock>
  ) {
    receiver.pointee.exchange.address?.copyMemory(from: message, byteCount: Int(byteCount))
    receiver.pointee.exchange.byteCount = byteCount
  }

  /// Takes the oldest message; waits while there is none. The length is `exchange`'s afterwards, 0 where none came.
  ///
  /// Unsafe: `message` has room for the buffer's longest, until the caller runs again.
  public func receiveBuffer(
    _ buffer: Int32, into message: UnsafeMutableRawPointer?, _ timeOut: ServiceTime, _ moment: PartitionMoment
  ) -> (step: ServiceStep, byteCount: Int32) {
    guard let own = object(buffer, in: buffers, state.pointee.bufferCount), timeOut.isTimeOut, let message else {
      return (.done(.invalidParameter), 0)
    }
    if own.pointee.count == 0 {
      partita_touch(message, Int(own.pointee.maximumBytes), true)
      layReady(MessageExchange(message, 0))
      return (wait(at: .buffer(buffer), own.pointee.discipline, timeOut, moment), 0)
    }
    let wasFull = own.pointee.count == own.pointee.maximumCount
    let byteCount = own.pointee.take(into: message)
    let sender: UnsafeMutablePointer<ProcessControlBlock>? = wasFull ? wakeFirst(at: .buffer(buffer), moment) : nil
    if let sender, let waiting = sender.pointee.exchange.address {
      own.pointee.put(waiting, sender.pointee.exchange.byteCount)
    }
    return (.done(.noError), byteCount)
  }

  /// Its identifier; nil where there is none of this name.
  public func buffer(named name: ObjectName) -> Int32? { find(name, in: buffers, state.pointee.bufferCount) }

  /// What it is now; nil where there is none with this identifier.
  public func bufferStatus(_ buffer: Int32) -> BufferStatus? {
    guard let own = object(buffer, in: buffers, state.pointee.bufferCount) else { return nil }
    return BufferStatus(
      messageCount: own.pointee.count, maximumMessageCount: own.pointee.maximumCount,
      maximumMessageBytes: own.pointee.maximumBytes, waitingProcesses: waiterCount(at: .buffer(buffer)))
  }
}
