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
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(nowhere) }
    let command = try RunningCommand(arguments, in: folder, input: orders, output: nowhere)
    let ending = command.finish()
    #expect(ending != .status(2), "\(command.errors)")
    #expect(command.peakBytes <= 64 << 20, "\(arguments): \(command.peakBytes >> 10) KiB")
    // It was looked at.
    #expect(command.peakBytes > 4 << 20)
    print("peak", command.peakBytes >> 10, "KiB", arguments.joined(separator: " "))
  }
}
