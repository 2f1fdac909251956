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
}
