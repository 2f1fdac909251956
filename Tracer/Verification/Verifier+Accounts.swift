import SeldomPaths

/// Book-keeping of claims: instances, violations, values and their worst.
extension Verifier {
  /// Unchecked: the book begins with an account for every key.
  @inline(__always)
  mutating func tally(_ key: ClaimKey) { book.accounts[unchecked: key.rawValue].checked &+= 1 }

  /// Counts a violation at the event at hand; answers whether to `explain` it.
  @inline(__always)
  mutating func fails(_ key: ClaimKey, by excess: UInt64 = 0) -> Bool {
    partita_seldom()
    return _slowPath(refute(key, by: excess))
  }

  @inline(never)
  private mutating func refute(_ key: ClaimKey, by excess: UInt64) -> Bool {
    book.refute(key.rawValue, excess: Int64(clamping: excess), position: position, time: time)
  }

  mutating func explain(_ sentence: String) { book.explain(sentence) }

  /// Counts an instance with a measured value; answers whether it exceeds the bound and is to be explained.
  @inline(__always)
  mutating func exceeds(_ claim: Int, _ value: Int64, over span: CaseSpan) -> Bool {
    exceeds(claim, value, position, time, over: span)
  }

  @inline(__always)
  mutating func exceeds(
    _ claim: Int, _ value: Int64, _ position: UInt64, _ time: UInt64, over span: CaseSpan
  ) -> Bool {
    book.accounts[claim].checked &+= 1
    if _slowPath(value > book.accounts[claim].threshold) { book.admit(claim, value, position, time, span) }
    let limit = book.accounts[claim].limit
    guard _slowPath(value > limit) else { return false }
    partita_seldom()
    return _slowPath(book.refute(claim, excess: value.subtractingClamped(limit), position: position, time: time))
  }

  /// Counts an instance whose value is within the bound, and not among the worst; false, and nothing, of another.
  @inline(__always)
  mutating func passes(_ claim: Int, _ value: Int64) -> Bool {
    let account = book.accounts.reference(to: claim)
    guard value <= account.pointee.threshold, value <= account.pointee.limit else { return false }
    account.pointee.checked &+= 1
    return true
  }

  /// All claims about the module, nothing judged yet: what holds is open.
  public var claims: [ClaimResult] { book.details.indices.map { book.result($0) } }

  /// From here on every violation is kept until it is taken, for who shows where they are.
  public mutating func keepViolations() { book.violations = [] }

  /// Hands out what was violated since the last time, in order: indices in `claims`, and instants in ns.
  public mutating func takeViolations(_ body: (_ claim: Int, _ time: UInt64) -> Void) {
    guard !(book.violations?.isEmpty ?? true) else { return }
    for violation in book.violations ?? [] { body(violation.claim, violation.time) }
    book.violations?.removeAll(keepingCapacity: true)
  }

  /// Of each of `claims`, in order, its place among the claims of the report; nil for what the module file leaves out.
  public var placesInReport: [Int?] {
    var next = 0
    return book.details.map { detail in
      guard plan.choices.judge(detail.identifier) else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// Identifiers of those that the module file leaves out.
  public var leftOut: [String] { book.details.map(\.identifier).filter { !plan.choices.judge($0) } }

  func name(_ partition: UInt8) -> String {
    partition == 0xFF ? "nobody" : partition < partitions.count ? plan.partitions[Int(partition)].name : "\(partition)"
  }
}

extension Int64 {
  /// The difference, held at the largest value instead of overflowing.
  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? .max : difference
  }

  /// The signed distance from `b` to `a`, held at the extremes: a trace may name instants beyond all time.
  @inline(__always)
  init(from b: UInt64, to a: UInt64) { self = a >= b ? Int64(clamping: a &- b) : 0 - Int64(clamping: b &- a) }
}
