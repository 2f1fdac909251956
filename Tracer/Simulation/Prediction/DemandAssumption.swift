/// What a prediction takes for granted where the recorded run leaves it open.
public struct DemandAssumption: Sendable {
  /// Wherever this leaves it open, partitions wait by the clock instead of computing; nil for nowhere.
  public var waits: ClockEvidence?
  /// What the kernel takes more, or less, than it took in each entry and each start, ns.
  public var kernelShift: Int64

  /// Wherever the recorded run leaves open what timers go by, it is the other.
  public var timersAreOtherwise: Bool

  /// Without any: whoever may have waited by the clock computes, and the kernel takes what it took.
  public init(waits: ClockEvidence? = nil, kernelShift: Int64 = 0, timersAreOtherwise: Bool = false) {
    self.waits = waits
    self.kernelShift = kernelShift
    self.timersAreOtherwise = timersAreOtherwise
  }

  /// What the kernel takes for what took it so long.
  func kernelTime(_ recorded: UInt64) -> UInt64 {
    guard kernelShift < 0 else { return recorded &+ kernelShift.magnitude }
    return recorded - min(recorded, kernelShift.magnitude)
  }
}
