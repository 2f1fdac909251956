import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

@Suite("Kinds that are left out")
struct LeftOutTests {
  /// The events of a trace without these kinds, worked out with all instants at hand.
  private static func thinned(_ events: [TraceEvent], _ kinds: LeftOutKinds) -> [TraceEvent] {
    var kept: [TraceEvent] = []
    for (index, event) in events.enumerated() where !kinds.contains(kind: event.kind) {
      var event = event
      switch event.knownKind {
      case .interrupt where event.detail & EntrySnapshot.Flags.isPulse.rawValue != 0: break
      case .interrupt, .timer, .hypercall, .exception:
        // The resume's instant is the same, whichever event it is told from.
        let resume = events[index - 1].time &+ event.words.w1
        event.words.w1 = resume &- kept[kept.count - 1].time
      case .end: event.words.w0 = event.words.w0 &- UInt64(index - kept.count)
      default: break
      }
      kept.append(event)
    }
    return kept
  }

  @Test("The others come back, resume delays and the end's count corrected", arguments: [1, 7, 300, 4096])
  func others(eventsPerBlock: Int) throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var all: [EventKind] = []
    LeftOutKinds.choosable.forEach { all.append($0) }
    for turn in 0..<6 as Range<UInt64> {
      let chosen = turn == 0 ? all : all.filter { _ in Bool.random(using: &generator) }
      let kinds = chosen.reduce(LeftOutKinds.none) { $0.adding($1) }
      let body =
        turn < 3
        ? EventStreams.random(count: 1500, seed: seed &+ turn)
        : EventStreams.periodic(frames: 30, seed: seed &+ turn)
      let events = EventStreams.whole(body, leavingOut: kinds)
      let bytes = EventStreams.trace(events, eventsPerBlock: eventsPerBlock, leavingOut: kinds)
      let read = try TraceContents(bytes)
      #expect(read.condition == .complete, "seed \(seed), turn \(turn)")
      #expect(read.events == Self.thinned(events, kinds), "seed \(seed), turn \(turn)")
      // What is thinned already stays as it is.
      let again = EventStreams.trace(read.events, eventsPerBlock: eventsPerBlock, leavingOut: kinds)
      #expect(try TraceContents(again).events == read.events, "seed \(seed), turn \(turn)")
    }
  }

  @Test("Readers that know nothing of it refuse such a trace by its version", arguments: [true, false])
  func version(isThinned: Bool) throws {
    let kinds = isThinned ? LeftOutKinds.none.adding(.noteWords) : .none
    let events = EventStreams.whole(EventStreams.periodic(frames: 30, seed: 1), leavingOut: kinds)
    let bytes = EventStreams.trace(events, eventsPerBlock: 100, leavingOut: kinds)
    let blocks = BlockSurgery(bytes).blocks
    #expect(blocks.count > 10 && blocks.allSatisfy { $0[8] == (isThinned ? 3 : 2) && $0[9] == 0 })
    #expect(try TraceContents(bytes).condition == .complete)
    // The seal is the one block that no other follows, which would tell of a change by its chain.
    for place in [blocks.count / 2, blocks.count - 1] {
      var surgery = BlockSurgery(bytes)
      surgery.blocks[place][8] ^= 1
      surgery.repairChecksum(place)
      guard case .damaged(let defects) = try TraceContents(surgery.bytes).condition else {
        Issue.record("block \(place) of another version passes")
        continue
      }
      #expect(defects.contains { $0.kind == .versionOfOtherTrace(isThinned ? 2 : 3) }, "\(defects)")
    }
  }

  @Test("Where nothing is left out a trace's bytes are what they were")
  func none() throws {
    let events = EventStreams.whole(EventStreams.periodic(frames: 30, seed: TestSeed.draw()))
    let whole = EventStreams.trace(events, eventsPerBlock: 100)
    #expect(try TraceContents(whole).events == events)
    #expect(SampleModule.bytes(leavingOut: .none) == SampleModule.bytes)
    let thin = EventStreams.trace(events, eventsPerBlock: 100, leavingOut: .choosable)
    #expect(thin.count < whole.count)
  }
}
