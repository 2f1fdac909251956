import TraceFormat

/// Marks whose upcalls do not come: they have waited too long where they have waited longer than their upcall might
/// have taken. A partition that has its interrupts off for so long keeps no such bound either; but a line without a
/// handler, or one that is not ready, is to have no upcall.
extension Verifier {
  /// No upcall comes any more, or nobody sees it.
  ///
  /// Not where no kernel has recorded it: in a prediction the partitions have nothing left to do near its end. Their
  /// marks wait for what was not recorded, and who was given an upcall shows nothing more that it would be seen by.
  mutating func judgeUnansweredMarks() {
    guard ending.kernelIdentity != 0 else { return }
    for index in partitions.indices {
      judgeUnansweredMarks(of: index)
      judgeUnenteredUpcall(of: index)
    }
  }

  /// The partition gives up lines, or starts or stops: what has waited for it waits no more.
  mutating func judgeUnansweredMarks(of index: Int, lines: UInt64 = 0xFFFF) {
    let state = partitions.reference(to: index)
    var rest = state.pointee.clockKnown & state.pointee.pending & lines & 0xFFFF
    rest &= state.pointee.handler & state.pointee.handlerKnown & state.pointee.ready & state.pointee.readyKnown
    state.pointee.clockKnown &= ~lines
    while rest != 0 {
      let line = rest.trailingZeroBitCount
      rest &= rest &- 1
      let cell = index &* Self.interruptStride &+ line
      judgeUnanswered(index, line, markClocks[cell], markTimes[cell])
    }
  }

  /// An upcall was decided, and its partition has not run since.
  mutating func judgeUnenteredUpcall(of index: Int) {
    let state = partitions[index]
    guard state.upcallAwaited >= 0 else { return }
    partitions[index].upcallAwaited = -1
    judgeUnanswered(index, Int(state.upcallAwaited), state.clockAtMark, state.timeOfMark)
  }

  private mutating func judgeUnanswered(_ index: Int, _ line: Int, _ clockAtMark: UInt64, _ timeOfMark: UInt64) {
    let claim = Int(targets.markToUpcall[line])
    guard claim >= 0 else { return }
    let now = windowClock(of: UInt8(index), at: time)
    guard now > clockAtMark, Int64(clamping: now &- clockAtMark) > book.accounts[claim].limit else { return }
    let span = CaseSpan(from: timeOfMark, to: time, scope: .windows(of: UInt8(index)))
    if exceeds(claim, Int64(clamping: now &- clockAtMark), over: span) {
      explain("the mark of line \(line) had waited \((now &- clockAtMark).nanoseconds) in windows, and had no upcall")
    }
  }
}
