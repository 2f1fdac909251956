/// Everything that a verification found out about one trace.
public struct VerificationReport: Sendable {
  /// As the module table has it.
  public var moduleName: String
  /// By index.
  public var partitionNames: [String]
  /// Those that were judged, in the order of `partita claims`.
  public var claims: [ClaimResult]
  /// Events judged.
  public var eventCount: UInt64
  /// Instants of the first and the last event, in ns.
  public var timeSpan: ClosedRange<UInt64>
  /// Places at which events are missing.
  public var gapCount: UInt64
  /// Whether the trace has its end event.
  public var hasEnd: Bool
  /// As the boot event has it: 0 where there was no kernel, nil where the trace does not begin with its boot.
  public var kernelIdentity: UInt64?

  /// Claims that the module file leaves out, found like the others: they count for no verdict.
  public internal(set) var leftOut: [ClaimResult] = []
  /// These in a sentence for who reads the verdict; nil if there are none.
  public internal(set) var omission: String?

  /// Errors that the health monitor took, whichever claims are shown.
  public internal(set) var errorCount: UInt64 = 0

  /// Ports whose queues discarded messages, whichever claims are shown.
  public internal(set) var discards: [PortDiscards] = []

  /// Which part of the trace was judged; nil where that is all of it.
  public var part: JudgedPart?

  /// What is wrong with the file that the events came from; empty if nothing is.
  public var fileDefect = ""

  /// Whether the trace is one that a kernel recorded, and none that partita made; nil where nobody knows.
  public var isRecorded: Bool? { kernelIdentity.map { $0 != 0 } }

  /// What there is to say about a trace that no kernel recorded, or nobody knows which; nil about others.
  public var origin: String? {
    guard let isRecorded else { return "which kernel recorded this trace is not known: its boot event is missing" }
    guard !isRecorded else { return nil }
    return "this trace is not recorded from a kernel but made by partita: its boot event names no kernel"
  }

  /// Fail if any claim fails, else unknown if any is unknown, there is no claim, or the file is not whole, else pass.
  public var verdict: Verdict {
    if claims.contains(where: { $0.verdict == .fail }) { return .fail }
    return claims.isEmpty || !fileDefect.isEmpty || claims.contains { $0.verdict == .unknown } ? .unknown : .pass
  }

  /// The exit status of the command: 0 holds, 1 violated, 3 inconclusive.
  public var exitStatus: Int32 {
    switch verdict {
    case .pass: 0
    case .fail: 1
    case .unknown: 3
    }
  }

  /// How many of the claims judged have that verdict.
  public func count(_ verdict: Verdict) -> Int { claims.count { $0.verdict == verdict } }

  /// The finding on one claim, or nil if the trace's module has no such claim, or leaves it out.
  public func claim(_ identifier: String) -> ClaimResult? { claims.first { $0.identifier == identifier } }

  /// What was found of all claims, for who looks for measures and not for the verdict.
  public var findings: [ClaimResult] { claims + leftOut }

  /// The same of one claim.
  public func finding(_ identifier: String) -> ClaimResult? { findings.first { $0.identifier == identifier } }

  /// The report with only those claims that one of the patterns `names`, all if there are none, and none of `excepted`
  /// matches.
  public func limited(to names: [String], except excepted: [String] = []) -> VerificationReport {
    let choices = ClaimChoices(chosen: names.map(ClaimPattern.init), excepted: excepted.map(ClaimPattern.init))
    var report = self
    report.claims = claims.filter { choices.select($0.identifier) }
    return report
  }
}
