import Testing
import TraceFormat

/// The registers that only a save area keeps: SSE, AVX, x87 and their control words, across partition switches.
@Suite struct ExtendedStateTests {
  /// Two partitions that keep different patterns in all of them, beside the drainer and Maintenance, which use them.
  @Test func registersSurviveTheOthersTurns() throws {
    let module = try ModuleVariant.flightControl(loader: "StateKeeper")
      .replacing("p:Image=\"Control\"", by: "p:Image=\"StateKeeper\"")
    let run = try CapturedRun.capture(module, milliseconds: 600)
    for name in ["Control", "Loader"] {
      let partition = try run.partition(name)
      let notes = run.events(.hypercall).map(\.event).filter {
        $0.partition == partition && $0.operand & 0xFFFF == 71
      }
      // Each check counts for 6 ms, longer than any window: the registers have been through other turns in between.
      #expect(notes.count >= 10, "\(name)")
      #expect(notes.allSatisfy { $0.words.w3 == 0 }, "\(name): registers differed")
    }
    #expect(run.events(.exception).isEmpty)
  }
}
