import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

extension SampleModule {
  /// The sample module with claims of its own.
  static func claiming(_ claims: [(ClaimRecord.Form, EventPattern, EventPattern, UInt64)]) throws -> SampleModule {
    try SampleModule { name in
      let records = claims.enumerated().map { index, claim in
        ClaimRecord(form: claim.0, name: name("c\(index)"), first: claim.1, second: claim.2, bound: claim.3)
      }
      return configuration(name) + [SampleModule.records(records)]
    }
  }

  /// The same with other budgets beside its own.
  static func bounded(_ budgets: [BudgetRecord]) throws -> SampleModule {
    try SampleModule { name in
      configuration(name).map { section in
        guard section.0 == ModuleSection.budgets.rawValue else { return section }
        let own = SampleModule.records(budgets)
        return (section.0, section.1 + own.1, section.2 + own.2)
      }
    }
  }
}

@Suite struct CustomClaimTests {
  static let mark = EventPattern(.mark, partition: 0, operand: 40)
  static let upcall = EventPattern(.upcall, partition: 0, operand: 40)

  static func claim(
    _ form: ClaimRecord.Form, _ first: EventPattern, _ second: EventPattern? = nil, _ bound: UInt64,
    _ change: (inout Story) -> Void = { _ in }
  ) throws -> ClaimResult {
    let module = try SampleModule.claiming([(form, first, second ?? first, bound)])
    var story = Story(Scribe.story(of: module))
    change(&story)
    return try #require(story.verify(module).claim("custom.c0"))
  }

  @Test func withinTellsTheLongestWait() throws {
    let module = try SampleModule.claiming([(.within, Self.mark, Self.upcall, 10_000_000)])
    let events = Story(Scribe.story(of: module)).events
    // By hand: from each first mark to the next upcall.
    var since: UInt64?
    var waits: [UInt64] = []
    for event in events where event.partition == 0 && event.operand == 40 {
      if event.knownKind == .mark, since == nil { since = event.time }
      if event.knownKind == .upcall, let start = since {
        waits.append(event.time - start)
        since = nil
      }
    }
    let longest = try #require(waits.max())
    let claim = try #require(report(events, module).claim("custom.c0"))
    #expect(claim.verdict == .pass && claim.checked == UInt64(waits.count))
    #expect(claim.worst?.value == Int64(longest) && claim.bound == 10_000_000)
    let exact = try Self.claim(.within, Self.mark, Self.upcall, longest)
    #expect(exact.verdict == .pass && exact.margin == 0)
    let tight = try Self.claim(.within, Self.mark, Self.upcall, longest - 1)
    #expect(tight.verdict == .fail && tight.worstViolations.first?.excess == 1)
  }

  @Test func whatNeverFollowsFails() throws {
    let stop = EventPattern(.kernelFault)
    let open = try Self.claim(.within, Self.mark, stop, 1_000_000)
    #expect(open.verdict == .fail && open.failures == 1)
    // The module stopped before the time was up.
    let young = try Self.claim(.within, EventPattern(.stop), stop, 1_000_000_000)
    #expect(young.verdict == .unknown && young.checked == 0)
  }

  @Test func neverHoldsWhereItNeverCame() throws {
    #expect(try Self.claim(.never, EventPattern(.exception, partition: 1), nil, 0).verdict == .pass)
    let fault = try Self.claim(.never, EventPattern(.exception, partition: 2), nil, 0)
    #expect(fault.verdict == .fail && fault.failures == 1)
    #expect(try Self.claim(.never, EventPattern(.exception, operand: 1), nil, 0).verdict == .pass)
    #expect(try Self.claim(.never, EventPattern(.healthAction, detail: 0xEE), nil, 0).verdict == .pass)
  }

  /// A frame's number has 32 bits; above a hypercall's stands the address space.
  @Test func numbersAreComparedWhole() throws {
    let module = try SampleModule.claiming([
      (.never, EventPattern(.majorFrameStart, operand: 1), EventPattern(.stop), 0),
      (.never, EventPattern(.hypercall, operand: 65), EventPattern(.stop), 0),
    ])
    var story = Story(Scribe.story(of: module))
    story.change(.majorFrameStart, 2) { $0.operand = 65_536 + 1 }
    let yields = story.events.count { $0.knownKind == .hypercall && $0.operand & 0xFFFF == 65 }
    try #require(yields > 0)
    let report = story.verify(module)
    #expect(report.claim("custom.c0")?.failures == 1 && report.claim("custom.c1")?.failures == UInt64(yields))
    var auditor = Auditor(module.table)
    for (position, event) in story.events.enumerated() { auditor.consume(event, position: UInt64(position)) }
    #expect(auditor.customs.map(\.violations) == [1, UInt64(yields)])
  }

