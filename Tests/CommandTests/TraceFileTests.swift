import CommandFolder
import Foundation
import Testing

/// Traces that are no ordinary files, and files that are no traces or change while they are read.
@Suite struct TraceFileTests {
  /// Those that read a trace once take a named pipe, and say what they say of the file.
  @Test(arguments: [
    ["stats"], ["dump"], ["verify", "--format", "json"], ["replay", "--threads", "2"], ["claims"],
  ]) func aNamedPipeIsATrace(arguments: [String]) throws {
    let folder = try CommandFolder()
    let trace = try LongTrace.short.get()
    try folder.write(trace, to: "run.partita")
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    let asked = arguments.dropFirst()
    let wanted = try RunningCommand([arguments[0], "run.partita"] + asked, in: folder)
    let ending = wanted.finish()
    Glibc.signal(SIGPIPE, SIG_IGN)
    let path = folder.file("pipe")
    let writer = Thread {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      _ = trace.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      close(descriptor)
    }
    writer.start()
    let command = try RunningCommand([arguments[0], "pipe"] + asked, in: folder)
    #expect(command.finish() == ending, "\(command.errors)")
    if arguments[0] != "replay" { #expect(command.output == wanted.output) }
    #expect(command.errors == wanted.errors)
  }

  /// Those that read it more than once say so, and do not wait for a second beginning; those that read modules do not
  /// wait for the first.
  @Test(arguments: [
    ["report", "pipe", "-o", "out"], ["step", "pipe"], ["verify", "pipe", "--evidence"],
    ["verify", "pipe", "--certificate", "out"], ["what-if", "pipe", "--schedule-search"],
    ["what-if", "pipe", "--module", "pipe"], ["rescue", "--ram", "memory", "--continue", "pipe", "-o", "out"],
    ["rescue", "--core", "memory", "--continue", "-", "-o", "out"],
    ["check", "pipe"], ["pack", "pipe", "-o", "out"], ["capture", "pipe", "--for", "1ms", "-o", "out"],
    ["synthesize", "pipe", "-o", "out"],
  ]) func aNamedPipeIsRefusedWhereOnceIsNotEnough(arguments: [String]) throws {
    let folder = try CommandFolder()
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    let command = try RunningCommand(arguments, in: folder)
    #expect(command.finish() == .status(2))
    #expect(command.errors.contains("no ordinary file"), "\(command.errors)")
    #expect(folder.names == ["pipe"])
  }

  /// Cut while it is read: what is told is the cut, whatever the command was about to do.
  @Test(arguments: [
    ["stats", "run.partita"], ["verify", "run.partita"], ["replay", "run.partita"],
    ["dump", "run.partita", "--kind", "end"], ["report", "run.partita", "-o", "out"],
    ["export", "run.partita", "--format", "vcd", "-o", "out"],
  ]) func aFileMayBeCutMeanwhile(arguments: [String]) throws {
    let trace = try LongTrace.bytes.get()
    let folder = try CommandFolder()
    for _ in 0..<30 {
      try? FileManager.default.removeItem(atPath: folder.file("out"))
      try folder.write(trace, to: "run.partita")
      let command = try RunningCommand(arguments, in: folder)
      _ = command.reaches { command.bytesRead > 1 << 20 }
      truncate(folder.file("run.partita"), off_t(trace.count / 2))
      let ending = command.finish()
      // Where it was quicker than the test it has seen the whole: then its answer is that of the whole.
      guard case .status(let status) = ending, [2, 3].contains(status) else {
        #expect(ending == .status(0) || ending == .status(1), "\(command.errors)")
        continue
      }
      let words = ["cut off", "changed", "damaged", "no end", "without its end"]
      let said = command.errors + String(command.output.suffix(2000))
      #expect(words.contains { said.contains($0) }, "\(arguments): \(said)")
      return
    }
    Issue.record("\(arguments): the file was never cut in time")
  }

  /// What is no trace is refused by every command in the same way, and nothing is made of it.
  @Test(arguments: [
    ["dump"], ["stats"], ["verify"], ["replay"], ["query", "SELECT 1"], ["report", "-o", "out"], ["step"],
    ["diff", "good"], ["export", "--format", "csv", "-o", "out"], ["what-if", "--schedule-search"], ["goto", "5"],
    ["verify", "--evidence"], ["verify", "--certificate", "out"], ["stats", "--compare", "good"], ["top"],
    ["what-if", "--module", CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"],
    ["export", "--format", "csv", "--by-kind", "-o", "out"], ["export", "--format", "ctf", "-o", "out"],
    ["export", "--format", "perfetto", "-o", "out"], ["export", "--format", "chrome", "-o", "out"],
    ["export", "--format", "sqlite", "-o", "out"], ["export", "--format", "vcd", "-o", "out"],
  ]) func whatIsNoTraceIsRefused(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.addForeigners()
    let before = folder.names
    for name in CommandFolder.foreigners {
      let words = [arguments[0], name] + arguments.dropFirst()
      let command = try RunningCommand(words, in: folder)
      let ending = command.finish()
      // An empty one may be the beginning of a trace, and a device cannot be read twice.
      #expect(ending == .status(2) || name == "/dev/null" && ending == .status(3), "\(words): \(ending)")
      #expect(command.errors.contains(name) && !command.errors.contains("Fatal"), "\(words): \(command.errors)")
      #expect(command.peakBytes <= 64 << 20, "\(words): \(command.peakBytes >> 10) KiB")
      #expect(folder.names == before && folder.leftovers == [], "\(words)")
    }
  }
}
