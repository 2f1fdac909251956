import CommandFolder
import Emulation
import Foundation
import ModuleCompiler
import GuestRing
import Testing
import TraceFormat
import TraceReading

/// Real machines, stopped, killed or crashed in the middle of a run: what was still in the ring is rescued, and with
/// the trace that was cut off it is, event for event, the beginning of the undisturbed run.
@Suite struct RescuedRunTests {
  /// The module, before its first instruction, on a machine as captures have it.
  private static func start(
    _ variant: ModuleVariant, kernel: String? = nil, milliseconds: UInt64
  ) throws -> PausedMachine {
    try PausedMachine.start(
      image: variant.compile().imageBytes, kernel: kernel, milliseconds: milliseconds, mebibytes: 128,
      keepsMemory: true)
  }

  /// The events of a trace, and the number of the first.
  static func read(_ bytes: [UInt8]) throws -> (events: [TraceEvent], first: UInt64) {
    let reader = try TraceReader(bytes: bytes)
    var events: [TraceEvent] = []
    var first: UInt64?
    while let batch = reader.nextBatch() {
      guard case .events(let position, let more) = batch else { continue }
      first = first ?? position
      events += more
    }
    #expect(!reader.condition.isContradictory, "\(reader.condition)")
    return (events, first ?? 0)
  }

  /// What a machine's memory has of a trace.
  static func rescue(_ memory: GuestMemory, continuing path: String? = nil) throws -> [UInt8] {
    let rescue = try TraceRescue(memory, continuing: path)
    var bytes: [UInt8] = []
    try rescue.write { bytes += $0 }
    return bytes
  }

  /// Whether events are those of a run from its event number `first` on; without printing them all where they are not.
  private static func agree(_ events: [TraceEvent], _ whole: [TraceEvent], from first: UInt64 = 0) -> Bool {
    events == Array(whole.dropFirst(Int(first)).prefix(events.count))
  }

  /// What the judges say of a trace without its end: nothing is wrong with it, and nothing is proved.
  static func expectDoubtAlone(_ bytes: [UInt8]) throws {
    let replay = try Judge.replay(bytes)
    #expect(replay.verdict == .inconclusive && replay.divergence == nil)
    let (report, _) = try Judge.verify(bytes)
    #expect(report.claims(.fail) == [] && report.exitStatus == 3)
  }

  @Test func aStoppedMachineIsReadAndNotChanged() throws {
    let whole = try SharedRuns.flight.get()
    let machine = try Self.start(.flightControl(), milliseconds: 10_000)
    var before = 0
    for traceBytes in [10_000, 30_000] {
      try machine.run(traceBytes: traceBytes)
      let ram = machine.file("ram"), core = machine.file("core"), cut = machine.file("cut")
      try machine.monitor.saveMemory(to: ram)
      #expect(try machine.monitor.printed(by: "dump-guest-memory \(core)") == "")
      try Data(machine.trace()).write(to: URL(fileURLWithPath: cut))
      let written = try Self.read(machine.trace()).events.count
      for memory in [try GuestMemory(ramFile: ram), try GuestMemory(coreFile: core)] {
        let bytes = try Self.rescue(memory, continuing: cut)
        let (events, first) = try Self.read(bytes)
        #expect(first == 0 && Self.agree(events, whole.events))
        #expect(events.count > written && events.count > before && events.count < whole.events.count)
        try Self.expectDoubtAlone(bytes)
        before = events.count - 1
      }
    }
    try machine.run(traceBytes: 50_000)
    let isUnchanged = try machine.trace() == Array(whole.trace.prefix(machine.trace().count))
    #expect(isUnchanged, "reading the machine has changed its run")
  }

