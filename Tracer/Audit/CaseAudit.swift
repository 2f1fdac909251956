/// The worst cases of a measured claim: what they are worth, which time they are about, and who took it.
///
/// Who took the time is not found out anew; what is said of it must be possible.
struct CaseAudit {
  private let auditor: Auditor
  private let cited: CitedEvents
  private let isLossy: Bool
  private let measure: Measure

  init(_ auditor: Auditor, _ cited: CitedEvents, _ isLossy: Bool, _ measure: Measure) {
    self.auditor = auditor
    self.cited = cited
    self.isLossy = isLossy
    self.measure = measure
  }

  func objections(_ claim: AuditedCertificate.Claim) -> [String] {
    let cases = claim.cases ?? []
    var objections: [String] = []
    if !isLossy, auditor.hasEnd { objections += compare(cases) }
    if claim.worst != cases.first?.asWorst { objections.append("the worst case is not the first of the cases") }
    let margin = cases.first.map { measure.isFloor ? $0.value &- measure.bound : measure.bound &- $0.value }
    if claim.margin != margin { objections.append("the margin is \(margin.map { "\($0)" } ?? "none")") }
    if cases.count > 5 || UInt64(cases.count) > claim.checked {
      objections.append("\(cases.count) worst cases of \(claim.checked) values")
    }
    for found in cases { objections += attribution(found).map { "event \(found.event): \($0)" } }
    return objections
  }

  /// Whether the cases are those that were measured anew.
  private func compare(_ cases: [AuditedCertificate.Case]) -> [String] {
    let said = cases.map { Measure.Case(value: $0.value, position: $0.event, span: span($0)) }
    guard said != measure.cases else { return [] }
    guard let (said, found) = zip(said, measure.cases).first(where: { $0 != $1 }) else {
      return ["\(measure.cases.count) worst cases were measured; the certificate has \(said.count)"]
    }
    if said.value == found.value, said.position == found.position {
      return ["the time of event \(found.position) is \(text(found.span)); the certificate says \(text(said.span))"]
    }
    return [
      "a worst case is \(found.value) at event \(found.position); the certificate says \(said.value) at event "
        + "\(said.position)"
    ]
  }

  private func span(_ found: AuditedCertificate.Case) -> Measure.Span? {
    guard let from = found.from, let to = found.to else { return nil }
    if found.inKernel == true { return Measure.Span(from: from, to: to, part: .kernel) }
    guard let name = found.inWindowsOf else { return Measure.Span(from: from, to: to) }
    return Measure.Span(from: from, to: to, part: .windows(of: auditor.facts.names.firstIndex(of: name) ?? -1))
  }

  private func text(_ span: Measure.Span?) -> String {
    guard let span else { return "none" }
    switch span.part {
    case .all: return "\(span.from) … \(span.to) ns"
    case .windows(let owner):
      let name = auditor.facts.names.indices.contains(owner) ? auditor.facts.names[owner] : "nobody"
      return "\(span.from) … \(span.to) ns in windows of \(name)"
    case .kernel: return "\(span.from) … \(span.to) ns in the kernel"
    }
  }

  // MARK: Who took the time

  private func attribution(_ found: AuditedCertificate.Case) -> [String] {
    guard found.attribution != nil || found.beyondBound != nil || found.inKernel != nil || found.inWindowsOf != nil
    else { return isDue(found) ? ["its time is attributed to nobody"] : [] }
    guard let from = found.from, let to = found.to, from < to else { return ["its time has no length"] }
    let whole = found.attribution ?? []
    guard !whole.isEmpty || found.beyondBound == nil else { return ["what lies beyond the bound is attributed alone"] }
    guard !whole.isEmpty else { return found.attribution == nil ? [] : ["its time is attributed to nobody"] }
    // A window is announced before it starts, and the trace may end in between.
    let end = min(to, auditor.last)
    let isPart = found.inKernel == true || found.inWindowsOf != nil
    let length = isPart ? UInt64(clamping: found.value) : end - min(end, from)
    var objections = shares(whole, from)
    if sum(whole) != length {
      objections.append("its time, \(length) ns, is attributed as \(sum(whole).map { "\($0)" } ?? "too many") ns")
    }
    return objections + beyond(found.beyondBound ?? [], whole, length, from)
  }

  /// Whether a case must say who took its time: what lies in windows or in the kernel alone may not come out even, and
  /// is left unsaid then.
  private func isDue(_ found: AuditedCertificate.Case) -> Bool {
    guard !isLossy, auditor.hasEnd, auditor.isInOrder, let from = found.from, let to = found.to else { return false }
    return from >= auditor.firstTime && from < min(to, auditor.last)
  }

  /// What lies beyond the bound is the part of the time that follows it.
  private func beyond(
    _ shares: [AuditedCertificate.Share], _ whole: [AuditedCertificate.Share], _ length: UInt64, _ from: UInt64
  ) -> [String] {
    let isTime = measure.unit == "ns" && !measure.isFloor
    let bound = UInt64(max(0, measure.bound))
    let late = isTime && length > bound ? length - bound : 0
    guard sum(shares) == late else { return ["\(late) ns of it lie beyond the bound, and are attributed otherwise"] }
    // Who is there twice is objected to elsewhere.
    let all = Dictionary(whole.map { ($0.taker, $0) }) { first, _ in first }
    let isWithin = shares.allSatisfy { share in
      all[share.taker].map { $0.nanoseconds >= share.nanoseconds && $0.pieces >= share.pieces } ?? false
    }
    return self.shares(shares, from) + (isWithin ? [] : ["who took time beyond the bound took more of it than of all"])
  }

  private func sum(_ shares: [AuditedCertificate.Share]) -> UInt64? {
    var sum: UInt64 = 0
    for share in shares {
      let (next, overflow) = sum.addingReportingOverflow(share.nanoseconds)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// Whether the shares can be shares of a time that begins at `from`.
  private func shares(_ shares: [AuditedCertificate.Share], _ from: UInt64) -> [String] {
    var objections: [String] = []
    var takers: Set<String> = []
    for (index, share) in shares.enumerated() {
      if !TimeTakers.isTaker(share.taker, of: auditor.facts.names, isLossy: isLossy) {
        objections.append("'\(share.taker)' takes no time")
      }
      if share.pieces == 0 || share.nanoseconds < share.pieces {
        objections.append("\(share.nanoseconds) ns of '\(share.taker)' are no \(share.pieces) pieces of time")
      }
      if cited.times[share.event].map({ $0 <= from }) ?? true {
        objections.append("the first time of '\(share.taker)' does not end at event \(share.event)")
      }
      if !takers.insert(share.taker).inserted {
        objections.append("'\(share.taker)' is there twice")
      }
      if index > 0, shares[index - 1].nanoseconds < share.nanoseconds {
        objections.append("the shares are not in order of their time")
      }
    }
    return objections
  }
}
