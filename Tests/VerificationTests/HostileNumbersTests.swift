import ModuleConfiguration
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

/// Numbers beyond all that a kernel or a module file has: sums of them are beyond 64 bits. Both judges go on, and say
/// the same.
@Suite struct HostileNumbersTests {
  private static func expectConfirmed(_ events: [TraceEvent], of module: SampleModule) throws {
    let trace = TraceFileTests.write(events, module)
    let audited = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(audited.isConfirmed, "\(audited.text)")
  }

  /// Before each entry three interrupts of a foreign line, of which each takes half of all time from the window.
  @Test func foreignLinesTakeMoreThanThereIs() throws {
    let module = try SampleModule()
    let entries: Set<UInt8> = Set([EventKind.interrupt, .timer, .hypercall, .exception].map(\.rawValue))
    var story = Story(Scribe.story(of: module))
    var inserted = 0
    story.lines = story.lines.flatMap { line -> [StoryLine] in
      guard entries.contains(line.event.kind), line.event.partition != 0xFF, line.resume != nil else { return [line] }
      var interrupt = line.event
      interrupt.kind = EventKind.interrupt.rawValue
      interrupt.operand = line.event.operand & 0xFFFF_0000 | 33
      interrupt.words.w1 = 1 << 63
      inserted += 3
      return [StoryLine](repeating: StoryLine(event: interrupt, resume: nil), count: 3) + [line]
    }
    #expect(inserted > 30)
    let events = story.events
    #expect(report(events, module).claim("trace.time")?.verdict == .fail)
    try Self.expectConfirmed(events, of: module)
  }

  @Test func aStartErrorIsBeyondAllTime() throws {
    let module = try SampleModule.bounded([BudgetRecord(quantity: .windowStartError, subject: 0, bound: .max)])
    #expect(module.table.module.switchAllowance.count > 0)
    try Self.expectConfirmed(Story(Scribe.story(of: module)).events, of: module)
  }

  /// Too little is left of each pad, and less than it says: that is one violation, also where no more are explained.
  @Test func aPadThatIsExhaustedAndLiesIsOneViolation() throws {
    let module = try SampleModule.bounded([BudgetRecord(quantity: .padMargin, subject: 0, bound: 10_000_000)])
    var story = Story(Scribe.story(of: module))
    story.lines = story.lines.flatMap { line -> [StoryLine] in
      guard line.event.knownKind == .padded else { return [line] }
      var pad = line
      pad.event.words.w1 += 5000
      return [pad, pad, pad]
    }
    let events = story.events
    let pads = events.count { $0.knownKind == .padded }
    #expect(pads > 5)
    #expect(report(events, module).claim("padding.margin")?.failures == UInt64(pads))
    try Self.expectConfirmed(events, of: module)
  }

  /// Windows that say again and again that they began with the trace: a case is given more time than there is, and
  /// nobody says who took it.
  @Test func aCaseIsGivenMoreTimeThanThereIs() throws {
    let module = try SampleModule()
    var judged = report(Story(Scribe.story(of: module)).events, module)
    let claim = try #require(judged.claims.firstIndex { !$0.worstCases.isEmpty })
    judged.claims[claim].worstCases[0].span = CaseSpan(from: 0, to: .max, scope: .windows(of: 0))
    var attributor = Attributor(judged)
    let late = UInt64.max - 1
    let window = TraceEvent(time: late, .windowStart, partition: 0, words: .init(0, 1))
    var first = window
    first.time = 0
    for (position, event) in [first, TraceEvent(time: late, .timer), window, window].enumerated() {
      attributor.consume(event, position: UInt64(position))
    }
    #expect(attributor.finish().claims[claim].worstCases[0].attribution.isEmpty)
  }
}
