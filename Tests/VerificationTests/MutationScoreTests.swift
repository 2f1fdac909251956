import Foundation
import PartitionCore
import ReferenceChecking
import TestSeeds
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

/// Good traces are spoilt by the thousand; what a slow second judge finds violated, and nothing else, must be reported.
///
/// `PARTITA_MUTANTS` sets how many, `PARTITA_MUTATION_SEED` the first seed. The measured claims are judged by the
/// auditor's measures, the others by `ReferenceChecker`; neither shares code with `Verification`.
@Suite struct MutationScoreTests {
  static func number(_ name: String, _ otherwise: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? otherwise
  }

  /// A disagreement of the two judges.
  struct Miss: CustomStringConvertible {
    var seed: UInt64
    var change: Mutant.Change
    var place: Int
    var missed: Set<String>
    var wrong: Set<String>
    /// What the verifier says of the claims that it reports wrongly.
    var words: String
    /// The events about the change.
    var surroundings: String
    var description: String {
      "seed \(seed), \(change) at \(place): missed \(missed.sorted()), wrongly reported \(wrong.sorted()) \(words)"
        + surroundings
    }
  }

  /// Claims judged here, and those of them that a trace truly violates.
  static func truth(_ events: [TraceEvent], _ module: SampleModule, fileBytes: UInt64) -> (Set<String>, Set<String>) {
    var auditor = Auditor(module.table)
    for (position, event) in events.enumerated() { auditor.consume(event, position: UInt64(position)) }
    auditor.finish(fileBytes: fileBytes)
    let measured = Set(auditor.measures.map(\.identifier))
    let violated = Set(auditor.measures.filter { $0.failures > 0 }.map(\.identifier))
    return (ReferenceChecker.claims.union(measured), ReferenceChecker.violations(events, module.table).union(violated))
  }

  /// What the verifier missed, what it reported wrongly, and what is violated.
  typealias Comparison = (missed: Set<String>, wrong: Set<String>, violated: Set<String>)

  static func compare(_ events: [TraceEvent], _ module: SampleModule) -> Comparison {
    let (judged, violated) = truth(events, module, fileBytes: 10_000)
    let reported = Set(report(events, module).identifiers(.fail)).intersection(judged)
    return (violated.subtracting(reported), reported.subtracting(violated), violated)
  }

  static func story(_ events: [TraceEvent]) -> Story {
    var lines: [StoryLine] = []
    var before: UInt64 = 0
    for event in events {
      let isEntry = event.knownKind.map { TimeLedger.isEntry($0, event) } ?? false
      lines.append(StoryLine(event: event, resume: isEntry ? before + event.words.w1 : nil))
      before = event.time
    }
    lines[lines.count - 1].event.words.w0 = 0
    return Story(lines)
  }

  /// A trace to be spoilt, and the module that it is of.
  struct GoodTrace {
    var module: SampleModule
    var story: Story
  }

  /// What is spoilt: the two stories, and short runs of the simulated world; `toldTraces` as well.
  static func goodTraces(_ seed: UInt64) throws -> [GoodTrace] {
    let (module, rich) = (try SampleModule(), try RichModule.make())
    var traces = [
      GoodTrace(module: module, story: Story(Scribe.story(of: module, frames: 3))),
      GoodTrace(module: rich, story: Story(RichStory.tell(of: rich))),
    ]
    for turn in 0..<3 {
      let world = SimulatedWorld<OwnersMarked>(module, seed: seed &+ UInt64(turn))
      traces.append(GoodTrace(module: module, story: story(world.run(until: 22_000_000))))
    }
    return traces
  }

