import APEXTypes
import MixedIndices
import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

/// A recorded run replays identical, and one changed event diverges in its own kind at its own place.
@Suite struct DivergenceTests {
  let module: SimulatedModule
  let seed: UInt64
  let events: [TraceEvent]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = wholeRun(module, until: 60_000_000)
  }

  /// Some of the positions, the same for one seed.
  private func some(_ positions: [Int], _ count: Int = 40) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    return Array(positions.shuffled(using: &generator).prefix(count))
  }

  private func expect(
    _ changed: [TraceEvent], _ kind: Divergence.Kind, at position: Int, _ location: SourceLocation = #_sourceLocation
  ) {
    let report = replay(changed, module)
    #expect(
      report.isAt(kind, position), "\(report.place), not \(kind) at \(position), seed \(seed)", sourceLocation: location
    )
  }

  @Test func recordedRunsReplayIdentical() {
    let first = TestSeed.draw()
    print("replay seed \(first)")
    for seed in first..<(first + 60) {
      let events = RecordedWorld<OwnersMarked>(module, seed: seed).run(until: 50_000_000)
      let report = replay(events, module)
      #expect(report.verdict == .identical, "\(report.place) \(report.doubts), seed \(seed)")
      #expect(report.eventCount == UInt64(events.count))
      #expect(report.keyframeCount == UInt64(events.of(.keyframe).count))
      let classes = events.map(\.eventClass)
      #expect(report.inputCount == UInt64(classes.count { $0 == .input }))
      #expect(report.decisionCount == UInt64(classes.count { $0 == .decision }))
      #expect(report.observationCount == UInt64(classes.count { $0 == .observation }))
      #expect(report.uncomparedCount == 0)
      if report.verdict != .identical { return }
    }
  }

  /// A kernel with the mixed indices diverges from the right core, and a replayer with the same defect does not see it.
  @Test func aDefectiveKernelDivergesAtItsFirstWrongMark() throws {
    let events = RecordedWorld<MixedIndices>(module, seed: seed).run(until: 60_000_000)
    let report = replay(events, module)
    #expect(report.divergence?.kind == .decision, "\(report.place), seed \(seed)")
    #expect(report.divergence?.recorded.knownKind == .mark)
    #expect(report.divergence?.recomputed?.knownKind == .mark)
    #expect(replay(events, module, by: MixedIndices.self).verdict == .identical)
  }

  // MARK: Decisions

  @Test func aChangedDecisionIsNamed() {
    for position in some(events.positions { $0.eventClass == .decision }, 60) {
      expect(events.changing(position) { $0.operand ^= 1 }, .decision, at: position)
      expect(events.changing(position) { $0.partition ^= 1 }, .decision, at: position)
      expect(events.changing(position) { $0.detail ^= 4 }, .decision, at: position)
      expect(events.changing(position) { $0.words.w0 &+= 1 }, .decision, at: position)
      expect(events.changing(position) { $0.words.w2 ^= 1 << 40 }, .decision, at: position)
      // A decision has three words at most: a further one is none of the core's.
      expect(events.changing(position) { $0.words[3 + position % 5] = 1 }, .decision, at: position)
    }
  }

  /// The drainer's tail that is told twice was not moved the second time.
  @Test func aTailThatStaysIsNamed() {
    for position in some(events.positions(of: .drained), 10) {
      var changed = events
      changed.insert(events[position], at: position + 1)
      expect(changed, .observation, at: position + 1)
    }
  }

  @Test func aDecisionTooMuchIsNamed() {
    for position in some(events.positions { $0.eventClass == .decision }) {
      var changed = events
      changed.insert(events[position], at: position + 1)
      expect(changed, .decision, at: position + 1)
    }
  }

  /// Named at the event that comes instead: another decision, or what follows the last.
  @Test func aMissingDecisionIsNamed() {
    for position in some(events.positions { $0.eventClass == .decision }, 150) {
      let changed = events.without(position)
      guard changed[position].eventClass != .decision else {
        expect(changed, .decision, at: position)
        continue
      }
      // A keyframe is compared with the state, which is right: what follows it shows the gap.
      // So does what follows an acknowledgement, which need not wait for what follows from the marks.
      let isMarking = [.mark, .kernelHandler, .unclaimed].contains(events[position].knownKind)
      let next = changed[position...].firstIndex {
        $0.eventClass != .state && (isMarking || $0.knownKind != .acknowledged)
      }
      expect(changed, .missingDecision, at: next ?? position)
    }
  }

  @Test func theLastDecisionsAreMissedAtTheEnd() {
    let last = events.positions { $0.eventClass == .decision }.last!
    let tail = events.positions { $0.eventClass == .observation }.filter { $0 > last }
    var changed = events
    for position in tail.reversed() { changed.remove(at: position) }
    changed.remove(at: last)
    expect(changed, .missingDecision, at: changed.count - 1)
  }

  // MARK: Observations

  @Test func aChangedObservationIsNamed() {
    let changes: [(EventKind, (inout TraceEvent) -> Void)] = [
      (.acknowledged, { $0.operand ^= 1 }), (.acknowledged, { $0.words.w0 = 0xFFFF }), (.maskRead, { $0.operand ^= 8 }),
      (.upcallWritten, { $0.partition ^= 1 }), (.upcallWritten, { $0.operand ^= 1 }),
      (.upcallWritten, { $0.words.w1 &+= 1 }), (.upcallWritten, { $0.words.w2 = 1 }),
      (.messageCopied, { $0.operand ^= 1 }), (.messageCopied, { $0.words.w1 &+= 1 }),
      (.messageCopied, { $0.detail ^= 3 }), (.consoleWritten, { $0.operand &+= 1 }), (.padded, { $0.words.w0 &+= 1 }),
      (.drained, { $0.words.w0 = 0 }), (.noteWords, { $0.partition ^= 1 }), (.noteWords, { $0.operand &+= 8 }),
      (.noteWords, { $0.detail &-= 1 }), (.contextReset, { $0.words.w0 &+= 1 }), (.contextReset, { $0.partition = 31 }),
      (.contextReset, { $0.words.w1 &-= 24 }), (.contextReset, { $0.words.w1 &+= 16 }),
    ]
    for (kind, edit) in changes {
      let positions = some(events.positions(of: kind), 10)
      #expect(!positions.isEmpty, "no \(kind), seed \(seed)")
      for position in positions { expect(events.changing(position, edit), .observation, at: position) }
    }
  }

  /// Words behind a note's last one.
  @Test func aNoteHasNoMoreThanItsWords() {
    let rests = events.positions { $0.knownKind == .noteWords && $0.detail < 8 }
    #expect(!rests.isEmpty)
    for position in some(rests, 10) {
      expect(events.changing(position) { $0.words.w7 = 1 }, .observation, at: position)
    }
  }

  @Test func aNotesMissingWordsAreNamed() {
    for position in some(events.positions(of: .noteWords), 15) {
      let changed = events.without(position)
      if changed[position].knownKind == .noteWords, events[position].operand < changed[position].operand {
        expect(changed, .observation, at: position)
      } else {
        let next = changed[position...].firstIndex { $0.eventClass == .input || $0.knownKind == .end }!
        expect(changed, .missingObservation, at: next)
      }
    }
  }

  /// A message read that is not the one written.
  @Test func aCopiedMessagesDigestIsCompared() {
    let reads = events.positions { $0.knownKind == .messageCopied && $0.detail == PortOperation.read.rawValue }
    for position in some(reads) { expect(events.changing(position) { $0.words.w0 ^= 1 }, .observation, at: position) }
  }

  @Test func anObservationThatNothingCallsForIsNamed() {
    let kinds: [EventKind] = [
      .acknowledged, .maskRead, .upcallWritten, .messageCopied, .consoleWritten, .noteWords, .padded,
    ]
    for kind in kinds {
      for position in some(events.positions(of: kind), 10) {
        var changed = events
        changed.insert(events[position], at: position + 1)
        expect(changed, .observation, at: position + 1)
      }
    }
  }

  @Test func aKernelFaultIsADivergence() {
    let inputs = some(events.positions(of: .timer), 5)
    for position in inputs {
      var changed = events
      changed.insert(TraceEvent(time: events[position].time, .kernelFault, operand: 8), at: position)
      expect(changed, .observation, at: position)
    }
  }

  /// Named at the next input, where the act can no longer come.
  @Test func aMissingObservationIsNamed() {
    for kind in [.acknowledged, .maskRead, .upcallWritten, .messageCopied, .consoleWritten, .padded] as [EventKind] {
      for position in some(events.positions(of: kind), 15) {
        let changed = events.without(position)
        let inputs = changed.indices[position...].filter {
          changed[$0].eventClass == .input || changed[$0].knownKind == .end
        }
        guard let next = inputs.first else { continue }
        // The pad is owed only once the partition has run.
        if kind == .padded, changed[next].eventClass != .input || changed[next].partition == 0xFF { continue }
        expect(changed, .missingObservation, at: next)
      }
    }
  }

  @Test func aMissingKeyframeIsNamed() {
    for position in some(events.positions(of: .keyframe), 10) {
      let changed = events.without(position)
      let next = changed[position...].firstIndex { $0.eventClass == .input || $0.knownKind == .end }!
      expect(changed, .missingObservation, at: next)
    }
  }

  // MARK: Keyframes

  @Test func aChangedKeyframeIsNamed() {
    for position in some(events.positions(of: .keyframeWords)) {
      let end = events[position...].firstIndex { $0.knownKind == .keyframe }!
      expect(events.changing(position) { $0.words.w0 ^= 1 << 17 }, .keyframe, at: end)
      expect(events.without(position), .keyframe, at: end - 1)
    }
  }

  /// Words of no keyframe: a keyframe's first again, one too many, and the same at the end.
  @Test func wordsThatBelongToNoKeyframeAreNamed() {
    let ends = events.positions(of: .keyframe)
    let first = events.positions(of: .keyframeWords)[0]
    func adding(_ word: TraceEvent, at place: Int) -> [TraceEvent] {
      var changed = events
      var word = word
      word.time = events[place - 1].time
      changed.insert(word, at: place)
      return changed
    }
    let next = events.positions(of: .keyframeWords).first { $0 > ends[2] }!
    expect(adding(events[first], at: ends[2] + 1), .keyframe, at: next + 1)
    expect(adding(events[first + 1], at: ends[2]), .keyframe, at: ends[2] + 1)
    let end = events.positions(of: .end)[0]
    for word in [events[first], events[first + 1]] { expect(adding(word, at: end), .keyframe, at: end + 1) }
  }

  @Test func aStartForAnotherStopIsNamed() {
    let start = events.positions(of: .start)[0]
    expect(events.changing(start) { $0.words.w0 &+= 1 }, .input, at: start)
  }

  /// Words that are whole but not the core's: each single word counts.
  @Test func everyWordOfAKeyframeIsCompared() {
    let end = events.positions(of: .keyframe)[3]
    let count = Int(events[end].operand)
    let first = end - (count + 7) / 8
    let words = (0..<count).map { events[first + $0 / 8].words[$0 % 8] }
    for index in 0...count {
      var other = words
      if index < count { other[index] ^= 1 } else { other.append(0) }
      var changed = events
      let keyframe = RecordedWorld<OwnersMarked>.keyframe(other, at: events[end].time)
      changed.replaceSubrange(first...end, with: keyframe)
      expect(changed, .keyframe, at: first + keyframe.count - 1)
    }
  }
}
