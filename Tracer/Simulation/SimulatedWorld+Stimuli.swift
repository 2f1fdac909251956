import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The test device of the module: it acts within other entries of the kernel, which take longer for it.
extension SimulatedWorld {
  func play(_ stimulus: StimulusRecord) {
    ring.nanoseconds += 20
    record(
      .stimulus, at: ring.nanoseconds, detail: UInt8(stimulus.action.rawValue),
      operand: UInt32(truncatingIfNeeded: stimulus.data), wordCount: 2, .init())
    core.stimulus(at: SystemTime(nanoseconds: ring.nanoseconds), into: &recorder)
    timerEntry?.outcome.noteStimulus()
    planExit()
    act()
  }

  /// A pulse of the test device's that its line lets through.
  func takePulse(of line: InterruptLine) {
    ring.nanoseconds += 20
    let pulse = EntrySnapshot(flags: .isPulse)
    record(.interrupt, pulse, UInt16(line.vector), at: ring.nanoseconds)
    core.interrupt(line, pulse, at: SystemTime(nanoseconds: ring.nanoseconds), into: &recorder)
    timerEntry?.outcome.notePulse()
    planExit()
    act()
  }
}
