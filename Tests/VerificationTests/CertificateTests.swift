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

  static func trace(_ change: (inout Story) -> Void = { _ in }) throws -> [UInt8] {
    let module = try SampleModule.claiming([
      (.within, CustomClaimTests.mark, CustomClaimTests.upcall, 10_000_000),
      (.never, EventPattern(.kernelFault), EventPattern(.kernelFault), 0),
      (.atMost, CustomClaimTests.mark, CustomClaimTests.mark, 1000),
    ])
    var story = Story(Scribe.story(of: module))
    change(&story)
    return TraceFileTests.write(story.events, module)
  }

  @Test func aTrueCertificateIsConfirmed() throws {
    let trace = try Self.trace()
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.isConfirmed, "\(report.text)")
    #expect(report.count(.measured) >= 18, "\(report.text)")
    #expect(report.count(.judged) == ReferenceChecker.claims.count, "\(report.text)")
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
    let known = Set(FixedClaims.identifiers + Auditor(module.table).measures.map(\.identifier))
    #expect(claims == known, "\(claims.symmetricDifference(known))")
    #expect(Auditor.counted.isSubset(of: FixedClaims.identifiers))
  }

  @Test func aCutTraceIsConfirmedAsInconclusive() throws {
    let whole = try Self.trace()
    let trace = Array(whole[..<(whole.count - 200)])
    let report = try Self.audit(Self.certificate(trace), trace)
    #expect(report.isConfirmed, "\(report.text)")
    #expect(report.count(.measured) == 0)
  }

  @Test(arguments: ["", "{", "[]", "{\"form\": \"partita certificate 1\"}", "{\"form\": 3}", "\u{0}"])
  func whatIsNoCertificateIsSaid(_ text: String) throws {
    let trace = try Self.trace()
    #expect(throws: AuditError.self) { try Self.audit(text, trace) }
  }
}
