import ModuleConfiguration
import PartitionCore
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Audit
@testable import Verification

/// Traces out of which the module leaves kinds of events: what cannot be judged without them is unknown, all else is
/// judged as with them, and nothing is violated for want of them.
@Suite struct LeftOutTests {
  /// Each kind that can be left out, with the claims that are unknown then (`Verdicts.md` has the same).
  static let unknown: [EventKind: Set<String>] = [
    .acknowledged: ["interrupt.acknowledged"],
    .upcallWritten: ["upcall.written"],
    .messageCopied: ["port.copied", "port.content", "queue.content"],
    .consoleWritten: ["console.written"],
    .noteWords: ["note.words"],
  ]
  /// What may be unknown besides where it hangs on a last event that is not there.
  static let hanging: Set<String> = ["tick.armed", "budget.kernelTime"]

  static let kinds: [EventKind] = unknown.keys.sorted { $0.rawValue < $1.rawValue }

  /// The module, but for what its trace leaves out.
  static func leavingOut(_ kinds: [EventKind], of module: SampleModule) throws -> SampleModule {
    var words = Array(module.table.bytes.bindMemory(to: UInt64.self))
    let entry = ModuleTableLayout.headerWordCount
    precondition(words[entry] == ModuleSection.module.rawValue)
    words[Int(words[entry + 3]) / 8 + 11] |= UInt64(kinds.reduce(LeftOutKinds.none) { $0.adding($1) }.rawValue) << 16
    return try SampleModule(words: words)
  }

  /// The events as a kernel records them that has booted the other module.
  private static func booted(_ events: [TraceEvent], of module: SampleModule, as other: SampleModule) -> [TraceEvent] {
    events.map { event in
      var event = event
      if event.knownKind == .boot, event.words.w0 == module.table.checksum { event.words.w0 = other.table.checksum }
      return event
    }
  }

