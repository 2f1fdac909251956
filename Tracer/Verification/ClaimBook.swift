/// The running account of all claims: constant memory, whatever the length of the trace.
struct ClaimBook: ~Copyable {
  /// What changes with every instance.
  struct Account {
    var checked: UInt64 = 0
    var limit: Int64 = 0
    /// What a value must exceed to be among the worst that are kept.
    var threshold: Int64 = .min
  }
  /// What changes only when something is wrong, and what never changes.
  struct Details {
    var identifier: String
    var title: String
    var unit = MeasureUnit.none
    /// Values and limit are kept negated, so that the largest is always the worst.
    var isFloor = false
    var mustBeExercised: Bool
    var isTouchedByLoss: Bool
    var failures: UInt64 = 0
    var first: [Violation] = []
    var worst: [Violation] = []
    var doubt = ""
    /// The worst values, the very worst first; of equal ones the earlier.
    var cases: [WorstCase] = []
    var source = ""
    /// Whose it is; nil of what is no partition's.
    var partition: UInt8?
  }

  static let kept = 5
  var accounts = DirectTable<Account>()
  var details: [Details] = []
  /// As they are before anything is judged: shared by all books that begin anew.
  private var blank: [Details] = []
  /// Nothing is kept of what is judged: a piece is learning.
  private(set) var isMuted = false
  /// What was violated since it was last taken, and when, ns; nil while nobody wants to know.
  var violations: [(claim: Int, time: UInt64)]?
  /// Messages that a full queue discarded, by port: they count for no verdict.
  var discarded: [UInt64] = []
  private var latest = (claim: 0, excess: Int64(0), position: UInt64(0), time: UInt64(0))

  init() {
    for key in ClaimKey.allCases {
      let (identifier, title) = key.names
      _ = add(
        identifier, title, source: key.source, mustBeExercised: key.mustBeExercised,
        isTouchedByLoss: key.isTouchedByLoss)
    }
  }

  private init(copying other: borrowing ClaimBook) {
    accounts = other.accounts.copy()
    details = other.details
    blank = other.blank
    discarded = other.discarded
    latest = other.latest
  }

  func copy() -> ClaimBook { ClaimBook(copying: self) }

  /// All claims are added.
  mutating func begin() { blank = details }

  /// A book of the same claims, in which nothing was judged.
  ///
  /// - Parameters:
  ///   - isMuted: whether nothing is to be kept in it, for what is judged only to learn.
  ///   - kept: the claim of which it has what was judged.
  func cleared(isMuted: Bool = false, keeping kept: ClaimKey? = nil) -> ClaimBook {
    var book = ClaimBook(copying: self)
    book.details = blank
    book.discarded = [UInt64](repeating: 0, count: discarded.count)
    book.isMuted = isMuted
    for claim in book.accounts.indices {
      book.accounts[claim].checked = 0
      book.accounts[claim].threshold = isMuted ? .max : .min
    }
    if let claim = kept?.rawValue {
      book.accounts[claim] = accounts[claim]
      book.details[claim] = details[claim]
    }
    return book
  }

  /// Adds a claim and answers its index.
  mutating func add(
    _ identifier: String, _ title: String, source: String, limit: Int64 = 0, unit: MeasureUnit = .none,
    isFloor: Bool = false, mustBeExercised: Bool, isTouchedByLoss: Bool = true, partition: UInt8? = nil
  ) -> Int {
    accounts.append(Account(limit: isFloor ? 0 &- limit : limit))
    details.append(
      Details(
        identifier: identifier, title: title, unit: unit, isFloor: isFloor, mustBeExercised: mustBeExercised,
        isTouchedByLoss: isTouchedByLoss, source: source, partition: partition))
    return details.count - 1
  }

  /// Makes a claim of the fixed set a measured one.
  mutating func setLimit(_ key: ClaimKey, _ limit: Int64, isFloor: Bool = false) {
    accounts[key.rawValue].limit = isFloor ? 0 &- limit : limit
    details[key.rawValue].isFloor = isFloor
    details[key.rawValue].unit = .nanoseconds
  }

  /// Keeps a value that is among the worst of its claim.
  @inline(never)
  mutating func admit(_ claim: Int, _ value: Int64, _ position: UInt64, _ time: UInt64, _ span: CaseSpan) {
    // Nearly always room is full, and the last must go: no array is copied.
    if details[claim].cases.count == Self.kept { details[claim].cases.removeLast() }
    let place = details[claim].cases.firstIndex { $0.value < value } ?? details[claim].cases.count
    details[claim].cases.insert(
      WorstCase(value: value, position: position, timeInNanoseconds: time, span: span), at: place)
    if details[claim].cases.count == Self.kept { accounts[claim].threshold = details[claim].cases[Self.kept - 1].value }
  }

  /// Counts a violation; answers whether its explanation will be kept, in which case `explain` must follow.
  @inline(never)
  mutating func refute(_ claim: Int, excess: Int64, position: UInt64, time: UInt64) -> Bool {
    guard !isMuted else { return false }
    details[claim].failures &+= 1
    latest = (claim, excess, position, time)
    violations?.append((claim, time))
    let worst = details[claim].worst
    return details[claim].first.count < Self.kept
      || excess > 0 && (worst.count < Self.kept || excess > worst[worst.count - 1].excess)
  }

  mutating func explain(_ explanation: String) {
    let violation = Violation(
      position: latest.position, timeInNanoseconds: latest.time, excess: latest.excess, explanation: explanation)
    if details[latest.claim].first.count < Self.kept { details[latest.claim].first.append(violation) }
    guard latest.excess > 0 else { return }
    let place =
      details[latest.claim].worst.firstIndex { $0.excess < latest.excess } ?? details[latest.claim].worst.count
    details[latest.claim].worst.insert(violation, at: place)
    if details[latest.claim].worst.count > Self.kept { details[latest.claim].worst.removeLast() }
  }

  /// Notes that instances of the claim may have gone unseen; the first reason is kept.
  mutating func doubt(_ claim: Int, _ reason: String) {
    if !isMuted, details[claim].doubt.isEmpty { details[claim].doubt = reason }
  }

  /// Notes that the trace has not what the claim is judged by: whatever else is in doubt.
  mutating func doubtFromTheStart(_ claim: Int, _ reason: String) { details[claim].doubt = reason }

  func result(_ claim: Int) -> ClaimResult {
    let account = accounts[claim]
    let detail = details[claim]
    var verdict = Verdict.pass
    var remark = detail.doubt
    if detail.failures > 0 {
      verdict = .fail
    } else if !detail.doubt.isEmpty {
      verdict = .unknown
    } else if account.checked == 0, detail.mustBeExercised {
      verdict = .unknown
      remark = "nothing in the trace exercised this claim"
    }
    let isMeasured = detail.unit != .none
    var cases = isMeasured ? detail.cases : []
    if detail.isFloor {
      for place in cases.indices { cases[place].value = 0 &- cases[place].value }
    }
    return ClaimResult(
      identifier: detail.identifier, title: detail.title, verdict: verdict,
      bound: isMeasured ? (detail.isFloor ? 0 &- account.limit : account.limit) : nil, isFloor: detail.isFloor,
      unit: detail.unit, partition: detail.partition, source: detail.source, worstCases: cases,
      checked: account.checked, failures: detail.failures, firstViolations: detail.first,
      worstViolations: detail.worst, remark: remark)
  }
}
