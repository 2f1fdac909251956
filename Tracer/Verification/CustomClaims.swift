import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// The claims that the module file adds, and what is known of them: one instant or one count each.
struct CustomClaims {
  struct Claim {
    var record: ClaimRecord
    /// Its index in the book.
    var index: Int
    /// Of `within`: the first `first` that no `second` has answered; of `atMost`: the frame that is counted.
    var isOpen = false
    var since: NanosecondInstant = 0
    var sincePosition: UInt64 = 0
    var count: UInt64 = 0
  }
  var claims: [Claim] = []
  /// Claims in the book about kinds that the trace leaves out.
  var unjudged: [(index: Int, kinds: [EventKind])] = []
  /// Kinds that some claim is about: bit n of word n / 64.
  private var asked: (UInt64, UInt64) = (0, 0)

  /// Whether events of a kind concern any claim.
  @inline(__always)
  func isAsked(_ kind: UInt8) -> Bool {
    (kind < 64 ? asked.0 >> UInt64(kind) : kind < 128 ? asked.1 >> UInt64(kind & 63) : 0) & 1 != 0
  }

  mutating func add(_ record: ClaimRecord, index: Int) {
    claims.append(Claim(record: record, index: index))
    ask(record.first.kind)
    ask(record.second.kind)
    if record.form == .atMost { ask(.majorFrameStart) }
  }

  private mutating func ask(_ kind: EventKind) {
    if kind.rawValue < 64 {
      asked.0 |= 1 << UInt64(kind.rawValue)
    } else {
      asked.1 |= 1 << UInt64(kind.rawValue & 63)
    }
  }

  /// Claims of which an instance is under way.
  var open: [Int] { claims.filter(\.isOpen).map(\.index) }

  /// Forgets what a loss may have changed.
  mutating func forget() {
    for place in claims.indices { claims[place].isOpen = false }
  }
}

extension EventPattern {
  fileprivate func matches(_ event: RowReference) -> Bool {
    event.kind == kind.rawValue && (partition == nil || partition == event.partition)
      && (operand == nil || operand.map(UInt32.init) == number(of: event))
      && (detail == nil || detail == event.detail)
  }

  /// What the event is about: of some kinds the operand has more beside it.
  private func number(of event: RowReference) -> UInt32 {
    switch kind {
    case .interrupt, .timer, .hypercall, .exception, .healthError: event.operand & 0xFFFF
    default: event.operand
    }
  }
}

extension Verifier {
  mutating func addCustom(_ record: ClaimRecord, _ table: ModuleTable) {
    let first = describe(record.first)
    let title =
      switch record.form {
      case .within: "after \(first) comes \(describe(record.second)) within \(record.bound.durationText)"
      case .never: "\(first) never comes"
      case .atMost: "at most \(record.bound) of \(first) come in a major frame"
      }
    let unit: MeasureUnit =
      switch record.form {
      case .within: .nanoseconds
      case .never: .none
      case .atMost: .events
      }
    let kinds = record.form == .within ? [record.first.kind, record.second.kind] : [record.first.kind]
    let index = book.add(
      "custom.\(ModulePlan.text(table, record.name))", title, source: "module file: p:Claim",
      limit: Int64(clamping: record.bound), unit: unit, mustBeExercised: record.form != .never)
    let missing = Set(kinds).filter { plan.leftOut.contains($0) }
    guard missing.isEmpty else {
      custom.unjudged.append((index, missing.sorted { $0.rawValue < $1.rawValue }))
      return
    }
    custom.add(record, index: index)
  }

  private func describe(_ pattern: EventPattern) -> String {
    var text = "\(pattern.kind)"
    if let operand = pattern.operand { text += " \(operand)" }
    if let detail = pattern.detail { text += " (detail \(detail))" }
    if let partition = pattern.partition { text += " of \(name(partition))" }
    return text
  }

  mutating func judgeCustom(_ event: RowReference) {
    for place in custom.claims.indices {
      let claim = custom.claims[place]
      switch claim.record.form {
      case .within: judgeWithin(event, place, claim)
      case .never:
        guard claim.record.first.matches(event) else { continue }
        book.accounts[claim.index].checked &+= 1
        if book.refute(claim.index, excess: 0, position: position, time: time) {
          explain("\(describe(claim.record.first)) came")
        }
      case .atMost:
        if event.kind == EventKind.majorFrameStart.rawValue { closeCount(place, claim, isFrameBegun: true) }
        if claim.record.first.matches(event) { custom.claims[place].count &+= 1 }
      }
    }
  }

  private mutating func judgeWithin(_ event: RowReference, _ place: Int, _ claim: CustomClaims.Claim) {
    if claim.isOpen, claim.record.second.matches(event) {
      custom.claims[place].isOpen = false
      let value = Int64(clamping: time &- claim.since)
      if exceeds(claim.index, value, over: CaseSpan(from: claim.since, to: time)) {
        explain(
          "\(describe(claim.record.second)) came \(value.nanoseconds) after \(describe(claim.record.first)) of event "
            + "\(claim.sincePosition)")
      }
    }
    // An event of both kinds ends one wait and begins the next.
    if !custom.claims[place].isOpen, claim.record.first.matches(event) {
      custom.claims[place].isOpen = true
      custom.claims[place].since = time
      custom.claims[place].sincePosition = position
    }
  }

  private mutating func closeCount(_ place: Int, _ claim: CustomClaims.Claim, isFrameBegun: Bool) {
    if claim.isOpen {
      let value = Int64(clamping: claim.count)
      if exceeds(claim.index, value, over: CaseSpan(from: claim.since, to: time)) {
        explain(
          "\(value) of \(describe(claim.record.first)) came in the major frame that "
            + (isFrameBegun ? "ended here" : "was under way at the end"))
      }
    }
    custom.claims[place].isOpen = isFrameBegun
    custom.claims[place].since = time
    custom.claims[place].count = 0
  }

  /// At the end: what had to come by now, and a frame that has already too many.
  ///
  /// - Parameter isCut: the trace breaks off, so that what is still under way stays open.
  mutating func judgeCustomAtEnd(isCut: Bool = false) {
    for place in custom.claims.indices where custom.claims[place].isOpen {
      let claim = custom.claims[place]
      switch claim.record.form {
      case .within:
        let isOverdue = time >= claim.since && time &- claim.since > claim.record.bound
        if isOverdue || !isCut { custom.claims[place].isOpen = false }
        guard isOverdue else { continue }
        let value = Int64(clamping: time &- claim.since)
        if exceeds(claim.index, value, over: CaseSpan(from: claim.since, to: time)) {
          explain(
            "\(describe(claim.record.first)) of event \(claim.sincePosition) was not followed by "
              + "\(describe(claim.record.second)) until the end")
        }
      case .never: break
      case .atMost:
        if claim.count > claim.record.bound { closeCount(place, claim, isFrameBegun: false) }
      }
    }
  }
}
