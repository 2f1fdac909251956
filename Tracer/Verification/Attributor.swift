import ModuleConfiguration
import TraceFormat

/// Attributes the time of a report's worst cases: a second way through the trace, which `verify` goes only when asked
/// for evidence, so that the judge itself pays nothing for it.
///
/// It keeps no events, and only those cases whose time is running.
public struct Attributor {
  private struct Request {
    var claim: Int
    var index: Int
    var span: CaseSpan
    var whole: [TimeTaker: TimeShare] = [:]
    var beyond: [TimeTaker: TimeShare] = [:]
    /// Of a scope's time, how much has passed.
    var counted: UInt64 = 0
    var limit: UInt64
  }
  /// By the instants at which they begin.
  private var requests: [Request] = []
  private var next = 0
  private var running: [Int] = []
  private var ledger = TimeLedger()
  private var pieces: [TimeLedger.Piece] = []
  /// Pieces of the step under way: whether its window was over, its last event may tell.
  private var held: [(TimeLedger.Piece, UInt64)] = []
  private var report: VerificationReport
  private var isAfterGap = false
  /// The last event's instant, and whether one was earlier than that before it.
  private var lastTime: NanosecondInstant = 0
  private var hasGoneBack = false

  // Where not all events are looked at: whether enough has been seen to know who takes the time.
  private var hasEntered = true
  private var settledFrom: NanosecondInstant = 0
  /// Whether time of a case was attributed before that was known: then all events have to be looked at.
  public private(set) var isDoubtful = false

  // Which window is open, for time that counts only in windows.
  private var owner: UInt8 = 0xFF
  private var windowStart: NanosecondInstant = 0
  private var windowEnd: NanosecondInstant = .max
  /// No window starts before this instant that has not been announced.
  private var lateFrom: NanosecondInstant = 0
  /// Pieces after that: a window that is announced late began with some of them.
  private var late: [(TimeLedger.Piece, UInt64)] = []
  private var stepTime: NanosecondInstant = 0
  private var caller: UInt8 = 0xFF

  /// - Parameter report: on the trace that is then gone through; its cases in which no time passed are left alone.
  public init(_ report: VerificationReport) {
    self.report = report
    for (claim, result) in report.claims.enumerated() {
      let isTime = result.unit == .nanoseconds && !result.isFloor
      for (index, found) in result.worstCases.enumerated() where found.span.from < found.span.to {
        let limit = isTime ? UInt64(max(0, result.bound ?? 0)) : UInt64.max
        requests.append(Request(claim: claim, index: index, span: found.span, limit: limit))
      }
    }
    requests.sort { $0.span.from < $1.span.from }
  }

  /// Events are missing before the next one: nobody knows who took the time up to it.
  public mutating func noteGap() { isAfterGap = true }

  // MARK: Looking at parts only

  /// The times in which cases lie, with so much before each as it takes to know who takes the time; in order, and apart
  /// from each other; ns.
  ///
  /// - Parameter lead: two major frames, in ns: within them the kernel is entered, and a window begins.
  public func stretches(lead: UInt64) -> [ClosedRange<UInt64>] {
    var found: [ClosedRange<UInt64>] = []
    for request in requests {
      let (from, to) = (request.span.from - min(lead, request.span.from), request.span.to)
      if let last = found.last, from <= last.upperBound {
        found[found.count - 1] = last.lowerBound...max(last.upperBound, to)
      } else {
        found.append(from...to)
      }
    }
    return found
  }

  /// The next event does not follow the one before, though nothing is lost: events between them were left out, in which
  /// no case's time lies.
  public mutating func skip() {
    release()
    ledger = TimeLedger()
    isAfterGap = false
    (owner, windowStart, windowEnd) = (0xFF, 0, .max)
    lateFrom = 0
    late.removeAll(keepingCapacity: true)
    (stepTime, caller) = (0, 0xFF)
    hasEntered = false
    settledFrom = .max
  }

  /// An entry from a partition ends every wait, and tells who takes the time; a window's start after it, whose window
  /// it is.
  private mutating func settle(_ event: TraceEvent) {
    guard settledFrom == .max, let kind = event.knownKind else { return }
    if TimeLedger.isEntry(kind, event), event.partition != 0xFF { hasEntered = true }
    if hasEntered, kind == .windowStart { settledFrom = event.time }
  }

  /// Takes the next event; those that lie in none of the `stretches` may be left out, see `skip`.
  public mutating func consume(_ event: TraceEvent, position: UInt64) {
    ledger.pieces(until: event, isAfterGap: isAfterGap, into: &pieces)
    isAfterGap = event.kind == EventKind.loss.rawValue
    if event.time < lastTime { hasGoneBack = true }
    lastTime = event.time
    if let kind = event.knownKind, kind.eventClass == .input {
      for piece in pieces { held.append((piece, position)) }
      pieces.removeAll(keepingCapacity: true)
      release()
    }
    if settledFrom == .max { settle(event) }
    followSteps(event)
    for piece in pieces { held.append((piece, position)) }
    followWindows(event)
  }

