import CommandFolder
import Foundation
import Testing

/// No command takes more than 64 MiB, however long the trace.
@Suite(.serialized) struct MemoryTests {
  static let commands: [[String]] = [
    ["dump", "run.partita"], ["dump", "run.partita", "--format", "json"],
    ["dump", "run.partita", "--format", "json", "--from", "event:1000"], ["stats", "run.partita"],
    ["replay", "run.partita"], ["verify", "run.partita", "--evidence"], ["diff", "run.partita", "run.partita"],
    ["report", "run.partita", "-o", "out"], ["export", "run.partita", "--format", "perfetto", "-o", "out"],
    ["export", "run.partita", "--format", "csv", "--by-kind", "-o", "out"],
    ["export", "run.partita", "--format", "csv", "-o", "-"],
    ["query", "run.partita", "SELECT * FROM event LIMIT 500000", "--format", "json"],
    ["what-if", "run.partita", "--module", "module.image"], ["step", "run.partita"],
  ]

  /// The length is that of a run of a minute; what is kept would be some 300 MB.
  @Test(arguments: commands) func everyCommandIsModest(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.bytes.get(), to: "run.partita")
    let module = try LongTrace.module()
    try folder.write(Array(module.table.bytes), to: "module.image")
    // Orders for those that take some: through the whole trace, and some way back.
    try folder.write(Array("last\nback 300000\nlast\nquit\n".utf8), to: "orders")
    let orders = open(folder.file("orders"), O_RDONLY | O_CLOEXEC)
    defer { close(orders) }
    try Self.expectModest(arguments, in: folder, input: orders)
  }

  /// Two runs of a module whose file is there, with the first one's certificate. Shorter than the other, for some of
  /// the commands take long: what were kept of them would be some 90 MB still.
  private static let twoRuns: Result<[String: [UInt8]], any Error> = Result {
    let folder = try CommandFolder()
    for (name, seed) in [("one", "8"), ("other", "9")] {
      try make(name, events: "600000", seed: seed, in: folder)
    }
    let verified = try folder.run("verify", "one", "--certificate", "certificate")
    #expect(verified.ending == .status(0), "\(verified.errors)")
    var files: [String: [UInt8]] = [:]
    for name in ["one", "other", "certificate"] { files[name] = [UInt8](try Data(contentsOf: folder.url(name))) }
    return files
  }

  private static func make(_ name: String, events: String, seed: String, in folder: CommandFolder) throws {
    let made = try folder.run(
      "synthesize", OtherModule.path, "--events", events, "--seed", seed, "--shuffled", "-o", name)
    #expect(made.ending == .status(0), "\(made.errors)")
  }

  @Test(arguments: [
    ["analyse", OtherModule.path, "one"], ["stats", "one", "--compare", "other"], ["diff", "one", "other"],
    ["audit", "certificate", "one"], ["top", "one"],
    ["synthesize", OtherModule.path, "--events", "2000000", "-o", "out"],
    ["export", "one", "--format", "ctf", "-o", "out"], ["export", "one", "--format", "sqlite", "-o", "out"],
    ["export", "one", "--format", "chrome", "-o", "out"], ["export", "one", "--format", "vcd", "-o", "out"],
  ]) func soAreThoseThatTakeAModuleOrTwoRuns(arguments: [String]) throws {
    let folder = try CommandFolder()
    for (name, bytes) in try Self.twoRuns.get() { try folder.write(bytes, to: name) }
    try Self.expectModest(arguments, in: folder)
  }

  /// Where a trace is short enough for `audit` to judge it anew, that holds the whole of it: its limit bounds the
  /// memory then, and lies above that of the other commands.
  @Test func anAuditHoldsAShortTrace() throws {
    let folder = try CommandFolder()
    try Self.make("short", events: "249000", seed: "8", in: folder)
    let verified = try folder.run("verify", "short", "--certificate", "certificate")
    #expect(verified.ending == .status(0), "\(verified.errors)")
    try Self.expectModest(["audit", "certificate", "short"], in: folder, limit: 80 << 20)
  }

  /// A page has all the cells, places and stretches that it may have long before: one ten times as long adds digits.
  @Test func thePageOfALongRunTakesHardlyMore() throws {
    let folder = try CommandFolder()
    let peaks = try ["1000000", "10000000"].map { events -> Int in
      try Self.make(events, events: events, seed: "8", in: folder)
      return try Self.expectModest(["report", events, "-o", events + ".html"], in: folder)
    }
    #expect(peaks[1] <= peaks[0] + (6 << 20), "\(peaks)")
  }

  /// Runs it to its end, and answers its peak.
  @discardableResult private static func expectModest(
    _ arguments: [String], in folder: CommandFolder, input: Int32? = nil, limit: Int = 64 << 20
  ) throws -> Int {
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(nowhere) }
    let command = try RunningCommand(arguments, in: folder, input: input, output: nowhere)
    let ending = command.finish()
    guard case .status(let status) = ending, status != 2 else {
      Issue.record("\(arguments): \(ending) \(command.errors)")
      return 0
    }
    #expect(command.peakBytes <= limit, "\(arguments): \(command.peakBytes >> 10) KiB")
    // It was looked at.
    #expect(command.peakBytes > 4 << 20)
    print("peak", command.peakBytes >> 10, "KiB", arguments.joined(separator: " "))
    return command.peakBytes
  }
}
