import TraceFormat
import TraceReading
import Verification

/// The second way through a trace, for who took the time of the worst cases: only to the blocks in which these lie.
///
/// All that is told is the same as where every event is looked at; where that is not certain, or would not be
/// quicker, every event is looked at.
struct AttributionRun {
  private let report: VerificationReport
  private let index: BlockIndex
  /// Ranges of blocks, and up to when their events are wanted; ns.
  private let parts: [(blocks: Range<Int>, end: UInt64)]

  /// - Parameters:
  ///   - report: on a trace that was found whole, and whose time never goes back.
  ///   - runIdentity: of that trace.
  ///   - lead: two major frames, in ns.
  /// - Returns: nil where every event is to be looked at.
  init?(_ report: VerificationReport, _ index: BlockIndex, runIdentity: String, lead: UInt64) {
    guard index.runIdentity == runIdentity else { return nil }
    self.report = report
    self.index = index
    var parts: [(blocks: Range<Int>, end: UInt64)] = []
    for stretch in Attributor(report).stretches(lead: lead) {
      let first = index.block(before: .instant(stretch.lowerBound)) ?? 0
      // The last case may end in a step that goes on in the block after.
      let last = index.block(before: .instant(stretch.upperBound)) ?? 0
      let blocks = first..<min(index.entries.count, max(first, last) + 1)
      if let before = parts.last, first <= before.blocks.upperBound {
        parts[parts.count - 1] = (
          before.blocks.lowerBound..<max(before.blocks.upperBound, blocks.upperBound), stretch.upperBound
        )
      } else {
        parts.append((blocks, stretch.upperBound))
      }
    }
    guard parts.reduce(0, { $0 + $1.blocks.count }) * 2 < index.entries.count else { return nil }
    self.parts = parts
  }

  /// What came of going to the parts.
  enum Outcome {
    case attributed(VerificationReport)
    /// The parts do not suffice: every event is to be looked at.
    case insufficient
    case interrupted
  }

  /// Goes to all parts.
  ///
  /// - Parameters:
  ///   - open: opens the trace anew.
  ///   - onProgress: called with the reader of a part after every few thousand events; false ends the run.
  func attribute(open: () -> TraceReader?, onProgress: (TraceReader) -> Bool) -> Outcome {
    var attributor = Attributor(report)
    for part in parts {
      guard let reader = open(), reader.begin(at: index.entries[part.blocks.lowerBound]) else { return .insufficient }
      if part.blocks.lowerBound > 0 { attributor.skip() }
      var isInterrupted = false
      let isRight = Self.attribute(reader, until: part.end, &attributor) {
        isInterrupted = !onProgress(reader)
        return !isInterrupted
      }
      if isInterrupted { return .interrupted }
      guard isRight else { return .insufficient }
    }
    let found = attributor.finish()
    return attributor.isDoubtful ? .insufficient : .attributed(found)
  }

  /// Looks at events up to the first entry after an instant; false where the trace is damaged.
  private static func attribute(
    _ reader: TraceReader, until end: UInt64, _ attributor: inout Attributor, onProgress: () -> Bool
  ) -> Bool {
    var isRight = true
    reader.forEachEvents(threads: 1) { run in
      guard onProgress() else { return false }
      guard case .events(let position, let events) = run else {
        isRight = false
        return false
      }
      for index in events.indices {
        attributor.consume(events[index], position: position &+ UInt64(index))
        // An entry ends all that was before it.
        if events[index].time > end, EventClass(ofKind: events[index].kind) == .input { return false }
      }
      return true
    }
    return isRight
  }
}
