import Foundation
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

extension SampleModule {
  typealias Choice = (kind: ClaimChoiceRecord.Kind, pattern: String)

  /// The sample module with one claim of its own, that marks never come, and choices.
  static func choosing(_ choices: [Choice]) throws -> SampleModule {
    try SampleModule { name in
      let mark = EventPattern(.mark)
      let claim = ClaimRecord(form: .never, name: name("c0"), first: mark, second: mark, bound: 0)
      let records = choices.map { ClaimChoiceRecord(pattern: name($0.pattern), kind: $0.kind) }
      return configuration(name) + [SampleModule.records([claim])]
        + (records.isEmpty ? [] : [SampleModule.records(records)])
    }
  }
}

/// What the module file leaves out counts for no verdict, and everybody is told.
@Suite struct ClaimChoiceTests {
  static func report(_ choices: [SampleModule.Choice]) throws -> VerificationReport {
    let module = try SampleModule.choosing(choices)
    return Story(Scribe.story(of: module)).verify(module)
  }

  static func identifiers(_ claims: [ClaimResult]) -> [String] { claims.map(\.identifier) }

  @Test func onlyTheChosenAreJudged() throws {
    let all = Self.identifiers(try Self.report([]).claims)
    let report = try Self.report([(.choose, "window"), (.choose, "bud*.8"), (.except, "window.owner")])
    let judged = all.filter { identifier in
      identifier.hasPrefix("trace.") || identifier.hasPrefix("budget.") && identifier.hasSuffix(".8")
        || identifier.hasPrefix("window.") && identifier != "window.owner"
    }
    #expect(Self.identifiers(report.claims) == judged && judged.contains("budget.interruptToMark.8"))
    #expect(Self.identifiers(report.leftOut) == all.filter { !judged.contains($0) })
    #expect(report.claim("window.owner") == nil && report.finding("window.owner") != nil)
    let sentence = try #require(report.omission)
    #expect(sentence.hasPrefix("left out by the module file: ") && sentence.contains(" window.owner, "))
    #expect(sentence.contains(" upcall.*, ") && !sentence.contains("upcall.order"))
    #expect(sentence.hasSuffix(" (\(all.count - judged.count) claims)"))
    // The command line leaves out further ones; what the file leaves out is told all the same.
    let limited = report.limited(to: ["window", "upcall"], except: ["window.order"])
    #expect(Self.identifiers(limited.claims) == judged.filter { $0.hasPrefix("window.") && $0 != "window.order" })
    #expect(limited.omission == sentence && limited.leftOut.count == report.leftOut.count)
  }

  @Test func aViolatedClaimThatIsLeftOutDoesNotFail() throws {
    let whole = try Self.report([])
    #expect(whole.verdict == .fail && whole.identifiers(.fail) == ["custom.c0"], "\(whole.summary)")
    #expect(whole.omission == nil && whole.json.contains("\"leftOut\": [],"))
    #expect(!whole.text(isColored: false).contains("left out"))
    let report = try Self.report([(.except, "custom")])
    #expect(report.verdict == .pass && report.exitStatus == 0, "\(report.summary)")
    let text = report.text(isColored: false, isQuiet: true)
    #expect(text.hasSuffix("\nleft out by the module file: custom.c0 (1 claim)\n"), "\(text)")
    #expect(text.contains("every claim judged holds"))
    #expect(report.json.contains("\"leftOut\": [\"custom.c0\"],"))
    #expect(report.junit.contains("<property name=\"leftOut\" value=\"custom.c0\"/>"))
    #expect(report.finding("custom.c0")?.verdict == .fail)
  }

  /// `partita check` refuses it; a table that has it all the same hides nothing of the trace.
  @Test func claimsAboutTheTraceStay() throws {
    let report = try Self.report([(.choose, "custom"), (.except, "trace"), (.except, "*")])
    #expect(report.claims.allSatisfy { $0.identifier.hasPrefix("trace.") } && report.claims.count == 6)
  }

  /// Two codes of their own: what patterns leave in.
  @Test(arguments: [
    "upcall", "upcall.", "upcall.order", "*", "**", "?", "*.8", "budget.*", "b*t.?*", "*a*e*", "*.", "window.?rder",
    "?????.*", "u*p*c*a*l*l*.*", "*mark*", "trace", "trace.time", "custom.c?", "process", "*.Sensors",
    "partition.supply.?.8", "*.Ä.*", "partition.supply.A\u{308}", "partition.supply.A",
  ])
  func theAuditorReadsPatternsAlike(_ pattern: String) throws {
    // A letter may be written as one sign or as two.
    let letters = ["partition.supply.Ä.8", "partition.supply.A\u{308}.8"]
    let all = Self.identifiers(try Self.report([]).claims) + letters + ["a", "upcall"]
    for choices in [[(.choose, pattern)], [(.except, pattern)], [(.choose, "*.*"), (.except, pattern)]]
      as [[SampleModule.Choice]]
    {
      let module = try SampleModule.choosing(choices)
      defer { withExtendedLifetime(module) {} }  // The table is the module's.
      let (one, other) = (ClaimChoices(module.table), ChoiceFacts(module.table))
      for identifier in all {
        #expect(one.judge(identifier) == other.keep(identifier), "\(choices): \(identifier)")
      }
    }
  }

