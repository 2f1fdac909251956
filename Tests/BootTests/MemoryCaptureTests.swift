import APEXTypes
import Emulation
import Foundation
import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

/// Captures that read the ring in the machine's memory: the same module, the same bytes, whatever the host does.
@Suite struct MemoryCaptureTests {
  static let flight = Result {
    try CapturedRun.capture(.flightControl(), milliseconds: 1_200, transport: .memory)
  }

  @Test func twoCapturesAreTheSameBytes() throws {
    let first = try Self.flight.get()
    let second = try CapturedRun.capture(.flightControl(), milliseconds: 1_200, transport: .memory)
    let isSame = first.trace == second.trace
    #expect(isSame)
    #expect(first.condition == .complete && first.report.progress.lost == 0)
    #expect(try Judge.replay(first.trace).verdict == .identical)
    let (report, _) = try Judge.verify(first.trace)
    #expect(report.claims(.fail) == [] && report.exitStatus == 0)
  }

  /// What a partition meets in its own windows does not depend on how the drainer spends its time.
  @Test func partitionsMeetTheSameAsUnderTheOtherTransport() throws {
    let byMemory = try Self.flight.get()
    let byPort = try SharedRuns.logged.get()
    for name in ["Sensors", "Control", "Maintenance"] {
      let partition = try byPort.partition(name)
      let expected = OwnWindows(byPort.events, of: partition)
      let found = OwnWindows(byMemory.events, of: partition)
      #expect(found.windows.count > 20, "\(name)")
      #expect(found.difference(from: expected) == nil, "\(name)")
    }
  }

  /// Whoever writes the trace, the drainer or the host, leaves its blocks as they are where the module says so.
  @Test(arguments: [DrainTransport.port, .memory]) func blocksAreStoredWhereTheModuleSaysSo(
    transport: DrainTransport
  ) throws {
    let module = try ModuleVariant.flightControl().replacing("<p:Trace ", by: "<p:Trace Compression=\"NONE\" ")
    let run = try CapturedRun.capture(module, milliseconds: 300, transport: transport)
    #expect(run.condition == .complete)
    let blocks = try #require(try TraceReader(bytes: run.trace).makeIndex()).entries.map(\.header)
    let events = blocks.filter { $0.eventCount > 0 }
    #expect(events.map(\.eventCount).reduce(0, +) == UInt32(run.events.count))
    #expect(events.allSatisfy { $0.compression == BlockCompression.stored.rawValue })
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).0.claims(.fail) == [])
  }

  /// A module that makes events as fast as it can overwrites its ring again and again, and nothing is lost.
  @Test func aFloodIsTakenWhole() throws {
    let folder = BootImages.package + "/Kernel/Modules/Flood/module.xml"
    let module = ModuleVariant(description: try String(contentsOfFile: folder, encoding: .utf8), stimulus: "")
    let run = try CapturedRun.capture(module, milliseconds: 80, transport: .memory)
    #expect(run.condition == .complete && run.report.progress.lost == 0)
    // Two words an event at least, and most have more.
    #expect(run.events.count * 2 > 0x100_0000 / 8, "\(run.events.count) events do not fill the ring")
    #expect(try Judge.replay(run.trace).verdict == .identical)
  }

  /// An emulator that is killed leaves its memory, and with it all that the kernel had recorded.
  @Test func aKilledEmulatorLosesNothing() throws {
    let whole = try Self.flight.get()
    let folder = try PrivateDirectory()
    let trace = folder.file("run.partita")
    try Data().write(to: URL(fileURLWithPath: trace))
    let locator = KernelLocator.current
    var request = CaptureRequest(
      emulator: try locator.emulator(), guardian: locator.program("setpriv"),
      kernel: try BootImages.path("partita-kernel"), image: try ModuleVariant.flightControl().compile().imageBytes,
      trace: trace)
    // As many digits as the other run's, so that the kernel takes as long to read them.
    request.stopInstant = SystemTime(nanoseconds: 9_000_000_000)
    request.transport = .memory
    request.patience.tick = .milliseconds(1)
    let signals = try SignalWatch()
    let report = try Capture(request, signals: signals).run(onConsole: { _ in }) { progress in
      // The second signal ends the emulator at once.
      if progress.blocks > 2 {
        signals.post()
        signals.post()
      }
    }
    #expect(report.ending == .abandoned && !report.isWhole)
    let reader = try TraceReader(path: trace)
    var events: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      if case .events(_, let more) = batch { events += more }
    }
    // What tells when the module shall stop is another: the first two events, keyframes, and how the other run ends.
    let common = 2..<min(events.count, whole.events.count - 500)
    func isMatter(_ event: TraceEvent) -> Bool { event.knownKind?.eventClass != .state }
    let isBeginning = events[common].filter(isMatter) == whole.events[common].filter(isMatter)
    #expect(common.count > 8_000)
    #expect(isBeginning, "\(events.count) events")
    // More than the blocks that were written when it was killed.
    #expect(events.count > 3 * 4_096)
    guard case .truncated = reader.condition else {
      Issue.record("\(reader.condition)")
      return
    }
  }
}
