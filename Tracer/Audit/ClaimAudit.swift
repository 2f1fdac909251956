import ReferenceChecking

/// Compares the entries of a certificate with what the auditor found.
struct ClaimAudit {
  let auditor: Auditor
  let cited: CitedEvents
  /// Events of the trace are lost.
  let isLossy: Bool
  /// All that is lost is what a flight recorder has overwritten: what follows is judged by what is there.
  let isLate: Bool
  /// The claims that the reference checker finds violated; nil where it has not judged.
  let violated: Set<String>?

  /// The trace has no gap and its end, so that every value can be measured anew.
  private var isWhole: Bool { !isLossy && auditor.hasEnd }
  private let words: ClaimWords

  init(auditor: Auditor, cited: CitedEvents, isLossy: Bool, isLate: Bool = false, violated: Set<String>?) {
    self.auditor = auditor
    self.cited = cited
    self.isLossy = isLossy
    self.isLate = isLate
    self.violated = violated
    words = ClaimWords(auditor.facts)
  }

  /// Objections where claims that must be there are not, or are twice, or where the module makes no such claim.
  func strangers(in claims: [AuditedCertificate.Claim]) -> [String] {
    var objections: [String] = []
    var seen: Set<String> = []
    for claim in claims where !seen.insert(claim.id).inserted {
      objections.append("claim \(claim.id) is there twice")
    }
    let wanted = made.subtracting(leftOut)
    for identifier in wanted.subtracting(seen).sorted() {
      objections.append("claim \(identifier) is missing")
    }
    for identifier in seen.subtracting(wanted).sorted() {
      let reason = made.contains(identifier) ? "one that the module file leaves out" : "none that the module makes"
      objections.append("claim \(identifier) is \(reason)")
    }
    return objections
  }

  /// Identifiers of all claims about the module.
  private var made: Set<String> {
    FixedClaims.identifiers.union(auditor.measures.map(\.identifier)).union(auditor.facts.claims.map(\.identifier))
  }

  /// Those of them that the module file leaves out.
  var leftOut: Set<String> { made.filter { !auditor.facts.choices.keep($0) } }

  /// Objections where a certificate says of other claims that they are left out: its reader must know what was judged.
  func omissions(_ told: [String]) -> [String] {
    let leftOut = leftOut
    var objections: [String] = []
    if Set(told).count < told.count { objections.append("a claim is twice among those left out") }
    for identifier in leftOut.subtracting(told).sorted() {
      objections.append("claim \(identifier) is left out by the module file; the certificate does not say so")
    }
    for identifier in Set(told).subtracting(leftOut).sorted() {
      objections.append("claim \(identifier) is said to be left out, which the module file does not do")
    }
    return objections
  }

  func finding(_ claim: AuditedCertificate.Claim) -> AuditReport.Finding {
    var finding = AuditReport.Finding(
      identifier: claim.id, verdict: claim.verdict, depth: .evidence,
      objections: wording(claim) + consistency(claim) + evidence(claim) + standing(claim))
    if let place = auditor.places[claim.id] {
      let measure = auditor.measures[place]
      finding.objections += bound(claim, measure) + CaseAudit(auditor, cited, isLossy, measure).objections(claim)
      if isWhole {
        finding.depth = .measured
        finding.isCounted = true
        finding.objections += compare(claim, measure)
      }
      return finding
    }
    finding.objections += unmeasured(claim) + doubt(claim)
    if let custom = auditor.customs.first(where: { $0.identifier == claim.id }) {
      if isWhole {
        finding.depth = .measured
        finding.isCounted = true
        if claim.failures != custom.violations || claim.checked != custom.violations {
          finding.objections.append("\(custom.violations) such events came; the certificate says \(claim.failures)")
        }
        finding.objections += violations(claim, first: custom.firstViolations, worst: [])
      }
      return finding
    }
    if Auditor.counted.contains(claim.id), isWhole, claim.failures == 0, !auditor.facts.isHidden(claim.id) {
      finding.depth = .counted
      finding.isCounted = true
      finding.objections += instances(claim)
    }
    if claim.id == "trace.complete" {
      // Whether events are missing is seen whatever the trace's length.
      finding.depth = .judged
      finding.isCounted = true
      if isWhole, claim.verdict != "pass" { finding.objections.append("no event was lost") }
    } else if let violated, ReferenceChecker.claims.contains(claim.id) {
      finding.depth = .judged
      finding.objections += judgement(claim, violated.contains(claim.id))
    }
    return finding
  }

  /// Whether the entry says what the claim says.
  private func wording(_ claim: AuditedCertificate.Claim) -> [String] {
    guard let words = words.words[claim.id] else { return [] }
    var objections: [String] = []
    if claim.title != words.title { objections.append("it says '\(words.title)'; the certificate '\(claim.title)'") }
    if claim.source != words.source {
      objections.append("it comes from '\(words.source)'; the certificate says '\(claim.source)'")
    }
    return objections
  }