  @Test func aTableWithABrokenChoiceIsDefective() throws {
    let long = String(repeating: "a", count: ModuleLimits.maximumClaimPatternLength)
    let most = ModuleLimits.maximumClaimChoiceCount
    _ = try SampleModule.choosing([(.choose, long)])
    _ = try SampleModule.choosing([SampleModule.Choice](repeating: (.choose, "a"), count: most))
    let broken: [[SampleModule.Choice]] = [
      [(.choose, long + "a")], [(.except, "")], [SampleModule.Choice](repeating: (.choose, "a"), count: most + 1),
    ]
    for choices in broken {
      #expect(throws: ModuleTable.Defect.self, "\(choices.count)") { try SampleModule.choosing(choices) }
    }
    for record in [[1 << 16 | 1, 2], [1 << 40 | 1, 0]] as [[UInt64]] {
      #expect(throws: ModuleTable.Defect.self, "\(record)") {
        try SampleModule { SampleModule.configuration($0) + [(ModuleSection.claimChoices.rawValue, 1, record)] }
      }
    }
  }

  // MARK: Certificates

  private static func trace(_ choices: [SampleModule.Choice]) throws -> [UInt8] {
    let module = try SampleModule.choosing(choices)
    return TraceFileTests.write(Story(Scribe.story(of: module)).events, module)
  }

  private static let choices: [SampleModule.Choice] = [
    (.choose, "window"), (.choose, "custom"), (.choose, "budget.*"), (.except, "budget.traceBytes"), (.except, "*.c0"),
  ]

  @Test func theTrueCertificateIsConfirmed() throws {
    let trace = try Self.trace(Self.choices)
    let report = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(report.isConfirmed && report.findings.allSatisfy { !$0.identifier.hasPrefix("upcall.") }, "\(report.text)")
    #expect(report.leftOut.contains("custom.c0") && report.leftOut.contains("upcall.order"))
    #expect(report.text.contains("left out by the module file: "))
    #expect(try report.json.contains("\"leftOut\""))
  }

  /// Who leaves out more than the module file does, or fewer, or does not say so, is refused.
  @Test func aForgedOmissionIsRefused() throws {
    let trace = try Self.trace(Self.choices)
    let original = try CertificateTests.certificate(trace)
    let other = try Forger(CertificateTests.certificate(Self.trace([])))
    func refused(_ sentence: String, _ forge: (inout Forger, inout [String]) -> Void) throws {
      var forger = try Forger(original)
      let report = try #require(forger.object["report"] as? [String: Any])
      var told = try #require(report["leftOut"] as? [String])
      forge(&forger, &told)
      forger.set(["report", "leftOut"], told)
      let audited = try CertificateTests.audit(forger.text, trace)
      #expect(audited.outcome == .refused && audited.text.contains(sentence), "\(audited.text)")
    }
    try refused("claim window.order is missing") { forger, told in
      forger.remove("window.order")
      told.append("window.order")
    }
    try refused("claim window.order is said to be left out") { $1.append("window.order") }
    try refused("claim trace.time is said to be left out") { $1.append("trace.time") }
    try refused("claim no.such is said to be left out") { $1.append("no.such") }
    try refused("claim upcall.order is left out by the module file") { $1.removeAll { $0 == "upcall.order" } }
    try refused("a claim is twice among those left out") { $1.append("upcall.order") }
    let claims = try #require((other.object["report"] as? [String: Any])?["claims"] as? [[String: Any]])
    let order = try #require(claims.first { $0["id"] as? String == "upcall.order" })
    try refused("claim upcall.order is one that the module file leaves out") { forger, told in
      forger.append(order)
      told.removeAll { $0 == "upcall.order" }
    }
    var silent = try Forger(original)
    var inner = try #require(silent.object["report"] as? [String: Any])
    inner["leftOut"] = nil
    silent.object["report"] = inner
    #expect(try CertificateTests.audit(silent.text, trace).outcome == .refused)
  }

  /// A certificate from before modules could choose says nothing of it.
  @Test func aModuleWithoutChoicesNeedsNotSayIt() throws {
    let trace = try Self.trace([])
    let silent = try CertificateTests.certificate(trace).replacingOccurrences(of: "\"leftOut\": [],", with: "")
    let report = try CertificateTests.audit(silent, trace)
    #expect(report.isConfirmed && report.leftOut.isEmpty && !report.text.contains("left out"), "\(report.text)")
  }
}
