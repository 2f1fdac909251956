import EventRows
import TraceFormat

/// Events that need more than their own judgement: they open the trace, go back in time, name nobody, end a gap.
extension Verifier {
  /// What names nobody's partition is judged no further, and so is no boot either.
  mutating func refusePartition(_ partition: UInt8) {
    if eventCount == 0 {
      tally(.boot)
      refuseFirst("is about partition \(partition), which the module has not")
    }
    if fails(.meaning) { explain("partition \(partition) is not one of the module's \(partitions.count)") }
  }

  /// A time that goes back, or one for which more is to be done than to take it.
  mutating func takeUnusual(_ now: UInt64) {
    disturb()
    let before = time
    time = now
    if eventCount == 0 {
      firstTime = now
    } else if now < before, fails(.time, by: before &- now) {
      explain("time goes back from \(before.seconds) to \(now.seconds)")
    }
    if isGapOpen { closeGap() }
  }

  /// The end is the last word: what follows is a violation of that, and no part of the run.
  mutating func refuseAfterEnd() {
    if fails(.end) { explain("an event follows the end") }
  }

  /// An event after which not all is as usual.
  mutating func judgeUnusual(_ event: RowReference, _ kind: EventKind?) {
    if eventCount == 0 { judgeFirst(event) }
    if let kind, ending.isSpecial { judgeAfterStop(event, kind) }
    isUnusual = isGapOpen || ending.isSpecial
  }
}
