/// What the kernel takes longer than it took in the recorded run where it goes another way there, ns.
///
/// A call's own work stays what it was. But a call that was answered at once takes the long way where a mark waits, and
/// an upcall has its price wherever it comes. The numbers are instructions of this kernel, seen in its traces: they are
/// what recorded runs of the same calls with and without marks differ by.
enum KernelWays {
  /// A call that is served at once is answered within this, any other later.
  static let longestAnswerAtOnce: UInt64 = 230
  /// The long way, of a call that needs nothing but its answer.
  static let longWay: UInt64 = 750
  /// What marks that wait add to that way.
  static let marks: UInt64 = 55
  /// From the short way to the long one.
  static let detour: UInt64 = 480
  /// An upcall, on a call's long way.
  static let upcallAtCall: UInt64 = 380
  /// An upcall, at an interrupt of which only marks came in the recorded run.
  static let upcallAtInterrupt: UInt64 = 700
  /// From the store that switches virtual interrupts on to the call that asks for the marks that wait.
  static let asking: UInt64 = 20

  /// From one piece of a partition's memory to the next one's beginning, and to when interrupts are let in before that.
  static let betweenPieces: UInt64 = 220
  static let pieceToOpening: UInt64 = 200
  static let openingToPiece: UInt64 = betweenPieces - pieceToOpening
  /// For so long.
  static let moment: UInt64 = 20
  /// From there to the timer's entry, where that has fired before; from a partition's resumption to it.
  static let openingToTimer: UInt64 = 27
  static let resumptionToTimer: UInt64 = 18
  /// How much later than the timer's the entry of a line is that has waited, too, and goes first.
  static let lineBehindTimer: UInt64 = 4

  /// What a call takes.
  ///
  /// - Parameters:
  ///   - recorded: what it took, ns.
  ///   - isAtOnce: whether the short way is open to it now.
  ///   - hasUpcall: whether an upcall comes of it now.
  static func time(_ recorded: UInt64, of deed: RecordedDeed, isAtOnce: Bool, hasUpcall: Bool) -> UInt64 {
    var time = recorded
    if deed.isServedAtOnce {
      if !isAtOnce || hasUpcall { time = max(time + detour, longWay) }
    } else if !isAtOnce, !deed.hadMarks {
      time += marks
    }
    return hasUpcall && !deed.hasUpcall ? time + upcallAtCall : time
  }
}
