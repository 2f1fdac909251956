import CommandFolder
import Foundation
import Testing
import TraceDamage

/// Places in a trace with a hole, or with a loss: what is not there for sure, and what may have been.
@Suite struct MissingPlaceTests {
  /// What `dump` prints around the hole of a damaged trace.
  private struct Hole {
    /// Position and instant of the first event behind it.
    let next: Int
    let instant: String

    init(in folder: CommandFolder) throws {
      var bytes = try LongTrace.ofSomeBlocks.get()
      bytes[bytes.count / 2] ^= 0x10
      try folder.write(bytes, to: "damaged")
      let lines = try folder.run("dump", "damaged", "--kind", "boot").output.split(separator: "\n")
      let gap = try #require(lines.first { $0.hasPrefix("--- gap before event ") })
      next = try #require(gap.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
      let first = try folder.run("dump", "damaged", "--from", "event:\(next)", "--limit", "1").output
      instant = try String(#require(first.split(separator: " ").dropFirst().first))
    }
  }

  /// What is missing in the middle was not behind the end: wherever the place is asked for, and from a pipe too.
  @Test(arguments: ["event:99999999", "frame:99999999", "9999s"])
  func behindTheEndIsNothingWhateverIsMissingBefore(place: String) throws {
    let folder = try CommandFolder()
    _ = try Hole(in: folder)
    for arguments in [
      ["dump", "@", "--from", place], ["export", "@", "-o", "out.csv", "--from", place],
      ["replay", "@", "--threads", "1", "--from", place], ["replay", "@", "--threads", "2", "--from", place],
    ] {
      let file = try folder.run(arguments.map { $0 == "@" ? "damaged" : $0 })
      #expect(file.ending == .status(2), "\(arguments): \(file.output) \(file.errors)")
      #expect(file.errors.contains("damaged: the trace ends before the place to begin at"), "\(file.errors)")
      let pipe = try RunningCommand(
        arguments.map { $0 == "@" ? "-" : $0 }, in: folder, through: ["sh", "-c", "cat damaged | \"$0\" \"$@\""])
      #expect(pipe.finish() == .status(2), "\(arguments): \(pipe.output) \(pipe.errors)")
    }
    for arguments in [["step", "damaged", "--at", place], ["goto", "damaged", place]] {
      let run = try folder.run(arguments)
      #expect(run.ending == .status(2) && run.output == "", "\(arguments): \(run.errors)")
    }
    #expect(folder.names == ["damaged"])
  }

  /// Nobody knows whether what follows the hole is the first event from that instant on.
  @Test func anInstantInAHoleIsRefusedLikeAnEvent() throws {
    let folder = try CommandFolder()
    let hole = try Hole(in: folder)
    try folder.write(Array("goto \(hole.instant)\ngoto event \(hole.next)\n".utf8), to: "orders")
    let orders = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
    defer { close(orders) }
    let obeyed = try folder.run("step", "damaged", input: orders)
    #expect(obeyed.ending == .status(3) && obeyed.output.split(separator: "\n").count == 1, "\(obeyed.output)")
    #expect(obeyed.errors.contains("is in a gap; the next event is \(hole.next); events are"), "\(obeyed.errors)")
    let step = try folder.run("step", "damaged", "--at", hole.instant)
    #expect(step.ending == .status(3) && step.output == "", "\(step.errors)")
    let goto = try folder.run("goto", "damaged", hole.instant)
    #expect(goto.ending == .status(3) && goto.errors.contains("is in a gap of the trace"), "\(goto.errors)")
    #expect(goto.errors.contains("The trace goes on with event \(hole.next)."), "\(goto.errors)")
    // Where a part is asked for it is shown, with its hole.
    let dump = try folder.run("dump", "damaged", "--from", hole.instant, "--limit", "1")
    #expect(dump.ending == .status(3) && dump.output.hasPrefix("--- gap before event \(hole.next)"), "\(dump.output)")
  }

  /// On the screen it is told first where one is, for on a narrow one what follows is cut.
  @Test func onTheScreenARefusalTellsWhereOneStays() throws {
    let folder = try CommandFolder()
    let hole = try Hole(in: folder)
    let terminal = try PseudoTerminal()
    let command = try RunningCommand(
      ["step", "damaged", "--at", "event:5"], in: folder, input: terminal.device, output: terminal.device,
      through: PseudoTerminal.environment())
    #expect(command.reaches { terminal.screen.first?.contains("   event 5   ") == true }, "\(command.errors)")
    for (place, reason) in [
      (hole.instant, "what is at \(hole.instant) s is in a gap; the next event is \(hole.next)"),
      ("event \(hole.next - 1)", "the trace has no event \(hole.next - 1); the next one is \(hole.next)"),
    ] {
      terminal.press("g\(place)\r")
      let isTold = command.reaches { terminal.screen.last?.hasPrefix(" still at event 5: \(reason)") == true }
      #expect(isTold, "\(terminal.screen.suffix(1))")
    }
    #expect(terminal.screen.first?.contains("   event 5   ") == true)
    terminal.press("q")
    #expect(terminal.finish(command) == .status(3), "\(command.errors)")
  }

  /// No event stands for these claims. Only of a whole trace it is known that there is none to go to.
  @Test func aClaimWithoutACaseIsInconclusiveInACutTrace() throws {
    let folder = try CommandFolder()
    let whole = try LongTrace.short.get()
    try folder.write(whole, to: "whole")
    try folder.write(Array(whole.dropLast(100)), to: "cut")
    try folder.write(LossyTrace.losing(5000..<5007, of: whole), to: "lossy")
    for (name, claim, status, reason) in [
      ("whole", "trace.boot", 2, "there is no case to go to"), ("cut", "trace.boot", 3, "the trace is cut off"),
      ("cut", "trace.end", 3, "the trace is cut off"), ("lossy", "trace.boot", 3, "the recorder lost 7 events"),
      ("whole", "no.such.claim", 2, "has no claim"),
    ] as [(String, String, Int32, String)] {
      let goto = try folder.run("goto", name, "--claim", claim)
      #expect(goto.ending == .status(status) && goto.output == "", "\(name), \(claim): \(goto.errors)")
      #expect(goto.errors.contains(reason), "\(name), \(claim): \(goto.errors)")
    }
  }

  /// What lies behind a loss is there; what was lost may have been what is looked for.
  @Test func anOrderForWhatMayBeLostIsInconclusive() throws {
    let folder = try CommandFolder()
    try folder.write(LossyTrace.losing(5000..<5007, of: LongTrace.short.get()), to: "lossy")
    for (orders, status) in [
      ("goto event 5001", 0), ("find loss", 0), ("find boot", 3), ("last\nfind boot", 2), ("goto 9999s", 2),
    ] as [(String, Int32)] {
      try folder.write(Array("\(orders)\n".utf8), to: "orders")
      let input = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
      defer { close(input) }
      let step = try folder.run("step", "lossy", input: input)
      #expect(step.ending == .status(status), "\(orders): \(step.errors)")
      #expect(step.errors.contains("note: the recorder lost 7 events before event 5000"), "\(orders): \(step.errors)")
    }
  }
}
