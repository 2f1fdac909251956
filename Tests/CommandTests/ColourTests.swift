import CommandFolder
import Testing

/// Answers have colours on a terminal that shows them and whose user wants them, and nowhere else.
@Suite struct ColourTests {
  @Test(arguments: [["verify", "run"], ["replay", "run"], ["stats", "run"], ["stats", "run", "--compare", "other"]])
  func coloursAreForTerminals(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run")
    try folder.write(LongTrace.ofSomeBlocks.get(), to: "other")
    for (setting, isColored) in [("NO_COLOR=", true), ("NO_COLOR=1", false), ("TERM=dumb", false)] {
      let terminal = try PseudoTerminal()
      let command = try RunningCommand(
        arguments, in: folder, output: terminal.device, through: PseudoTerminal.environment(setting))
      #expect(terminal.finish(command) != .status(2), "\(setting): \(command.errors)")
      #expect(terminal.text.contains("event"), "\(setting): \(terminal.text)")
      #expect(terminal.text.contains("\u{1B}[") == isColored, "\(setting): \(terminal.text.prefix(200))")
    }
    #expect(try !folder.run(arguments).output.contains("\u{1B}"))
  }
}
