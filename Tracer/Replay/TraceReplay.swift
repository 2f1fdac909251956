import ModuleConfiguration
import PartitionCore
import TraceFormat
import TraceReading

/// Replays a whole trace, by one thread or by several.
///
/// Several work as follows. The trace is cut at keyframes. Each piece is replayed from the state that the keyframe at
/// its beginning claims, at the same time as others; so every decision in it is compared, and at its end the next
/// keyframe with it. Then the pieces are joined in order: a piece counts only if what it took for granted is what the
/// piece before it has *shown*: the core's state, compared word by word with the keyframe by the piece before, and
/// what the replay knows beside it. So, piece after piece, no state is adopted that was not replayed from the trace's
/// beginning. Where a piece does not join, or found a difference, or has a loss in it, it is replayed anew from the end
/// of the one before. So the answer is that of one thread, word for word.
public struct TraceReplay<Marking: MarkingRule & SendableMetatype> {
  /// A piece is cut at the first keyframe after so many events.
  public static var pieceEvents: Int { 8_000 }
  /// Events that one piece holds at most, but for its last block; without a keyframe the next goes on where it ended.
  private static var maximumPieceEvents: Int { 80_000 }
  /// Threads that decode while others replay: with one, those that replay wait for it now and then.
  private static var decoders: Int { 2 }
  /// Decoded blocks that are kept to be used again.
  private static var maximumSpares: Int { 24 }

  private let reader: TraceReader
  private let threads: Int
  private let pieceEvents: Int
  private let pool: WorkerPool
  /// Pieces that are not joined yet, in order.
  private var pending: [ReplayPiece<Marking>] = []
  private var spares: [EventColumns] = []
  private let onProgress: (UInt64) -> Bool
  private var span: TraceSpan
  private var isPastSpan = false
  private let beginsInTheMiddle: Bool
  /// Why it begins with the trace though it was told a place; nil where it begins as it was told.
  private let wholeWayReason: String?
  /// Events that were read before the place to begin at.
  private var earlierCount: UInt64 = 0
  /// Where to begin, and whether that place has been met: a replay that ends before it says nothing of what was asked.
  private var beginning: SpanCoverage
  private var hasBegun: Bool

  /// - Parameters:
  ///   - reader: at its beginning; it must be kept alive until the replay is done.
  ///   - threads: 1 or more.
  ///   - span: from where to where. Its beginning means the last keyframe before it, whose state is adopted, where the
  ///     file can be read anywhere and has such a keyframe; else the trace's beginning.
  ///   - onProgress: called now and then with the number of events compared; false ends the replay early.
  public init(
    _ reader: TraceReader, threads: Int, pieceEvents: Int = TraceReplay.pieceEvents, span: TraceSpan = TraceSpan(),
    onProgress: @escaping (UInt64) -> Bool = { _ in true }
  ) {
    self.reader = reader
    self.threads = max(1, threads)
    self.pieceEvents = pieceEvents
    self.onProgress = onProgress
    self.span = TraceSpan(to: span.to)
    beginning = SpanCoverage(span, of: reader)
    hasBegun = span.from == nil
    let obstacle = span.from.flatMap { Self.obstacle(toSeeking: $0, in: reader) }
    wholeWayReason = obstacle
    beginsInTheMiddle = span.from != nil && obstacle == nil
    pool = WorkerPool(threads: threads > 1 ? threads : 0)
  }

  /// Brings the reader to the block where the last keyframe before `place` begins; where that cannot be, says why.
  private static func obstacle(toSeeking place: TracePlace, in reader: TraceReader) -> String? {
    guard let index = reader.makeIndex() else {
      return reader.isPipe ? "a pipe cannot be read anywhere" : "the blocks' headers do not tell where the place is"
    }
    guard let found = index.keyframe(before: place) else { return "no keyframe is before the place" }
    let first = index.firstBlock(ofKeyframeEndingIn: found.block, event: found.event)
    return reader.begin(at: index.entries[first]) ? nil : "the file cannot be read at the place"
  }

  /// The events of a block that are within the span.
  private mutating func admitted(_ columns: EventColumns) -> Range<Int> {
    let range = withinSpan(columns)
    if !hasBegun {
      let events = columns.events
      for index in range where !hasBegun {
        hasBegun = side(ofBeginning: events[index], columns.firstPosition + UInt64(index)) == .within
        if !hasBegun { earlierCount += 1 }
      }
      if isPastSpan, !hasBegun {
        let next = range.upperBound
        _ = side(ofBeginning: events[next], columns.firstPosition + UInt64(next))
      }
    }
    return range
  }

  private mutating func side(ofBeginning event: TraceEvent, _ position: UInt64) -> TraceSpan.Side {
    beginning.side(of: event, position: position, defectCount: reader.defectCount)
  }

  /// Whether a trace that was read to its end has certainly not the place to begin at: what is missing before its last
  /// event cannot have been behind its end.
  private mutating func isBehindEnd() -> Bool {
    beginning.finish()
    return beginning.doubts(of: reader).isEmpty
  }

