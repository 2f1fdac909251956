import ModuleConfiguration
import PartitionCore
import Simulation
import TestSeeds
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

/// Worlds whose partitions tell of their processes at random: nothing good is refused, whichever way they are judged.
@Suite struct ToldWorldTests {
  private static func world(_ module: SampleModule, _ seed: UInt64, _ milliseconds: UInt64) throws -> [TraceEvent] {
    let world = SimulatedWorld<OwnersMarked>.told(module, seed: seed, until: milliseconds * 1_000_000)
    return try #require(world, "seed \(seed)")
  }

  private static func isTelling(_ event: TraceEvent) -> Bool {
    event.knownKind == .hypercall && event.operand & 0xFFFF == HypercallNumber.tellProcess.rawValue
  }

  /// What is judged of processes: how often, and the worst.
  private static func judged(_ events: [TraceEvent], _ module: SampleModule) -> [String: [Int64]] {
    let claims = report(events, module).claims.filter { SampleModule.told.contains($0.identifier) }
    return Dictionary(
      uniqueKeysWithValues: claims.map {
        ($0.identifier, [Int64($0.checked), Int64($0.failures), $0.worst?.value ?? -1])
      })
  }

  /// Whether somebody is late of those who are started, if nobody is told of again.
  private static func whoStartsIsLate(_ events: [TraceEvent], _ module: SampleModule) -> Bool {
    var events = events
    for index in events.indices where isTelling(events[index]) && events[index].words.w4 != 6 {
      events[index].words.w3 = 0
    }
    let report = report(events, module)
    ToldStory.compare(report, events, module)
    return report.claims.contains { SampleModule.told.contains($0.identifier) && $0.verdict == .fail }
  }

