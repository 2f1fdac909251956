import Testing
import TraceFormat

/// How long the kernel is busy with a partition's start.
@Suite struct StartDurationTests {
  /// It does not tell which lines others have registered.
  @Test func aStartTakesAsLongWhoeverHasLines() throws {
    let times = try [1_000_000, HostileImage.never].map { due in
      var module = try ModuleVariant.shipped("Lives")
        .replacing("EntryPoint=\"main\" p:Image=\"Phoenix\"", by: "p:Image=\"Steward\"")
        .replacing("p:Image=\"Idler\"", by: "p:Image=\"LineOwner\"")
        .replacing(
          "</p:Interrupts>",
          by: "<p:Line Number=\"5\" Policy=\"MASKED_UNTIL_OWNER\" Recipe=\"NONE\">"
            + "<p:Owner PartitionIdentifier=\"2\"/></p:Line></p:Interrupts>")
      module.images["Phoenix"] = try Lives.image(.startForEver, .complete)
      module.images["Steward"] = try Lives.image(.liveOn, .complete)
      module.images["LineOwner"] = try HostileImage.bytes("LineOwner", due: due)
      let run = try CapturedRun.capture(module, milliseconds: 100)
      let phoenix = try run.partition("Phoenix")
      #expect(run.events(.lineMask).contains { $0.event.operand & 1 << 5 == 0 } == (due < HostileImage.never))
      return run.events(.hypercall).map(\.event).filter { $0.partition == phoenix }.map(\.time)
    }
    #expect(times[0].count > 100)
    let isSame = times[0] == times[1]
    #expect(isSame)
  }
}
