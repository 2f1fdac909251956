import ReferenceChecking

/// Compares the entries of a certificate with what the auditor found.
struct ClaimAudit {
  let auditor: Auditor
  let cited: CitedEvents
  /// The trace has no gap and its end, so that every value can be measured anew.
  let isWhole: Bool
  /// The claims that the reference checker finds violated; nil where it has not judged.
  let violated: Set<String>?

  /// Objections where claims that must be there are not, or are twice.
  func missing(in claims: [AuditedCertificate.Claim]) -> [String] {
    var objections: [String] = []
    var seen: Set<String> = []
    for claim in claims where !seen.insert(claim.id).inserted {
      objections.append("claim \(claim.id) is there twice")
    }
    let wanted =
      FixedClaims.identifiers + auditor.measures.map(\.identifier)
      + auditor.customs.filter { $0.measure == nil }.map(\.identifier)
    for identifier in wanted where !seen.contains(identifier) {
      objections.append("claim \(identifier) is missing")
    }
    return objections
  }

  func finding(_ claim: AuditedCertificate.Claim) -> AuditReport.Finding {
    var finding = AuditReport.Finding(
      identifier: claim.id, verdict: claim.verdict, depth: .evidence, objections: consistency(claim) + evidence(claim))
    if let place = auditor.places[claim.id] {
      let measure = auditor.measures[place]
      finding.objections += bound(claim, measure)
      if isWhole {
        finding.depth = .measured
        finding.objections += compare(claim, measure)
      }
    } else if let custom = auditor.customs.first(where: { $0.identifier == claim.id }), isWhole {
      finding.depth = .measured
      if claim.failures != custom.violations || claim.checked != custom.violations {
        finding.objections.append("\(custom.violations) such events came; the certificate says \(claim.failures)")
      }
    } else {
      if Auditor.counted.contains(claim.id), isWhole, claim.failures == 0 {
        finding.depth = .counted
        finding.objections += instances(claim)
      }
      if let violated, ReferenceChecker.claims.contains(claim.id) {
        finding.depth = .judged
        finding.objections += judgement(claim, violated.contains(claim.id))
      }
    }
    return finding
  }

  private func instances(_ claim: AuditedCertificate.Claim) -> [String] {
    let count = auditor.counts[claim.id] ?? 0
    return claim.checked == count ? [] : ["there were \(count) instances; the certificate says \(claim.checked)"]
  }

  private func judgement(_ claim: AuditedCertificate.Claim, _ isViolated: Bool) -> [String] {
    if isViolated == (claim.verdict == "fail") { return [] }
    return ["judged anew it is \(isViolated ? "violated" : "not violated"); the certificate says \(claim.verdict)"]
  }

  /// Whether an entry contradicts itself.
  private func consistency(_ claim: AuditedCertificate.Claim) -> [String] {
    var objections: [String] = []
    let hasViolations = !(claim.first ?? []).isEmpty || !(claim.worstViolations ?? []).isEmpty
    switch claim.verdict {
    case "pass":
      if claim.failures != 0 || hasViolations { objections.append("it passes, with violations") }
      if !(claim.remark ?? "").isEmpty { objections.append("it passes, and evidence is said to be missing") }
    case "fail":
      if claim.failures == 0 || !hasViolations { objections.append("it fails, without violations") }
    case "unknown":
      if claim.failures != 0 || hasViolations { objections.append("it is unknown, with violations") }
      if (claim.remark ?? "").isEmpty { objections.append("it is unknown, and nothing says why") }
    default: objections.append("'\(claim.verdict)' is no verdict")
    }
    if UInt64((claim.first ?? []).count) != min(claim.failures, 5) {
      objections.append("\(claim.failures) violations, and the first \((claim.first ?? []).count) of them")
    }
    return objections
  }

  /// Whether the events cited are there, and the attributed time sums up.
  private func evidence(_ claim: AuditedCertificate.Claim) -> [String] {
    var objections: [String] = []
    func cite(_ event: UInt64, _ time: UInt64) {
      guard let found = cited.times[event] else { return objections.append("there is no event \(event)") }
      if found != time { objections.append("event \(event) is at \(found) ns; the certificate says \(time) ns") }
    }
    for violation in (claim.first ?? []) + (claim.worstViolations ?? []) { cite(violation.event, violation.time) }
    for found in claim.cases ?? [] {
      cite(found.event, found.time)
      guard let shares = found.attribution, let from = found.from, let to = found.to else { continue }
      let sum = shares.reduce(UInt64(0)) { $0 &+ $1.nanoseconds }
      let isPart = found.inKernel == true || found.inWindowsOf != nil
      // A window is announced before it starts, and the trace may end in between.
      let end = min(to, auditor.last)
      let expected = isPart ? UInt64(clamping: found.value) : end - min(end, from)
      if sum != expected {
        objections.append("the time of event \(found.event), \(expected) ns, is attributed as \(sum) ns")
      }
    }
    return objections
  }

  private func bound(_ claim: AuditedCertificate.Claim, _ measure: Measure) -> [String] {
    let kind = measure.isFloor ? "least" : "most"
    guard claim.bound == measure.bound, claim.boundIs == kind else {
      return [
        "the bound is \(kind) \(measure.bound); the certificate says \(claim.boundIs ?? "nothing") "
          + "\(claim.bound.map { "\($0)" } ?? "")"
      ]
    }
    return []
  }

  private func compare(_ claim: AuditedCertificate.Claim, _ measure: Measure) -> [String] {
    var objections: [String] = []
    if claim.checked != measure.checked {
      objections.append("\(measure.checked) values were measured; the certificate says \(claim.checked)")
    }
    if claim.failures != measure.failures {
      objections.append("\(measure.failures) violations were measured; the certificate says \(claim.failures)")
    }
    let said = (claim.cases ?? []).map { Measure.Case(value: $0.value, position: $0.event) }
    if said != measure.cases {
      let pairs = zip(said, measure.cases).first { $0 != $1 }
      objections.append(
        pairs.map { said, found in
          "a worst case is \(found.value) at event \(found.position); the certificate says \(said.value) at event "
            + "\(said.position)"
        } ?? "\(measure.cases.count) worst cases were measured; the certificate has \(said.count)")
    }
    if let worst = claim.worst,
      worst.value != measure.cases.first?.value || worst.event != measure.cases.first?.position
    {
      objections.append("the worst case is not the first of the cases")
    }
    let worstValue = measure.cases.first?.value
    let margin = worstValue.map { measure.isFloor ? $0 &- measure.bound : measure.bound &- $0 }
    if claim.margin != margin { objections.append("the margin is \(margin.map { "\($0)" } ?? "none")") }
    let verdict = measure.failures > 0 ? "fail" : measure.checked == 0 ? nil : "pass"
    if let verdict, claim.verdict != verdict {
      objections.append("the verdict is \(verdict); the certificate says \(claim.verdict)")
    }
    return objections
  }
}
