import CommandFolder
import Foundation
import Testing
import TraceReading

/// `partita step` and `partita top` without a terminal: orders line by line, a snapshot at the end.
@Suite struct StepCommandTests {
  private func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try Data(SharedRuns.logged.get().trace).write(to: folder.url("run.partita"))
    return folder
  }

  @Test func stepsFindsAndComesBack() throws {
    let folder = try folder()
    let orders = "goto 1s\nnext\nback\nfind upcall Sensors\nrfind windowStart\ngoto event 253\ngoto frame 50\n"
    let answer = try folder.partita("step", "run.partita", input: orders)
    #expect(answer.status == 0)
    let dump = try folder.partita("dump", "run.partita").text.split(separator: "\n")
    let lines = answer.text.split(separator: "\n")
    #expect(lines.count == 7)
    for line in lines { #expect(dump.contains(line), "each line is one of 'partita dump'") }
    #expect(lines[0] == lines[2])
    #expect(lines[1] != lines[0])
    #expect(lines[3].contains(" upcall ") && lines[3].contains("Sensors"))
    #expect(lines[4].contains(" windowStart "))
    #expect(lines[5].contains(" 253 "))
    #expect(lines[6].contains("frame=50 "))
  }

  @Test func stateOnTheScreenIsThatOfTheRun() throws {
    let folder = try folder()
    let answer = try folder.partita(
      "step", "run.partita", "--width", "120", "--height", "60", input: "goto 1s\nfind upcall Sensors\nshow\n")
    #expect(answer.status == 0)
    // Eleven ticks were waiting, the hundredth upcall serves them, Control and Maintenance have yielded.
    for words in ["[40]", "in service ×11", "SENSOR_DATA", "health monitor's log: 0 entries", "frame 50"] {
      #expect(answer.text.contains(words), "\(words) in \(answer.text)")
    }
    let sensors = try #require(answer.text.split(separator: "\n").first { $0.hasPrefix(" ▶ Sensors") })
    #expect(sensors.contains(" normal ") && sensors.contains(" off ") && sensors.contains(" 100 "))
  }

  @Test func whatCannotBeDoneIsToldAndDoesNotStopTheRest() throws {
    let folder = try folder()
    let answer = try folder.partita("step", "run.partita", input: "fly\nlast\nnext\ngoto 99s\nback 2\nquit\nfirst\n")
    #expect(answer.status == 2)
    #expect(answer.text.split(separator: "\n").count == 2, "\(answer.text)")
    #expect(try folder.partita("step", "nothing.partita").status == 2)
    #expect(try folder.partita("step", "-").status == 2)
    #expect(try folder.partita("step", "run.partita", "--event", "99999999").status == 2)
    try Data("no trace at all".utf8).write(to: folder.url("foreign"))
    #expect(try folder.partita("step", "foreign").status == 2)
    let whole = try SharedRuns.inSmallBlocks.get().trace
    try Data(whole.dropLast(whole.count / 3)).write(to: folder.url("cut.partita"))
    let cut = try folder.partita("step", "cut.partita", input: "last\nshow\n")
    #expect(cut.status == 3)
    #expect(cut.text.contains("▶"))
  }

  @Test func topPrintsASnapshotOfATrace() throws {
    let folder = try folder()
    let answer = try folder.partita("top", "run.partita")
    #expect(answer.status == 0)
    let events = try SharedRuns.logged.get().events.count
    for words in [
      "FlightControl", " \(events) events", "nothing lost", "nothing violated", "budget.kernelTime", "40 RTC",
    ] {
      #expect(answer.text.contains(words), "\(words) in \(answer.text)")
    }
    let loader = try #require(answer.text.split(separator: "\n").first { $0.hasPrefix("L Loader ") })
    #expect(loader.contains("29.7"), "the loader never yields: it uses its windows up")
    #expect(try folder.partita("top", "run.partita", "-o", "other.partita").status == 2)
    #expect(try folder.partita("top", "nothing.partita").status == 2)
  }

  @Test func topCapturesAModuleAndKeepsItsTrace() throws {
    let folder = try folder()
    let module = BootImages.package + "/Kernel/Modules/FlightControl/module.xml"
    let answer = try folder.partita(
      "top", module, "--for", "200ms", "-o", "new.partita", "--images", BootImages.folder, "--kernel",
      BootImages.path("partita-kernel"))
    #expect(answer.status == 0, "\(answer.text)")
    #expect(answer.text.contains("captured whole"))
    #expect(answer.text.contains("frame "))
    #expect(try folder.partita("replay", "new.partita").status == 0)
    #expect(try folder.partita("top", module, "--for", "200ms", "-o", "new.partita").status == 2, "no --force")
  }

  /// What stays on a terminal when the run is over is as wide as that.
  @Test func topLeavesASnapshotThatFitsTheTerminal() throws {
    let folder = try folder()
    let words = try [
      CommandFolder.command(), "top", BootImages.package + "/Kernel/Modules/FlightControl/module.xml", "--for",
      "200ms", "--images", BootImages.folder, "--kernel", BootImages.path("partita-kernel"),
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    let command = "stty cols 70 rows 24; " + words.map { "'\($0)'" }.joined(separator: " ")
    process.arguments = ["-qec", command, "/dev/null"]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "TERM": "xterm", "LC_ALL": "C.UTF-8", "TMPDIR": folder.temporary,
    ]) { $1 }
    // Its end would be taken for a key.
    let (keyboard, output) = (Pipe(), Pipe())
    process.standardInput = keyboard
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try keyboard.fileHandleForWriting.close()
    #expect(process.terminationStatus == 0, "\(text.suffix(3000))")
    let shell = try #require(text.range(of: "\u{1B}[?1049l", options: .backwards))
    let lines = text[shell.upperBound...].split(separator: "\r\n")
    #expect(lines.first?.hasSuffix(" captured whole") == true, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("L Loader ") } && lines.count < 24 && lines.allSatisfy { $0.count <= 70 })
  }
}
