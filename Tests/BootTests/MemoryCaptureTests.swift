import APEXTypes
import Emulation
import Foundation
import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading
import Verification

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

  /// A module whose trace leaves kinds of events out makes the same run: the trace has all others, at their instants.
  @Test func whatIsLeftOutChangesNothingElse() throws {
    let kinds = LeftOutKinds.none.adding(.messageCopied).adding(.acknowledged).adding(.noteWords)
    let module = try ModuleVariant.flightControl()
    func capture(_ module: ModuleVariant) throws -> CapturedRun {
      try CapturedRun.capture(module, milliseconds: 300, transport: .memory)
    }
    let whole = try capture(module)
    let thin = try capture(
      module.replacing("<p:Trace ", by: "<p:Trace LeftOut=\"messageCopied acknowledged noteWords\" "))
    #expect(whole.condition == .complete && thin.condition == .complete)
    let kept = whole.events.enumerated().filter { !kinds.contains(kind: $0.element.kind) }
    #expect(thin.events.count == kept.count && kept.count < whole.events.count - 300)
    var before: UInt64 = 0
    for (found, (index, event)) in zip(thin.events, kept) {
      var expected = event
      switch event.knownKind {
      case .boot: expected.words.w0 = found.words.w0
      case .end: expected.words.w0 = UInt64(kept.count - 1)
      // A resume is at the same instant, told from the last event that is there.
      case .interrupt where EntrySnapshot(event).flags.contains(.isPulse): break
      case .interrupt, .timer, .hypercall, .exception:
        expected.words.w1 = whole.events[index - 1].time + event.words.w1 - before
      default: break
      }
      #expect(found == expected, "event \(index)")
      before = event.time
    }
    #expect(try Judge.replay(thin.trace).verdict == .identical)
    let report = try Judge.verify(thin.trace).0
    #expect(report.claims(.fail) == [])
    func unknown(_ report: VerificationReport) -> Set<String> {
      Set(report.claims.filter { $0.verdict == .unknown }.map(\.identifier))
    }
    let hidden = ["interrupt.acknowledged", "note.words", "port.copied", "port.content", "queue.content"]
    #expect(unknown(report) == unknown(try Judge.verify(whole.trace).0).union(hidden))
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
