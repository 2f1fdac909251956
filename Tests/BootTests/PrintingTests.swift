import Foundation
import Testing

/// What a partition in C prints by the C library comes out on the console.
@Suite struct PrintingTests {
  @Test func everyWayToPrintReachesTheConsole() throws {
    let run = try CapturedRun.capture(.flightControl(loader: "Printer"), milliseconds: 400)
    let lines = run.console.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("Printer:") }
    let numbered = (0..<100).map { "Printer: \($0 < 10 ? "0" : "")\($0) " + String(repeating: "0123456789", count: 4) }
    #expect(
      lines
        == (["42 words 0.125", "a line of puts", "on standard error", "not yet, but now"].map { "Printer: \($0)" }
        + numbered + ["Printer: flushed"]).map { $0[...] })
  }

  /// Processes that preempt each other while they print: no line is torn, doubled or lost. Nobody makes the library
  /// ready but the partition's start.
  @Test func linesOfProcessesComeOutWhole() throws {
    let run = try CapturedRun.capture(ProcessModules.chatting, milliseconds: 400)
    let lines = run.console.split(whereSeparator: \.isNewline).map { $0.filter { $0 != "\r" } }
    #expect(lines.first == "main")
    let drones = lines.filter { $0.hasPrefix("drone") }
    #expect(
      drones
        == (0..<60).map {
          "drone " + String(format: "%03d", $0) + " 0123456789 0123456789 " + String(format: "%.3f", Double($0) / 8)
        })
    let chimes = lines.filter { $0.hasPrefix("chime") }
    #expect(chimes == chimes.indices.map { "chime " + String(format: "%03d", $0) + " abcdefghij abcdefghij" })
    #expect(chimes.count > 10, "\(chimes.count)")
    #expect(lines.count == 1 + drones.count + chimes.count, "\(lines)")
  }
}
