import CommandFolder
import Foundation
import Testing

/// A part of a long trace is gone to at once: of what lies before and behind it hardly more is read than the headers.
@Suite struct StartAnywhereTests {
  /// A part's beginning, in each of the ways to name it.
  private struct Places {
    let event: Int
    let frame: Int
    let instant: String

    /// Those of the first major frame from an event on.
    init(from event: Int, in folder: CommandFolder) throws {
      let dump = try folder.run(
        "dump", "run", "--from", "event:\(event)", "--kind", "majorFrameStart", "--limit", "1")
      #expect(dump.ending == .status(0), "\(dump.errors)")
      let words = dump.output.split(separator: " ")
      try #require(words.count > 4, "\(dump.output)")
      self.event = try #require(Int(words[0]))
      instant = String(words[1])
      frame = try #require(words[4].split(separator: "=").last.flatMap { Int($0) }, "\(dump.output)")
    }

    /// From each of them to some place soon behind it.
    var parts: [[String]] {
      [
        ["--from", "event:\(event)", "--to", "event:\(event + 200)"],
        ["--from", "frame:\(frame)", "--to", "frame:\(frame)"],
        ["--from", "\(instant)s", "--to", "event:\(event + 200)"],
      ]
    }
  }

  @Test func ofALongTraceThePartIsRead() throws {
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", OtherModule.path, "--events", "10000000", "--seed", "4", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: folder.file("run"))[.size] as? Int)
    try #require(size > 30 << 20)
    // A frame is searched for by halves, so some twenty of six hundred blocks are decoded for a beginning and an end.
    let little = size / 10
    func read(_ command: String, _ part: [String]) throws -> String {
      let running = try RunningCommand([command, "run"] + part, in: folder)
      #expect(running.finish() == .status(0), "\(command) \(part): \(running.output) \(running.errors)")
      #expect(running.bytesReadInAll > 100_000, "it is not known what it has read")
      #expect(running.bytesReadInAll < little, "\(command) \(part): \(running.bytesReadInAll) of \(size)")
      return running.output
    }
    for place in [5_000_000, 9_990_000] {
      for part in try Places(from: place, in: folder).parts {
        let dump = try read("dump", part)
        #expect(dump.split(separator: "\n").count > 100, "\(part)")
        if place == 5_000_000 {
          // A pipe is read from its beginning: the same lines come of that.
          let piped = try RunningCommand(
            ["dump", "-"] + part, in: folder, through: ["sh", "-c", "cat run | \"$0\" \"$@\""])
          #expect(piped.finish() == .status(0) && piped.output == dump, "\(part): \(piped.errors)")
        }
        let replay = try read("replay", part)
        #expect(replay.contains("replay: identical") && replay.contains("begun at event"), "\(part): \(replay)")
      }
    }
    // What lies behind an end is not read either, whatever the beginning.
    for part in [["--to", "event:200"], ["--to", "frame:2"], ["--to", "50ms"]] {
      #expect(try read("dump", part).split(separator: "\n").count > 100)
      #expect(try read("replay", part).contains("replay: identical"))
      #expect(try read("export", part + ["-o", "part.csv", "--force"]).contains("events as csv"))
    }
  }

  /// Once the stepper has been through the trace, a way back takes what lies there and not what lies before.
  @Test func aWayBackIsNotReadFromTheBeginning() throws {
    let folder = try CommandFolder()
    let bytes = try LongTrace.bytes.get()
    try folder.write(bytes, to: "run")
    let backs = 4
    try folder.write(
      Array(("last\n" + String(repeating: "back 300000\n", count: backs) + "goto event 1900000\n").utf8), to: "orders")
    let orders = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
    defer { close(orders) }
    let step = try RunningCommand(["step", "run"], in: folder, input: orders)
    #expect(step.finish() == .status(0), "\(step.errors)")
    let lines = step.output.split(separator: "\n")
    try #require(lines.count == backs + 2, "\(step.output)")
    let last = try #require(lines[0].split(separator: " ").first.flatMap { Int($0) })
    let wanted = [(lines[1], last - 300_000), (lines[backs], last - 300_000 * backs), (lines[backs + 1], 1_900_000)]
    for (line, event) in wanted {
      let dump = try folder.run("dump", "run", "--from", "event:\(event)", "--limit", "1")
      #expect(dump.output == line + "\n")
    }
    // Twice through all of it: for its blocks, and for the state at its end. Then five places, a tenth for each or two.
    #expect(step.bytesReadInAll < 4 * bytes.count, "\(step.bytesReadInAll) of \(bytes.count)")
  }
}
