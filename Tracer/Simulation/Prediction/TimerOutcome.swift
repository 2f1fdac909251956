/// What came of a timer's entry: how long the kernel takes for it depends on that.
struct TimerOutcome: Hashable {
  var hasUpcall = false
  var hasSwitch = false
  /// Actions of the test device that were due with it, and their interrupts.
  private(set) var stimulusCount = 0
  private(set) var pulseCount = 0

  /// More at once are not told apart.
  private static let greatestCount = 15

  mutating func noteStimulus() { stimulusCount = min(Self.greatestCount, stimulusCount + 1) }
  mutating func notePulse() { pulseCount = min(Self.greatestCount, pulseCount + 1) }
}

/// An entry of the timer's in a recorded run.
struct RecordedTimer {
  var instant: UInt64
  var outcome: TimerOutcome
  /// What the kernel took before somebody went on, or it let interrupts in for nobody, ns.
  var kernelTime: UInt64
}
