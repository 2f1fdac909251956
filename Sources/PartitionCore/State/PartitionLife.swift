import APEXTypes

/// How a partition came to its operating mode, and what waits to be done with it.
public struct PartitionLife: BitwiseCopyable {
  /// Why it started last.
  public var startCondition: StartCondition = .normalStart
  /// Its memory is being made anew: it does not run.
  public var isInitialising = false
  /// The next piece of its memory to be made anew, from 0.
  public var nextPiece: UInt32 = 0
  /// What it does at its next window, because the module schedule has changed.
  var scheduleAction: ScheduleChangeAction = .ignore
  /// It runs its health callback; the action below follows.
  var isInCallback = false
  var callbackError: ErrorCode = .deadlineMissed
  var callbackAction: PartitionRecoveryAction = .ignore
  /// The exception that led to the callback: its vector + 1, or 0.
  var callbackCause: UInt8 = 0

  init() {}

  /// All of it in one word, for keyframes.
  var word: UInt64 {
    get {
      UInt64(startCondition.rawValue) | (isInitialising ? 0x100 : 0) | (isInCallback ? 0x200 : 0)
        | UInt64(scheduleAction.rawValue) &<< 10 | UInt64(callbackError.rawValue) &<< 12
        | UInt64(callbackAction.rawValue) &<< 15 | UInt64(callbackCause) &<< 24 | UInt64(nextPiece) &<< 32
    }
    set {
      startCondition = StartCondition(rawValue: UInt8(newValue & 3)) ?? .normalStart
      isInitialising = newValue & 0x100 != 0
      isInCallback = newValue & 0x200 != 0
      scheduleAction = ScheduleChangeAction(rawValue: UInt8(newValue &>> 10 & 3)) ?? .ignore
      callbackError = ErrorCode(rawValue: UInt8(newValue &>> 12 & 7)) ?? .deadlineMissed
      callbackAction = PartitionRecoveryAction(rawValue: UInt8(newValue &>> 15 & 3)) ?? .ignore
      callbackCause = UInt8(truncatingIfNeeded: newValue &>> 24)
      nextPiece = UInt32(truncatingIfNeeded: newValue &>> 32)
    }
  }
}
