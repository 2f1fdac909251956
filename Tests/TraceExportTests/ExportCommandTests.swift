import CommandFolder
import Foundation
import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat

/// The command: targets, refusals, statuses.
@Suite struct ExportCommandTests {
  static let outputs = ["run.ctf", "run.pftrace", "run.json", "run.db", "run.csv", "run.vcd"]

  private static func folder(_ events: [TraceEvent] = SmallStory.whole) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(SmallStory.file(events), to: "run.partita")
    return folder
  }

  @Test(arguments: outputs) func theNameSaysTheFormatAndNothingIsOverwritten(output: String) throws {
    let folder = try Self.folder()
    let arguments = ["export", "run.partita", "-o", output]
    let first = try CommandRun.partita(arguments, in: folder.path)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("\(SmallStory.whole.count) events"))
    #expect(folder.names == ["run.partita", output].sorted())
    let inner = output == "run.ctf" ? output + "/events" : output
    let bytes = try folder.bytes(inner)
    #expect(bytes.count > 500)

    let second = try CommandRun.partita(arguments, in: folder.path)
    #expect(second.status == 2)
    #expect(second.errors.contains("--force"))
    let third = try CommandRun.partita(arguments + ["--force"], in: folder.path)
    #expect(third.status == 0, "\(third.errors)")
    #expect(folder.names == ["run.partita", output].sorted())
    // The same trace, the same bytes.
    #expect(try folder.bytes(inner) == bytes)
  }

  @Test(arguments: outputs) func aForeignFileIsRefusedAndLeavesNothing(output: String) throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in [
      ("empty", []), ("text", Array("this is no trace, but long enough to be looked at by all means".utf8)),
      ("noise", (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 7919 >> 3) }),
    ] as [(String, [UInt8])] {
      _ = try folder.write(bytes, to: name)
      let run = try CommandRun.partita(["export", name, "-o", output], in: folder.path)
      // A file without a byte may be the beginning of a trace.
      #expect(run.status == (bytes.isEmpty ? 3 : 2), "\(name): \(run.errors)")
      #expect(run.errors.contains(name))
    }
    let missing = try CommandRun.partita(["export", "nowhere", "-o", output], in: folder.path)
    #expect(missing.status == 2)
    #expect(folder.names == ["empty", "noise", "text"])
  }

  @Test(arguments: outputs) func aDamagedTraceIsExportedAsFarAsItHolds(output: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(WorldTraces.damagedFile(seed: 81), to: "run.partita")
    let run = try CommandRun.partita(["export", "run.partita", "-o", output], in: folder.path)
    #expect(run.status == 3, "\(run.errors)")
    #expect(run.output.contains("2 gaps"), "\(run.output)")
    #expect(folder.names == ["run.partita", output].sorted())
  }

  @Test(arguments: outputs) func whereNothingCanBeWrittenNothingIs(output: String) throws {
    let folder = try Self.folder()
    let run = try CommandRun.partita(["export", "run.partita", "-o", "nowhere/\(output)"], in: folder.path)
    #expect(run.status == 2)
    #expect(run.errors.contains("cannot be written"), "\(run.errors)")
    #expect(folder.names == ["run.partita"])
  }

  /// The reason is the true one, and it names what was asked for.
  @Test(arguments: outputs) func aFileInAFoldersPlaceIsTold(output: String) throws {
    let folder = try Self.folder()
    let run = try CommandRun.partita(["export", "run.partita", "-o", "run.partita/\(output)"], in: folder.path)
    #expect(run.status == 2)
    #expect(run.errors.contains("run.partita/\(output) cannot be written: Not a directory"), "\(run.errors)")
    #expect(folder.names == ["run.partita"])
  }

  /// The name is as long as one can be, and that under which the export grows would be longer.
  @Test(arguments: outputs) func aFailureNamesWhatWasAskedFor(output: String) throws {
    let folder = try Self.folder()
    let name = String(repeating: "x", count: 255 - output.count) + output
    let run = try CommandRun.partita(["export", "run.partita", "-o", name], in: folder.path)
    #expect(run.status == 2 && run.errors.contains("cannot be written"), "\(run.errors)")
    #expect(!run.errors.contains(".part "), "\(run.errors)")
    #expect(folder.names == ["run.partita"])
  }

  @Test func aFolderWithOtherThingsIsNeverReplaced() throws {
    let folder = try Self.folder()
    for name in ["kept.ctf", "kept"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file(name + "/letter.txt")))
    }
    for arguments in [
      ["-o", "kept.ctf"], ["-o", "kept", "--format", "csv", "--by-kind"], ["-o", "kept", "--format", "vcd"],
    ] {
      let run = try CommandRun.partita(["export", "run.partita", "--force"] + arguments, in: folder.path)
      #expect(run.status == 2)
      #expect(run.errors.contains("not replaced"), "\(run.errors)")
    }
    #expect(try folder.text("kept.ctf/letter.txt") == "mine")
    #expect(try folder.text("kept/letter.txt") == "mine")
    #expect(folder.names == ["kept", "kept.ctf", "run.partita"])
    let device = try CommandRun.partita(["export", "run.partita", "--force", "--format", "csv", "-o", "/dev/null"])
    #expect(device.status == 2)
  }

  /// Names that look like the export's, and a folder with a name of it, are not its own.
  @Test func aFolderOfOtherTablesIsNeverReplaced() throws {
    for (name, isFolder) in [("budget.csv", false), ("mark.csv", true), ("events", true)] {
      let folder = try Self.folder()
      let form = name.hasSuffix(".csv") ? ["--format", "csv", "--by-kind"] : ["--format", "ctf"]
      let made = try CommandRun.partita(["export", "run.partita", "-o", "mine"] + form, in: folder.path)
      #expect(made.status == 0, "\(made.errors)")
      try? FileManager.default.removeItem(atPath: folder.file("mine/\(name)"))
      let own = folder.file("mine/\(name)" + (isFolder ? "/letter.txt" : ""))
      try FileManager.default.createDirectory(
        atPath: (own as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: URL(fileURLWithPath: own))
      let run = try CommandRun.partita(["export", "run.partita", "--force", "-o", "mine"] + form, in: folder.path)
      #expect(run.status == 2 && run.errors.contains("'\(name)'"), "\(name): \(run.errors)")
      #expect(try String(contentsOfFile: own, encoding: .utf8) == "mine", "\(name)")
    }
  }

  @Test func aPartIsExported() throws {
    let folder = try Self.folder()
    let run = try CommandRun.partita(
      ["export", "run.partita", "-o", "run.csv", "--from", "8us", "--to", "9100ns"], in: folder.path)
    #expect(run.status == 0)
    // The header, and the events from 8,000 ns to 9,100 ns.
    #expect(try CSVTests.parse(try folder.bytes("run.csv")).count == 1 + 8)
  }

  @Test func standardOutputIsATarget() throws {
    let folder = try Self.folder()
    let run = try CommandRun.partita(["export", "run.partita", "--format", "csv", "-o", "-"], in: folder.path)
    #expect(run.status == 0)
    #expect(try CSVTests.parse(Array(run.output.utf8)).count == SmallStory.whole.count + 1)
    let piped = try CommandRun.partita(
      ["export", "-", "--format", "csv", "-o", "-"], input: folder.file("run.partita"))
    #expect(piped.output == run.output)
    #expect(folder.names == ["run.partita"])
  }

  /// `… -o - | head`: the command ends in peace when nobody reads on.
  @Test func aReaderMayGo() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(WorldTraces.file(seed: 84, inputs: 4000), to: "run.partita")
    let script = "$0 export run.partita --format csv -o - | head -n 1; echo ${PIPESTATUS[0]}"
    let run = try CommandRun("/bin/bash", ["-c", script, try CommandFolder.command()], in: folder.path)
    #expect(run.output.hasPrefix("position,time_ns,"))
    #expect(run.output.split(whereSeparator: \.isNewline).last == "0")
    #expect(run.errors == "")
  }

  @Test func badUsageIsStatusTwo() throws {
    let folder = try Self.folder()
    for arguments in [
      ["-o", "run.xyz"], ["-o", "-", "--format", "ctf"], ["-o", "-", "--format", "sqlite"],
      ["-o", "run.vcd", "--by-kind"], ["-o", "run.vcd", "--from", "2s", "--to", "1s"],
      ["-o", "run.vcd", "--from", "soon"],
    ] {
      let run = try CommandRun.partita(["export", "run.partita"] + arguments, in: folder.path)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.errors.contains("Error"), "\(run.errors)")
    }
    #expect(folder.names == ["run.partita"])
  }

  /// Interrupted in the middle, for the trace comes through a pipe that stays open.
  @Test(arguments: ["ctf", "sqlite", "perfetto"]) func anInterruptedExportLeavesNothing(format: String) throws {
    // The command may be gone before it has read everything.
    signal(SIGPIPE, SIG_IGN)
    let folder = try TemporaryFolder()
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: try CommandFolder.command())
    process.arguments = ["export", "-", "--format", format, "-o", folder.file("out")]
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let trace = try WorldTraces.file(seed: 91)
    try pipe.fileHandleForWriting.write(contentsOf: Data(trace.prefix(trace.count / 2)))
    while folder.names.isEmpty, process.isRunning { usleep(1000) }
    #expect(folder.names.allSatisfy { $0.hasSuffix(".part") }, "\(folder.names)")
    process.interrupt()
    // The rest comes, so that the command is not waiting for it when it looks for the signal.
    usleep(100_000)
    try? pipe.fileHandleForWriting.write(contentsOf: Data(trace.suffix(from: trace.count / 2)))
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 3)
    #expect(folder.names == [])
  }
}
