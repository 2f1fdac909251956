import ArgumentParser
import Emulation
import TraceReading
import Verification

/// A trace is judged while a line of the terminal tells how far; Ctrl-C ends the command.
enum ShownRun {
  /// Judges a trace to its end, with as many threads as help.
  ///
  /// - Parameter outer: the command's own watch, if it has one for longer: what came to it is obeyed too.
  static func report(
    on reader: TraceReader, of path: String, within outer: SignalWatch? = nil
  ) throws -> VerificationReport {
    let threads = WorkerPool.processorCount > 1 ? 2 : 1
    return try report(on: reader, of: path, within: outer) {
      VerificationRun.report(on: reader, threads: threads, onProgress: $0)
    }
  }

  /// Does what `body` does to judge it; nil from there means that it was told to end.
  static func report(
    on reader: TraceReader, of path: String, within outer: SignalWatch? = nil,
    _ body: (_ onProgress: @escaping () -> Bool) -> VerificationReport?
  ) throws -> VerificationReport {
    var progress = ReadingProgress(path, within: outer)
    let report = body {
      progress.show(reader)
      return !progress.isInterrupted
    }
    // Also where it came while a pipe gave nothing, and what there was has been taken for the end.
    let isInterrupted = progress.isInterrupted
    progress.clear()
    guard let report, !isInterrupted else { throw interruption() }
    return report
  }

  /// Says so, and what the command ends with.
  static func interruption() -> ExitCode {
    TraceCommand.complain("interrupted; nothing is judged")
    return ExitCode(3)
  }
}
