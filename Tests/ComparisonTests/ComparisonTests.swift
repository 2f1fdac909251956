import PartitionCore
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Comparison

/// Comparisons of a seeded run with changed copies of itself.
@Suite struct ComparisonTests {
  let seed: UInt64
  let module: SimulatedModule
  let events: [TraceEvent]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = RecordedWorld<OwnersMarked>.run(module, after: TestSeed.draw(), until: 300_000_000) {
      $0.last?.time ?? 0 >= 300_000_000
    }
  }

  private func reader(_ events: [TraceEvent]) throws -> TraceReader {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 500)
    for event in events { writer.append(event) }
    return try TraceReader(bytes: writer.finish())
  }

  private func compare(_ changed: [TraceEvent]) throws -> RunComparison {
    RunComparison(try reader(events), try reader(changed))
  }

  /// A position in the middle of the run, of an event that a comparison looks at and that begins no section.
  private func place(where condition: (TraceEvent) -> Bool = { _ in true }) throws -> Int {
    let cuts: Set<UInt8> = [EventKind.majorFrameStart.rawValue, EventKind.windowStart.rawValue]
    return try #require(
      events.indices.first {
        $0 > events.count / 2 && !cuts.contains(events[$0].kind) && !EventLikeness.isLeftOut(events[$0])
          && condition(events[$0])
      }, "seed \(seed)")
  }

  @Test func equalRunsGiveNothing() throws {
    let comparison = try compare(events)
    #expect(comparison.isEqual)
    #expect(comparison.isComplete)
    #expect(comparison.comparedEventCount == UInt64(events.count { !EventLikeness.isLeftOut($0) }))
    #expect(comparison.windowCount == UInt64(events.count { $0.knownKind == .windowStart }), "seed \(seed)")
  }

  @Test func aMissingEventIsThatOneAndNothingElse() throws {
    let place = try place { $0.knownKind == .mark }
    var changed = events
    changed.remove(at: place)
    let comparison = try compare(changed)
    #expect(comparison.counts[.missing] == 1)
    #expect(comparison.counts[.added] == nil)
    // One like it may stand for it; then what they say differs.
    let found = try #require(comparison.gravest.first)
    #expect(found.kind == .missing)
    #expect(found.one?.event.kind == events[place].kind)
    let back = RunComparison(try reader(changed), try reader(events))
    #expect(back.counts[.added] == 1)
    #expect(back.counts[.missing] == nil)
  }

  @Test func anotherWordIsAChange() throws {
    let place = try place { $0.knownKind == .hypercallResult }
    var changed = events
    changed[place].words.w0 &+= 1
    let comparison = try compare(changed)
    #expect(comparison.counts == [.changed: 1])
    #expect(comparison.first.first?.one?.position == UInt64(place))
    #expect(comparison.first.first?.other?.event == changed[place])
    #expect(!comparison.isEqual)
  }

  /// How long the kernel took to resume is in a word of the next entry: nothing is at another instant.
  @Test func aWordThatDiffersIsNoShift() throws {
    let place = try place { $0.knownKind == .timer }
    var changed = events
    changed[place].words.w1 &+= 1
    let comparison = try compare(changed)
    #expect(comparison.counts == [.changed: 1], "seed \(seed)")
    #expect(comparison.first.first?.shift == 0)
  }

  /// A window of many thousand events is compared in pieces, and is one window all the same.
  @Test func aLongWindowIsOneWindow() throws {
    let place = try place { $0.knownKind == .mark } + 1
    var long = events
    let note = TraceEvent(time: events[place - 1].time, .noteWords, partition: 0, detail: 1, words: .init(7))
    long.insert(contentsOf: repeatElement(note, count: 3 * RunSections.maximumEventCount), at: place)
    let windows = UInt64(events.count { $0.knownKind == .windowStart })
    let whole = RunComparison(try reader(long), try reader(long))
    // The end event's totals are not these events': the last window counts as cut off.
    #expect(whole.isEqual && whole.windowCount == windows && whole.uncomparedCount <= 1, "seed \(seed)")
    var lossy = long
    lossy[place + RunSections.maximumEventCount] = TraceEvent(time: note.time, .loss, words: .init(1))
    let cut = RunComparison(try reader(long), try reader(lossy))
    #expect(cut.windowCount == windows && cut.uncomparedCount <= windows / 2 + 1, "seed \(seed)")
    #expect(cut.isEqual && !cut.isComplete && cut.uncomparedCount >= 1, "seed \(seed)")
  }

  /// The pieces of a long window are cut at other events where one run has some more: these are all that differs.
  @Test(arguments: [1, 5, RunSections.carriedEventCount]) func eventsMoreInALongWindowAreOnlyThose(count: Int) throws {
    let place = try place { $0.knownKind == .mark } + 1
    let time = events[place - 1].time
    // No two are alike in what they are about, so that each has one counterpart.
    let notes = (0..<UInt32(5 * RunSections.maximumEventCount)).map { number in
      TraceEvent(time: time, .noteWords, partition: 0, operand: number)
    }
    let more = repeatElement(TraceEvent(time: time, .noteWords, partition: 1), count: count)
    var (one, other) = (events, events)
    one.insert(contentsOf: notes, at: place)
    other.insert(contentsOf: notes[..<100] + more + notes[100...], at: place)
    let added = RunComparison(try reader(one), try reader(other))
    #expect(added.counts == [.added: UInt64(count)], "seed \(seed)")
    let missing = RunComparison(try reader(other), try reader(one))
    #expect(missing.counts == [.missing: UInt64(count)], "seed \(seed)")
  }

  /// Runs that have nothing in common in a long window are told apart in bounded memory, each event once.
  @Test func nothingAlikeIsAllToldOnce() throws {
    let place = try place { $0.knownKind == .mark } + 1
    func run(_ partition: UInt8, _ count: Int) -> [TraceEvent] {
      var run = events
      let note = TraceEvent(time: events[place - 1].time, .noteWords, partition: partition)
      run.insert(contentsOf: repeatElement(note, count: count), at: place)
      return run
    }
    let (many, few) = (4 * RunSections.maximumEventCount, 2 * RunSections.maximumEventCount)
    let (one, other) = (run(0, many), run(1, few))
    let comparison = RunComparison(try reader(one), try reader(other))
    let (missing, added) = (comparison.counts[.missing] ?? 0, comparison.counts[.added] ?? 0)
    #expect(missing >= UInt64(many) && added >= UInt64(few), "seed \(seed)")
    // The last section may count as cut off: the end event's totals are not these events'.
    for (events, told) in [(one, missing), (other, added)] {
      let looked = events.count { !EventLikeness.isLeftOut($0) }
      let rest = looked - Int(told) - Int(comparison.comparedEventCount)
      #expect((0..<2_000).contains(rest), "\(rest), seed \(seed)")
    }
  }

  @Test func anotherInstantIsAShift() throws {
    let place = try place { $0.knownKind == .mark }
    var changed = events
    changed[place].time = (changed[place].time + changed[place + 1].time + 1) / 2
    let shift = Int64(changed[place].time - events[place].time)
    let comparison = try compare(changed)
    guard shift > 0 else { return #expect(comparison.isEqual) }
    #expect(comparison.counts == [.retimed: 1])
    #expect(comparison.gravest.first?.shift == shift)
  }

  /// A run that starts later on the host's clock and does the same is the same but for its start.
  @Test func theWholeRunLaterIsTheSame() throws {
    var later = events
    let shift: UInt64 = 1_000_000
    for index in later.indices {
      later[index].time += shift
      switch later[index].knownKind {
      case .partitionSwitch, .windowEnd, .majorFrameStart, .timerArmed, .idle, .padded:
        later[index].words.w0 = Self.shifted(later[index].words.w0, by: shift)
      case .windowStart, .timerExpired:
        later[index].words.w0 = Self.shifted(later[index].words.w0, by: shift)
        later[index].words.w1 = Self.shifted(later[index].words.w1, by: shift)
      default: break
      }
    }
    let comparison = RunComparison(try reader(events), try reader(later), keeping: .max)
    #expect(comparison.counts[.missing] == nil)
    #expect(comparison.counts[.added] == nil)
    #expect(comparison.counts[.retimed] == nil)
    // Instants that a hypercall answers are content, and the kernel's own business.
    let changed = Set(comparison.first.filter { $0.kind == .changed }.map { $0.one?.event.knownKind })
    #expect(changed.isSubset(of: [.hypercall, .hypercallResult]), "\(changed), seed \(seed)")
  }

  /// An instant so much later; what stands for none or never stays.
  private static func shifted(_ instant: UInt64, by shift: UInt64) -> UInt64 {
    instant == 0 || instant == .max ? instant : instant &+ shift
  }

  /// The end of a run that goes on in the other one: whole windows have no counterpart, and the order of gravity holds.
  @Test func aShorterRunLacksTheRest() throws {
    let cut = events.count * 3 / 4
    let end = TraceEvent(time: events[cut - 1].time, .end, words: .init(UInt64(cut)))
    let comparison = try compare(events[..<cut] + [end])
    let rest = events[cut...].count { !EventLikeness.isLeftOut($0) }
    #expect(comparison.counts[.missing] == UInt64(rest))
    #expect(comparison.isComplete)
    #expect(comparison.first.count == min(rest, RunComparison.keptCount))
    // Which of the runs lacks an event makes it no graver.
    let ranks = comparison.gravest.map { max($0.kind, .added) }
    #expect(ranks == ranks.sorted())
  }

  /// An error that one run has alone is not lost among what else it has alone, whichever of the two it is.
  @Test func errorsAreTheGravest() throws {
    let places = events.indices.filter { events[$0].knownKind == .messageCopied || events[$0].knownKind == .mark }
    let last = try #require(places.last)
    try #require(events.count { $0.knownKind == .mark } > RunComparison.keptCount + 1, "seed \(seed)")
    var changed = events
    // One that is unlike all there are, where many others are lacking before it.
    changed.insert(TraceEvent(time: events[last].time, .healthError, partition: 0, detail: 0xEE), at: last)
    for place in places.dropLast().reversed() { changed.remove(at: place) }
    let kind = EventKind.healthError.rawValue
    let there = try compare(changed).gravest.first
    #expect(there?.kind == .added && there?.other?.event.kind == kind, "\(String(describing: there)), seed \(seed)")
    let back = RunComparison(try reader(changed), try reader(events)).gravest
    #expect(back.first?.kind == .missing && back.first?.one?.event.kind == kind, "seed \(seed)")
    // Behind it what was decided comes before what was done.
    let kinds = back.dropFirst().map { ($0.one ?? $0.other)?.event.kind }
    #expect(kinds.contains(EventKind.mark.rawValue) && !kinds.contains(EventKind.messageCopied.rawValue))
  }

  /// Of a trace that was cut off nobody knows what would have followed: that is no difference.
  @Test func whatFollowsACutIsNotCompared() throws {
    let comparison = try compare(Array(events[..<(events.count * 3 / 4)]))
    #expect(comparison.isEqual, "\(comparison.counts)")
    #expect(comparison.uncomparedCount > 1 && comparison.comparedEventCount > 1000)
    #expect(!comparison.isComplete, "a trace without its end is not whole")
  }

  /// A block that is damaged leaves windows uncompared up to the next frame, and changes nothing else.
  @Test func whatIsLostIsNotCompared() throws {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 500)
    for event in events { writer.append(event) }
    var bytes = writer.finish()
    bytes[bytes.count / 2] ^= 0xFF
    for isFirst in [false, true] {
      let damaged = try TraceReader(bytes: bytes)
      let comparison =
        isFirst ? RunComparison(damaged, try reader(events)) : RunComparison(try reader(events), damaged)
      #expect(comparison.isEqual, "\(comparison.counts), seed \(seed)")
      #expect(comparison.uncomparedCount > 0 && comparison.comparedEventCount > UInt64(events.count / 2))
      #expect(!comparison.isComplete)
    }
  }

  @Test func windowsWithLossAreNotCompared() throws {
    let place = try place()
    var lossy = events
    lossy.replaceSubrange(
      place..<(place + 3), with: [TraceEvent(time: events[place].time, .loss, words: .init(3))])
    let comparison = try compare(lossy)
    #expect(comparison.uncomparedCount >= 1)
    #expect(comparison.isEqual && !comparison.isComplete)
  }
}