  @Test func bothJudgesAgree() throws {
    let module = try SampleModule.telling()
    let first = TestSeed.draw()
    var (told, aged, ended, started, moved) = (0, 0, 0, 0, 0)
    for seed in first..<(first + 12) {
      let events = try Self.world(module, seed, 82)
      let report = report(events, module)
      let failed = Set(report.identifiers(.fail)).subtracting(SimulatedWorldTests.ownAffair)
      #expect(failed.isEmpty, "seed \(seed): \(report.summary)")
      ToldStory.compare(report, events, module)
      let trace = TraceFileTests.write(events, module)
      let audit = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
      #expect(audit.isConfirmed, "seed \(seed): \(audit.text)")
      // It matters that they tell, of which job, and when one is complete.
      let whole = Self.judged(events, module)
      func isOther(_ change: (inout TraceEvent) -> Void) -> Bool {
        var others = events
        for index in others.indices where Self.isTelling(others[index]) { change(&others[index]) }
        return Self.judged(others, module) != whole
      }
      told += isOther { $0.words.w3 = 0 } ? 1 : 0
      aged += isOther { $0.words.w5 = min($0.words.w5, 0) } ? 1 : 0
      ended += isOther { if $0.words.w4 == 5 { $0.words.w4 = 3 } } ? 1 : 0
      started += Self.whoStartsIsLate(events, module) ? 1 : 0
      moved += isOther { if $0.words.w4 == 7 { $0.words.w3 = 0 } } ? 1 : 0
    }
    #expect(
      told > 9 && aged > 9 && ended > 9 && started > 3 && moved > 6,
      "seed \(first): \(told) \(aged) \(ended) \(started) \(moved)")
  }

  // MARK: Pieces, parts and loss

  @Test func piecesAreJudgedAsByOne() throws {
    let module = try SampleModule.telling()
    let first = TestSeed.draw()
    var (joined, refused) = (0, 0)
    for seed in first..<(first + 40) where seed < first + 4 || joined <= 20 || refused <= 20 {
      var events = try Self.world(module, seed, 102)
      for _ in 0..<2 {
        for gap in [nil, events.count / 2] {
          let outcome = PieceTests.judge(events, module, seed: seed, gap: gap)
          let alone = PieceTests.alone(events, module, gap: gap)
          #expect(PieceTests.text(outcome.report) == PieceTests.text(alone), "seed \(seed), gap \(gap ?? -1)")
          joined += outcome.joined
          refused += outcome.refused
        }
        // Once more, with some deadlines missed.
        for index in events.indices where Self.isTelling(events[index]) && index % 7 == 0 { events[index].words.w4 = 1 }
      }
    }
    #expect(joined > 20 && refused > 20, "seed \(first): \(joined) joined, \(refused) refused")
  }

  @Test func lossNeverFailsARun() throws {
    let module = try SampleModule.telling()
    let seed = TestSeed.draw()
    let events = try Self.world(module, seed, 152)
    let whole = LossyRunTests.violated(events, module.table, without: [])
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let lost = LossyRunTests.lost(of: events.count, &generator)
      let violated = LossyRunTests.violated(events, module.table, without: lost).filter { !whole.contains($0) }
      #expect(violated == [], "seed \(seed), without \(lost)")
      if violated != [] { return }
    }
  }

  @Test func partsFailForNothing() throws {
    let module = try SampleModule.telling()
    let seed = TestSeed.draw()
    let events = try Self.world(module, seed, 152)
    let whole = JudgedPartTests.violated(events, module.table)
    var generator = SeededGenerator(seed: seed)
    var judged = 0
    for _ in 0..<1000 {
      let lead = Int(generator.number(0...UInt64(events.count - 10)))
      let first = lead + Int(generator.number(0...UInt64(min(1000, events.count - lead - 2))))
      let end = first + Int(generator.number(1...UInt64(events.count - first)))
      let report = JudgedPartTests.report(events, module.table, lead: lead, part: first..<end)
      let failed = report.claims.filter { $0.verdict == .fail && whole[$0.identifier] == nil }.map(\.identifier)
      let place = "seed \(seed), read from \(lead) (\(events[lead].time) ns), judged \(first)..<\(end)"
      #expect(failed == [], "\(place): \(report.summary)")
      if failed != [] { return }
      judged += report.claims.count { SampleModule.told.contains($0.identifier) && $0.checked > 0 }
    }
    #expect(judged > 500, "seed \(seed): \(judged)")
  }

  // MARK: What is told is spoilt

  /// A trace of which something else is told.
  private struct Retold {
    var story: Story
    var change = ""

    init(_ good: Story, _ generator: inout SeededGenerator) {
      story = good
      for _ in 0..<Int(generator.number(1...3)) { alter(&generator) }
    }

    private mutating func alter(_ generator: inout SeededGenerator) {
      let places = story.lines.indices.filter { ToldWorldTests.isTelling(story.lines[$0].event) }
      guard let place = places.randomElement(using: &generator), let other = places.randomElement(using: &generator)
      else { return }
      let (words, model) = (story.lines[place].event.words, story.lines[other].event.words)
      let kind = generator.number(0...8)
      change += "\(kind) at \(place), "
      switch kind {
      case 0: story.lines.removeSubrange(place...place + 1)
      // What is told at one place is told at the other.
      case 1:
        for word in 3...5 {
          story.lines[place].event.words[word] = model[word]
          story.lines[other].event.words[word] = words[word]
        }
      case 2: for word in 3...5 { story.lines[place].event.words[word] = model[word] }
      case 3: story.lines[place].event.words.w3 = words.w3 & 0xFFFF_FFFF | model.w3 << 32
      case 4: story.lines[place].event.words.w3 = words.w3 & ~0xFFFF_FFFF | model.w3 >> 32
      case 5: story.lines[place].event.words.w4 = generator.number(0...6)
      case 6:
        let ages: [UInt64] = [
          1, words.w5 &+ 1, words.w5 &- 1, words.w5 &+ 10_000_000, words.w5 &- 10_000_000, 1 << 63, .max >> 1, 0,
          words.w5 &- generator.number(0...1_000_000), model.w5,
        ]
        story.lines[place].event.words.w5 = ages.randomElement(using: &generator)!
      case 7: story.lines[place + 1].event.detail = 1
      default:
        let delay = generator.number(1...100_000)
        story.delay(from: place, to: story.nextEntry(after: place), by: delay)
      }
    }
  }

  @Test func bothJudgesAgreeOnWhatIsRetold() throws {
    let module = try SampleModule.telling()
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    let good = try (0..<3 as Range<UInt64>).map { MutationScoreTests.story(try Self.world(module, seed &+ $0, 52)) }
    let sound = good.map { Self.judged($0.events, module) }
    var (late, others) = (0, 0)
    for number in 0..<300 {
      let retold = Retold(good[number % 3], &generator)
      let events = retold.story.events
      let report = report(events, module)
      ToldStory.compare(report, events, module)
      let found = MutationScoreTests.compare(events, module)
      #expect(found.missed.isEmpty && found.wrong.isEmpty, "seed \(seed), \(number): \(retold.change)\(found)")
      late += SampleModule.told.contains { report.claim($0)?.verdict == .fail } ? 1 : 0
      others += Self.judged(events, module) == sound[number % 3] ? 0 : 1
      guard number % 10 == 0 else { continue }
      let trace = TraceFileTests.write(events, module)
      let audit = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
      #expect(audit.isConfirmed, "seed \(seed), \(number): \(retold.change)\(audit.text)")
    }
    #expect(late > 50 && others > 100, "seed \(seed): \(late) late, \(others) judged otherwise")
  }
}
