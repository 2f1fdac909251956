import EventRows
import ModuleConfiguration
import TraceFormat
import TraceReading
import Verification

/// A way through a trace that judges it, by one thread or by several.
///
/// Several judge a stretch of the trace each, on a guess of what came before. Stretch after stretch is joined to what
/// was judged from the beginning on, where the guess was right, and judged anew where not; where guesses go wrong too
/// often, one thread judges and the others decode. So the report is the same with any number of threads.
struct VerificationRun: ~Copyable {
  private var verifier: Verifier
  private let onProgress: () -> Bool
  /// False where `onProgress` has ended the run.
  private var isWhole = true
  /// Events of stretches that were joined, and of those that had to be judged anew.
  private var joinedEvents = 0
  private var repeatedEvents = 0

  /// Reads a trace to its end and judges it; nil where `onProgress` has ended it before.
  ///
  /// - Parameters:
  ///   - threads: how many work, 1 or more.
  ///   - onProgress: called after every few thousand events; false ends the run.
  static func report(
    on reader: TraceReader, threads: Int, onProgress: @escaping () -> Bool = { true }
  ) -> VerificationReport? {
    var run = VerificationRun(reader.moduleTable, onProgress)
    if threads > 1, !reader.isPipe { run.judgeTogether(reader, threads) }
    run.judgeAlone(reader, threads)
    return run.finish(reader)
  }

  private init(_ table: ModuleTable, _ onProgress: @escaping () -> Bool) {
    verifier = Verifier(table: table)
    self.onProgress = onProgress
  }

  private consuming func finish(_ reader: TraceReader) -> VerificationReport? {
    guard isWhole else { return nil }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    return report
  }

  /// Judges all that the reader still has.
  private mutating func judgeAlone(_ reader: TraceReader, _ threads: Int) {
    guard isWhole, reader.condition == .unread else { return }
    reader.decodeAhead(threads: min(threads - 1, Self.decoderLimit))
    defer { reader.decodeAhead(threads: 0) }
    var count = 0
    while isWhole, let batch = reader.nextColumns() {
      switch batch {
      case .events(let columns):
        consume(columns)
        count += columns.eventCount
      case .gap: verifier.noteGap()
      }
      guard count >= Self.eventsBetweenCalls else { continue }
      count = 0
      isWhole = onProgress()
    }
  }

  /// Judges stretches on several threads, while their guesses are mostly right.
  private mutating func judgeTogether(_ reader: TraceReader, _ threads: Int) {
    let earlier = BlockStretch.Earlier(nanoseconds: verifier.learningTime)
    let judge = PieceJudge(verifier, earlier)
    reader.forEachStretch(threads: threads, earlier: earlier) {
      judge.judge($0, $1)
    } take: { item in
      isWhole = onProgress()
      switch item {
      case .stretch(let stretch, let piece):
        join(stretch, piece, judge)
        return isWhole && repeatedEvents <= joinedEvents + Self.eventsAtStake
      case .events(let columns): consume(columns)
      case .gap: verifier.noteGap()
      }
      return isWhole
    }
  }

  private mutating func join(_ stretch: BlockStretch, _ piece: PieceJudge.Piece, _ judge: PieceJudge) {
    if let judged = piece.take(), verifier.join(judged) {
      joinedEvents += stretch.eventCount
      return
    }
    repeatedEvents += stretch.eventCount
    stretch.forEachBlockAgain { consume($0) }
    judge.correct(verifier, after: stretch.ordinal)
  }

  private mutating func consume(_ columns: EventColumns) {
    columns.forEachRun { verifier.consume($1, firstPosition: columns.firstPosition &+ UInt64($0)) }
  }

  /// The same to the end in any case, with as many threads as help.
  static func report(on reader: TraceReader) -> VerificationReport {
    guard let report = report(on: reader, threads: WorkerPool.processorCount > 1 ? 2 : 1) else {
      preconditionFailure("nothing has ended the run")
    }
    return report
  }

  /// The second way through a trace: who took the time of the worst cases.
  static func attribution(
    of report: VerificationReport, on reader: TraceReader, threads: Int, onProgress: () -> Bool
  ) -> VerificationReport? {
    var attributor = Attributor(report)
    let isWhole = read(reader, threads, onProgress) { run in
      switch run {
      case .events(let position, let events):
        for index in events.indices { attributor.consume(events[index], position: position &+ UInt64(index)) }
      case .gap: attributor.noteGap()
      }
      return true
    }
    return isWhole ? attributor.finish() : nil
  }

  private static let eventsBetweenCalls = 4096
  /// So many events more may be judged twice than once before guessing is given up.
  private static let eventsAtStake = 200_000
  /// More threads that decode one thread cannot use; each takes memory.
  private static let decoderLimit = 2

  /// Hands out all that the trace has, or until `body` answers false; false where `onProgress` has ended it.
  @inline(__always)
  static func read(
    _ reader: TraceReader, _ threads: Int, _ onProgress: () -> Bool, _ body: (EventRun) -> Bool
  ) -> Bool {
    var isWhole = true
    var count = 0
    reader.forEachEvents(threads: min(threads, decoderLimit + 1)) { run in
      guard body(run) else { return false }
      if case .events(_, let events) = run { count += events.count }
      guard count >= eventsBetweenCalls else { return true }
      count = 0
      isWhole = onProgress()
      return isWhole
    }
    return isWhole
  }
}
