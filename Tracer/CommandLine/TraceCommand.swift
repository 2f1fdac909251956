import ArgumentParser
import Foundation
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

  /// Says what is wrong with a trace that was read to its end, and ends the command with status 3 if something is.
  static func finish(_ reader: TraceReader, _ path: String) throws {
    switch reader.condition {
    case .complete, .unread: return
    case .truncated: complain("\(path): \(reader.condition)")
    case .damaged(let defects):
      for defect in defects.prefix(10) { complain("\(path): \(defect)") }
      if reader.defectCount > 10 { complain("\(path): and \(reader.defectCount - 10) defects more") }
    }
    throw ExitCode(3)
  }

  static func complain(_ message: String) {
    FileHandle.standardError.write(Data("partita: \(message)\n".utf8))
  }
}
