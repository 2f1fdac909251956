import ModuleConfiguration
import TraceFormat

/// Looks at the trace ring of a machine that stands still, as often as one likes.
public struct RingProbe {
  /// Read once: the kernel never changes it.
  public let beacon: RingBeacon
  private let memory: GuestMemory

  /// - Throws: where the memory has no ring: the kernel may not have come so far.
  public init(_ memory: GuestMemory) throws(RescueError) {
    self.memory = memory
    beacon = try RingSnapshot.find(in: memory, nil)
  }

  /// Words recorded so far, ever, as far as the drainer is told, or the kernel's own variables know better.
  public var recordedWords: UInt64 {
    let published = memory.word(beacon.page + UInt64(RingControl.head)) ?? 0
    guard let next = memory.word(beacon.next), let before = memory.word(beacon.wordsBefore), next >= beacon.kernelRing,
      next - beacon.kernelRing < 2 * beacon.ringBytes
    else { return published }
    return max(published, before &+ (next - beacon.kernelRing) / 8)
  }

  /// Events recorded so far, ever, as far as the control page tells.
  public var recordedEvents: UInt64 { memory.word(beacon.page + UInt64(RingControl.events)) ?? 0 }

  /// The word that was stored as the ring's `index`th, ever, or what has taken its place.
  public func word(_ index: UInt64) -> UInt64? {
    memory.word(beacon.ring + index % (beacon.ringBytes / 8) * 8)
  }
}
