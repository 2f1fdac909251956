import CommandFolder
import Foundation
import Testing

/// A signal that comes when a command has just begun to watch for signals, and nothing of its work has.
@Suite struct EarlySignalTests {
  /// Stops the command where it makes its folder for temporary files, and lets it go on with a signal.
  private static let debugger = [
    "gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off", "-ex", "set startup-with-shell off", "-ex",
    "handle SIGINT nostop noprint pass", "-ex", "tcatch syscall mkdir", "-ex", "run", "-ex", "signal SIGINT", "-ex",
    "printf \"status %d\\n\", $_exitcode", "--args",
  ]

  /// Short ones, so that nothing looks up in their midst; gdb takes no blanks in a word.
  @Test(arguments: [
    ["query", "run.partita", "SELECT+1"], ["query", "run.partita", "SELECT+1", "--format", "json"],
    ["what-if", "run.partita", "--module", "module.image"], ["what-if", "run.partita", "--schedule-search"],
  ]) func itIsObeyed(arguments: [String]) throws {
    let folder = try InterruptionTests.folder(LongTrace.tiny.get())
    let command = try RunningCommand(arguments, in: folder, through: Self.debugger)
    #expect(command.finish() == .status(0), "\(command.errors)")
    #expect(command.output.contains("call to syscall mkdir"), "gdb: \(command.output) \(command.errors)")
    #expect(command.output.contains("status 3\n"), "\(command.output.suffix(300)) \(command.errors.suffix(300))")
    #expect(command.errors.contains("interrupted"), "\(command.errors.suffix(300))")
    #expect(!command.output.contains("(1 row)") && !command.output.contains("assumed:"), "\(command.output)")
    #expect(folder.names == InterruptionTests.names && folder.leftovers == [])
  }
}
