import ArgumentParser
import Foundation
import Outputs
import TraceReading

/// What the subcommands that read a trace have in common: opening it, and saying in which condition it was.
enum TraceCommand {
  /// Opens a trace; a file that is none ends the command with status 2, one cut in its first block with 3.
  static func open(_ path: String) throws -> TraceReader {
    do throws(TraceOpenError) {
      return try TraceReader(path: path)
    } catch {
      if case .cannotOpen = error { complain("\(error)") } else { complain("\(path): \(error)") }
      throw ExitCode(error.isTruncation ? 3 : 2)
    }
  }

  /// Whether a path leads to something that comes only once: standard input, a pipe, a device.
  static func comesOnce(_ path: String) -> Bool {
    guard path != "-" else { return true }
    var information = stat()
    guard stat(path, &information) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT)
  }

  /// Refuses what cannot be read a second time.
  static func requireFile(_ path: String) throws {
    guard comesOnce(path) else { return }
    complain("\(path): the trace is read more than once here, and this is no ordinary file; write it to one first")
    throw ExitCode(2)
  }

  /// Says what the recorder lost: no defect of the trace, which tells of it.
  static func tell(_ losses: RecorderLosses, of path: String) {
    if let sentence = losses.sentence { complain("\(path): note: \(sentence)") }
  }

  /// Says in which condition a trace is that is not complete; a flight recorder's is as it must be.
  static func tell(_ condition: TraceCondition, of path: String) {
    if !condition.isComplete { complain("\(path): \(condition.isSound ? "note: it is " : "")\(condition)") }
  }

  /// Says what is to be known of a part of which nothing is missing.
  static func tell(note: String?, of path: String) {
    if let note { complain("\(path): note: it is \(note)") }
  }

  /// Says what is wrong with a trace that was read to its end, and ends the command with status 3 if something is.
  static func finish(_ reader: TraceReader, _ path: String) throws {
    tell(reader.losses, of: path)
    switch reader.condition {
    case .complete, .unread: return
    case .overwritten: return tell(reader.condition, of: path)
    case .truncated: complain("\(path): \(reader.condition)")
    case .damaged(let defects):
      for defect in defects.prefix(10) { complain("\(path): \(defect)") }
      if reader.defectCount > 10 { complain("\(path): and \(reader.defectCount - 10) defects more") }
    }
    throw ExitCode(3)
  }

  /// Refuses a part that ends before it begins.
  static func requireForward(_ span: TraceSpan) throws {
    if span.isBackward { throw ValidationError("--to is before --from") }
  }

  /// Refuses a part that a trace has not: one from beyond its end, or one that ends before it begins.
  ///
  /// - Parameter coverage: of a reader that has come to the part's end, or to its own.
  static func requireBegun(_ coverage: SpanCoverage, _ reader: TraceReader, _ path: String) throws {
    guard coverage.gap == nil else { return }
    if coverage.isBackward {
      complain("\(path): --to is before --from in this trace")
      throw ExitCode(2)
    }
    guard !coverage.hasBegun, reader.condition != .unread else { return }
    // What is missing before the trace's last event cannot have been behind its end.
    let doubts = coverage.doubts(of: reader)
    complain("\(path): the trace ends before the place to begin at\(doubts.first.map { "; \($0)" } ?? "")")
    throw ExitCode(doubts.isEmpty ? 2 : 3)
  }

  /// Says what is missing of a part of a trace, and ends the command with status 3 if something is.
  static func finish(_ reader: TraceReader, _ path: String, _ coverage: SpanCoverage) throws {
    tell(coverage.losses, of: path)
    tell(note: coverage.note, of: path)
    let doubts = coverage.doubts(of: reader)
    for doubt in doubts { complain("\(path): \(doubt)") }
    if !doubts.isEmpty { throw ExitCode(3) }
  }

  /// Refuses an output that is one of the inputs: it would be gone when it was needed once more.
  static func keepApart(_ output: String, from inputs: [String?]) throws {
    for case let input? in inputs where OutputPath.areSame(output, input) {
      complain("\(output) is what is read here; name another output")
      throw ExitCode(2)
    }
  }

  static func complain(_ message: String) {
    ModuleSession.say("partita: \(TraceVocabulary.visible(message, keeping: ["\n", "\t"]))\n", to: STDERR_FILENO)
  }
}
