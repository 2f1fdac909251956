/// How a capture ended and what it holds.
public struct CaptureReport: Equatable, Sendable {
  /// How a capture can end.
  public enum Ending: Equatable, Sendable {
    /// The kernel stopped the module and the drainer has written everything.
    case orderly
    /// The kernel found one of its invariants broken.
    case kernelFault
    /// The machine reset itself (a triple fault) or was powered off without an orderly end.
    case machineReset
    /// The emulator ended with a status of its own.
    case emulatorFailed(status: Int32)
    /// Somebody else killed the emulator.
    case emulatorKilled(signal: Int32)
    /// No block of a trace came in time.
    case neverBooted
    /// Blocks came and then no more.
    case stalled
    /// Nothing more could be written where the trace goes.
    case noRoom(reason: String)
    /// The module did not end in time after it was asked to.
    case unresponsive
    /// The user insisted.
    case abandoned
    /// The trace had what it was wanted for (`Capture.run(onConsole:onProgress:until:)`).
    case dismissed
  }

  /// Why there is nothing more to come.
  public var ending: Ending
  /// How far the trace had come then.
  public var progress: TraceProgress
  /// Whether a signal asked for the end.
  public var wasInterrupted: Bool
  /// Whether the trace was read from a flight recorder's ring, so that nothing of it is anywhere else.
  public var isRecorded: Bool
  /// What the emulator said on its standard error, the last lines of it.
  public var emulatorMessages: String
  /// The last lines that the module wrote to its console.
  public var consoleTail: String

  /// Whether the trace is whole: an orderly end, and the trace says so itself.
  public var isWhole: Bool { ending == .orderly && progress.hasEnded }

  /// With what a command ends that has a complaint: 1 for a kernel fault, 2 where the emulator has said what it could
  /// not begin with, else 3.
  ///
  /// - Parameter hasTrace: whether anything of a trace was kept.
  public func exitStatus(hasTrace: Bool) -> Int32 {
    if ending == .kernelFault { return 1 }
    let hasNotBegun = ending == .emulatorFailed(status: 1) && !emulatorMessages.isEmpty && !hasTrace
    return hasNotBegun ? 2 : 3
  }

  /// What `Capture` has seen.
  init(
    ending: Ending, progress: TraceProgress, wasInterrupted: Bool = false, isRecorded: Bool = false,
    emulatorMessages: String = "", consoleTail: String = ""
  ) {
    self.ending = ending
    self.progress = progress
    self.wasInterrupted = wasInterrupted
    self.isRecorded = isRecorded
    self.emulatorMessages = emulatorMessages
    self.consoleTail = consoleTail
  }

  private var opening: String {
    progress.blocks == 0
      ? "No block of a trace had come: there is none." : "The trace opens to its last whole block."
  }

  /// What went wrong and what to do, or nil where nothing did.
  public var complaint: String? {
    switch ending {
    case .orderly where progress.hasEnded, .dismissed: nil
    case .orderly where progress.isGarbled:
      "the emulator ended in order, but what came through the debug port is no trace. Is the kernel image one of "
        + "Tools/build-images?"
    case .orderly:
      "the emulator ended, but the trace has no end event. It opens to its last whole block."
    case .kernelFault where isRecorded:
      "the kernel found one of its invariants broken and stopped the module. \(opening) It has what the ring held."
    case .kernelFault:
      "the kernel found one of its invariants broken and stopped the module. \(opening) "
        + "What came after it is still in memory kept by --ram FILE: 'partita rescue --ram FILE --continue TRACE'."
    case .machineReset:
      "the machine reset itself (most often a triple fault in the kernel). Capture again with --qemu-log FILE and look "
        + "at the last exceptions in it."
    case .emulatorFailed(let status):
      "the emulator ended with status \(status). Is the kernel image one of Tools/build-images? "
        + "Its own messages, if any, follow."
    case .emulatorKilled(let signal):
      "the emulator was killed by signal \(signal). If it was the system's memory keeper, give the host more memory."
    case .neverBooted:
      "no block of a trace came in time: the kernel did not boot, or the module has no drainer. Capture again with "
        + "--qemu-log FILE, or wait longer with --timeout SECONDS."
    case .stalled:
      "the module wrote no more blocks. The kernel may hang, or the host is very slow: wait longer with "
        + "--timeout SECONDS, or never give up with --timeout 0."
    case .noRoom(let reason):
      "there is no room for the rest of the trace: \(reason). \(opening) Make room, or name an "
        + "output elsewhere, and capture again."
    case .unresponsive:
      "the module was asked to end and did not. The emulator was killed. \(opening)"
    case .abandoned:
      "ended at once as you asked. \(opening)"
    }
  }
}
