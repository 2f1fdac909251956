import Foundation
import ModuleConfiguration
import PartitionCore
import ReferenceChecking
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Audit
@testable import Verification

/// Certificates, and the second checker that believes nothing of them.
@Suite struct CertificateTests {
  static func certificate(_ bytes: [UInt8]) throws -> String {
    let reader = try TraceReader(bytes: bytes)
    var verifier = Verifier(table: reader.moduleTable)
    var kept: [(UInt64, [TraceEvent])] = []
    while let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let events):
        for index in events.indices { verifier.consume(events[index], position: first &+ UInt64(index)) }
        kept.append((first, events))
      case .gap: verifier.noteGap()
      }
    }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    var attributor = Attributor(report)
    for (first, events) in kept {
      for index in events.indices { attributor.consume(events[index], position: first &+ UInt64(index)) }
    }
    let boot = kept.first?.1.first.flatMap { $0.knownKind == .boot ? $0.words.w1 : nil }
    let certificate = Certificate(
      table: reader.moduleTable, toolVersion: "test", runIdentity: reader.runIdentity,
      traceBytes: reader.statistics.storedBytes, isTraceComplete: reader.condition.isComplete, kernelBuild: boot)
    return certificate.json(of: attributor.finish())
  }

  static func audit(_ certificate: String, _ trace: [UInt8]) throws -> AuditReport {
    try #require(try CertificateAudit.audit(Array(certificate.utf8), TraceReader(bytes: trace)))
  }

  /// - Parameter isClaimed: whether the module claims also that marks never come, which they do.
  static func trace(neverMarked isClaimed: Bool = false, _ change: (inout Story) -> Void = { _ in }) throws -> [UInt8] {
    var claims: [(ClaimRecord.Form, EventPattern, EventPattern, UInt64)] = [
      (.within, CustomClaimTests.mark, CustomClaimTests.upcall, 10_000_000),
      (.never, EventPattern(.kernelFault), EventPattern(.kernelFault), 0),
      (.atMost, CustomClaimTests.mark, CustomClaimTests.mark, 1000),
    ]
    if isClaimed { claims.append((.never, CustomClaimTests.mark, CustomClaimTests.mark, 0)) }
    let module = try SampleModule.claiming(claims)
    var story = Story(Scribe.story(of: module))
    change(&story)
    return TraceFileTests.write(story.events, module)
  }

  /// Where nobody asks for a stop none can be late: no evidence is missing.
  @Test func whatNeedsNoEvidenceIsNotUnknown() throws {
    let trace = try Self.trace { story in
      story.change(.boot) { $0.words.w3 = .max }
      story.change(.start) { $0.words.w0 = .max }
    }
    let certificate = try Self.certificate(trace)
    #expect(try Self.audit(certificate, trace).isConfirmed)
    var forger = try Forger(certificate)
    forger.edit("stop.prompt") { claim in
      claim["verdict"] = "unknown"
      claim["remark"] = "so"
    }
    let report = try Self.audit(forger.text, trace)
    #expect(report.text.contains("refused: stop.prompt: the verdict is pass"), "\(report.text)")
  }

  /// Of a measured claim that is violated without a value too, nobody looks where and how far; the answer says so.
  @Test func whereThereIsNoValueIsNotConfirmed() throws {
    let trace = try Self.trace { story in story.lines.removeAll { $0.event.knownKind == .timerArmed } }
    var forger = try Forger(Self.certificate(trace))
    forger.editViolations("timer.punctual", "first") { $0[0]["excess"] = 7 }
    let report = try Self.audit(forger.text, trace)
    #expect(report.isConfirmed, "\(report.text)")
    #expect(report.text.contains("where and how far claims were violated otherwise than by measured values alone"))
  }

  @Test func aTrueCertificateIsConfirmed() throws {
    let trace = try Self.trace()
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.isConfirmed, "\(report.text)")
    #expect(report.count(.measured) >= 18, "\(report.text)")
    #expect(report.count(.judged) == ReferenceChecker.claims.count + 1, "\(report.text)")
    #expect(report.count(.counted) == 0 && report.count(.evidence) == 0, "\(report.text)")
    #expect(report.outcome.exitStatus == 0)
  }

  /// All that the certificate says is so, and the file is not whole: that is no confirmation. A violation stays one.
  @Test func ofADamagedFileOnlyAViolationIsConfirmed() throws {
    let trace = try Self.trace() + [0]
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.outcome == .unconfirmed && report.outcome.exitStatus == 3, "\(report.text)")
    #expect(report.text.contains("bytes follow the trace's last block"), "\(report.text)")
    #expect(try report.json.contains("\"fileDefect\""))
    let violated = try Self.trace { $0.drop(.upcallWritten, 2) } + [0]
    let other = try Self.audit(Self.certificate(violated), violated)
    #expect(other.isConfirmed, "\(other.text)")
  }

  /// A prediction, or a synthesized trace: the verdicts are those of a run, and everybody says that no kernel ran.
  @Test func whatNoKernelRecordedIsSaidToBeMade() throws {
    let trace = try Self.trace { $0.change(.boot) { $0.words.w1 = 0 } }
    let certificate = try Self.certificate(trace)
    #expect(certificate.contains("\"recorded\": false"))
    let report = try Self.audit(certificate, trace)
    #expect(report.isConfirmed && report.isRecorded == false, "\(report.text)")
    #expect(report.text.contains("not recorded from a kernel but made by partita"))
    #expect(try report.json.contains("\"recorded\" : false"))
    // Who says otherwise, or nothing, is refused.
    for word in [true, NSNull()] as [Any] {
      var forger = try Forger(certificate)
      forger.extend(["report"], "recorded", word)
      let forged = try Self.audit(forger.text, trace)
      #expect(forged.outcome == .refused, "\(word): \(forged.text)")
      #expect(forged.text.contains("whether a kernel recorded it is false"), "\(forged.text)")
    }
  }

  @Test func whatAKernelRecordedIsNotSaidToBeMade() throws {
    let trace = try Self.trace()
    let certificate = try Self.certificate(trace)
    #expect(certificate.contains("\"recorded\": true"))
    let report = try Self.audit(certificate, trace)
    #expect(report.isConfirmed && report.isRecorded == true && !report.text.contains("made by partita"))
    // A certificate from before they told it.
    let silent = certificate.replacingOccurrences(of: "\"recorded\": true,", with: "")
    #expect(try Self.audit(silent, trace).isConfirmed)
    // Without its boot a trace does not tell.
    let cut = try Self.trace { $0.drop(.boot) }
    let unknown = try Self.certificate(cut)
    #expect(unknown.contains("\"recorded\": null"))
    let other = try Self.audit(unknown, cut)
    #expect(other.isRecorded == nil && other.outcome != .refused, "\(other.text)")
  }

  @Test func everyMechanismIsConfirmed() throws {
    let module = try RichModule.make()
    let trace = TraceFileTests.write(Story(RichStory.tell(of: module)).events, module)
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.isConfirmed, "\(report.text)")
  }

  @Test func aTrueFailIsConfirmed() throws {
    let trace = try Self.trace { story in
      let start = story.index(.windowStart, 4)
      let entry = story.lines[start...].firstIndex { $0.resume != nil }!
      story.lines[entry].resume! += 500
      story.drop(.upcallWritten, 2)
    }
    let certificate = try Self.certificate(trace)
    #expect(certificate.contains("\"verdict\": \"fail\""))
    let report = try Self.audit(certificate, trace)
    #expect(report.isConfirmed, "\(report.text)")
  }

  @Test func randomRunsAreConfirmed() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    for seed in first..<(first + 10) {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 60_000_000)
      let trace = TraceFileTests.write(events, module)
      let report = try Self.audit(Self.certificate(trace), trace)
      #expect(report.isConfirmed, "seed \(seed): \(report.text)")
      if !report.isConfirmed { break }
    }
  }

  /// The list of claims that every certificate must have is the list of claims that are made.
  @Test func theAuditorKnowsEveryClaim() throws {
    let module = try SampleModule()
    let claims = Set(Verifier(table: module.table).claims.map(\.identifier))
    let known = FixedClaims.identifiers.union(Auditor(module.table).measures.map(\.identifier))
    #expect(claims == known, "\(claims.symmetricDifference(known))")
    #expect(Auditor.counted.isSubset(of: FixedClaims.identifiers))
    #expect(FixedClaims.exercised.isSubset(of: FixedClaims.identifiers))
  }

  /// The auditor knows the words of every claim, those that a module adds and bounds, too.
  @Test func theAuditorKnowsTheWordsOfEveryClaim() throws {
    let claiming = try SampleModule.claiming([
      (.within, CustomClaimTests.mark, EventPattern(.stop), 10_000_000),
      (.never, EventPattern(.healthAction, detail: 3), EventPattern(.stop), 0),
      (.atMost, EventPattern(.timer), EventPattern(.stop), 1000),
    ])
    let rare = try SampleModule.working(period: 3 * SampleModule.frame, deadline: 1_800_000)
    for module in [claiming, rare, try RichModule.make()] {
      // The table is the module's.
      let (words, claims) = withExtendedLifetime(module) {
        (ClaimWords(ModuleFacts(module.table)).words, Verifier(table: module.table).claims)
      }
      for claim in claims {
        #expect(words[claim.identifier]?.title == claim.title)
        #expect(words[claim.identifier]?.source == claim.source, "\(claim.identifier)")
      }
    }
  }

  /// It knows as well what must be exercised, and what a loss leaves alone.
  @Test func theAuditorKnowsWhatEvidenceIsNeeded() throws {
    let module = try SampleModule()
    defer { withExtendedLifetime(module) {} }
    let verifier = Verifier(table: module.table)
    let details = verifier.book.details
    let auditor = Auditor(module.table)
    for claim in details where auditor.places[claim.identifier] == nil {
      #expect(FixedClaims.exercised.contains(claim.identifier) == claim.mustBeExercised, "\(claim.identifier)")
    }
    for measure in auditor.measures {
      let claim = try #require(details.first { $0.identifier == measure.identifier })
      #expect(claim.mustBeExercised == measure.mustBeExercised && claim.unit.rawValue == measure.unit)
    }
    for claim in details where !claim.isTouchedByLoss && claim.identifier != "budget.traceBytes" {
      #expect(!FixedClaims.isTouchedByLoss(claim.identifier), "\(claim.identifier)")
    }
    for claim in details where claim.isTouchedByLoss { #expect(FixedClaims.isTouchedByLoss(claim.identifier)) }
  }

  /// A true certificate of a trace that is not whole is not refused; what it says to hold cannot be confirmed.
  @Test func aCutTraceIsNotConfirmed() throws {
    let whole = try Self.trace()
    let trace = Array(whole[..<(whole.count - 200)])
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.outcome == .unconfirmed && report.outcome.exitStatus == 3, "\(report.text)")
    #expect(report.count(.measured) == 0 && report.unconfirmed.contains("upcall.order"))
    #expect(report.text.contains("the certificate is not confirmed: nothing contradicts it"))
    #expect(try report.json.contains("\"confirmed\" : false"))
  }

  /// A trace of which some events were lost, as the kernel tells it.
  static func lossy(_ first: Int = 200, _ count: Int = 40) throws -> [UInt8] {
    let module = try SampleModule()
    var events = Story(Scribe.story(of: module)).events
    let loss = TraceEvent(time: events[first - 1].time, .loss, words: .init(UInt64(count)))
    events.replaceSubrange(first..<(first + count), with: [loss])
    events[events.count - 1].words.w0 = UInt64(events.count - 1)
    events[events.count - 1].words.w1 = UInt64(count)
    return TraceFileTests.write(events, module)
  }

  @Test func aLossyTraceIsNotConfirmed() throws {
    let trace = try Self.lossy()
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.outcome == .unconfirmed, "\(report.text)")
    // What is unknown says nothing that had to be confirmed.
    #expect(Set(report.unconfirmed).isSuperset(of: ["trace.boot", "trace.time", "trace.end"]))
    #expect(report.unconfirmed.count < 15, "\(report.unconfirmed)")
  }

  /// Nor a boot that is not there, or time that goes back, whatever is lost.
  @Test func aLossHidesNoBootAndNoTime() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    func objections(_ events: [TraceEvent], _ claim: String) throws -> [String] {
      var auditor = Auditor(module.table)
      for (position, event) in events.enumerated() { auditor.consume(event, position: UInt64(position)) }
      let words = try #require(FixedClaims.words[claim])
      let entry = try JSONSerialization.data(withJSONObject: [
        "id": claim, "title": words.title, "source": words.source, "verdict": "pass", "checked": 1, "failures": 0,
      ])
      let certificate = try #require(
        try? JSONDecoder().decode(AuditedCertificate.self, from: Data(Self.certificate(Self.lossy()).utf8)))
      let judge = ClaimAudit(auditor: auditor, cited: CitedEvents(certificate), isLossy: true, violated: nil)
      return judge.finding(try JSONDecoder().decode(AuditedCertificate.Claim.self, from: entry)).objections
    }
    var back = events
    back[100].time = back[99].time - 1
    for claim in ["trace.boot", "trace.time"] { #expect(try objections(events, claim).isEmpty) }
    #expect(try objections(Array(events.dropFirst()), "trace.boot") == ["it passes, and the trace has no boot"])
    #expect(try objections(back, "trace.time") == ["it passes, and time goes back"])
  }

  /// Where events are lost nothing that they may have been about can be said to hold.
  @Test func nothingPassesThatALossTouches() throws {
    let trace = try Self.lossy()
    let original = try Self.certificate(trace)
    for claim in FixedClaims.identifiers.union(["budget.kernelTime", "budget.traceBytes"])
    where FixedClaims.isTouchedByLoss(claim) {
      var forger = try Forger(original)
      forger.edit(claim) {
        $0["verdict"] = "pass"
        $0["remark"] = nil
      }
      let report = try Self.audit(forger.text, trace)
      #expect(report.outcome == .refused && report.text.contains("refused: \(claim): "), "\(claim)")
    }
  }

  @Test(arguments: ["", "{", "[]", "{\"form\": \"partita certificate 1\"}", "{\"form\": 3}", "\u{0}"])
  func whatIsNoCertificateIsSaid(_ text: String) throws {
    let trace = try Self.trace()
    #expect(throws: AuditError.self) { try Self.audit(text, trace) }
  }
}
