import APEXTypes
import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

/// Events that are missing: the replay is blind until the next keyframe, adopts it, and goes on.
@Suite struct LossTests {
  let module: SimulatedModule
  let seed: UInt64
  let events: [TraceEvent]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = wholeRun(module, until: 120_000_000)
    print("loss seed \(seed)")
  }

  /// The trace with a stretch replaced by the loss record that tells of it.
  private func losing(_ range: Range<Int>) -> [TraceEvent] { Self.losing(range, of: events) }

  private static func losing(_ range: Range<Int>, of events: [TraceEvent]) -> [TraceEvent] {
    var changed = events
    let loss = TraceEvent(time: events[range.lowerBound].time, .loss, words: .init(UInt64(range.count)))
    changed.replaceSubrange(range, with: [loss])
    return changed
  }

  @Test func afterALossTheNextKeyframeIsAdopted() {
    var generator = SeededGenerator(seed: seed)
    let last = events.positions(of: .keyframe).last!
    for _ in 0..<150 {
      let first = Int(generator.number(3...UInt64(last - 60)))
      let count = Int(generator.number(1...UInt64(min(3000, last - 50 - first))))
      let changed = losing(first..<(first + count))
      let report = replay(changed, module)
      #expect(report.verdict == .inconclusive, "\(report.place), \(count) lost at \(first), seed \(seed)")
      #expect(report.adoptedKeyframeCount == 1)
      #expect(report.doubts.count == 1)
      let resumed = changed[(first + 1)...].firstIndex { $0.knownKind == .keyframe }
      // Half a keyframe is none: one whose first words were lost is passed over.
      #expect(report.uncomparedCount >= UInt64(resumed! - first))
      if report.verdict != .inconclusive { return }
    }
  }

  /// After the adoption everything is compared again, and the first difference is named.
  @Test func afterTheAdoptionDivergencesAreNamed() {
    var generator = SeededGenerator(seed: seed)
    let keyframes = events.positions(of: .keyframe)
    for _ in 0..<60 {
      let target = keyframes[Int(generator.number(2...UInt64(keyframes.count - 3)))]
      let first = target - 200
      let changed = losing(first..<(first + 100))
      let decisions = changed.positions { $0.eventClass == .decision }.filter { $0 > target - 99 }
      let place = decisions[Int(generator.number(0...UInt64(decisions.count - 1)))]
      let report = replay(changed.changing(place) { $0.operand ^= 1 }, module)
      #expect(report.isAt(.decision, place), "\(report.place), seed \(seed)")
    }
  }

  /// The pad that an adopted keyframe leaves open may have been recorded before it; those of later windows are owed.
  @Test func padsAreOwedAgainAfterTheAdoption() throws {
    /// Whether it is a partition that the next input interrupts.
    func isUsed(_ position: Int, in events: [TraceEvent]) -> Bool {
      let next = events[position...].first { $0.eventClass == .input }
      return next.map { $0.partition != 0xFF && $0.knownKind != .memoryPiece } ?? false
    }
    func pads(after keyframe: Int, in events: [TraceEvent]) -> [Int] {
      events.positions(of: .padded).filter { $0 > keyframe && isUsed($0, in: events) }
    }
    func keyframe(in events: [TraceEvent]) -> Int? {
      events.positions(of: .keyframe).dropFirst(2).first { keyframe in
        let next = events[keyframe...].firstIndex { $0.knownKind == .padded || $0.eventClass == .input }
        let found = pads(after: keyframe, in: events)
        return found.count > 1 && found.first == next
      }
    }
    // Not every world has such a keyframe.
    let (seed, events) = wholeRun(module, until: 120_000_000) { keyframe(in: $0) != nil }
    let place = try #require(keyframe(in: events), "seed \(seed)")
    let changed = Self.losing((place - 200)..<(place - 100), of: events)
    let owed = pads(after: place, in: events).map { $0 - 99 }
    #expect(replay(changed, module).verdict == .inconclusive, "seed \(seed)")
    #expect(replay(changed.without(owed[0]), module).verdict == .inconclusive, "seed \(seed)")
    #expect(replay(changed.without(owed[1]), module).divergence?.kind == .missingObservation, "seed \(seed)")
  }

  @Test func aGapNotedByTheReaderIsALossToo() {
    let middle = events.count / 2
    let replayer = Replayer<OwnersMarked>(table: module.table)
    for (position, event) in events.enumerated() where position < middle || position > middle + 20 {
      if position == middle + 21 { replayer.noteGap("a block is missing") }
      replayer.consume(event, position: UInt64(position))
    }
    let report = replayer.finish(doubt: nil)
    #expect(report.verdict == .inconclusive, "\(report.place), seed \(seed)")
    #expect(report.adoptedKeyframeCount == 1)
    #expect(report.doubts == ["a block is missing"])
  }

  @Test func withoutAKeyframeTheReplayStaysBlind() {
    let last = events.positions(of: .keyframe).last!
    let report = replay(losing((last - 2)..<(last + 5)), module)
    #expect(report.verdict == .inconclusive, "\(report.place), seed \(seed)")
    #expect(report.adoptedKeyframeCount == 0)
    #expect(report.doubts.count == 2)
  }

  /// A keyframe whose words are damaged is not adopted; the next is.
  @Test func aDamagedKeyframeIsPassedOver() {
    let keyframes = events.positions(of: .keyframe)
    let changed = losing((keyframes[2] - 150)..<(keyframes[2] - 100))
    let shift = 49
    let damaged = changed.changing(keyframes[2] - shift - 1) { $0.words.w0 ^= 1 }
    let whole = replay(changed, module)
    let report = replay(damaged, module)
    #expect(whole.verdict == .inconclusive)
    #expect(report.verdict == .inconclusive, "\(report.place), seed \(seed)")
    #expect(report.adoptedKeyframeCount == 1)
    #expect(report.uncomparedCount > whole.uncomparedCount)
  }

  @Test func aTraceWithoutItsEndIsInconclusive() {
    let report = replay(Array(events.dropLast()), module)
    #expect(report.verdict == .inconclusive)
    #expect(report.doubts == ["the trace has no end event"])
    #expect(replay(events, module, doubt: "a block is damaged").verdict == .inconclusive)
  }

  /// Kinds that this version does not know are passed over.
  @Test func unknownKindsChangeNothing() {
    var changed = events
    for position in stride(from: 0, to: events.count, by: 17) {
      changed.insert(TraceEvent(time: 0, kind: 200, operand: 7), at: position)
    }
    #expect(replay(changed, module).verdict == .identical)
  }
}
