import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// Messages that a full queue discards as the module says violate nothing, and whoever reads the verdict is told.
@Suite struct DiscardedMessageTests {
  @Test func theyAreCountedByPort() throws {
    let trace = try RichTrace()
    let report = report(trace.events, trace.module)
    #expect(report.verdict == .pass)
    #expect(report.discards == [PortDiscards(port: "jobs", partition: "Sink", messages: 1)])
    let sentence = "full queues discarded 1 message, 1 at port jobs of Sink: 'partita stats' counts them by port"
    #expect(report.text(isColored: false).contains("\n\(sentence)\n"), "\(report.text(isColored: false))")
    // Whichever claims are shown.
    #expect(report.limited(to: ["window"]).text(isColored: false).contains(sentence))
    #expect(report.json.contains("\"discarded\": [{\"port\": \"jobs\", \"partition\": \"Sink\", \"messages\": 1}],"))
  }

  /// What no audit confirms is in no certificate.
  @Test func aCertificateHasNoneOfThem() throws {
    let trace = try RichTrace()
    let file = TraceFileTests.write(trace.events, trace.module)
    let certificate = try CertificateTests.certificate(file)
    let audit = try CertificateTests.audit(certificate, file)
    #expect(audit.isConfirmed && !certificate.contains("discarded\""), "\(audit.text)")
  }

  @Test func whereNoneAreNothingIsSaid() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    #expect(report.discards.isEmpty && !report.text(isColored: false).contains("discarded"))
    #expect(report.json.contains("\"discarded\": [],"))
  }

  /// Of a part those count that lie in it.
  @Test func thoseOfAPartAreCounted() throws {
    let trace = try RichTrace()
    let place = try #require(trace.firstIndex(of: .overflow))
    for (part, count) in [(place..<place + 1, 1), (0..<place, 0), (place + 1..<trace.events.count, 0)] {
      let report = JudgedPartTests.report(trace.events, trace.module.table, lead: 0, part: part)
      #expect(report.discards.count == count, "\(part)")
    }
  }

  /// However the trace is cut into pieces.
  @Test func thoseOfAllPiecesAreCounted() throws {
    let trace = try RichTrace()
    var joined = 0
    for seed in UInt64(1)...200 {
      let outcome = PieceTests.judge(trace.events, trace.module, seed: seed)
      #expect(outcome.report.discards.map(\.messages) == [1], "seed \(seed)")
      joined += outcome.joined
    }
    #expect(joined > 0)
  }

  /// Nobody reads a hundred ports, and names are shown as they may be.
  @Test func theWorstFivePortsAreNamed() throws {
    let module = try SampleModule()
    var report = Story(Scribe.story(of: module)).verify(module)
    report.discards = (1...7).map { PortDiscards(port: "p\($0)\u{1B}", partition: "A", messages: $0) }
    let text = report.visible.text(isColored: false)
    #expect(text.contains("discarded 28 messages, 7 at port p7\u{FFFD} of A, 6 at port p6\u{FFFD} of A, "), "\(text)")
    #expect(text.contains(", 3 at port p3\u{FFFD} of A, others at 2 ports more: "), "\(text)")
  }
}
