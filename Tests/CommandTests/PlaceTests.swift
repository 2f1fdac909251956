import Testing

/// Places that a trace has not.
@Suite struct PlaceTests {
  /// Nothing was compared of what was asked for: that is no 'identical'.
  @Test(
    arguments: [
      ["--from", "event:99999999"], ["--from", "frame:99999999"], ["--from", "9999s"],
      ["--from", "event:15000", "--to", "event:9000"],
    ], ["1", "2"]) func aReplayFromBeyondTheEndIsInconclusive(span: [String], threads: String) throws
  {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(["replay", "run.partita", "--threads", threads] + span, in: folder)
    #expect(command.finish() == .status(3), "\(command.output)")
    #expect(command.output.contains("ends before the place to begin at"), "\(command.output)")
    let within = try folder.run("replay", "run.partita", "--threads", threads, "--from", "event:15000")
    #expect(within.ending == .status(0), "\(within.output)")
  }
}
