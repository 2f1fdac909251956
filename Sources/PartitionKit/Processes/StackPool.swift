import ProcessMemory
import ProcessScheduling

/// Room for the stacks of processes; none is ever given back.
///
/// Below each lies a fence, words of a pattern. They lie side by side in the partition's memory, so that the processor
/// does not notice where a process leaves its own: what it has written into the fence does.
enum StackPool {
  // Unsafe: written with upcalls masked.
  nonisolated(unsafe) private static var usedBytes: UInt = 0

  private static let pattern: UInt64 = 0x5A5A_F0F0_C3C3_9696
  private static let fenceBytes = UInt(PARTITA_STACK_FENCE_WORDS) &* 8

  /// A new stack, or nil where there is no room.
  static func newStack(_ byteCount: UInt) -> (top: UnsafeMutableRawPointer, fence: UnsafeMutableRawPointer)? {
    let size = ((byteCount &+ 15) & ~15) &+ fenceBytes
    guard size >= byteCount, size <= ProcessLimits.stackBytes &- usedBytes, let pool = partita_stack_pool() else {
      return nil
    }
    let fence = pool + Int(usedBytes)
    usedBytes &+= size
    mend(fence)
    return (pool + Int(usedBytes), fence)
  }

  /// Whether nobody has written into the fence.
  static func isWhole(_ fence: UnsafeMutableRawPointer) -> Bool {
    var difference: UInt64 = 0
    for word in 0..<Int(PARTITA_STACK_FENCE_WORDS) {
      difference |= fence.load(fromByteOffset: word &* 8, as: UInt64.self) ^ pattern
    }
    return difference == 0
  }

  static func mend(_ fence: UnsafeMutableRawPointer) {
    for word in 0..<Int(PARTITA_STACK_FENCE_WORDS) {
      fence.storeBytes(of: pattern, toByteOffset: word &* 8, as: UInt64.self)
    }
  }
}
