import ArgumentParser
import Emulation
import Foundation
import GuestRing

/// `partita rescue`: a trace from the ring of a machine that does not write it any more.
struct RescueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rescue",
    abstract: "Reads the trace ring of a crashed or hung module from outside and gives a trace.",
    discussion: """
      The kernel's ring is found in the machine's memory: by the monitor of an emulator that still runs (--qmp; the \
      machine stands still for the moment; that of a 'partita capture' is the file monitor in its folder partita.* in \
      TMPDIR, or /tmp), in a core that the monitor's dump-guest-memory wrote (--core), or in a plain image of it \
      (--ram; 'partita capture --ram FILE' keeps one, and so does pmemsave). What the kernel recorded last is there, \
      even what it had not shown to the drainer yet.

      With --continue the trace that the capture left cut off is completed: what the ring has beyond its last whole \
      block is appended, and no event is doubled. Without it the trace has what the ring still has; the blocks before \
      count as missing. Without the module's end event the trace counts as cut off where the module stopped.

      A flight recorder (p:Trace Policy="FLIGHT_RECORDER") has no drainer: its ring is all there is, and 'capture' \
      reads it by itself when the machine is gone.

      Every record is checked as far as it can be: kinds, partitions and words that exist, the order of time, the \
      counts of kernel and drainer. Where something else has overwritten records, those before and behind them are \
      rescued, the trace shows a gap, and the answer tells which events are missing.

      Exit status: 0 a trace is written, 2 bad usage or input, or nothing to be rescued, 3 a trace is written, but \
      the ring was spoilt; or interrupted, and nothing is kept.

      Examples:
        partita rescue --qmp monitor.sock -o rescued.partita
        partita rescue --ram memory.bin --continue run.partita \\
          -o rescued.partita
      """)

  @Option(
    help: ArgumentHelp("The monitor's socket (QMP) of an emulator that runs.", valueName: "socket"), completion: .file()
  )
  var qmp: String?

  @Option(help: ArgumentHelp("An ELF core of the machine.", valueName: "file"), completion: .file())
  var core: String?

  @Option(help: ArgumentHelp("The machine's memory from physical address 0.", valueName: "file"), completion: .file())
  var ram: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The trace.", valueName: "file"),
    completion: .file())
  var output: String

  @Option(
    name: .customLong("continue"),
    help: ArgumentHelp("The trace of the same run, cut off, that is to be completed.", valueName: "trace"),
    completion: .file())
  var continued: String?

  @Option(help: ArgumentHelp("Where the ring's control page is, if several are found: 0x…", valueName: "address"))
  var at: String?

  @Flag(help: "Replace the output if it exists, but never a program (ELF).")
  var force = false

  func validate() throws {
    guard [qmp, core, ram].compactMap({ $0 }).count == 1 else {
      throw ValidationError("Give the memory by one of --qmp SOCKET, --core FILE and --ram FILE.")
    }
    if let at, Self.address(at) == nil { throw ValidationError("--at is an address such as 0x12f000, not '\(at)'.") }
  }

  private static func address(_ text: String) -> UInt64? {
    text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
  }

  func run() throws {
    try reporting {
      // Nothing is read before it is known that the result may be written.
      try TraceCommand.keepApart(output, from: [ram, core, continued])
      // It is read, and then copied.
      if let continued { try TraceCommand.requireFile(continued) }
      // Before anything is made that a Ctrl-C would leave behind.
      let signals = try SignalWatch()
      let file = try TraceOutput(target: output, mayReplace: force)
      let scratch = try PrivateDirectory()
      defer { withExtendedLifetime(scratch.path) {} }
      let rescue = try ring(scratch.file("memory"), signals)
      let writer = FileWriter(path: file.growing)
      try rescue.write { writer.write($0) }
      guard !signals.isPending else { throw RescueError.interrupted }
      guard writer.finish() else {
        throw EmulationError.unwritable(path: output, reason: writer.failure ?? "it cannot be written")
      }
      let kept = try file.keep() ?? output
      print(Self.summary(rescue, kept))
      if rescue.isSpoilt { throw ExitCode(3) }
    }
  }

  /// Finds the ring; where there is none, says in whose memory: the ring's own errors know of no file.
  private func ring(_ scratch: String, _ signals: SignalWatch) throws -> TraceRescue {
    do {
      return try TraceRescue(
        try memory(scratch, signals), at: at.flatMap { Self.address($0) }, continuing: continued,
        isInterrupted: { signals.isPending })
    } catch let error as RescueError {
      switch error {
      case .noRing, .cutOff, .severalRings, .noControlPage, .ringDamaged, .ringEmpty:
        TraceCommand.complain("\(ram ?? core ?? qmp ?? ""): \(error)")
        throw ExitCode(2)
      default: throw error
      }
    }
  }

  private func memory(_ scratch: String, _ signals: SignalWatch) throws -> GuestMemory {
    if let ram { return try GuestMemory(ramFile: ram) }
    if let core { return try GuestMemory(coreFile: core) }
    var monitor = try QMPClient(path: qmp ?? "", timeout: .seconds(60), signals: signals)
    try monitor.saveMemory(to: scratch)
    return try GuestMemory(ramFile: scratch)
  }

  private static func summary(_ rescue: TraceRescue, _ path: String) -> String {
    let range = rescue.eventCount > 0 ? ", numbers \(rescue.firstEvent) to \(rescue.endEvent - 1)" : ""
    var lines = ["\(path): \(rescue.eventCount) events from the ring\(range)"]
    if let before = rescue.continuedEvents { lines.append("  behind \(before) events of the trace continued") }
    if rescue.missingEvents > 0 {
      let what = rescue.isFlightRecorder ? "overwritten, as a flight recorder does" : "missing"
      lines.append("  \(rescue.missingEvents) events before them are \(what)")
    }
    if rescue.isSpoilt { lines.append("  the ring is SPOILT: something else than the kernel has written to it") }
    for records in rescue.spoilt.prefix(10) {
      let last = records.firstEvent + records.count - 1
      lines.append(
        records.count == 1
          ? "  event \(last) cannot be believed and is left out"
          : "  events \(records.firstEvent) to \(last) (\(records.count)) cannot be believed and are left out")
    }
    if rescue.spoilt.count > 10 { lines.append("  and so in \(rescue.spoilt.count - 10) places more") }
    lines += rescue.remarks.map { "  \($0)" }
    lines.append(
      rescue.isEnded ? "  the module had ended in order" : "  cut off where the module stopped: no end event")
    return lines.joined(separator: "\n")
  }
}