  /// The events as a trace of the other module has them: by the encoder that every trace is written with.
  static func thinned(_ events: [TraceEvent], of module: SampleModule, as other: SampleModule) throws -> [TraceEvent] {
    let reader = try TraceReader(bytes: TraceFileTests.write(booted(events, of: module, as: other), other))
    var kept: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      guard case .events(_, let events) = batch else { continue }
      kept += events
    }
    return kept
  }

  @Test func theseCanBeLeftOutAndNoOthers() {
    var kinds: [EventKind] = []
    LeftOutKinds.choosable.forEach { kinds.append($0) }
    #expect(kinds == Self.kinds)
    for kind in UInt8.min...UInt8.max {
      #expect(LeftOutKinds.choosable.contains(kind: kind) == Self.kinds.contains { $0.rawValue == kind }, "\(kind)")
    }
    // Without these a trace could not be replayed, or would be mute about the worst.
    for kind in [EventKind.interrupt, .mark, .padded, .kernelFault, .keyframe, .loss, .end] {
      #expect(LeftOutKinds.none.adding(kind).isEmpty, "\(kind)")
    }
  }

  /// Of a good trace those claims are unknown that need the kind, and no others; the rest is judged as often.
  @Test(arguments: kinds) func whatIsUnknownIsJustThat(_ kind: EventKind) throws {
    let seed = TestSeed.draw()
    for (index, trace) in try MutationScoreTests.goodTraces(seed).enumerated() {
      let module = try Self.leavingOut([kind], of: trace.module)
      let events = try Self.thinned(trace.story.events, of: trace.module, as: module)
      #expect(!events.contains { $0.knownKind == kind })
      let whole = report(trace.story.events, trace.module)
      let thin = report(events, module)
      let what = "seed \(seed), trace \(index)"
      #expect(Set(thin.identifiers(.fail)) == Set(whole.identifiers(.fail)), "\(what): \(thin.summary)")
      let turned = Set(thin.identifiers(.unknown)).subtracting(whole.identifiers(.unknown))
      #expect(turned == Self.unknown[kind], "\(what)")
      for claim in turned {
        let remark = thin.claim(claim)?.remark ?? ""
        #expect(remark == "the module file leaves events of kind \(kind) out of the trace (p:Trace LeftOut)")
      }
      for claim in whole.claims where !turned.contains(claim.identifier) && !claim.identifier.hasPrefix("trace.") {
        let other = thin.claim(claim.identifier)
        #expect(other?.checked == claim.checked, "\(what): \(claim.identifier)")
        // Of an interrupt in the wait before a window the acknowledgement tells how long the kernel was at work.
        guard claim.identifier != "budget.kernelTime" || kind != .acknowledged else { continue }
        #expect(other?.worst?.value == claim.worst?.value, "\(what): \(claim.identifier)")
      }
    }
  }

  /// Whatever is wrong with a run: nothing is violated that is not in the whole trace, and nothing holds that is.
  @Test(arguments: kinds) func noMutantIsJudgedFalsely(_ kind: EventKind) throws {
    let first = TestSeed.draw()
    let good = try MutationScoreTests.goodTraces(first) + MutationScoreTests.toldTraces(first)
    let modules = try good.map { try Self.leavingOut([kind], of: $0.module) }
    var compared = 0
    for seed in first..<(first + MutationScoreTests.number("PARTITA_MUTANTS", 600)) {
      let place = Int(seed % UInt64(good.count))
      let mutant = Mutant(good[place].story, seed: seed)
      let what = "seed \(seed), \(mutant.change) at \(mutant.place)"
      if try Self.compare(mutant.events, kind, good[place].module, modules[place], what) { compared += 1 }
    }
    #expect(compared > 100)
  }

  @Test(arguments: kinds) func noChangeByHandIsJudgedFalsely(_ kind: EventKind) throws {
    let (module, rich) = (try SampleModule(), try RichModule.make())
    let others = (try Self.leavingOut([kind], of: module), try Self.leavingOut([kind], of: rich))
    for mutation in Mutation.all + Mutation.rich {
      let isRich = Mutation.rich.contains { $0.description == mutation.description }
      var story = Story(isRich ? RichStory.tell(of: rich) : Scribe.story(of: module))
      mutation.apply(&story)
      _ = try Self.compare(
        story.events, kind, isRich ? rich : module, isRich ? others.1 : others.0, "\(mutation)")
    }
  }

  /// Compares the judgements with and without a kind; answers whether anything is violated.
  private static func compare(
    _ events: [TraceEvent], _ kind: EventKind, _ module: SampleModule, _ other: SampleModule, _ what: String
  ) throws -> Bool {
    let whole = report(events, module)
    let kept = try thinned(events, of: module, as: other)
    let thin = report(kept, other)
    let violated = Set(whole.identifiers(.fail))
    let wrong = Set(thin.identifiers(.fail)).subtracting(violated)
    #expect(wrong.isEmpty, "\(what): \(wrong.sorted()) \(thin.summary)")
    let hidden = violated.intersection(thin.identifiers(.pass))
      .filter { !isAboutOneLeftOut(whole.claim($0)!, events, kind) }
    #expect(hidden.isEmpty, "\(what): \(hidden.sorted()) hold without \(kind)")
    let needing = unknown[kind]!
    #expect(needing.isDisjoint(with: thin.identifiers(.pass)), "\(what)")
    let turned = Set(thin.identifiers(.unknown)).subtracting(whole.identifiers(.unknown))
    #expect(turned.subtracting(needing).subtracting(hanging).isEmpty, "\(what): \(turned.sorted())")
    // The second judge says the same of what is there.
    let found = MutationScoreTests.compare(kept, other)
    let hangs = Set(thin.identifiers(.unknown))
    #expect(found.missed.subtracting(hangs).isEmpty && found.wrong.isEmpty, "\(what): \(found)")
    return !violated.isEmpty
  }

  /// Whether a claim about each event of the trace is violated by nothing but events that the other trace has not.
  private static func isAboutOneLeftOut(_ claim: ClaimResult, _ events: [TraceEvent], _ kind: EventKind) -> Bool {
    guard ["trace.time", "trace.meaning", "trace.end"].contains(claim.identifier) else { return false }
    return claim.firstViolations.allSatisfy { violation in
      let place = Int(violation.position)
      return [place, place - 1].contains { events.indices.contains($0) && events[$0].knownKind == kind }
    }
  }

  /// A certificate of such a trace is confirmed, and one that calls passed what is left out is refused.
  @Test(arguments: kinds) func certificatesAreConfirmed(_ kind: EventKind) throws {
    let rich = try RichModule.make()
    let module = try Self.leavingOut([kind], of: rich)
    let bytes = TraceFileTests.write(
      try Self.thinned(Story(RichStory.tell(of: rich)).events, of: rich, as: module), module)
    let certificate = try CertificateTests.certificate(bytes)
    let audit = try CertificateTests.audit(certificate, bytes)
    #expect(audit.objections.isEmpty && audit.findings.allSatisfy(\.objections.isEmpty), "\(audit.text)")
    for claim in try #require(Self.unknown[kind]) {
      var forger = try Forger(certificate)
      forger.edit(claim) {
        $0["verdict"] = "pass"
        $0["remark"] = nil
      }
      let refused = try CertificateTests.audit(forger.text, bytes)
      #expect(
        refused.findings.first { $0.identifier == claim }?.objections == [
          "it passes, and what it is about is left out of the trace"
        ], "\(claim): \(refused.text)")
    }
  }

  /// Of an interrupt in the wait before a window the acknowledgement is the last that tells of work: a bound that it
  /// would exceed does not hold without it.
  @Test func kernelTimeThatIsNotToldIsInDoubt() throws {
    let plain = try SampleModule()
    let claim = "budget.kernelTime"
    let first = TestSeed.draw()
    var isFound = false
    for seed in first..<(first + 60) where !isFound {
      let world = SimulatedWorld<OwnersMarked>(plain, seed: seed)
      let events = MutationScoreTests.story(world.run(until: 42_000_000)).events
      let whole = try #require(report(events, plain).claim(claim)?.worst?.value)
      let thin = try Self.leavingOut([.acknowledged], of: plain)
      let told = try #require(
        report(try Self.thinned(events, of: plain, as: thin), thin).claim(claim)?.worst?.value)
      #expect(told <= whole, "seed \(seed)")
      guard told < whole else { continue }
      isFound = true
      let bounded = try SampleModule.bounded([
        BudgetRecord(quantity: .kernelTimePerFrame, subject: 0, bound: UInt64(whole - 1))
      ])
      let both = try Self.leavingOut([.acknowledged], of: bounded)
      #expect(report(Self.booted(events, of: plain, as: bounded), bounded).claim(claim)?.verdict == .fail)
      let judged = report(try Self.thinned(events, of: plain, as: both), both).claim(claim)
      #expect(judged?.verdict == .unknown && judged?.remark.contains("acknowledged") == true, "seed \(seed)")
      let bytes = TraceFileTests.write(try Self.thinned(events, of: plain, as: both), both)
      let audit = try CertificateTests.audit(CertificateTests.certificate(bytes), bytes)
      #expect(audit.findings.first { $0.identifier == claim }?.objections == [], "seed \(seed)")
    }
    #expect(isFound, "seed \(first)")
  }

  /// Events that are there all the same are a violation of what the module says of its trace, to both judges.
  @Test func whatIsNotLeftOutIsNamed() throws {
    let whole = try RichModule.make()
    let module = try Self.leavingOut([.messageCopied, .acknowledged], of: whole)
    var events = Story(RichStory.tell(of: whole)).events
    events[0].words.w0 = module.table.checksum
    let found = report(events, module)
    #expect(found.identifiers(.fail) == ["trace.meaning"], "\(found.summary)")
    let first = try #require(events.firstIndex { $0.knownKind == .messageCopied || $0.knownKind == .acknowledged })
    #expect(found.claim("trace.meaning")?.firstViolations.first?.position == UInt64(first))
    let count = events.count { $0.knownKind == .messageCopied || $0.knownKind == .acknowledged }
    #expect(found.claim("trace.meaning")?.failures == UInt64(count))
    let (missed, wrong, violated) = MutationScoreTests.compare(events, module)
    #expect(missed.isEmpty && wrong.isEmpty && violated == ["trace.meaning"])
  }

  /// A module's own claims about what is left out are unknown; those about something else are judged.
  @Test func ownClaimsAreUnknown() throws {
    let mark = CustomClaimTests.mark
    let done = EventPattern(.acknowledged)
    let whole = try SampleModule.claiming([
      (.within, mark, done, 1), (.within, done, mark, 1), (.never, done, done, 0), (.atMost, done, done, 0),
      (.atMost, mark, mark, 0),
    ])
    let module = try Self.leavingOut([.acknowledged], of: whole)
    let events = Story(Scribe.story(of: whole)).events
    let thin = report(try Self.thinned(events, of: whole, as: module), module)
    let own = thin.claims.filter { $0.identifier.hasPrefix("custom.") }
    #expect(own.map(\.verdict) == [.unknown, .unknown, .unknown, .unknown, .fail])
    #expect(own.prefix(4).allSatisfy { $0.checked == 0 && $0.remark.contains("acknowledged") })
    let wholly = report(events, whole).claims.filter { $0.identifier.hasPrefix("custom.") }
    #expect(wholly.count { $0.verdict == .fail } >= 4)
  }
}