  /// A rate that is a fraction above the bound is above it.
  @Test func ratesAreRoundedUp() throws {
    var events = Story(Scribe.story(of: try SampleModule())).events
    events[events.count - 1].time += 1_700_000_000
    let span = try #require(events.last).time - events[0].time
    let bytes: UInt64 = 10_001
    try #require(bytes * 1_000_000_000 % span != 0)
    let rate = Int64(bytes * 1_000_000_000 / span + 1)
    let module = try SampleModule()
    var verifier = Verifier(table: module.table)
    var auditor = Auditor(module.table)
    for (position, event) in events.enumerated() {
      verifier.consume(event, position: UInt64(position))
      auditor.consume(event, position: UInt64(position))
    }
    auditor.finish(fileBytes: bytes)
    #expect(verifier.finish(fileBytes: bytes).claim("budget.traceBytes")?.worst?.value == rate)
    #expect(auditor.measures.first { $0.identifier == "budget.traceBytes" }?.cases.first?.value == rate)
  }

  @Test func atMostCountsByFrame() throws {
    let pattern = EventPattern(.windowStart, partition: 0)
    let module = try SampleModule()
    let frames = Story(Scribe.story(of: module)).events.count { $0.knownKind == .majorFrameStart }
    let two = try Self.claim(.atMost, pattern, nil, 2)
    #expect(two.verdict == .pass && two.worst?.value == 2 && two.checked == UInt64(frames - 1))
    let one = try Self.claim(.atMost, pattern, nil, 1)
    #expect(one.verdict == .fail && one.failures == one.checked)
  }

  /// A frame that a cut ends may have had more of it; one that has too many has.
  @Test func aCutFrameIsUnknownOrFails() throws {
    let window = EventPattern(.windowStart, partition: 0)
    for (bound, verdict) in [(2, Verdict.unknown), (1, .fail)] as [(UInt64, Verdict)] {
      let module = try SampleModule.claiming([(.atMost, window, window, bound)])
      let events = Story(Scribe.story(of: module)).events
      let first = events.indices.filter { events[$0].knownKind == .windowStart && events[$0].partition == 0 }[1]
      let claim = try #require(report(Array(events[...first]), module).claim("custom.c0"))
      #expect(claim.verdict == verdict, "\(claim)")
    }
    let late = try SampleModule.claiming([(.within, Self.mark, EventPattern(.kernelFault), 1_000_000)])
    let events = Story(Scribe.story(of: late)).events
    #expect(report(Array(events.dropLast()), late).claim("custom.c0")?.verdict == .fail)
  }

  @Test func aLossLeavesThemUnknown() throws {
    let module = try SampleModule.claiming([
      (.within, Self.mark, Self.upcall, 10_000_000),
      (.never, EventPattern(.kernelFault), EventPattern(.kernelFault), 0),
      (.atMost, Self.mark, Self.mark, 1000),
    ])
    let events = Story(Scribe.story(of: module)).events
    var verifier = Verifier(table: module.table)
    for (position, event) in events.enumerated() where !(200..<210).contains(position) {
      if position == 210 { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    let report = verifier.finish()
    for name in ["custom.c0", "custom.c1", "custom.c2"] {
      #expect(report.claim(name)?.verdict == .unknown, "\(report.summary)")
    }
  }

  @Test func boundsOfTheModuleFileReplaceTheUsualOnes() throws {
    func budget(_ quantity: BudgetRecord.Quantity, _ bound: UInt64, _ subject: UInt64 = 0) -> BudgetRecord {
      BudgetRecord(quantity: quantity, subject: subject, bound: bound)
    }
    let module = try SampleModule.bounded([
      budget(.timerLateness, 2), budget(.padMargin, 49_000), budget(.stopDelay, 0), budget(.windowOverrun, 7),
      budget(.partitionSupply, 3_999_999, 0),
    ])
    let report = Story(Scribe.story(of: module)).verify(module)
    #expect(report.claim("timer.punctual")?.bound == 2)
    #expect(report.claim("timer.punctual")?.verdict == .fail)
    #expect(report.claim("padding.margin")?.bound == 49_000)
    #expect(report.claim("padding.margin")?.verdict == .fail)
    #expect(report.claim("stop.prompt")?.bound == 0)
    #expect(report.claim("window.end.instant")?.bound == 7)
    #expect(report.claim("window.end.instant")?.verdict == .pass)
    #expect(report.claim("partition.supply.Sensors")?.verdict == .fail)
    #expect(report.claim("partition.supply.Loader")?.verdict == .pass)
  }

  @Test func patternsRoundTrip() {
    for partition in [nil, UInt8(0), 0xFF] as [UInt8?] {
      for operand in [nil, UInt16(0), 0xFFFF] as [UInt16?] {
        for detail in [nil, UInt8(0), 0xFF] as [UInt8?] {
          let pattern = EventPattern(.mark, partition: partition, operand: operand, detail: detail)
          #expect(EventPattern(word: pattern.word) == pattern)
        }
      }
    }
    #expect(EventPattern(word: 0xFA) == nil && EventPattern(word: 1 << 43 | 17) == nil)
  }
}
