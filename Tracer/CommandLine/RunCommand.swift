import ArgumentParser
import Emulation
import Foundation

/// `partita run`: boots a module with its console in the foreground.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Boots a module under QEMU with its console in the foreground.",
    discussion: """
      What you type goes to the module's console line (COM1), what it prints appears here. Ctrl-C ends the module in \
      order, a second Ctrl-C at once. Exit statuses are those of 'capture'.

      Examples:
        partita run module.xml
        partita run module.xml --for 10s -o run.partita
      """)

  @OptionGroup var options: EmulationOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Keep the trace; without it the trace is let go.", valueName: "file"), completion: .file())
  var output: String?

  func validate() throws {
    guard options.transport == .port else { throw ValidationError("A live console needs --transport port.") }
    try options.requireOutput(output)
  }

  func run() throws {
    try reporting {
      var session = ModuleSession(options: options, tracePath: output)
      session.consoleInput = STDIN_FILENO
      session.consoleOutput = STDOUT_FILENO
      session.isInteractive = true
      try session.run()
    }
  }
}
