import GuestRing
import Testing
import TraceFormat
import TraceReading

/// A ring that is too small for what happens: events are lost, counted, and believed by nobody.
///
/// In Loader's place runs the benchmark's Probe, which calls a service a thousand times in a window: twice the
/// smallest ring, while the drainer does not run. In its other windows the drainer catches up.
@Suite struct LossTests {
  static let lossy = Result {
    try CapturedRun.capture(
      .flightControl(loader: "Probe").replacing("RingBytes=\"0x100000\"", by: "RingBytes=\"0x10000\""),
      milliseconds: 600)
  }

  @Test func lossIsCountedAndShown() throws {
    let run = try Self.lossy.get()
    let losses = run.events(.loss)
    try #require(!losses.isEmpty)
    let total = losses.reduce(0) { $0 + $1.event.words.w0 }
    let end = try #require(run.events.last)
    #expect(end.knownKind == .end)
    #expect(end.words.w0 == UInt64(run.events.count - 1))
    #expect(end.words.w1 == total)
    #expect(run.report.progress.lost == total)
    // The file itself is whole: what is missing was never written.
    #expect(run.condition == .complete)
    // A keyframe follows every loss before the next one does, or before the end.
    let keyframes = run.events(.keyframe).map(\.position)
    for (loss, next) in zip(losses, losses.dropFirst().map(\.position)) {
      #expect(keyframes.contains { $0 > loss.position && $0 < next }, "after event \(loss.position)")
    }
  }

  /// Who fills the ring slows the others' calls and marks down by the counting of what is lost, and no more: they take
  /// the short way all the same. The long one is 600 instructions longer, and with the loss 900.
  @Test func aFullRingSlowsCallsDownByALittle() throws {
    let countingTicks: UInt64 = 250
    let whole = try CapturedRun.capture(.flightControl(loader: "Probe"), milliseconds: 600)
    #expect(whole.report.progress.lost == 0)
    let (lossy, expected) = (try greatest(in: Self.lossy.get()), try greatest(in: whole))
    // Null calls, and those that read the time: a window of them is more than the ring takes.
    for kind: UInt64 in [1, 2] {
      let (found, usual) = (lossy[kind] ?? [], expected[kind] ?? [])
      try #require(!found.isEmpty && !usual.isEmpty, "kind \(kind)")
      let remark: Comment = "kind \(kind): \(found), and \(usual) with room"
      #expect((found.min() ?? .max) <= (usual.min() ?? 0) + countingTicks, remark)
      // An interrupt comes into some.
      #expect((found.max() ?? .max) <= (usual.max() ?? 0) + 2 * countingTicks, remark)
    }
  }

  /// The longest call of each of the Probe's series, by what was called.
  private func greatest(in run: CapturedRun) throws -> [UInt64: [UInt64]] {
    let notes = AttackRun.notes(run, of: try run.partition("Loader"))
    return Dictionary(grouping: notes) { $0.0 >> 32 }.mapValues { $0.map { $0.1 & 0xFFFF_FFFF } }
  }

  /// A module that stops while the ring is full: its end event waits for room, and is not counted as lost. What the
  /// ring's control page says, from which a rescue has the number, is what the end event says.
  @Test func theEndThatWaitsForRoomIsNoLoss() throws {
    let run = try Self.lossy.get()
    // Behind the last event that found room, and before the next one that did, in whole milliseconds.
    let full = try #require(
      run.events(.loss).lazy.compactMap { loss -> UInt64? in
        let milliseconds = loss.event.time / 1_000_000 + 1
        return run.events[loss.position + 1].time > milliseconds * 1_000_000 ? milliseconds : nil
      }.first)
    let module = try ModuleVariant.flightControl(loader: "Probe")
      .replacing("RingBytes=\"0x100000\"", by: "RingBytes=\"0x10000\"")
    let machine = try PausedMachine.start(
      image: module.compile().imageBytes, milliseconds: full, mebibytes: 128, keepsMemory: true)
    try machine.stub.leave()
    let (status, trace) = try machine.waitForEnd()
    #expect(status == .exited(1), "an orderly end")
    let end = try #require(try WhatIfTests.events(trace).last)
    try #require(end.knownKind == .end && end.words.w1 > 0)
    var rescued: [UInt8] = []
    try TraceRescue(GuestMemory(ramFile: machine.memoryFile)).write { rescued += $0 }
    let seal = rescued.suffix(BlockHeader.byteCount).withUnsafeBytes { BlockHeader($0) }
    #expect(seal?.eventsLostBefore == end.words.w1)
  }

  /// From a run with room enough `what-if` tells that this ring is too small, and where the machine's loss begins.
  @Test func theOverflowIsPredicted() throws {
    let lossy = try Self.lossy.get()
    let whole = try CapturedRun.capture(.flightControl(loader: "Probe"), milliseconds: 100)
    #expect(whole.events(.loss).isEmpty)
    let first = try #require(lossy.events(.loss).first).event.time
    for (other, isTooSmall) in [(lossy.trace, true), (whole.trace, false)] {
      let overflow = try WhatIfTests.foretell(whole.trace, under: other).overflow
      #expect((overflow != nil) == isTooSmall)
      if let overflow { #expect(max(overflow, first) - min(overflow, first) < 100_000) }
    }
  }

  @Test func replayGoesOnAfterTheKeyframe() throws {
    let run = try Self.lossy.get()
    let report = try Judge.replay(run.trace)
    #expect(report.verdict == .inconclusive, "\(String(describing: report.divergence))")
    #expect(report.divergence == nil)
    let losses = run.events(.loss).count
    #expect(report.doubts.count >= losses)
    #expect(report.adoptedKeyframeCount >= UInt64(losses) - 1 && report.adoptedKeyframeCount > 0)
    #expect(report.uncomparedCount > 0)
    #expect(report.uncomparedCount < report.eventCount / 2)
    #expect(report.decisionCount > 2_000)
  }

  @Test func verifyDoubtsWhatTheLossTouchesAndNothingElse() throws {
    let (report, condition) = try Judge.verify(Self.lossy.get().trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [])
    #expect(report.exitStatus == 3)
    #expect(report.gapCount > 0)
    let unknown = report.identifiers(.unknown), passed = report.identifiers(.pass)
    #expect(
      unknown.isSuperset(of: ["trace.complete", "interrupt.mark.complete", "hypercall.answered", "window.order"]))
    // These need no event that could be missing.
    #expect(passed.isSuperset(of: ["trace.boot", "trace.time", "trace.meaning", "trace.end", "stop.prompt"]))
    // Loss is in the windows of Probe, which takes Loader's place; what the others are promised holds in every period.
    for (partition, periods) in [("Sensors", 58), ("Control", 28), ("Maintenance", 28)] {
      let supply = try #require(report.claim("partition.supply.\(partition)"))
      #expect(supply.verdict == .pass, "\(partition): \(supply.remark)")
      #expect(supply.checked >= periods, "\(partition)")
    }
    let deadline = try #require(report.claim("process.deadline.Control.control law"))
    #expect(deadline.verdict == .pass && deadline.checked >= 28)
    #expect(unknown.isSuperset(of: ["partition.supply.Loader", "partition.supply.Drainer"]))
  }
}
