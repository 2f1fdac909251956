import ModuleConfiguration
import ReferenceChecking
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Audit
@testable import Verification

/// What the reference checker adds to an audit, and that no trace is too bad for it.
@Suite struct ReferenceCheckerTests {
  private static func trace(_ mutation: Mutation) throws -> [UInt8] {
    let isRich = Mutation.rich.contains { $0.description == mutation.description }
    let module = isRich ? try RichModule.make() : try SampleModule()
    var story = Story(isRich ? RichStory.tell(of: module) : Scribe.story(of: module))
    mutation.apply(&story)
    return TraceFileTests.write(story.events, module)
  }

  /// Every claim that a trace violates, said to pass.
  private static func whitewash(_ certificate: String) throws -> (text: String, claims: Set<String>) {
    var forger = try Forger(certificate)
    var forged: Set<String> = []
    let report = forger.object["report"] as! [String: Any]
    for claim in report["claims"] as! [[String: Any]] where claim["verdict"] as? String == "fail" {
      let identifier = claim["id"] as! String
      forged.insert(identifier)
      forger.edit(identifier) {
        $0["verdict"] = "pass"
        $0["failures"] = 0
        $0["first"] = nil
        $0["worstViolations"] = nil
      }
    }
    forger.set(["report", "verdict"], "pass")
    return (try forger.text, forged)
  }

  /// Whichever claim a trace violates, a certificate that calls it passed is refused for that claim by name.
  @Test(arguments: Mutation.all + Mutation.rich)
  func noViolationCanBePassedOff(_ mutation: Mutation) throws {
    let trace = try Self.trace(mutation)
    let (forged, claims) = try Self.whitewash(CertificateTests.certificate(trace))
    #expect(!claims.isEmpty)
    let report = try CertificateTests.audit(forged, trace)
    let refused = Set(report.findings.filter { !$0.objections.isEmpty }.map(\.identifier))
    let isWhole = report.reasonNotJudged == nil
    #expect(isWhole ? claims == refused.intersection(claims) : !report.isConfirmed, "\(claims) \(report.text)")
  }

  @Test func aClaimThatHoldsCannotBeCalledViolated() throws {
    let trace = try CertificateTests.trace()
    var forger = try Forger(CertificateTests.certificate(trace))
    let boot = try #require(try TraceReader(bytes: trace).next())
    guard case .event(let position, let event) = boot else { return #expect(Bool(false), "no event") }
    forger.edit("upcall.order") {
      $0["verdict"] = "fail"
      $0["failures"] = 1
      $0["first"] = [["event": Int(position), "time": Int(event.time), "excess": 1, "explanation": "so"]]
    }
    forger.set(["report", "verdict"], "fail")
    let report = try CertificateTests.audit(forger.text, trace)
    let finding = try #require(report.findings.first { $0.identifier == "upcall.order" })
    #expect(finding.objections == ["judged anew it is not violated; the certificate says fail"])
  }

  @Test func aTraceTooLongIsNotJudgedAndSaysSo() throws {
    let trace = try CertificateTests.trace()
    let certificate = Array(try CertificateTests.certificate(trace).utf8)
    func audit(upTo limit: Int) throws -> AuditReport {
      try #require(try CertificateAudit.audit(certificate, TraceReader(bytes: trace), judgingUpTo: limit))
    }
    let long = try audit(upTo: 10)
    // Whether events are missing is judged of any trace.
    #expect(long.outcome == .unconfirmed && long.count(.judged) == 1 && long.count(.counted) >= 25, "\(long.text)")
    let rest = long.count(.counted) + long.count(.evidence)
    #expect(long.unconfirmed.count == rest && long.text.contains("but \(rest) verdicts of "), "\(long.text)")
    #expect(long.outcome.exitStatus == 3)
    let json = try long.json
    let words = "the trace has more than 10 events; '--judge-up-to \(long.events)' takes"
    #expect(long.text.contains(words) && json.contains(words), "\(long.text)")
    let exact = try audit(upTo: Int(long.events))
    #expect(exact.count(.judged) == ReferenceChecker.claims.count + 1 && exact.reasonNotJudged == nil, "\(exact.text)")
  }

  @Test func anAuditEndsWhenItIsTold() throws {
    let trace = try CertificateTests.trace()
    let certificate = Array(try CertificateTests.certificate(trace).utf8)
    var shares: [Double] = []
    for last in [-1.0, 0.5] {
      let report = try CertificateAudit.audit(certificate, TraceReader(bytes: trace)) { stage in
        guard case .judging(let share) = stage else { return last >= 0 }
        shares.append(share)
        return share < last
      }
      #expect(report == nil)
    }
    #expect(shares.count > 5 && shares == shares.sorted() && shares.last! >= 0.5, "\(shares)")
  }

  /// Events with any field at all: the judge finds something in them, and always comes to an end.
  @Test func nothingIsTooBadForIt() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    for (module, story) in [
      (try SampleModule(), Story(Scribe.story(of: try SampleModule()))),
      (try RichModule.make(), Story(RichStory.tell(of: try RichModule.make()))),
    ] {
      var found = 0
      for _ in 0..<600 {
        var events = story.events
        for _ in 0..<Int.random(in: 1...80, using: &generator) { Self.spoil(&events, &generator) }
        let violated = ReferenceChecker.violations(events, module.table)
        #expect(violated.isSubset(of: ReferenceChecker.claims), "seed \(seed)")
        if !violated.isEmpty { found += 1 }
      }
      // Now and then all that is spoilt is what nothing tells of.
      #expect(found > 560, "seed \(seed): \(found)")
    }
  }

  private static let extremes: [UInt64] = [
    0, 1, 7, 8, 31, 32, 47, 48, 63, 64, 66, 67, 255, 256, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 62,
    .max >> 1, .max - 1, .max,
  ]

  private static func spoil(_ events: inout [TraceEvent], _ generator: inout SeededGenerator) {
    let isExtreme = Int.random(in: 0..<3, using: &generator) > 0
    let value = isExtreme ? extremes.randomElement(using: &generator)! : generator.next()
    let place = Int.random(in: events.indices, using: &generator)
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: events[place].kind = UInt8.random(in: 0..<70, using: &generator)
    case 1: events[place].partition = UInt8(truncatingIfNeeded: value)
    case 2: events[place].detail = UInt8(truncatingIfNeeded: value)
    case 3: events[place].operand = UInt32(truncatingIfNeeded: value)
    case 4: events[place].time = value
    case 5 where events.count > 1: events.remove(at: place)
    case 6: events.insert(events.randomElement(using: &generator)!, at: place)
    default: events[place].words[Int.random(in: 0..<8, using: &generator)] = value
    }
  }
}
