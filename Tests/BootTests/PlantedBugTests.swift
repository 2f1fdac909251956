import MixedIndices
import PartitionCore
import Replay
import Testing
import TraceFormat
import Verification

/// Kernels with one defective type each: the two oracles name what is wrong, each what it can see.
@Suite struct PlantedBugTests {
  static func capture(_ kernel: String) throws -> CapturedRun {
    try CapturedRun.capture(.flightControl(), milliseconds: 300, kernel: kernel)
  }

  private static func divergence(_ run: CapturedRun) throws -> Divergence {
    let report = try Judge.replay(run.trace)
    #expect(report.verdict == .diverged)
    return try #require(report.divergence)
  }

  @Test func mixedIndicesAreNamedByVerify() throws {
    let run = try Self.capture("kernel-mixed-indices")
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.exitStatus == 1)
    #expect(report.identifiers(.fail) == ["interrupt.mark.registered", "interrupt.mark.complete"])

    // The clean replayer meets the first mark.
    let divergence = try Self.divergence(run)
    let firstMark = try #require(run.events(.mark).first)
    #expect(divergence.kind == .decision)
    #expect(divergence.position == UInt64(firstMark.position))
    #expect(divergence.recorded == firstMark.event)
    let recomputed = try #require(divergence.recomputed)
    #expect(recomputed.knownKind == .mark)
    #expect(recomputed.partition == (try run.partition("Sensors")) && recomputed.operand == 40)

    // A replayer with the same bug agrees with the kernel about everything: it takes the other oracle.
    let blind = try Judge.replay(run.trace, by: MixedIndices.self)
    #expect(blind.verdict == .identical, "\(blind.doubts) \(String(describing: blind.divergence))")
  }

  @Test func aHealthyTraceDivergesInADefectiveReplayer() throws {
    let healthy = try SharedRuns.inSmallBlocks.get()
    #expect(try Judge.replay(healthy.trace, by: MixedIndices.self).divergence?.kind == .decision)
  }

  @Test func aLostEndOfInterruptIsNamedByReplay() throws {
    let run = try Self.capture("kernel-lost-end-of-interrupt")
    let divergence = try Self.divergence(run)
    let first = try #require(run.events(.acknowledged).first { $0.event.operand >= 40 })
    #expect(divergence.kind == .observation)
    #expect(divergence.position == UInt64(first.position))
    #expect(divergence.reason == "line 8 is still in service after its end of interrupt")
    #expect(try Judge.verify(run.trace).report.identifiers(.fail) == ["interrupt.acknowledged"])
  }

  @Test func aWrongAddressSpaceIsNamedByReplay() throws {
    let run = try Self.capture("kernel-wrong-address-space")
    let divergence = try Self.divergence(run)
    let loader = try run.partition("Loader")
    let first = try #require(
      run.events.firstIndex {
        $0.partition == loader && $0.knownKind?.eventClass == .input && $0.knownKind != .memoryPiece
      })
    #expect(divergence.kind == .input)
    #expect(divergence.position == UInt64(first))
    #expect(divergence.reason == "the partition ran in the address space of \(try run.partition("Maintenance"))")
    #expect(try Judge.verify(run.trace).report.identifiers(.fail) == ["address.space"])
  }

  @Test func aDroppedUpcallIsNamedByReplay() throws {
    let run = try Self.capture("kernel-dropped-upcall")
    let divergence = try Self.divergence(run)
    // The first upcall with the ordinal that the bug drops; what was written of it is the next observation.
    let dropped = try #require(run.events(.upcall).first { $0.event.words.w2 == 5 })
    let written = try #require(run.events(.upcallWritten).first { $0.position > dropped.position })
    #expect(divergence.kind == .observation)
    #expect(divergence.position == UInt64(written.position))
    #expect(divergence.reason == "the partition would not resume at its upcall entry")
    // What was dropped is awaited for ever.
    #expect(
      try Judge.verify(run.trace).report.identifiers(.fail)
        == ["upcall.written", "upcall.entered", "budget.markToUpcall.0", "budget.markToUpcall.8"])
  }

  @Test(arguments: [
    ("MixedIndices", "kernel-mixed-indices"), ("LostEndOfInterrupt", "kernel-lost-end-of-interrupt"),
    ("WrongAddressSpace", "kernel-wrong-address-space"), ("DroppedUpcall", "kernel-dropped-upcall"),
    ("BottomlessStack", "kernel-bottomless-stack"),
  ])
  func theShippingKernelHasNoneOfTheDefects(type: String, kernel: String) throws {
    func mentions(_ image: String) throws -> Bool {
      String(decoding: try BootImages.bytes(image), as: UTF8.self).contains(type)
    }
    #expect(try !mentions("partita-kernel"))
    // The search finds the name where it is: mangled names contain it.
    #expect(try mentions(kernel))
  }
}