  private mutating func withinSpan(_ columns: EventColumns) -> Range<Int> {
    guard span.to != nil else { return 0..<columns.eventCount }
    let events = columns.events
    for index in 0..<events.count
    where span.side(of: events[index], position: columns.firstPosition + UInt64(index)) == .after {
      isPastSpan = true
      return 0..<index
    }
    return 0..<columns.eventCount
  }

  /// Replays to the end of the trace, or to the first divergence.
  public mutating func run() -> ReplayReport {
    var report = replayed()
    if let wholeWayReason {
      // Blocks may have been read that a divergence before them has made needless.
      let askedCount = report.eventCount > earlierCount ? report.eventCount - earlierCount : 0
      report.wholeWay = ReplayReport.WholeWay(reason: wholeWayReason, askedCount: askedCount)
    }
    return report
  }

  private mutating func replayed() -> ReplayReport {
    var machine = ReplayMachine<Marking>(table: reader.moduleTable)
    if beginsInTheMiddle { machine.beginBlind() }
    if threads == 1 { replayAlone(&machine) } else { replayTogether(&machine) }
    if machine.hasDiverged { return machine.finish(doubt: nil) }
    if !hasBegun, isPastSpan || reader.condition != .unread {
      machine.report.isEndedEarly = isPastSpan
      // Where something is missing, the place may have been there.
      machine.report.hasNoSuchPlace = isPastSpan ? beginning.isBackward : isBehindEnd()
      let end = isPastSpan ? "what was asked for" : "the trace"
      return machine.finish(doubt: "\(end) ends before the place to begin at: nothing from there on was compared")
    }
    if isPastSpan {
      machine.report.isEndedEarly = true
      let isEmpty = machine.report.eventCount == 0
      return machine.finish(doubt: isEmpty ? "nothing was replayed: the place to end at came first" : nil)
    }
    if reader.condition == .unread { return machine.finish(doubt: "the replay was ended early") }
    return machine.finish(doubt: reader.condition == .complete ? nil : "the file is \(reader.condition)")
  }

  private static func text(_ gap: TraceGap) -> String {
    "events are missing before event \(gap.nextPosition): \(gap.defect)"
  }

  private mutating func replayAlone(_ machine: inout ReplayMachine<Marking>) {
    while !machine.hasDiverged, !isPastSpan, let batch = reader.nextColumns() {
      switch batch {
      case .events(let columns): machine.consume(columns, admitted(columns))
      case .gap(let gap):
        if !hasBegun { beginning.note(gap) }
        machine.noteGap(Self.text(gap))
      }
      guard onProgress(machine.report.eventCount) else { return }
    }
  }

  private mutating func replayTogether(_ machine: inout ReplayMachine<Marking>) {
    reader.decodeAhead(threads: Self.decoders)
    defer { reader.decodeAhead(threads: 0) }
    var finder = KeyframeFinder()
    var piece = ReplayPiece<Marking>(start: nil)
    while !machine.hasDiverged, !isPastSpan, let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap):
        if !hasBegun { beginning.note(gap) }
        piece.parts.append(.gap(Self.text(gap)))
      case .events(let delivered):
        let keyframes = finder.keyframes(in: delivered)
        let columns = reader.exchangeColumns(spares.popLast() ?? EventColumns())
        var first = 0
        let end = admitted(columns).upperBound
        for keyframe in keyframes where keyframe.end <= end && piece.eventCount + keyframe.end - first >= pieceEvents {
          add(columns, first..<keyframe.end, to: piece)
          submit(piece, &machine)
          piece = ReplayPiece(start: keyframe.words)
          first = keyframe.end
        }
        if first < end { add(columns, first..<end, to: piece) }
        if piece.eventCount >= Self.maximumPieceEvents {
          submit(piece, &machine)
          piece = ReplayPiece(start: nil)
        }
      }
      guard onProgress(machine.report.eventCount) else { break }
    }
    submit(piece, &machine)
    while !pending.isEmpty { joinFirst(&machine) }
  }

  private func add(_ columns: EventColumns, _ range: Range<Int>, to piece: ReplayPiece<Marking>) {
    piece.parts.append(.events(columns, range))
    piece.eventCount += range.count
  }

  /// Hands a piece to the workers, and joins those that are in the way.
  private mutating func submit(_ piece: ReplayPiece<Marking>, _ machine: inout ReplayMachine<Marking>) {
    pending.append(piece)
    let table = reader.moduleTable
    // The table's bytes are the reader's, which outlives this method; its pieces are all waited for before.
    pool.perform { piece.replay(table) }
    while pending.count > threads + 1 { joinFirst(&machine) }
  }

  /// Joins the first of the pieces to what is replayed already.
  private mutating func joinFirst(_ machine: inout ReplayMachine<Marking>) {
    let piece = pending.removeFirst()
    piece.isDone.wait()
    guard !machine.hasDiverged else { return }
    if var found = piece.takeMachine(), found.continues(machine) {
      found.inherit(machine)
      machine = found
    } else {
      piece.replay(by: &machine)
    }
    for case .events(let columns, let range) in piece.parts where range.upperBound == columns.eventCount {
      if spares.count < Self.maximumSpares { spares.append(columns) }
    }
  }
}
