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
  /// Tells the kernel that it may reuse the ring up to `tail`.
  ///
  /// - Parameters:
  ///   - eventCount: events up to there, ever.
  ///   - block: the number in the trace of the block that ends there.
  func publish(tail: UInt64, eventCount: UInt64, block: UInt32)
  /// Tells the kernel how many bytes were written, ever.
  func publish(drainedBytes: UInt64)
}
