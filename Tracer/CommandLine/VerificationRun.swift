import TraceFormat
import TraceReading
import Verification

/// A way through a trace that judges it: one thread judges, the others decode ahead of it.
///
/// The judge sees every event in order, so that the report is the same with any number of threads.
enum VerificationRun {
  /// Reads a trace to its end and judges it; nil where `onProgress` has ended it before.
  ///
  /// - Parameters:
  ///   - threads: that of the caller included, 1 or more.
  ///   - onProgress: called after every few thousand events; false ends the run.
  static func report(
    on reader: TraceReader, threads: Int, onProgress: () -> Bool = { true }
  ) -> VerificationReport? {
    var verifier = Verifier(table: reader.moduleTable)
    let isWhole = read(reader, threads, onProgress) { run in
      switch run {
      case .events(let position, let events): verifier.consume(events, firstPosition: position)
      case .gap: verifier.noteGap()
      }
    }
    guard isWhole else { return nil }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    return report
  }

  /// The same to the end in any case, with as many threads as help.
  static func report(on reader: TraceReader) -> VerificationReport {
    guard let report = report(on: reader, threads: WorkerPool.processorCount > 1 ? 2 : 1) else {
      preconditionFailure("nothing has ended the run")
    }
    return report
  }

  /// The second way through a trace: who took the time of the worst cases.
  static func attribution(
    of report: VerificationReport, on reader: TraceReader, threads: Int, onProgress: () -> Bool
  ) -> VerificationReport? {
    var attributor = Attributor(report)
    let isWhole = read(reader, threads, onProgress) { run in
      switch run {
      case .events(let position, let events):
        for index in events.indices { attributor.consume(events[index], position: position &+ UInt64(index)) }
      case .gap: attributor.noteGap()
      }
    }
    return isWhole ? attributor.finish() : nil
  }

  private static let eventsBetweenCalls = 4096
  /// More threads that decode one judge cannot use; each takes memory.
  private static let decoderLimit = 2

  /// Hands out all that the trace has; false where `onProgress` has ended it.
  @inline(__always)
  private static func read(
    _ reader: TraceReader, _ threads: Int, _ onProgress: () -> Bool, _ body: (EventRun) -> Void
  ) -> Bool {
    var isWhole = true
    var count = 0
    reader.forEachEvents(threads: min(threads, decoderLimit + 1)) { run in
      body(run)
      if case .events(_, let events) = run { count += events.count }
      guard count >= eventsBetweenCalls else { return true }
      count = 0
      isWhole = onProgress()
      return isWhole
    }
    return isWhole
  }
}
