/// What the pump sees of the world: the kernel's control page, the ring, a clock and the debug port.
///
/// The drainer partition implements it by memory and instructions, tests by a ring of their own.
public protocol DrainPort {
  /// Words that the kernel has stored in the ring, ever; read anew at each call.
  var head: UInt64 { get }
  /// Events stored, ever; read anew at each call.
  var eventCount: UInt64 { get }
  /// Whether the end event is in the ring; read anew at each call.
  var hasEnded: Bool { get }
  /// The module's clock, in nanoseconds.
  var nanoseconds: UInt64 { get }
  /// The words of the ring from `first` on, `first` counted as `head` is; the memory is contiguous.
  func words(from first: UInt64, count: Int) -> UnsafeBufferPointer<UInt64>
  /// Writes bytes to the trace.
  func write(_ bytes: UnsafeRawBufferPointer)
  /// Notes where a block's or a chunk's records end, for readers of the machine's memory.
  ///
  /// - Parameters:
  ///   - number: of the block in the trace, or of the chunk; from 1.
  ///   - position: counted as `head` is.
  ///   - eventCount: events up to there, ever.
  func note(_ number: UInt32, endsAt position: UInt64, eventCount: UInt64)
  /// Tells the kernel that it may reuse the ring up to `tail`.
  func publish(tail: UInt64)
  /// Tells the kernel how many bytes were written, ever.
  func publish(drainedBytes: UInt64)
}
