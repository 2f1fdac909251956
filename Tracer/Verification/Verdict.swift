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
  /// Events in a major frame.
  case events = "events"
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

/// The stretch of time that a measured value is about, and which of it counts.
public struct CaseSpan: Equatable, Sendable {
  /// What of the time counts.
  public enum Scope: Equatable, Sendable {
    case all
    /// Only while a window of this partition is open and it has not yielded.
    case windows(of: UInt8)
    /// Only the kernel's work: neither ring 3 nor the waits before windows.
    case kernel
  }
  /// Its first instant, ns.
  public var from: UInt64
  /// Its last instant, ns; equal to the first where the value is not about time that passed.
  public var to: UInt64
  /// What of the time between counts.
  public var scope = Scope.all

  /// The end is moved to the beginning where it lies before that, as in a trace whose time goes back.
  public init(from: UInt64, to: UInt64, scope: Scope = .all) {
    self.from = from
    self.to = max(from, to)
    self.scope = scope
  }

  /// No stretch of time.
  public static let none = CaseSpan(from: 0, to: 0)
}

/// One of the worst values that a claim met, with the event where it met it.
public struct WorstCase: Equatable, Sendable {
  /// In the unit of its claim; negative for what came before the instant that it is held against.
  public var value: Int64
  /// Index of the event in the trace.
  public var position: UInt64
  /// Instant on the module's clock.
  public var timeInNanoseconds: UInt64
  /// What the value was measured over; `none` where that is no time.
  public var span = CaseSpan.none
  /// Who took the time of `span`; empty until a trace was attributed.
  public var attribution: [TimeShare] = []
  /// The same of what lies beyond the bound, where that was exceeded.
  public var attributionBeyondBound: [TimeShare] = []
}

/// The finding on one claim.
public struct ClaimResult: Sendable {
  /// Stable and dotted, `window.start.instant`.
  public var identifier: String
  /// What the claim says, in words.
  public var title: String
  /// What the trace says of it.
  public var verdict: Verdict
  /// The value that must not be exceeded (undercut, where `isFloor`), or nil where the claim has no measure.
  public var bound: Int64?
  /// Whether the bound is the least value allowed.
  public var isFloor: Bool
  /// Of bound, worst cases and excesses.
  public var unit: MeasureUnit
  /// Whose it is, by index: the partition that can do something about it; nil where that is none alone.
  public internal(set) var partition: UInt8?
  /// Where the claim comes from: the standard's part, the row of the lineage, or the module file.
  public var source: String
  /// The worst cases, at most five, the very worst first; empty where the claim has no measure or met no value.
  public var worstCases: [WorstCase]
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

  /// The very worst case; nil where the claim has no measure or met no value.
  public var worst: WorstCase? { worstCases.first }

  /// What was left to the bound in the worst case; negative where it was exceeded.
  public var margin: Int64? {
    guard let bound, let worst else { return nil }
    return isFloor ? worst.value &- bound : bound &- worst.value
  }
}
