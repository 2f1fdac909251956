import EventRows
import Foundation
import ModuleConfiguration
import TraceFormat
import TraceReading
import Verification

/// Judges stretches of a trace on several threads, each on a guess of what came before it.
///
/// Unchecked: what changes is touched under `condition` only.
final class PieceJudge: @unchecked Sendable {
  /// What one thread has judged; handed over whole.
  final class Piece: @unchecked Sendable {
    // Unchecked: one thread fills it, then another empties it.
    private var verifier: PieceVerifier?

    init(_ verifier: consuming PieceVerifier) { self.verifier = consume verifier }

    func take() -> PieceVerifier? {
      var taken: PieceVerifier?
      swap(&taken, &verifier)
      return taken
    }
  }

  /// What is known, or guessed, of a place of the trace.
  private final class Place: @unchecked Sendable {
    // Unchecked: nobody changes it.
    let verifier: Verifier
    /// The stretch before it.
    let ordinal: Int

    init(_ verifier: consuming Verifier, after ordinal: Int) {
      self.verifier = consume verifier
      self.ordinal = ordinal
    }
  }

  /// One that has judged nothing.
  private let beginning: Verifier
  private let earlier: BlockStretch.Earlier
  private let condition = NSCondition()
  /// The latest one; nil until the first stretch has been looked at.
  private var latest: Place?
  /// How often a guess was wrong: what was begun before is then no base for others.
  private var epoch = 0

  /// - Parameters:
  ///   - beginning: a verifier that has judged nothing.
  ///   - earlier: how much of what came before a stretch is learnt from.
  init(_ beginning: borrowing Verifier, _ earlier: BlockStretch.Earlier) {
    self.beginning = beginning.copy()
    self.earlier = earlier
  }

  /// Judges a stretch; nil where it cannot be judged by itself. For any thread.
  func judge(_ stretch: BlockStretch, _ columns: EventColumns) -> Piece? {
    if stretch.ordinal == 0 { return judgeFirst(stretch, columns) }
    let (older, epoch) = base()
    var piece = PieceVerifier(from: older.verifier)
    let isLearnt = stretch.decodeEarlier(into: columns, earlier) { piece.learn($0, firstPosition: $1) }
    piece.begin(eventCount: stretch.firstPosition)
    decode(stretch, columns, isLearnt, &piece)
    guard isLearnt, stretch.isWhole else { return nil }
    publish(piece.end(), stretch.ordinal, epoch)
    return Piece(piece)
  }

  /// The stretch with which the trace begins: nothing is guessed.
  private func judgeFirst(_ stretch: BlockStretch, _ columns: EventColumns) -> Piece? {
    var piece = PieceVerifier(fromBeginning: beginning)
    decode(stretch, columns, true, &piece)
    publish(piece.end(), 0, 0)
    return stretch.isWhole ? Piece(piece) : nil
  }

  private func decode(
    _ stretch: BlockStretch, _ columns: EventColumns, _ isJudged: Bool, _ piece: inout PieceVerifier
  ) {
    stretch.decode(into: columns) { columns in
      guard isJudged else { return }
      columns.forEachRun { piece.consume($1, firstPosition: columns.firstPosition &+ UInt64($0)) }
    }
  }

  /// The latest place; waits for the first stretch.
  private func base() -> (Place, epoch: Int) {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let latest { return (latest, epoch) }
      condition.wait()
    }
  }

  private func publish(_ verifier: consuming Verifier, _ ordinal: Int, _ epoch: Int) {
    let place = Place(verifier, after: ordinal)
    condition.lock()
    defer { condition.unlock() }
    guard epoch == self.epoch, ordinal > latest?.ordinal ?? -1 else { return }
    latest = place
    condition.broadcast()
  }

  /// A guess was wrong: what is known after the stretch by one who has judged all before it.
  func correct(_ verifier: borrowing Verifier, after ordinal: Int) {
    let place = Place(verifier.copy(), after: ordinal)
    condition.lock()
    defer { condition.unlock() }
    epoch += 1
    latest = place
    condition.broadcast()
  }
}