  @Test func aKilledMachineLosesNothing() throws {
    let whole = try SharedRuns.flight.get()
    let machine = try Self.start(.flightControl(), milliseconds: 10_000)
    try machine.run(traceBytes: 20_000)
    machine.kill()
    let folder = try CommandFolder()
    try Data(machine.trace()).write(to: folder.url("cut.partita"))
    try FileManager.default.copyItem(atPath: machine.memoryFile, toPath: folder.file("memory"))

    let answer = try folder.partita(
      "rescue", "--ram", "memory", "--continue", "cut.partita", "-o", "rescued.partita")
    #expect(answer.status == 0 && answer.text.contains("cut off where the module stopped"), "\(answer.text)")
    let bytes = Array(try Data(contentsOf: folder.url("rescued.partita")))
    let (events, first) = try Self.read(bytes)
    let written = try Self.read(machine.trace()).events.count
    #expect(first == 0 && Self.agree(events, whole.events) && events.count > written)
    try Self.expectDoubtAlone(bytes)
    #expect(try folder.partita("replay", "rescued.partita").status == 3)
    #expect(try folder.partita("verify", "rescued.partita").status == 3)
    #expect(try folder.partita("dump", "rescued.partita").text.split(separator: "\n").count == events.count)

    // Nothing is overwritten, and nothing half done is left.
    #expect(try folder.partita("rescue", "--ram", "memory", "-o", "rescued.partita").status == 2)
    let isUntouched = Array(try Data(contentsOf: folder.url("rescued.partita"))) == bytes
    #expect(isUntouched)
    #expect(try folder.partita("rescue", "--ram", "cut.partita", "-o", "no.partita").status == 2)
    #expect(try folder.partita("rescue", "--core", "memory", "-o", "no.partita").status == 2)
    #expect(try folder.partita("rescue", "--qmp", "memory", "-o", "no.partita").status == 2)
    #expect(try folder.partita("rescue", "-o", "no.partita").status == 2)
    // A trace that has all already, and a ring that something else has written to.
    let again = try folder.partita(
      "rescue", "--ram", "memory", "--continue", "rescued.partita", "-o", "rescued.partita.2")
    #expect(again.status == 0 && again.text.contains("nothing beyond"), "\(again.text)")
    let isSame = Array(try Data(contentsOf: folder.url("rescued.partita.2"))) == bytes
    #expect(isSame)
    try FileManager.default.removeItem(at: folder.url("rescued.partita.2"))
    let probe = try RingProbe(GuestMemory(ramFile: machine.memoryFile))
    let file = try FileHandle(forUpdating: folder.url("memory"))
    try file.seek(toOffset: probe.beacon.ring + probe.recordedWords / 2 % (probe.beacon.ringBytes / 8) * 8)
    try file.write(contentsOf: Data(count: 4096))
    try file.close()
    let spoilt = try folder.partita("rescue", "--ram", "memory", "-o", "spoilt.partita")
    #expect(spoilt.status == 3 && spoilt.text.contains("SPOILT"), "\(spoilt.text)")
    try FileManager.default.removeItem(at: folder.url("spoilt.partita"))
    try Data(whole.trace).write(to: folder.url("whole.partita"))
    #expect(
      try folder.partita("rescue", "--ram", "memory", "--continue", "whole.partita", "-o", "no.partita").status == 2)
    #expect(folder.names == ["cut.partita", "memory", "rescued.partita", "whole.partita"])
  }

  @Test func aCrashedKernelTellsItsLastEvents() throws {
    // The way to a keyframe is an invalid instruction: the kernel starts the fifth frame, records what it decides, and
    // faults.
    let variant = try ModuleVariant.flightControl()
      .replacing("KeyframeIntervalFrames=\"50\"", by: "KeyframeIntervalFrames=\"5\"")
    let whole = try CapturedRun.capture(variant, milliseconds: 200)
    let folder = try CommandFolder()
    let kernel = folder.url("kernel.elf")
    try Data(KernelFile.faulting(in: "recordKeyframe")).write(to: kernel)
    let machine = try Self.start(variant, kernel: kernel.path, milliseconds: 200)
    try machine.stub.leave()
    let (status, trace) = try machine.waitForEnd()
    #expect(status == .exited(3), "a kernel fault")
    #expect(try TraceReader(bytes: trace).nextColumns() == nil, "no block of events was written yet")

    let bytes = try Self.rescue(GuestMemory(ramFile: machine.memoryFile))
    let (events, first) = try Self.read(bytes)
    #expect(first == 0 && Self.agree(events, whole.events))
    // Up to the very decision that the kernel could not carry out.
    let keyframe = try #require(whole.events(.keyframeWords).first)
    #expect(events.count == keyframe.position)
    #expect(events.last { $0.knownKind == .majorFrameStart }?.operand == 4, "the fifth")
    try Self.expectDoubtAlone(bytes)
  }

  @Test func aRingAloneIsReplayedFromItsFirstKeyframe() throws {
    let variant = try ModuleVariant.flightControl()
      .replacing("RingBytes=\"0x100000\"", by: "RingBytes=\"0x10000\"")
      .replacing("EventsPerBlock=\"4096\"", by: "EventsPerBlock=\"128\"")
      .replacing("KeyframeIntervalFrames=\"50\"", by: "KeyframeIntervalFrames=\"2\"")
    let whole = try CapturedRun.capture(variant, milliseconds: 2_000)
    let machine = try Self.start(variant, milliseconds: 2_000)
    try machine.run(traceBytes: 60_000)
    let ram = machine.file("ram")
    try machine.monitor.saveMemory(to: ram)
    let bytes = try Self.rescue(GuestMemory(ramFile: ram))
    let (events, first) = try Self.read(bytes)
    #expect(first > 0 && events.count > 500)
    #expect(Self.agree(events, whole.events, from: first))
    #expect(try Judge.replay(bytes).adoptedKeyframeCount == 1)
    #expect(try Judge.replay(bytes).decisionCount > 200)
    try Self.expectDoubtAlone(bytes)
  }
}
