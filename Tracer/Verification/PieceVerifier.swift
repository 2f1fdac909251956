import EventRows
import TraceFormat

/// Judges a piece of a trace before it is known what came before.
///
/// It begins with what was known at some earlier place, *learns* from the events right before the piece, and then
/// judges on that guess. Whoever comes to the piece's beginning having judged all events before it joins the piece,
/// if the guess was right in everything that a judgement can depend on; else it judges the piece's events itself. So
/// the report is that of one verifier, whatever was guessed.
public struct PieceVerifier: ~Copyable {
  private var verifier: Verifier
  /// What was taken for granted when the piece began.
  private var guess: Verifier
  private var hasLearnt = false

  /// - Parameter beginning: a verifier that has judged nothing: the piece is the trace's first.
  public init(fromBeginning beginning: borrowing Verifier) {
    verifier = beginning.copy()
    verifier.book = verifier.book.cleared()
    guess = beginning.copy()
  }

  /// - Parameter older: a verifier at an earlier place of the trace, whatever it has judged since.
  public init(from older: borrowing Verifier) {
    verifier = older.copy()
    guess = older.copy()
  }

  /// Looks at events before the piece, in order and without gap up to it.
  public mutating func learn(_ events: RowBuffer, firstPosition: UInt64) {
    guard let first = events.rows.first else { return }
    if !hasLearnt {
      hasLearnt = true
      verifier.jump(to: first.time)
    }
    verifier.consume(events, firstPosition: firstPosition)
  }

  /// The piece begins.
  ///
  /// - Parameter eventCount: events of the trace before it.
  public mutating func begin(eventCount: UInt64) {
    if !hasLearnt { verifier.jump(to: verifier.time) }
    verifier.settle(by: guess)
    verifier.eventCount = eventCount
    guess = verifier.copy()
    verifier.beginPiece()
  }

  /// Judges events of the piece, in order.
  public mutating func consume(_ events: RowBuffer, firstPosition: UInt64) {
    verifier.consume(events, firstPosition: firstPosition)
  }

  /// What is known at its end, for another piece to begin with.
  public func end() -> Verifier { verifier.copy() }

  /// Whether the guess was right, for a verifier that has judged all events before the piece.
  fileprivate func follows(_ front: borrowing Verifier) -> Bool {
    front.isAlike(guess) && verifier.assumptions.allSatisfy { front.holds($0) }
  }

  fileprivate consuming func taken() -> Verifier { verifier }
}

extension Verifier {
  /// Takes over what was judged of the events that come next; false, and nothing, where that was by a wrong guess.
  public mutating func join(_ piece: consuming PieceVerifier) -> Bool {
    guard piece.follows(self) else { return false }
    var next = piece.taken()
    next.inherit(&self)
    self = next
    return true
  }
}
