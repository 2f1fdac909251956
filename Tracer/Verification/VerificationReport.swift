/// Everything that a verification found out about one trace.
public struct VerificationReport: Sendable {
  public var moduleName: String
  public var claims: [ClaimResult]
  /// Events judged.
  public var eventCount: UInt64
  /// Instants of the first and the last event, in ns.
  public var timeSpan: ClosedRange<UInt64>
  /// Places at which events are missing.
  public var gapCount: UInt64
  /// Whether the trace has its end event.
  public var hasEnd: Bool

  /// What is wrong with the file that the events came from; empty if nothing is.
  public var fileDefect = ""

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

  public func count(_ verdict: Verdict) -> Int { claims.count { $0.verdict == verdict } }

  /// The finding on one claim, or nil if the trace's module has no such claim.
  public func claim(_ identifier: String) -> ClaimResult? { claims.first { $0.identifier == identifier } }

  /// The report with only those claims that equal one of the names or lie below it (`upcall` keeps `upcall.order`).
  public func limited(to names: [String]) -> VerificationReport {
    guard !names.isEmpty else { return self }
    var report = self
    report.claims = claims.filter { claim in
      names.contains { claim.identifier == $0 || claim.identifier.hasPrefix($0 + ".") }
    }
    return report
  }
}