  /// Runs of a world whose partitions tell of their processes, and keep all deadlines.
  static func toldTraces(_ seed: UInt64) throws -> [GoodTrace] {
    let module = try SampleModule.telling()
    return try (0..<2 as Range<UInt64>).map { turn in
      let world = SimulatedWorld<OwnersMarked>.told(module, seed: seed &+ turn, until: 32_000_000)
      return GoodTrace(module: module, story: story(try #require(world)))
    }
  }

  private static func surroundings(of mutant: Mutant) -> String {
    let events = mutant.events
    return (max(mutant.place - 8, 0)..<min(mutant.place + 16, events.count)).map { index in
      let event = events[index]
      let kind = event.knownKind.map { "\($0)" } ?? "kind \(event.kind)"
      return "\n    \(index == mutant.place ? "▶" : " ")\(index) \(event.time) \(kind) partition \(event.partition) "
        + "operand \(event.operand) detail \(event.detail) words \(event.words.w0) \(event.words.w1) \(event.words.w2)"
    }.joined()
  }

  @Test func bothJudgesAgreeOnGoodTraces() throws {
    let seed = TestSeed.draw()
    for (index, trace) in try (Self.goodTraces(seed) + Self.toldTraces(seed)).enumerated() {
      let found = Self.compare(trace.story.events, trace.module)
      #expect(found.missed.isEmpty && found.wrong.isEmpty, "seed \(seed), trace \(index): \(found)")
      if index < 2 { #expect(found.violated.isEmpty, "\(found)") }
    }
  }

  /// No claim of the second judge is there for nothing: each is broken by a change made by hand, of which both judges
  /// say the same.
  @Test func everyClaimIsBrokenByHand() throws {
    let (module, rich) = (try SampleModule(), try RichModule.make())
    var broken: Set<String> = []
    for mutation in Mutation.all + Mutation.rich {
      let isRich = Mutation.rich.contains { $0.description == mutation.description }
      var story = Story(isRich ? RichStory.tell(of: rich) : Scribe.story(of: module))
      mutation.apply(&story)
      let found = Self.compare(story.events, isRich ? rich : module)
      #expect(found.missed.isEmpty && found.wrong.isEmpty, "\(mutation): \(found.missed) \(found.wrong)")
      broken.formUnion(found.violated)
    }
    #expect(ReferenceChecker.claims.subtracting(broken) == [])
  }

  /// All claims that have no measure are judged here, but one: what is lost makes it unknown, and never violated.
  @Test func everyClaimIsJudgedTwice() throws {
    let module = try SampleModule()
    let measured = withExtendedLifetime(module) { Auditor(module.table).measures.map(\.identifier) }
    let unmeasured = FixedClaims.identifiers.subtracting(measured)
    #expect(unmeasured.subtracting(ReferenceChecker.claims) == ["trace.complete"])
    #expect(ReferenceChecker.claims.subtracting(FixedClaims.identifiers) == [])
  }

  @Test func everyMutantIsJudgedRight() throws {
    let count = Self.number("PARTITA_MUTANTS", 3000)
    let first = Self.number("PARTITA_MUTATION_SEED", TestSeed.draw())
    let good = try Self.goodTraces(first) + Self.toldTraces(first)
    let sound = good.map { Self.compare($0.story.events, $0.module).violated }
    var misses: [Miss] = []
    var killed: [String: Int] = [:]
    var violating = 0
    for seed in first..<(first + count) {
      let base = Int(seed % UInt64(good.count))
      let module = good[base].module
      let mutant = Mutant(good[base].story, seed: seed)
      let found = Self.compare(mutant.events, module)
      let new = found.violated.subtracting(sound[base])
      if !new.isEmpty { violating += 1 }
      for claim in new { killed[claim, default: 0] += 1 }
      if !found.missed.isEmpty || !found.wrong.isEmpty {
        let claims = report(mutant.events, module).claims
        let words =
          claims.filter { found.wrong.contains($0.identifier) }
          .compactMap { $0.firstViolations.first.map { "(event \($0.position): \($0.explanation))" } }
          + claims.filter { found.missed.contains($0.identifier) }.map { "(\($0.identifier): \($0.verdict))" }
        misses.append(
          Miss(
            seed: seed, change: mutant.change, place: mutant.place, missed: found.missed, wrong: found.wrong,
            words: words.joined(), surroundings: Self.surroundings(of: mutant)))
      }
    }
    print(
      "mutation score: \(count) mutants from seed \(first), \(violating) violate \(killed.count) claims, "
        + "\(misses.count) judged wrong")
    for miss in misses.prefix(10) { print("  \(miss)") }
    #expect(misses.isEmpty, "\(misses.count) of \(count), first: \(misses.first.map { "\($0)" } ?? "")")
    // The mutants are no idle ones: most violate something, and most claims are violated by some.
    #expect(violating > Int(count) / 2)
    if count >= 3000 { #expect(killed.count > 90, "\(killed.keys.sorted())") }
  }
}
