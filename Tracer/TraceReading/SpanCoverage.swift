import TraceFormat

/// Goes along with a reader through a part of a trace, and knows whether all of the part was there.
///
/// What is missing before the part, or behind it, is no loss to it. Where a gap lies only the events on either side of
/// it tell, so a gap before the part's first event is the part's until an event after the gap is still before the part.
/// Where something may be missing, it is taken to be.
public struct SpanCoverage: Sendable {
  /// The part, as it was asked for.
  public let span: TraceSpan
  /// `span`, on its way.
  private var progress: TraceSpan
  /// A gap behind which no event has been found that is before the part.
  private var openGap: TraceGap?
  /// Defects that are of what lies before the part: so many were known at its beginning.
  private var earlierDefectCount = 0
  /// The number of the first event that a flight recorder has kept of a part from the trace's beginning on; else nil.
  /// Such a part asks for what the trace has, and of that nothing is missing.
  public private(set) var overwrittenBefore: UInt64?
  /// The first gap in which events of the part may be missing; nil where there is none.
  public private(set) var gap: TraceGap?
  /// What the recorder lost of the part, or right before it where that may be of the part: no defect of the trace.
  public private(set) var losses = RecorderLosses()
  /// Losses behind which no other event has been found that is before the part.
  private var openLosses = RecorderLosses()
  /// Whether the place to begin at has come, or there is none.
  public private(set) var hasBegun: Bool
  /// Whether an event behind the part has come.
  public private(set) var hasEnded = false
  /// Whether the event with which the part ends has come: nothing that follows is of it.
  public private(set) var isOver = false
  /// Whether the very event to begin at is behind the place to end at.
  private var beginsBehindEnd = false
  private var lastFrame: UntoldFrame

  /// - Parameter reader: of the trace; how long its module's frames last tells where one is over whose successor's
  ///   start is missing.
  public init(_ span: TraceSpan, of reader: TraceReader? = nil) {
    self.span = span
    progress = span
    hasBegun = span.from == nil
    lastFrame = UntoldFrame(span.to, reader)
  }

  /// Takes a gap.
  ///
  /// - Parameter tell: called with a gap in which events of the part may be missing.
  public mutating func note(_ gap: TraceGap, tell: (TraceGap) -> Void = { _ in }) {
    guard !isOver, !hasEnded else { return }
    lastFrame.noteGap()
    if span.from == nil, gap.defect.kind == .overwritten {
      overwrittenBefore = gap.nextPosition
      return tell(gap)
    }
    guard hasBegun else {
      openGap = gap
      return
    }
    count(gap, tell)
  }

  /// Where the next event is.
  ///
  /// - Parameters:
  ///   - defectCount: how many defects the reader knows of.
  ///   - tell: called with a gap before this event in which events of the part may be missing.
  public mutating func side(
    of event: TraceEvent, position: UInt64, defectCount: Int, tell: (TraceGap) -> Void = { _ in }
  ) -> TraceSpan.Side {
    let told = progress.side(of: event, position: position)
    let side = lastFrame.isOver(at: event) ? .after : told
    if !hasBegun {
      begin(side, event, position, defectCount, tell)
    }
    if side == .within { losses.note(event, position: position) }
    if side == .after { hasEnded = true }
    if case .event(let last)? = span.to, position >= last {
      isOver = true
      if side == .before { endUnbegun(tell) }
    }
    return side
  }

  /// The part's last event has come, and the frame to begin with has not: its start may have been in a gap that no
  /// other frame's start has followed, or among what the recorder lost.
  private mutating func endUnbegun(_ tell: (TraceGap) -> Void) {
    finish(tell: tell)
    if case .frame? = span.from { losses.append(openLosses) }
  }

  private mutating func begin(
    _ side: TraceSpan.Side, _ event: TraceEvent, _ position: UInt64, _ defectCount: Int, _ tell: (TraceGap) -> Void
  ) {
    hasBegun = progress.hasBegun
    if side == .before {
      earlierDefectCount = defectCount
      if tellsFrame(event) { (openGap, openLosses) = (nil, RecorderLosses()) }
      openLosses.note(event, position: position)
      return
    }
    let isExact = hasBegun && isExactBeginning(event, position)
    beginsBehindEnd = side == .after && isExact
    if let gap = openGap {
      if mayHaveHiddenBeginning(isExact) { count(gap, tell) } else if isExact { earlierDefectCount = defectCount }
    }
    openGap = nil
    if mayHaveHiddenBeginning(isExact) { losses.append(openLosses) }
  }

  /// Whether the part may have begun in the gap before an event that is not before the part.
  private func mayHaveHiddenBeginning(_ isExact: Bool) -> Bool {
    if hasBegun { return !isExact }
    // The place to end at has passed, and that to begin at is still to come. But that of a frame shows at its start
    // only, which the gap may have taken.
    if case .frame? = span.from { return true }
    return false
  }

  /// Whether an event before the part shows that what precedes it is not of the part: which frame it is in shows at the
  /// frame's start only.
  private func tellsFrame(_ event: TraceEvent) -> Bool {
    guard case .frame? = span.from else { return true }
    return event.kind == EventKind.majorFrameStart.rawValue
  }

  /// Whether the part cannot have begun before this event.
  private func isExactBeginning(_ event: TraceEvent, _ position: UInt64) -> Bool {
    switch span.from {
    case .event(let number)?: position == number
    case .frame(let number)?: event.kind == EventKind.majorFrameStart.rawValue && event.operand == number
    case .instant?, nil: false
    }
  }

  private mutating func count(_ found: TraceGap, _ tell: (TraceGap) -> Void) {
    if gap == nil { gap = found }
    tell(found)
  }

  /// The trace has no more events.
  ///
  /// - Parameter tell: called with a gap behind the last event in which events of the part may be missing.
  public mutating func finish(tell: (TraceGap) -> Void = { _ in }) {
    guard let open = openGap else { return }
    openGap = nil
    count(open, tell)
  }

  /// Whether the place to end at came before that to begin at, and no gap and no loss can have hidden it.
  public var isBackward: Bool {
    gap == nil && losses.isEmpty && (beginsBehindEnd || (hasEnded || isOver) && !hasBegun)
  }

  /// When the frame that the part ends with is over, ns, where its successor's start was missing and time has told;
  /// else nil.
  public var untoldEnd: UInt64? { lastFrame.passedEnd }

  /// What is to be known of a part of which nothing is missing: a flight recorder's beginning is overwritten.
  public var note: String? { overwrittenBefore.map { TraceCondition.overwritten(before: $0).description } }

  /// What is missing of the part, or speaks against it; empty where all of it was there.
  ///
  /// Damage before the part counts for nothing, but a contradiction does: then the file is not what was recorded.
  ///
  /// - Parameter reader: the one that was followed to the part's end, or to its own.
  public func doubts(of reader: TraceReader) -> [String] {
    let missing = gap.map { "events are missing before event \($0.nextPosition): \($0.defect)" }
    guard !isOver, !hasEnded else { return missing.map { [$0] } ?? [] }
    switch reader.condition {
    case .unread, .complete, .overwritten: return missing.map { [$0] } ?? []
    case .truncated: return ["\(reader.condition)"]
    case .damaged(let defects):
      let own = defects.enumerated().filter { $0.offset >= earlierDefectCount || $0.element.isContradiction }
      let further = reader.defectCount - defects.count
      let told = own.prefix(10).map { "\($0.element)" }
      let untold = own.count + further - told.count
      if own.isEmpty, further == 0 { return missing.map { [$0] } ?? [] }
      return told + (untold > 0 ? ["and \(untold) defects more"] : [])
    }
  }
}
