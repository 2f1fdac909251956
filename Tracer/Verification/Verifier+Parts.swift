/// What it takes to judge a part of a trace and nothing else of it.
///
/// The events right before the part, the *lead*, are looked at for what later judgements need, and count for nothing.
/// Where the lead begins in the middle of the trace, all before it is as good as lost: what a loss would have made
/// unknown is unknown, so nothing is called violated that may be in order, and nothing certain that may not be.
extension Verifier {
  /// The next events are before the part.
  ///
  /// - Parameter isMiddle: whether the trace has events before them.
  ///
  /// - Parameter kernelIdentity: the recording kernel's, by the boot event, where that is read elsewhere.
  public mutating func beginLead(inTheMiddle isMiddle: Bool, kernelIdentity: UInt64? = nil) {
    book = book.cleared(isMuted: isMiddle)
    disturb()
    if let kernelIdentity { ending.kernelIdentity = kernelIdentity }
    if isMiddle { noteGap() }
  }

  /// The part begins with the event at `position`, which comes next.
  public mutating func beginPart(at position: UInt64) {
    settleCalm()
    // How the trace begins is known, or no question of the part.
    book = book.cleared(keeping: book.isMuted ? nil : .boot)
    // By that book more is among the worst.
    disturb()
    guard gapCount > 0 else { return }
    for claim in book.details.indices where ClaimKey(rawValue: claim)?.isTouchedByLoss ?? true {
      book.doubt(claim, "what went before event \(position) is not known")
    }
  }

  /// The part is over, and the trace is not.
  public mutating func endPart() { ending.isCutShort = true }
}