  /// The report with every case attributed as far as the trace went.
  ///
  /// What does not come out even is left unsaid: of traces that contradict themselves (a time that goes back, a wait
  /// that nobody began) nobody can say who took the time.
  public mutating func finish() -> VerificationReport {
    release()
    var result = report
    guard !hasGoneBack else { return result }
    for request in requests where isEven(request) {
      result.claims[request.claim].worstCases[request.index].attribution = Self.sorted(request.whole)
      result.claims[request.claim].worstCases[request.index].attributionBeyondBound = Self.sorted(request.beyond)
    }
    return result
  }

  /// Whether all of a case's time was attributed, and no more.
  private func isEven(_ request: Request) -> Bool {
    let found = report.claims[request.claim].worstCases[request.index]
    // A window is announced before it starts, and the trace may end in between.
    let end = min(request.span.to, max(request.span.from, lastTime))
    let length = request.span.scope == .all ? end - request.span.from : UInt64(clamping: found.value)
    return request.whole.values.reduce(0) { $0 &+ $1.nanoseconds } == length
  }

  private static func sorted(_ shares: [TimeTaker: TimeShare]) -> [TimeShare] {
    shares.values.sorted { ($0.nanoseconds, $1.position) > ($1.nanoseconds, $0.position) }
  }

  private mutating func release() {
    for (piece, position) in held { attribute(piece, position) }
    held.removeAll(keepingCapacity: true)
  }

  private mutating func attribute(_ piece: TimeLedger.Piece, _ position: UInt64) {
    while next < requests.count, requests[next].span.from < piece.to {
      running.append(next)
      next += 1
    }
    if piece.to > lateFrom { late.append((piece, position)) }
    guard !running.isEmpty else { return }
    for place in running { give(piece, position, to: place) }
    running.removeAll { requests[$0].span.to <= piece.to }
  }

  /// Gives a case what its scope has of a piece.
  private mutating func give(_ piece: TimeLedger.Piece, _ position: UInt64, to place: Int) {
    let span = requests[place].span
    var from = max(piece.from, span.from)
    var to = min(piece.to, span.to)
    guard from < to else { return }
    // Before the scope is asked: whose window it is, is not known either.
    if piece.from < settledFrom { isDoubtful = true }
    switch span.scope {
    case .all: break
    case .kernel:
      switch piece.taker {
      case .partition, .idle, .padding, .windowEntry: return
      default: break
      }
    case .windows(let partition):
      guard owner == partition else { return }
      from = max(from, windowStart)
      to = min(to, windowEnd)
    }
    guard from < to else { return }
    let length = to - from
    let before = requests[place].counted
    // A trace that contradicts itself may give a case more than there is of time: what does not come out even is left
    // unsaid at the end.
    requests[place].counted &+= length
    Self.add(length, piece.taker, position, &requests[place].whole)
    let excess = requests[place].counted - min(requests[place].counted, max(before, requests[place].limit))
    if excess > 0 { Self.add(excess, piece.taker, position, &requests[place].beyond) }
  }

  private static func add(
    _ length: UInt64, _ taker: TimeTaker, _ position: UInt64, _ shares: inout [TimeTaker: TimeShare]
  ) {
    var share = shares[taker] ?? TimeShare(taker: taker, nanoseconds: 0, pieces: 0, position: position)
    share.nanoseconds &+= length
    share.pieces += 1
    shares[taker] = share
  }

  // MARK: Windows

  private mutating func followSteps(_ event: TraceEvent) {
    guard let kind = event.knownKind, kind.eventClass == .input else { return }
    stepTime = event.time
    caller = kind == .hypercall ? event.partition : 0xFF
  }

  /// A window is open from its nominal start to the input that ends it, or in which its partition yields.
  private mutating func followWindows(_ event: TraceEvent) {
    switch event.knownKind {
    case .windowStart:
      release()
      owner = event.partition
      windowStart = event.words.w0
      windowEnd = .max
      takeLate()
      lateFrom = event.words.w1
      late.removeAll { $0.0.to <= lateFrom }
    case .idle: lateFrom = max(lateFrom, event.words.w0)
    case .windowEnd: close()
    case .hypercallResult
    where event.operand == UInt32(HypercallNumber.yield.rawValue) && event.detail == 0 && event.partition == owner
      && caller == owner:
      close()
    default: break
    }
  }

  /// A window that was announced after its start has the time from there on.
  private mutating func takeLate() {
    for place in running {
      guard case .windows = requests[place].span.scope else { continue }
      for (piece, position) in late { give(piece, position, to: place) }
    }
  }

  private mutating func close() { windowEnd = stepTime }
}
