/// What a verification says of a claim, or of a whole run.
public enum Verdict: String, Sendable, CaseIterable {
  /// Every instance that had to hold was seen and held.
  case pass
  /// At least one instance did not hold.
  case fail
  /// Nothing contradicts the claim, but evidence is missing.
  case unknown
}

/// How a claim's measured values and its bound are written.
public enum MeasureUnit: String, Sendable {
  case nanoseconds = "ns"
  case bytesPerSecond = "B/s"
  /// The claim has no measure: each instance holds or does not.
  case none = ""
}

/// One instance of a claim that did not hold.
public struct Violation: Equatable, Sendable {
  /// Index of the event in the trace.
  public var position: UInt64
  /// Instant on the module's clock, in ns.
  public var timeInNanoseconds: UInt64
  /// How far beyond the bound; 0 where the claim has no measure.
  public var excess: Int64
  /// A sentence that says what was found and what had to hold.
  public var explanation: String
}

/// The worst value that a claim met, with the event where it met it.
public struct WorstCase: Equatable, Sendable {
  public var value: Int64
  public var position: UInt64
  public var timeInNanoseconds: UInt64
}

/// The finding on one claim.
public struct ClaimResult: Sendable {
  /// Stable and dotted, `window.start.instant`.
  public var identifier: String
  public var title: String
  public var verdict: Verdict
  /// The value that must not be exceeded (undercut, where `isFloor`), or nil where the claim has no measure.
  public var bound: Int64?
  /// Whether the bound is the least value allowed.
  public var isFloor: Bool
  public var unit: MeasureUnit
  public var worst: WorstCase?
  /// Instances judged.
  public var checked: UInt64
  /// Instances that did not hold.
  public var failures: UInt64
  /// The first violations, at most five, in order of position.
  public var firstViolations: [Violation]
  /// The worst violations by excess, at most five; empty where the claim has no measure.
  public var worstViolations: [Violation]
  /// Why the verdict is unknown, or what weakens a fail; empty for a pass.
  public var remark: String

  /// What was left to the bound in the worst case; negative where it was exceeded.
  public var margin: Int64? {
    guard let bound, let worst else { return nil }
    return isFloor ? worst.value &- bound : bound &- worst.value
  }
}
