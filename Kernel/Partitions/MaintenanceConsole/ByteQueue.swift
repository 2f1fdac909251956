/// Bytes between an upcall and the main loop, oldest first; what does not fit is counted.
///
/// Not safe against an upcall in the middle of a call: mask the virtual interrupts outside the upcall.
public struct ByteQueue {
  /// Bytes that the queue can hold.
  public static let capacity = 256

  private var storage = InlineArray<256, UInt8>(repeating: 0)
  private var head = 0
  /// Bytes that wait.
  public private(set) var count = 0
  /// Bytes that found no room, ever.
  public private(set) var lostCount: UInt64 = 0

  /// An empty queue.
  public init() {}

  /// Appends a byte, or counts it as lost.
  public mutating func append(_ byte: UInt8) {
    guard count < Self.capacity else {
      lostCount += 1
      return
    }
    storage[(head + count) % Self.capacity] = byte
    count += 1
  }

  /// Takes the oldest byte; nil where there is none.
  public mutating func popFirst() -> UInt8? {
    guard count > 0 else { return nil }
    let byte = storage[head]
    head = (head + 1) % Self.capacity
    count -= 1
    return byte
  }
}
