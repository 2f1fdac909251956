import APEXTypes
import PartitionKit
import ProcessScheduling

/// Receives what QueueSender sends and checks every byte of it.
///
/// Its partition's identifier says which it is: 2 receives through HEAR in every second window and must miss nothing; 3
/// through LOG in every third, which discards when it is full, and must be told before it misses something. Leaves a
/// note after each time: messages received and errors, messages missed and how often it was told of an overflow.
@main
struct QueueReceiver {
  static let maximumBytes = 64

  static func main() {
    let discards = Partition.identifier == 3
    let port = try? QueuingPort(
      named: discards ? "LOG" : "HEAR", maximumMessageBytes: maximumBytes, maximumMessageCount: discards ? 2 : 4,
      direction: .destination, discipline: discards ? .fifo : .priority)
    guard let port else {
      Partition.note(1 << 32, 0)
      return
    }
    Partition.enterNormalMode()
    var inspector = Inspector(mayMiss: discards)
    withUnsafeTemporaryAllocation(byteCount: maximumBytes, alignment: 8) { buffer in
      while true {
        for _ in 0..<(discards ? 3 : 2) { Partition.yield() }
        while let reception = try? port.receiveQueuingMessage(into: buffer) {
          inspector.inspect(UnsafeRawBufferPointer(rebasing: buffer[..<reception.byteCount]), reception.hasOverflowed)
        }
        // One that waits into the next window: by then something has been sent.
        if !discards, let reception = try? port.receiveQueuingMessage(into: buffer, timeOut: .forEver) {
          inspector.inspect(UnsafeRawBufferPointer(rebasing: buffer[..<reception.byteCount]), reception.hasOverflowed)
        }
        inspector.report()
      }
    }
  }
}

/// What a receiver knows of the messages so far.
struct Inspector {
  let mayMiss: Bool
  private var received: UInt64 = 0
  private var errors: UInt64 = 0
  private var missed: UInt64 = 0
  private var told: UInt64 = 0
  private var next: UInt32?
  private var hasBeenTold = false

  init(mayMiss: Bool) { self.mayMiss = mayMiss }

  mutating func inspect(_ message: UnsafeRawBufferPointer, _ hasOverflowed: Bool) {
    received &+= 1
    if hasOverflowed {
      told &+= 1
      hasBeenTold = true
    }
    guard message.count >= 4 else {
      errors &+= 1
      return
    }
    let number = message.loadUnaligned(as: UInt32.self)
    if message.count != 4 + Int(number &* 37 % 61) { errors &+= 1 }
    for index in 4..<message.count where message[index] != UInt8(truncatingIfNeeded: number &* 31 &+ UInt32(index)) {
      errors &+= 1
    }
    if let next, number != next {
      if !mayMiss || !hasBeenTold || number < next { errors &+= 1 }
      missed &+= UInt64(number &- next)
      hasBeenTold = false
    }
    next = number &+ 1
  }

  func report() { Partition.note(errors << 32 | received, missed << 32 | told) }
}
