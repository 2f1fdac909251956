import APEXTypes
import PartitionKit
import ProcessScheduling

/// What the processes of this partition share.
///
/// Unsafe: written by whoever has the processor, between two services.
enum Stage {
  /// What the player does when it is its turn.
  enum Deed {
    case nothing, receive, send, read, wait, acquire, hear, suspend, sleep
  }

  nonisolated(unsafe) static var deed = Deed.nothing
  /// How many deeds the player has begun, and how many are done.
  nonisolated(unsafe) static var begun: Int32 = 0
  nonisolated(unsafe) static var ended: Int32 = 0
  /// What the last one's service answered, its message's bytes, and the first of them.
  nonisolated(unsafe) static var code = ReturnCode.noError
  nonisolated(unsafe) static var byteCount = 0
  nonisolated(unsafe) static var byte: UInt8 = 0

  nonisolated(unsafe) static var turn = Semaphore(identifier: 0)
  nonisolated(unsafe) static var buffer = Buffer(identifier: 0)
  nonisolated(unsafe) static var blackboard = Blackboard(identifier: 0)
  nonisolated(unsafe) static var event = Event(identifier: 0)
  nonisolated(unsafe) static var mutex = Mutex(identifier: 0)
  nonisolated(unsafe) static var talker: QueuingPort?
  nonisolated(unsafe) static var hearer: QueuingPort?
  nonisolated(unsafe) static var gauge: SamplingPort?
  nonisolated(unsafe) static var dial: SamplingPort?
  nonisolated(unsafe) static var player = Process(identifier: .none)
  nonisolated(unsafe) static var drummer = Process(identifier: .none)
  /// Releases of the drummer.
  nonisolated(unsafe) static var beats: Int32 = 0
  /// Errors that the error handler has seen, and how many of them were as they should be.
  nonisolated(unsafe) static var errors: Int32 = 0
  nonisolated(unsafe) static var rightErrors: Int32 = 0

  static let messageBytes = 8

  /// Calls `body` with room for a message, its first byte set.
  static func withMessage(_ byte: UInt8, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: messageBytes, alignment: 8) { message in
      for index in 0..<messageBytes { message[index] = byte &+ UInt8(index) }
      body(message)
    }
  }
}
