import TraceFormat
import TraceReading
import Verification

/// Judges a part of a trace, beginning at once where the file can be read anywhere.
///
/// Reading begins two major frames before the part, so that most of what the part follows from is known; through a
/// pipe, or where that is asked for, it begins with the trace, and all of that is known.
struct PartVerification: ~Copyable {
  private var verifier: Verifier
  private(set) var coverage: SpanCoverage
  private var firstKnown: UInt64 = 0
  private var kernelIdentity: UInt64?
  private var events: ClosedRange<UInt64>?
  private var times: ClosedRange<UInt64>?
  private var eventCount: UInt64 = 0

  /// - Parameters:
  ///   - reader: at its beginning; it is brought to where the part's lead begins.
  ///   - readsHistory: whether the lead is all that goes before the part.
  init(_ span: TraceSpan, of reader: TraceReader, readsHistory: Bool) {
    verifier = Verifier(table: reader.moduleTable)
    coverage = SpanCoverage(span, of: reader)
    guard span.from != nil else { return }
    var isMiddle = false
    if !readsHistory, let index = reader.makeIndex(), let block = index.block(before: span) {
      let instant = index.entries[block].header.baseTime
      let lead = instant > verifier.learningTime ? instant - verifier.learningTime : 0
      let first = min(block, index.block(before: .instant(lead)) ?? 0)
      if first > 0, reader.begin(at: index.entries[first]) {
        isMiddle = true
        firstKnown = index.entries[first].header.firstEventIndex
        if let boot = index.firstEvent, boot.knownKind == .boot { kernelIdentity = boot.words.w1 }
      }
    }
    verifier.beginLead(inTheMiddle: isMiddle, kernelIdentity: kernelIdentity)
  }

  /// Judges the part; nil where `onProgress` has ended it before.
  mutating func report(
    on reader: TraceReader, threads: Int, onProgress: () -> Bool
  ) -> VerificationReport? {
    let isWhole = VerificationRun.read(reader, threads, onProgress) { run in
      switch run {
      case .events(let position, let events): consume(events, position, reader)
      case .gap(let gap):
        coverage.note(gap)
        verifier.noteGap()
      }
      return !coverage.hasEnded && !coverage.isOver
    }
    guard isWhole else { return nil }
    if coverage.hasEnded || coverage.isOver { verifier.endPart() } else { coverage.finish() }
    // Where the part has not begun, nothing of what was judged is its.
    if events == nil { verifier.beginPart(at: reader.statistics.eventCount) }
    return finish(reader)
  }

  private mutating func consume(
    _ run: UnsafeBufferPointer<TraceEvent>, _ firstPosition: UInt64, _ reader: TraceReader
  ) {
    var first = 0
    for index in run.indices {
      let position = firstPosition &+ UInt64(index)
      switch coverage.side(of: run[index], position: position, defectCount: reader.defectCount) {
      case .before: continue
      case .after: return judge(run, first..<index, firstPosition)
      case .within:
        if events == nil {
          judge(run, first..<index, firstPosition)
          first = index
          if coverage.span.from != nil { verifier.beginPart(at: position) }
          times = run[index].time...run[index].time
        }
        events = (events?.lowerBound ?? position)...position
      }
    }
    judge(run, first..<run.count, firstPosition)
  }

  private mutating func judge(
    _ run: UnsafeBufferPointer<TraceEvent>, _ range: Range<Int>, _ firstPosition: UInt64
  ) {
    guard let last = range.last else { return }
    let position = firstPosition &+ UInt64(range.lowerBound)
    verifier.consume(UnsafeBufferPointer(rebasing: run[range]), firstPosition: position)
    guard let events, position >= events.lowerBound, let begun = times?.lowerBound else { return }
    eventCount += UInt64(range.count)
    times = min(begun, run[last].time)...max(begun, run[last].time)
  }

  private mutating func finish(_ reader: TraceReader) -> VerificationReport {
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    report.part = JudgedPart(events: events, firstKnown: firstKnown)
    report.eventCount = eventCount
    if let times { report.timeSpan = times }
    if let kernelIdentity { report.kernelIdentity = kernelIdentity }
    let doubts = coverage.doubts(of: reader)
    if !doubts.isEmpty { report.fileDefect = doubts.joined(separator: "; ") }
    return report
  }
}
