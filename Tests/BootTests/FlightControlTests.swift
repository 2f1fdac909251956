import ModuleConfiguration
import ReferenceFlight
import Testing
import TraceFormat
import TraceReading

/// The module as it ships: captured, replayed, verified.
@Suite struct FlightControlTests {
  @Test func twoCapturesAreTheSameBytes() throws {
    // The interrupt log of the first makes no difference to the guest, and must make none.
    let one = try SharedRuns.logged.get()
    let other = try CapturedRun.capture(.flightControl(), milliseconds: 1_200)
    #expect(one.trace.count > 10_000)
    #expect(one.trace.count == other.trace.count)
    let difference = zip(one.trace, other.trace).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(difference == nil, "the first different byte is \(difference?.offset ?? -1)")
    #expect(one.console == other.console)
  }

  @Test func anotherStimulusGivesAnotherTrace() throws {
    var module = try ModuleVariant.flightControl()
    module.stimulus = module.stimulus.replacingOccurrences(of: "echo hello", with: "echo hullo")
    let other = try CapturedRun.capture(module, milliseconds: 1_200)
    #expect(try SharedRuns.logged.get().trace != other.trace)
  }

  @Test func tenSecondsReplayIdentical() throws {
    let run = try SharedRuns.flight.get()
    #expect(run.condition == .complete)
    #expect(run.report.progress.lost == 0)
    let report = try Judge.replay(run.trace)
    #expect(report.verdict == .identical, "\(report.doubts) \(String(describing: report.divergence))")
    #expect(report.eventCount == UInt64(run.events.count))
    // A replay that compares nothing would be identical too.
    #expect(report.inputCount > 20_000)
    #expect(report.decisionCount > 40_000)
    #expect(report.observationCount > 15_000)
    // One keyframe each 50 major frames of 20 ms.
    #expect(report.keyframeCount >= 9)
  }

  @Test func everyClaimHolds() throws {
    let (report, condition) = try Judge.verify(SharedRuns.flight.get().trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [])
    #expect(report.claims(.unknown) == [])
    #expect(report.exitStatus == 0)
    let never = report.claims.filter { $0.checked == 0 }.map(\.identifier)
    #expect(Set(never) == Self.neverExercised)
  }

  /// Claims that forbid or answer what a healthy run does not have: they pass without an instance. Other tests, here
  /// and of the verifier, exercise them.
  static let neverExercised: Set<String> = [
    // No partition faults.
    "exception.answered", "health.action", "health.carriedOut", "kernel.fault",
    // Every line has an owner and is quiet when it should be.
    "interrupt.spurious", "interrupt.unclaimed", "mask.foreign",
    // Nobody calls for an unknown service, reads the time by hypercall, or names what the module has not.
    "hypercall.known", "time.read", "trace.meaning",
    // Its notes are of two words.
    "note.words",
    // No error comes to the health monitor.
    "health.callback", "health.entered", "health.level", "health.log", "health.mark", "health.module", "health.process",
    "health.read", "health.state",
    // No exception handler, event channel, virtual timer, marked line, queuing port or further schedule.
    "event.mark", "event.raised", "exception.handler", "exception.reflected", "exception.written",
    "queue.available", "queue.capacity", "queue.content", "queue.mark", "queue.order", "queue.overflow",
    "queue.sequence", "queue.status", "registration.event", "restart.quiet", "schedule.action", "schedule.asked",
    "schedule.named",
    "tick.armed", "tick.due", "tick.mark", "tick.policy", "upcall.marked", "upcall.overflow", "upcall.room",
  ]

  /// What Sensors has measured with its own first instructions; it leaves a note each second.
  @Test func windowsBeginAtTheirInstantAsThePartitionSeesIt() throws {
    let run = try SharedRuns.flight.get()
    let sensors = try run.partition("Sensors")
    let notes = run.events(.hypercall).map(\.event).filter {
      $0.partition == sensors && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue)
    }
    #expect(notes.count == 9)
    #expect(notes.map(\.words.w3) == Array(repeating: 0, count: 9), "the greatest distance in each second, ns")
    #expect(notes.dropFirst().map(\.words.w4) == Array(repeating: 100, count: 8), "windows measured in each second")
  }

  @Test func consoleIsWhatTheSameCodePrintsOnTheHost() throws {
    let run = try SharedRuns.flight.get()
    let printed = run.console.split(separator: "\n").filter { $0.hasPrefix("control ") }.map { $0 + "\n" }
    // Control's window of frame k comes after Sensors' window 2k, which writes its sample of that number. Its port is
    // empty when it is created, in frame 0, so its first sample is that of frame 1.
    let expected = ReferenceFlight.lines(steps: 499, first: 2, stride: 2)
    #expect(expected.count == 9)
    #expect(printed.map(String.init) == expected)
  }

  @Test func maintenanceAnswersWhatIsTyped() throws {
    let lines = try SharedRuns.flight.get().console.split(separator: "\n").map(String.init)
    for text in ["hello", "The quick brown fox", "almost done"] {
      #expect(lines.count { $0 == text } == 1, "\(text)")
    }
    #expect(lines.count { $0 == "partition 3: NORMAL" } == 3)
    #expect(lines.count { $0.hasPrefix("kernel ticks ") } == 3)
    #expect(lines.contains("typed bytes lost 0"))
  }
}