  /// Whether a pass can stand where evidence is missing.
  private func standing(_ claim: AuditedCertificate.Claim) -> [String] {
    guard claim.verdict == "pass" else { return [] }
    if auditor.facts.isHidden(claim.id) { return ["it passes, and what it is about is left out of the trace"] }
    let isTouched = isLate ? claim.id == "trace.complete" : FixedClaims.isTouchedByLoss(claim.id)
    if isLossy, isTouched { return ["it passes, and events that it is about may be lost"] }
    if !auditor.hasEnd, FixedClaims.needsEnd.contains(claim.id) { return ["it passes, and the trace has not its end"] }
    if claim.id == "trace.boot", auditor.kernelBuild == nil { return ["it passes, and the trace has no boot"] }
    if claim.id == "trace.time", !auditor.isInOrder { return ["it passes, and time goes back"] }
    if !isWhole, claim.id == "stop.prompt", auditor.stopInstant.map({ $0 != .max && !auditor.hasStopped }) ?? true {
      return ["it passes, and the trace has no stop, or does not say when it was due"]
    }
    let isMeasured = auditor.places[claim.id].map { auditor.measures[$0].mustBeExercised }
    if claim.checked == 0, isMeasured ?? FixedClaims.exercised.contains(claim.id) {
      return ["it passes, and nothing exercised it"]
    }
    return []
  }

  /// A claim without a measure has no bound and no values.
  private func unmeasured(_ claim: AuditedCertificate.Claim) -> [String] {
    let hasValue =
      claim.unit != nil || claim.bound != nil || claim.boundIs != nil || claim.margin != nil || claim.worst != nil
      || claim.cases != nil
    return hasValue ? ["it has no measure, and the certificate gives it a bound or values"] : []
  }

  /// Of a whole trace only what had to be exercised, and was not, is unknown.
  private func doubt(_ claim: AuditedCertificate.Claim) -> [String] {
    guard isWhole, claim.verdict == "unknown", !auditor.facts.mayBeHidden(claim.id) else { return [] }
    let isUnexercised = claim.checked == 0 && FixedClaims.exercised.contains(claim.id)
    return isUnexercised ? [] : ["it is unknown, and no evidence is missing"]
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

  /// Whether the events cited are there.
  private func evidence(_ claim: AuditedCertificate.Claim) -> [String] {
    var objections: [String] = []
    func cite(_ event: UInt64, _ time: UInt64) {
      guard let found = cited.times[event] else { return objections.append("there is no event \(event)") }
      if found != time { objections.append("event \(event) is at \(found) ns; the certificate says \(time) ns") }
    }
    for violation in (claim.first ?? []) + (claim.worstViolations ?? []) { cite(violation.event, violation.time) }
    for found in claim.cases ?? [] { cite(found.event, found.time) }
    return objections
  }

  private func bound(_ claim: AuditedCertificate.Claim, _ measure: Measure) -> [String] {
    let kind = measure.isFloor ? "least" : "most"
    guard claim.unit == measure.unit else {
      return ["the unit is \(measure.unit); the certificate says \(claim.unit ?? "nothing")"]
    }
    guard claim.bound == measure.bound, claim.boundIs == kind else {
      return [
        "the bound is \(kind) \(measure.bound); the certificate says \(claim.boundIs ?? "nothing") "
          + "\(claim.bound.map { "\($0)" } ?? "")"
      ]
    }
    return []
  }

  /// The module was to stop, and has not: nobody knows how late it would have been.
  private var isStopAwaited: Bool { auditor.stopInstant.map { $0 != .max && !auditor.hasStopped } ?? false }

  private func compare(_ claim: AuditedCertificate.Claim, _ measure: Measure) -> [String] {
    var objections: [String] = []
    if claim.checked != measure.checked {
      objections.append("\(measure.checked) values were measured; the certificate says \(claim.checked)")
    }
    if claim.failures != measure.failures {
      objections.append("\(measure.failures) violations were measured; the certificate says \(claim.failures)")
    }
    let isOpen = measure.mustBeExercised || claim.id == "stop.prompt" && isStopAwaited
    let held = measure.isOpen ? "unknown" : measure.checked > 0 || !isOpen ? "pass" : nil
    if let verdict = measure.failures > 0 ? "fail" : held, claim.verdict != verdict {
      objections.append("the verdict is \(verdict); the certificate says \(claim.verdict)")
    }
    if !measure.hasOtherFailures { objections += violations(claim, first: measure.first, worst: measure.worst) }
    return objections
  }

  /// Whether the violations are told where they were, and how far they went.
  private func violations(
    _ claim: AuditedCertificate.Claim, first: [Measure.Violation], worst: [Measure.Violation]
  ) -> [String] {
    [("first", claim.first, first), ("worst", claim.worstViolations, worst)].compactMap { which, told, found in
      let said = (told ?? []).map { Measure.Violation(position: $0.event, excess: $0.excess) }
      guard said != found else { return nil }
      guard let (said, found) = zip(said, found).first(where: { $0 != $1 }) else {
        return "\(found.count) violations are the \(which); the certificate has \(said.count)"
      }
      return "of the \(which) violations one is at event \(found.position), \(found.excess) beyond the bound; "
        + "the certificate says event \(said.position), \(said.excess)"
    }
  }
}
