import CommandFolder
import Foundation
import Testing

/// Places that a trace has not.
@Suite struct PlaceTests {
  /// Nothing was compared of what was asked for: that is no 'identical'.
  @Test(
    arguments: [["--from", "event:99999999"], ["--from", "frame:99999999"], ["--from", "9999s"]], ["1", "2"])
  func aReplayFromBeyondTheEndIsNone(span: [String], threads: String) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(["replay", "run.partita", "--threads", threads] + span, in: folder)
    #expect(command.finish() == .status(2), "\(command.output)")
    #expect(command.output.contains("ends before the place to begin at"), "\(command.output)")
    // Of a trace that was cut nobody knows whether it had the place.
    try folder.write(Array(LongTrace.short.get().dropLast(100)), to: "cut.partita")
    let cut = try RunningCommand(["replay", "cut.partita", "--threads", threads] + span, in: folder)
    #expect(cut.finish() == .status(3), "\(cut.output)")
    let within = try folder.run("replay", "run.partita", "--threads", threads, "--from", "event:15000")
    #expect(within.ending == .status(0), "\(within.output)")
  }

  /// A pipe cannot be read anywhere; the answer says that, and how much of it is of what was asked for.
  @Test(arguments: ["1", "2"]) func aReplayThroughAPipeBeginsWithTheTrace(threads: String) throws {
    let folder = try CommandFolder()
    var bytes = try LongTrace.ofSomeBlocks.get()
    try folder.write(bytes, to: "run.partita")
    // Far behind the beginning, and not quite at the end.
    let keyframes = try folder.run("dump", "run.partita", "--kind", "keyframe").output.split(separator: "\n")
    let keyframe = keyframes.dropLast(2).last
    let from = try #require(keyframe?.split(separator: " ").first.flatMap { Int($0) }) + 1
    try #require(from > 50_000)
    let counted = try folder.run("dump", "run.partita", "--from", "event:\(from)")
    let asked = counted.output.split(separator: "\n").count
    let options = ["--threads", threads, "--from", "event:\(from)"]
    func piped(_ format: String) throws -> (ending: RunningCommand.Ending, output: String) {
      let command = try RunningCommand(
        ["replay", "-", "--format", format] + options, in: folder,
        through: ["sh", "-c", "cat run.partita | \"$0\" \"$@\""])
      return (command.finish(), command.output)
    }
    let whole = try piped("text")
    #expect(whole.ending == .status(0), "\(whole.output)")
    let told = "compared from the beginning, for a pipe cannot be read anywhere"
    #expect(whole.output.contains("\(told); \(asked) of the events are from --from on"), "\(whole.output)")
    #expect(try piped("json").output.contains("\"eventsAsked\":\(asked)"))
    let file = try folder.run(["replay", "run.partita"] + options)
    #expect(file.ending == .status(0) && file.output.contains("begun at event"), "\(file.output)")
    #expect(!file.output.contains("compared from the beginning"), "\(file.output)")
    // As the help says: what is missing before the place counts through a pipe, and not in a file.
    let starts = bytes.indices.filter { bytes[$0...].starts(with: bytes.prefix(8)) }
    try #require(starts.count > 3)
    bytes[(starts[1] + starts[2]) / 2] ^= 0x10
    try folder.write(bytes, to: "run.partita")
    #expect(try folder.run(["replay", "run.partita"] + options).ending == .status(0))
    #expect(try piped("text").ending == .status(3))
  }

  @Test(arguments: ["1", "2"]) func aReplayOfNothingIsInconclusive(threads: String) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let run = try folder.run("replay", "run.partita", "--threads", threads, "--to", "0s")
    #expect(run.ending == .status(3) && run.output.contains("nothing was replayed"), "\(run.output)")
  }

  /// Behind the end of a whole trace there is nothing, and of what was cut nobody knows.
  @Test(arguments: ["event:99999999", "frame:99999999", "9999s"])
  func nothingIsDumpedOrExportedFromBeyondTheEnd(place: String) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    try folder.write(Array(LongTrace.short.get().dropLast(100)), to: "cut.partita")
    let names = folder.names
    for (name, status) in [("run.partita", 2), ("cut.partita", 3)] as [(String, Int32)] {
      let dump = try folder.run("dump", name, "--from", place)
      #expect(dump.ending == .status(status) && dump.output == "", "\(dump.errors)")
      #expect(dump.errors.contains("ends before the place to begin at"), "\(dump.errors)")
      let export = try folder.run("export", name, "--from", place, "-o", "out.csv")
      #expect(export.ending == .status(status) && export.output == "", "\(export.errors)")
      #expect(export.errors.contains("ends before the place to begin at"), "\(export.errors)")
      #expect(folder.names == names && folder.leftovers == [])
    }
  }

  @Test(
    arguments: [["dump", "run.partita"], ["replay", "run.partita"], ["export", "run.partita", "-o", "out.csv"]],
    [["1ms", "500us"], ["event:9000", "event:8999"], ["frame:3", "frame:2"]])
  func anEndBeforeTheBeginningIsBadUsage(arguments: [String], places: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(arguments + ["--from", places[0], "--to", places[1]], in: folder)
    #expect(command.finish() == .status(2) && command.output == "", "\(command.errors)")
    #expect(command.errors.contains("--to is before --from"), "\(command.errors)")
    #expect(folder.names == ["run.partita"])
  }

  /// The same words for a place wherever one is asked for.
  @Test(arguments: ["frame:3", "event:9000", "2ms"]) func everyCommandTakesEveryPlace(place: String) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let dump = try folder.run("dump", "run.partita", "--from", place)
    #expect(dump.ending == .status(0), "\(dump.errors)")
    let lines = dump.output.split(separator: "\n")
    #expect(lines.count > 100)
    let export = try folder.run("export", "run.partita", "--from", place, "-o", "out.csv")
    #expect(export.ending == .status(0) && export.output.contains(": \(lines.count) events"), "\(export.output)")
    try folder.write(Array("next\nback\n".utf8), to: "orders")
    let orders = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
    defer { close(orders) }
    let step = try folder.run("step", "run.partita", "--at", place, input: orders)
    #expect(step.ending == .status(0), "\(step.errors)")
    #expect(step.output.split(separator: "\n").last == lines.first, "\(step.output)")
    let first = try folder.run("dump", "run.partita", "--to", place)
    let upTo = try folder.run("export", "run.partita", "--to", place, "-o", "to.csv")
    let count = first.output.split(separator: "\n").count
    #expect(first.ending == .status(0) && upTo.ending == .status(0), "\(first.errors) \(upTo.errors)")
    #expect(upTo.output.contains(": \(count) events"), "\(count): \(upTo.output)")
  }

  /// What a whole trace has not, a cut one may have had.
  @Test(
    arguments: [["--at", "event:99999999"], ["--at", "frame:99999999"], ["--at", "9999s"], ["--event", "99999999"]])
  func aStepBeginsNowhereBeyondTheEnd(place: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    try folder.write(Array(LongTrace.short.get().dropLast(100)), to: "cut.partita")
    for (name, status) in [("run.partita", 2), ("cut.partita", 3)] as [(String, Int32)] {
      let command = try RunningCommand(["step", name] + place, in: folder)
      #expect(command.finish() == .status(status) && command.output == "", "\(name): \(command.errors)")
      #expect(command.errors.contains("the trace "), "\(name): \(command.errors)")
      #expect(command.errors.contains("cut off") == (status == 3), "\(name): \(command.errors)")
    }
  }

  /// So with orders: but one that is not understood is wrong whatever the trace is.
  @Test func anOrderForBeyondTheCutIsInconclusive() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    try folder.write(Array(LongTrace.short.get().dropLast(100)), to: "cut.partita")
    for (name, orders, status) in [
      ("run.partita", "last\nnext\n", 2), ("cut.partita", "last\nnext\n", 3), ("cut.partita", "last\nfly\n", 2),
    ] as [(String, String, Int32)] {
      try folder.write(Array(orders.utf8), to: "orders")
      let input = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
      defer { close(input) }
      let step = try folder.run("step", name, input: input)
      #expect(step.ending == .status(status), "\(name), \(orders): \(step.errors)")
      #expect(step.output.split(separator: "\n").count == 1, "\(step.output)")
      #expect(step.errors.contains("cut off") == (name == "cut.partita"), "\(step.errors)")
    }
  }

  /// The order's own answer says why the trace may have had what it has not.
  @Test(arguments: ["goto 9999s", "goto event 99999999", "goto frame 99999999", "last\nfind boot"])
  func anOrderSaysThatTheTraceIsCutOff(order: String) throws {
    let folder = try CommandFolder()
    try folder.write(Array(LongTrace.short.get().dropLast(100)), to: "cut.partita")
    try folder.write(Array("\(order)\n".utf8), to: "orders")
    let input = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
    defer { close(input) }
    let step = try folder.run("step", "cut.partita", input: input)
    #expect(step.ending == .status(3), "\(step.errors)")
    let refusal = step.errors.split(separator: "\n").first { $0.contains("line ") } ?? ""
    #expect(refusal.contains("cut off"), "\(step.errors)")
  }

  @Test func anOrderForAnEventInAHoleIsInconclusive() throws {
    let folder = try CommandFolder()
    var bytes = try LongTrace.ofSomeBlocks.get()
    bytes[bytes.count / 2] ^= 0x10
    try folder.write(bytes, to: "damaged")
    let dump = try folder.run("dump", "damaged", "--kind", "boot")
    let line = try #require(dump.output.split(separator: "\n").first { $0.hasPrefix("--- gap before event ") })
    let next = try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
    try folder.write(Array("goto event \(next - 1)\n".utf8), to: "orders")
    let input = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
    defer { close(input) }
    let step = try folder.run("step", "damaged", input: input)
    #expect(step.ending == .status(3), "\(step.errors)")
    #expect(step.errors.contains("the next one is \(next); events are missing"), "\(step.errors)")
    let goto = try folder.run("goto", "damaged", "\(next - 1)")
    #expect(goto.ending == .status(3), "\(goto.errors)")
    #expect(goto.errors.contains("in a gap of the trace: nothing is known of it (byte "), "\(goto.errors)")
  }

  /// No machine has to run for that.
  @Test(arguments: ["99999999", "frame:99999999", "9999s"])
  func anInstructionBehindTheCutIsInconclusive(place: String) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    try folder.write(Array(LongTrace.short.get().dropLast(100)), to: "cut.partita")
    for (name, status) in [("run.partita", 2), ("cut.partita", 3)] as [(String, Int32)] {
      let goto = try folder.run("goto", name, place)
      #expect(goto.ending == .status(status) && goto.output == "", "\(name): \(goto.errors)")
      #expect(goto.errors.contains("cut off") == (status == 3), "\(name): \(goto.errors)")
    }
  }

  /// That the one place lies before the other only the trace tells.
  @Test(arguments: [["dump", "run.partita"], ["replay", "run.partita"], ["export", "run.partita", "-o", "out.csv"]])
  func anEndBeforeABeginningOfAnotherKindIsFound(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(arguments + ["--from", "event:15000", "--to", "1us"], in: folder)
    #expect(command.finish() == .status(2), "\(command.output) \(command.errors)")
    #expect(folder.names == ["run.partita"])
  }
}
