import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

/// What the module `Interrupts` shows of the controllers and the timer.
extension InterruptsTests {
  /// Whatever a line's interrupt leads to, its controller is quiet again before anybody's handler can run.
  // Contract 49.
  @Test func theControllerIsAcknowledgedBeforeAnyHandler() throws {
    let run = try Self.run.get()
    var isOwed = false
    var acknowledged = 0
    for event in run.events {
      switch event.knownKind {
      case .interrupt: isOwed = event.detail & EntrySnapshot.Flags.isPulse.rawValue == 0
      case .acknowledged:
        #expect(isOwed && event.words.w0 & 0xFF_FFFF == 0, "in service still: \(event.words.w0)")
        isOwed = false
        acknowledged += 1
      case .spurious: isOwed = false
      case .upcallWritten, .exceptionWritten, .timer, .hypercall, .exception: #expect(!isOwed, "at \(event.time) ns")
      default: break
      }
    }
    #expect(acknowledged > 20)
  }

  /// No interrupt but what is due: an armed instant is a boundary less L, a tick of the partition in whose window it is
  /// armed, the test device's next action, or the end asked for.
  // Contract 57.
  @Test func theTimerIsArmedForOwnTicksOnly() throws {
    let run = try Self.run.get()
    let reader = try TraceReader(bytes: run.trace)
    let (allowance, stimuli) = withExtendedLifetime(reader) {
      let table = reader.moduleTable
      return (
        table.module.switchAllowance.count,
        (0..<table.count(StimulusRecord.self)).map { table.record(StimulusRecord.self, $0).time.nanoseconds }
      )
    }
    var common = Set(stimuli)
    for event in run.events {
      switch event.knownKind {
      case .windowStart: common.formUnion([event.words.w0 - allowance, event.words.w1 - allowance])
      case .majorFrameStart, .idle: common.insert(event.words.w0 - allowance)
      case .start: common.insert(event.words.w0)
      default: break
      }
    }
    var owner: UInt8 = 0xFF
    var next = [UInt8: UInt64]()
    var forTicks = 0, forBoundaries = 0
    for event in run.events {
      switch event.knownKind {
      case .windowStart: owner = event.partition
      case .windowEnd: owner = 0xFF
      case .hypercall where event.operand & 0xFFFF == UInt32(HypercallNumber.setTimer.rawValue):
        next[event.partition] = event.words.w3
      case .timerExpired: next[event.partition] = event.words.w1
      case .timerArmed:
        let isTick = next[owner] == event.words.w0
        #expect(isTick || common.contains(event.words.w0), "armed for \(event.words.w0) ns in the window of \(owner)")
        if isTick { forTicks += 1 } else { forBoundaries += 1 }
      default: break
      }
    }
    #expect(forTicks > 50 && forBoundaries > 50, "\(forTicks), \(forBoundaries)")
  }
}
