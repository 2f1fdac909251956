import ModuleConfiguration
import PartitionCore
import SimulatedModule
import Terminal
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Stepping

/// What the stepper says of the schedule where events are missing: what is known, and no more.
@Suite struct LostScheduleTests {
  private let seed: UInt64
  private let module: SimulatedModule
  private let events: [TraceEvent]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = RecordedWorld<OwnersMarked>.run(
      module, after: TestSeed.draw(), until: 400_000_000, inputs: 20_000
    ) { run in
      run.count { $0.knownKind == .majorFrameStart } > 8 && run.count > 3_000
        && run.contains { $0.knownKind == .exceptionReflected }
    }
  }

  private func session(_ bytes: [UInt8]) throws -> StepSession {
    StepSession(try TraceStepper { try TraceReader(bytes: bytes) })
  }

  private func text(_ session: StepSession) throws -> String {
    try StepScreen(session, width: 120, height: 40).lines(status: StyledLine()).map(\.text).joined(separator: "\n")
  }

  private func frame(_ session: StepSession) -> UInt64? {
    guard case .frame(let number, _, _, _) = session.stepper.schedulePlace else { return nil }
    return number
  }

  /// From a loss to the next major frame nothing is known; then the frame is, long before the state.
  @Test func afterALossTheFrameIsUnknownUpToTheNext() throws {
    let starts = events.indices.filter { events[$0].knownKind == .majorFrameStart }
    let from = starts[starts.count / 2] + 3
    var lossy = Array(events[..<from])
    lossy.append(TraceEvent(time: events[from].time, .loss, words: .init(1)))
    // Without keyframes, so that the state stays unknown to the end.
    lossy += events[(from + 1)...].filter { $0.knownKind?.eventClass != .state }
    let session = try session(SteppingTests.trace(of: lossy, module))
    let next = try #require(lossy.indices.first { $0 > from && lossy[$0].knownKind == .majorFrameStart })
    for ordinal in [from, (from + next) / 2, next - 1] {
      try session.stepper.go(to: ordinal)
      #expect(session.stepper.knowledge == .unknown && session.stepper.schedulePlace == .unknown, "seed \(seed)")
      let text = try text(session)
      #expect(text.contains("frame unknown") && !text.contains("▲") && !text.contains("s of "), "\(text)")
    }
    for ordinal in [next, lossy.count - 1] {
      try session.stepper.go(to: ordinal)
      let last = try #require(lossy[...ordinal].last { $0.knownKind == .majorFrameStart })
      #expect(session.stepper.knowledge == .unknown, "seed \(seed)")
      #expect(frame(session) == UInt64(last.operand), "seed \(seed)")
      let text = try text(session)
      #expect(text.contains("frame \(last.operand)") && text.contains("▲"), "\(text)")
    }
    // The way back leads to what is known.
    try session.stepper.go(to: from - 1)
    #expect(session.stepper.knowledge == .known && frame(session) != nil, "seed \(seed)")
  }

  /// What the trace tells of frames is what the core knows, at every start of one.
  @Test func theTracesFramesAreTheCores() throws {
    let session = try session(SteppingTests.trace(of: events, module))
    for ordinal in events.indices where events[ordinal].knownKind == .majorFrameStart {
      try session.stepper.go(to: ordinal)
      let told = try #require(session.stepper.store.frame(at: ordinal))
      guard case .frame(let number, let schedule, let start, _) = session.stepper.schedulePlace else {
        Issue.record("no frame at \(ordinal), seed \(seed)")
        continue
      }
      #expect((told.number, told.schedule, told.start) == (number, schedule, start), "seed \(seed)")
    }
  }

  /// Blocks that are not there: the first events of the run, and some in the middle.
  @Test(arguments: [1, 4]) func missingBlocksAreNoFrameAndNoEvent(block: Int) throws {
    var bytes = SteppingTests.trace(of: events, module)
    let starts = bytes.indices.filter { bytes[$0...].starts(with: bytes.prefix(8)) }
    try #require(starts.count > block + 2, "seed \(seed)")
    bytes.removeSubrange(starts[block]..<starts[block + 1])
    var session = try session(bytes)
    let (first, next) = ((block - 1) * 512, block * 512)
    try session.obey(.goToEvent(UInt64(next)))
    #expect(session.stepper.schedulePlace == .unknown || events[next].knownKind == .majorFrameStart, "seed \(seed)")
    #expect(try !text(session).contains("before the first major frame"), "seed \(seed)")
    // The gap is a line of its own, from either side, on a screen of any height; and where there is none there is none.
    let here = session.stepper.ordinal
    for (offset, isThere) in [(-1, true), (2, true), (100, false), (-100, here < 100), (0, true)] {
      try session.stepper.go(to: here + offset)
      for height in [12, 24, 40] {
        let lines = try StepScreen(session, width: 80, height: height).lines(status: StyledLine()).map(\.text)
        #expect(lines.contains { $0.hasSuffix("  512 events are missing") } == isThere, "\(lines) seed \(seed)")
        #expect(lines.count { $0.hasPrefix("▶") } == 1 && lines.count <= height, "\(lines) seed \(seed)")
      }
    }
    #expect(try text(session).split(separator: "\n").allSatisfy { !$0.contains("next frame") || $0.count <= 80 })
    var told = ""
    do { try session.obey(.goToEvent(UInt64(first + 7))) } catch { told = "\(error)" }
    // Why it is not there, too.
    #expect(told.hasPrefix("the trace has no event \(first + 7); the next one is \(next); "), "\(told) seed \(seed)")
    #expect(told.contains("are missing"), "\(told) seed \(seed)")
    #expect(session.stepper.ordinal == here, "a refused order moves nothing")
  }

  /// The core learns of a handler's return at the next exception: until then nobody can say that it is still in it.
  @Test func aHandlerIsNotSaidToRunStill() throws {
    let session = try session(SteppingTests.trace(of: events, module))
    let place = try #require(
      events.indices.first { events[$0].knownKind == .exceptionReflected }, "seed \(seed)")
    try session.stepper.go(to: place)
    let text = try text(session)
    #expect(text.contains("exception (return untold)") && !text.contains("in exception handler"), "\(text)")
    #expect(text.contains("state after entry"), "\(text)")
  }
}
