import TraceFormat

@testable import Verification

/// A story that can be told with changes: delays and the end's counts are worked out anew when it is told.
struct Story {
  var lines: [StoryLine]

  init(_ lines: [StoryLine]) { self.lines = lines }

  /// The events, with resume delays and the end's count made right.
  var events: [TraceEvent] {
    var result: [TraceEvent] = []
    for line in lines {
      var event = line.event
      if let resume = line.resume {
        let before = result.last?.time ?? 0
        event.words.w1 = resume > before ? resume - before : 0
      }
      if event.kind == EventKind.end.rawValue, event.words.w0 == 0 { event.words.w0 = UInt64(result.count) }
      result.append(event)
    }
    return result
  }

  /// The place of the `ordinal`-th event (from 0) that is of a kind and meets a condition.
  func index(_ kind: EventKind, _ ordinal: Int = 0, where condition: (TraceEvent) -> Bool = { _ in true }) -> Int {
    var left = ordinal
    for (index, line) in lines.enumerated() where line.event.kind == kind.rawValue && condition(line.event) {
      if left == 0 { return index }
      left -= 1
    }
    preconditionFailure("the story has no such event")
  }

  mutating func change(
    _ kind: EventKind, _ ordinal: Int = 0, where condition: (TraceEvent) -> Bool = { _ in true },
    _ edit: (inout TraceEvent) -> Void
  ) {
    edit(&lines[index(kind, ordinal, where: condition)].event)
  }

  mutating func drop(_ kind: EventKind, _ ordinal: Int = 0, where condition: (TraceEvent) -> Bool = { _ in true }) {
    lines.remove(at: index(kind, ordinal, where: condition))
  }

  mutating func double(_ kind: EventKind, _ ordinal: Int = 0, where condition: (TraceEvent) -> Bool = { _ in true }) {
    let place = index(kind, ordinal, where: condition)
    lines.insert(lines[place], at: place)
  }

  /// The place of the next entry after a line.
  func nextEntry(after place: Int) -> Int { lines[(place + 1)...].firstIndex { $0.resume != nil } ?? lines.count }

  /// Moves the lines from `first` up to but not including `last` later; the wait is spent before `first`.
  mutating func delay(from first: Int, to last: Int, by delay: UInt64) {
    for index in first..<last {
      lines[index].event.time += delay
      if index > first, lines[index].resume != nil { lines[index].resume! += delay }
    }
    if last < lines.count, lines[last].resume != nil { lines[last].resume! += delay }
  }

  /// Puts an event behind another, at the same time.
  mutating func insert(
    _ event: TraceEvent, after kind: EventKind, _ ordinal: Int = 0,
    where condition: (TraceEvent) -> Bool = { _ in true }
  ) {
    let place = index(kind, ordinal, where: condition)
    var timed = event
    timed.time = lines[place].event.time
    lines.insert(StoryLine(event: timed, resume: nil), at: place + 1)
  }

  func verify(_ module: SampleModule, fileBytes: UInt64? = 10_000) -> VerificationReport {
    report(events, module, fileBytes: fileBytes)
  }
}

/// The report on a run of events.
func report(_ events: [TraceEvent], _ module: SampleModule, fileBytes: UInt64? = 10_000) -> VerificationReport {
  var verifier = Verifier(table: module.table)
  events.withUnsafeBufferPointer { verifier.consume($0, firstPosition: 0) }
  return verifier.finish(fileBytes: fileBytes)
}

extension VerificationReport {
  func identifiers(_ verdict: Verdict) -> [String] { claims.filter { $0.verdict == verdict }.map(\.identifier) }

  var summary: String {
    claims.filter { $0.verdict == .fail || verdict != .fail && $0.verdict == .unknown }.map { claim in
      "\(claim.identifier) \(claim.verdict) \(claim.remark) "
        + claim.firstViolations.map { "@\($0.position) \($0.explanation)" }.joined(separator: "; ")
    }.joined(separator: "\n")
  }
}
