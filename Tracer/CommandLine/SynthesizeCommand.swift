import ArgumentParser
import Emulation
import Foundation
import ModuleCompiler
import ModuleConfiguration
import Simulation
import TraceFormat

/// `partita synthesize`: a valid trace of any length, without an emulator.
struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Makes a valid trace of any length from the kernel's deciding code in a simulated world.",
    discussion: """
      Devices fire at irregular instants, partitions make hypercalls of all common kinds, exchange messages, take \
      upcalls, handle faults, and keep their deadlines at any --gap; every decision is PartitionCore's, and the trace \
      goes through the drainer's own encoder. 'partita replay' finds it identical. The same module, seed and options \
      give the same bytes. With a --gap below the default partitions call so often that budgets of kernel time and of \
      the trace's bytes may be exceeded, which 'partita verify' tells.

      Exit status: 0 written, 2 bad usage or input, or the output cannot be written, 3 interrupted.

      Example:
        partita synthesize module.xml --events 1000000 --seed 7 \\
          -o long.partita
      """)

  @Argument(help: "The module: an XML file, or an image made by 'partita pack'.", completion: .file())
  var module: String

  @Option(help: ArgumentHelp("At least so many events; the last frame of a few more is finished.", valueName: "count"))
  var events: UInt64 = 1_000_000

  @Option(help: "Another seed, another world.")
  var seed: UInt64 = 1

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The trace.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(help: "Loads that change by a factor of sixteen from window to window.")
  var shuffled = false

  @Option(help: "Microseconds from one hypercall of a working partition to the next, on average.")
  var gap: UInt64 = 100

  @Flag(help: "Replace the output if it exists, but never a program (ELF).")
  var force = false

  @Option(
    name: .customLong("images"), help: "A directory with partition images; may be repeated.", completion: .directory)
  var imageDirectories: [String] = []

  func validate() throws {
    guard (1...1_000_000).contains(gap) else { throw ValidationError("--gap is 1 to 1000000 microseconds") }
    guard events <= 1 << 40 else { throw ValidationError("--events is at most \(1 << 40)") }
  }

  func run() throws {
    try ImageFolders.require(imageDirectories)
    try TraceCommand.keepApart(output, from: [module])
    try reporting {
      try ModuleSource.withTable(of: module, imageDirectories: imageDirectories, write)
    }
  }

  private func write(_ table: ModuleTable) throws {
    // Before anything is made that a Ctrl-C would leave behind.
    let signals = try SignalWatch()
    let file = try TraceOutput(target: output, mayReplace: force)
    let writer = FileWriter(path: file.growing)
    let options = SimulationOptions(seed: seed, isShuffled: shuffled, meanCallGap: gap * 1000)
    let world = SimulatedWorld(table, options) { writer.write($0) }
    var progress = ProgressLine(isShown: StandardOutput.showsProgress)
    world.begin()
    var sinceLook = 0
    while world.eventCount < events {
      world.step()
      sinceLook += 1
      guard sinceLook == 4096 else { continue }
      sinceLook = 0
      if signals.take() > 0 {
        progress.clear()
        TraceCommand.complain("interrupted; nothing is written")
        throw ExitCode(3)
      }
      if writer.failure != nil { break }
      progress.show("\(world.eventCount) of \(events) events  \(writer.byteCount >> 10) KiB")
    }
    if writer.failure == nil { world.end() }
    progress.clear()
    guard writer.finish() else {
      TraceCommand.complain("\(output): \(writer.failure ?? "it cannot be written")")
      throw ExitCode(2)
    }
    let kept = try file.keep()
    print("\(kept ?? output): \(world.writtenEventCount) events, \(writer.byteCount) bytes")
  }
}
