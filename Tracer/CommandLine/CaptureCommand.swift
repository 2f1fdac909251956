import ArgumentParser
import Emulation
import Foundation

/// `partita capture`: boots a module and records its trace.
struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Boots a module under QEMU and records its trace.",
    discussion: """
      Two captures of the same module with the same stimulus are identical byte for byte, unless live input (--input) \
      or the host's clock (--real-time) come in. Ctrl-C ends the module in order and the trace is whole; a second \
      Ctrl-C ends it at once.

      With --transport memory the events are read from the machine's memory while it runs, and the debug port only \
      rings a bell; what a partition meets in its windows is the same, the drainer has more time.

      A module with p:Trace Policy="FLIGHT_RECORDER" has no drainer: its trace is what the ring holds when the machine \
      has ended or crashed, from the oldest event that is not overwritten.

      Exit status: 0 the trace is written to its end, 1 the kernel found an invariant broken, 2 bad usage or input, \
      3 the trace has no end; what there is of it is kept. Events that found no room in the ring are counted in the \
      trace and in the summary ('lost'): then 'verify' and 'replay' answer 3.

      Examples:
        partita capture module.xml -o run.partita --for 2s
        partita capture module.xml -o run.partita --for 2s --stimulus stimulus.txt
        partita capture module.xml -o run.partita --for 2s --transport memory
      """)

  @OptionGroup var options: EmulationOptions

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The trace.", valueName: "file"),
    completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp("Type this file on the live console; '-' for standard input.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: ArgumentHelp("Where the module's console goes; '-' for standard output.", valueName: "file"),
    completion: .file())
  var console: String?

  func validate() throws {
    guard input == nil || options.transport == .port else {
      throw ValidationError("--input needs --transport port.")
    }
  }

  func run() throws {
    try reporting {
      var session = ModuleSession(options: options, tracePath: output)
      session.inputPath = input
      session.consolePath = console
      if input != nil {
        ModuleSession.say(
          "note: live input arrives at other instants in every run; a stimulus is repeatable.\n", to: STDERR_FILENO)
      }
      try session.run()
    }
  }
}
