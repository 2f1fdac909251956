/// How a simulated world behaves.
public struct SimulationOptions: Equatable, Sendable {
  /// What all that is random follows from.
  public var seed: UInt64
  /// Whether loads change wildly from window to window.
  public var isShuffled: Bool
  /// From one hypercall of a working partition to the next, on average, in ns of its window.
  public var meanCallGap: UInt64
  /// What the boot event names as the kernel's build identity: that of no kernel.
  public var buildIdentity: UInt64

  /// - Parameter meanCallGap: 1000 at least; what is less counts as that.
  public init(
    seed: UInt64, isShuffled: Bool = false, meanCallGap: UInt64 = 100_000, buildIdentity: UInt64 = 0
  ) {
    self.seed = seed
    self.isShuffled = isShuffled
    self.meanCallGap = max(1000, meanCallGap)
    self.buildIdentity = buildIdentity
  }
}
