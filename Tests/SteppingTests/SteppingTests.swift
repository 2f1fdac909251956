import APEXTypes
import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import Terminal
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Stepping

/// The stepper over runs of a seeded world: wherever one comes from, an event has one state.
@Suite struct SteppingTests {
  let seed: UInt64
  let module: SimulatedModule
  let events: [TraceEvent]
  let trace: [UInt8]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = RecordedWorld<OwnersMarked>.run(
      module, after: TestSeed.draw(), until: 400_000_000, inputs: 20_000
    ) { run in Self.loneKeyframe(run) != nil && run.count { $0.knownKind == .majorFrameStart } > 3 }
    trace = Self.trace(of: events, module)
  }

  /// A keyframe far behind the beginning, and far behind the one before.
  static func loneKeyframe(_ events: [TraceEvent]) -> Int? {
    let keyframes = events.indices.filter { events[$0].knownKind == .keyframe }
    return zip([0] + keyframes, keyframes).first { $1 > 1500 && $1 - $0 > 400 }?.1
  }

  static func trace(of events: [TraceEvent], _ module: SimulatedModule) -> [UInt8] {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 512)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  func stepper() throws -> TraceStepper { try TraceStepper { [trace] in try TraceReader(bytes: trace) } }

  @Test func everyEventHasOneStateWhateverTheWayToIt() throws {
    let straight = Replayer<OwnersMarked>(table: module.table)
    var expected: [[UInt64]] = []
    for (position, event) in events.enumerated() {
      straight.consume(event, position: UInt64(position))
      expected.append(straight.stateWords)
    }
    try #require(!straight.hasDiverged, "seed \(seed): \(straight.report.place)")
    let stepper = try stepper()
    var generator = SeededGenerator(seed: seed)
    var wrong = 0
    for _ in 0..<300 {
      let target = Int(generator.next() % UInt64(events.count))
      try stepper.go(to: target)
      let (position, event) = try stepper.current()
      if position != UInt64(target) || event != events[target] || stepper.stateWords != expected[target] { wrong += 1 }
      // A step back from wherever we are.
      try stepper.go(to: target - 1)
      if stepper.stateWords != expected[max(0, target - 1)] { wrong += 1 }
    }
    #expect(wrong == 0, "seed \(seed)")
    #expect(stepper.knowledge == .known)
  }

  /// The nearest event, of every hundredth, that is not reached within one block from a checkpoint.
  private func longWayBack(from last: Int) throws -> Int {
    let stepper = try stepper()
    for target in stride(from: last - 1, to: 0, by: -100) {
      try stepper.go(to: last)
      var isLong = false
      stepper.onProgress = { _ in isLong = true }
      try stepper.go(to: target)
      stepper.onProgress = { _ in }
      if isLong { return target }
    }
    return try #require(nil, "seed \(seed): checkpoints lie too close")
  }

  /// Whoever does not want to wait any longer stays at the event where he was, with its state.
  @Test func anInterruptedWayLeadsNowhere() throws {
    struct Interruption: Error {}
    let last = events.count - 1
    for (start, target) in [(0, last), (700, last), (last, try longWayBack(from: last))] {
      let (stepper, other) = (try stepper(), try stepper())
      try stepper.go(to: start)
      let (words, knowledge) = (stepper.stateWords, stepper.knowledge)
      var places: [Int] = []
      stepper.onProgress = { place in
        places.append(place)
        throw Interruption()
      }
      #expect(throws: Interruption.self, "seed \(seed)") { try stepper.go(to: target) }
      #expect(places.count == 1 && places[0] > 0 && places[0] <= target, "seed \(seed): \(places)")
      #expect(stepper.ordinal == start && stepper.stateWords == words, "seed \(seed)")
      #expect(stepper.knowledge == knowledge, "seed \(seed)")
      #expect(throws: Interruption.self) { try stepper.find(isBackward: start == last) { $0.kind == 255 } }
      stepper.onProgress = { _ in }
      try stepper.go(to: target)
      try other.go(to: target)
      #expect(stepper.ordinal == target && stepper.stateWords == other.stateWords, "seed \(seed)")
    }
    #expect(throws: Interruption.self) {
      try TraceStepper(opening: { [trace] in try TraceReader(bytes: trace) }, onProgress: { _ in throw Interruption() })
    }
  }

  @Test func findsTheNearestOfAKindBothWays() throws {
    let stepper = try stepper()
    let marks = events.indices.filter { events[$0].kind == EventKind.mark.rawValue }
    let middle = events.count / 2
    try stepper.go(to: middle)
    let isMark = { (event: TraceEvent) in event.kind == EventKind.mark.rawValue }
    #expect(try stepper.find(isBackward: false, isMark) == marks.first { $0 > middle })
    #expect(try stepper.find(isBackward: true, isMark) == marks.last { $0 < middle })
    #expect(try stepper.find(isBackward: false) { $0.kind == 255 } == nil)
  }

  @Test func comesToInstantsFramesAndPositions() throws {
    var session = StepSession(try stepper())
    let frames = events.indices.filter { events[$0].kind == EventKind.majorFrameStart.rawValue }
    try session.obey(.goToFrame(UInt64(events[frames[2]].operand)))
    #expect(session.stepper.ordinal == frames[2])
    let time = events[events.count / 3].time
    try session.obey(.goToTime(time))
    #expect(session.stepper.ordinal == events.firstIndex { $0.time >= time })
    try session.obey(.goToEvent(77))
    #expect(session.stepper.ordinal == 77)
    try session.obey(.last)
    #expect(session.stepper.ordinal == events.count - 1)
    #expect(throws: StepSession.Refusal.self) { try session.obey(.move(1)) }
    #expect(throws: StepSession.Refusal.self) { try session.obey(.goToEvent(UInt64(events.count))) }
    #expect(throws: StepSession.Refusal.self) { try session.obey(.goToTime(.max)) }
    #expect(throws: StepSession.Refusal.self) { try session.obey(.goToFrame(9_999_999)) }
    #expect(session.stepper.ordinal == events.count - 1, "a refused order moves nothing")
  }

  /// Places are written as for every other command.
  @Test func ordersTakePlaces() throws {
    let vocabulary = try stepper().vocabulary
    let orders: [(String, StepOrder)] = [
      ("goto frame:3", .goToFrame(3)), ("goto event:77", .goToEvent(77)), ("goto 1.5ms", .goToTime(1_500_000)),
      ("goto frame 3", .goToFrame(3)), ("goto event 77", .goToEvent(77)), ("g #77", .goToEvent(77)),
    ]
    for (text, order) in orders { #expect(try StepOrder.parse(text, vocabulary) == order, "\(text)") }
    #expect(throws: StepOrder.Misunderstanding.self) { try StepOrder.parse("goto frame:", vocabulary) }
  }

  /// A decision that the core does not take: the stepper says where, and goes on showing events.
  @Test func divergenceIsToldWithItsPlace() throws {
    var changed = events
    let place = try #require(events.lastIndex { $0.kind == EventKind.mark.rawValue })
    changed[place].words.w0 += 1
    let bytes = Self.trace(of: changed, module)
    let stepper = try TraceStepper { try TraceReader(bytes: bytes) }
    try stepper.go(to: events.count - 1)
    #expect(stepper.knowledge == .diverged)
    #expect(stepper.divergence?.position == UInt64(place))
    let reason = try #require(stepper.divergence?.reason)
    let lines = try StepScreen(StepSession(stepper), width: 80, height: 40).lines(status: StyledLine()).map(\.text)
    let told = try #require(lines.firstIndex(of: " Diverged at event \(place), whose state this is:"), "\(lines)")
    #expect(lines[told + 1].hasPrefix("   \(reason.prefix(70))") && lines[told + 1].count <= 80, "\(lines)")
    try stepper.go(to: place - 1)
    #expect(stepper.knowledge == .known)
    #expect(stepper.divergence == nil)
  }

  /// Without a block in the middle, the state is unknown up to the next keyframe, and then known again.
  @Test func lossLeavesTheStateUnknownUntilAKeyframe() throws {
    // Lose events well before a keyframe, and none of another.
    let from = try #require(Self.loneKeyframe(events), "seed \(seed)") - 300
    var lossy = Array(events[..<from])
    lossy.append(TraceEvent(time: events[from].time, .loss, words: .init(40)))
    lossy += events[(from + 40)...]
    let bytes = Self.trace(of: lossy, module)
    let stepper = try TraceStepper { try TraceReader(bytes: bytes) }
    try stepper.go(to: from + 1)
    #expect(stepper.knowledge == .unknown)
    let found = try #require(try stepper.find(isBackward: false) { $0.kind == EventKind.keyframe.rawValue })
    try stepper.go(to: found)
    #expect(stepper.knowledge == .known)
    try stepper.go(to: from - 1)
    #expect(stepper.knowledge == .known)
    try stepper.go(to: found - 1)
    #expect(stepper.knowledge == .unknown)
  }
}

extension ReplayReport {
  var place: String { divergence.map { "\($0.kind.rawValue) at \($0.position): \($0.reason)" } ?? verdict.rawValue }
}
