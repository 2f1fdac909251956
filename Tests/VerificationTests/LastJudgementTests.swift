import APEXTypes
import ModuleConfiguration
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// What is over with the trace is judged with it.
@Suite struct LastJudgementTests {
  private static func outcome(
    _ claim: String, _ module: SampleModule, _ story: Story
  ) throws -> (checked: UInt64, failures: UInt64) {
    let events = story.events
    let found = MutationScoreTests.compare(events, module)
    #expect(found.missed.isEmpty && found.wrong.isEmpty, "\(found)")
    let trace = TraceFileTests.write(events, module)
    let audit = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(audit.isConfirmed, "\(audit.text)")
    let judged = try #require(report(events, module).claim(claim))
    return (judged.checked, judged.failures)
  }

  /// The last period's windows are over before the module stops.
  @Test func theLastPeriodsSupplyIsJudged() throws {
    let module = try SampleModule()
    let good = Story(Scribe.story(of: module, frames: 2))
    #expect(try Self.outcome("partition.supply.Loader", module, good) == (2, 0))
    var late = good
    let start = late.index(.windowStart, 7)
    let entry = late.lines[start...].firstIndex { $0.resume != nil }!
    late.lines[entry].resume! += 500_000
    #expect(try Self.outcome("partition.supply.Loader", module, late) == (2, 1))
  }

  /// Control's marks wait, its line is ready and has a handler, and its interrupts stay off.
  @Test func marksThatWaitToTheEndHaveWaitedTooLong() throws {
    let module = try SampleModule()
    let claim = "budget.markToUpcall.0"
    let deaf = Story(Scribe.story(of: module))
    let before = try Self.outcome(claim, module, deaf)
    #expect(before.failures == 0)
    var story = deaf
    let isOwn: (TraceEvent) -> Bool = { $0.partition == 1 && $0.operand & 0xFFFF == 27 + 3 }
    let place = story.index(.hypercall, where: isOwn)
    for (number, delay) in [(UInt32(25), UInt64(1000)), (27, 2000)] {
      var (call, result) = (story.lines[place], story.lines[place + 1])
      call.event.time += delay
      call.event.operand = call.event.operand & ~0xFFFF | number
      call.event.words.w4 = SampleModule.handler
      call.resume = call.event.time - 500
      result.event.time += delay
      result.event.operand = number
      story.lines.insert(contentsOf: [call, result], at: place + (number == 25 ? 2 : 4))
    }
    let after = try Self.outcome(claim, module, story)
    #expect(after == (before.checked + 1, 1))
    // The auditor says the same of what no kernel has recorded.
    var predicted = story
    predicted.change(.boot) { $0.words.w1 = 0 }
    #expect(try Self.outcome(claim, module, predicted) == (before.checked, 0))
    // In what no kernel has recorded nobody is left who would take them: also where the boot event was read elsewhere.
    var events = Array(story.events)
    func failures(lead: Int, kernel: UInt64?) -> UInt64? {
      let report = JudgedPartTests.report(
        events, module.table, lead: lead, part: max(lead, 1)..<events.count, kernelIdentity: kernel)
      return report.claim(claim)?.failures
    }
    #expect(failures(lead: 1, kernel: 7) == 1 && failures(lead: 1, kernel: 0) == 0)
    events[0].words.w1 = 0
    #expect(failures(lead: 0, kernel: nil) == 0)
  }

  /// A schedule without windows is kept by frames without windows.
  @Test func aScheduleMayHaveNoWindow() throws {
    let module = try SampleModule { name in
      SampleModule.configuration(name).map { section in
        guard section.0 == ModuleSection.schedules.rawValue else { return section }
        return SampleModule.records([
          ScheduleRecord(
            identifier: 0, name: name("main"), majorFrame: Nanoseconds(SampleModule.frame),
            windows: RecordRange(first: 0, count: 0))
        ])
      }
    }
    var events = [
      TraceEvent(time: 0, .boot, words: .init(module.table.checksum, 7, 1 << 32, .max)),
      TraceEvent(time: 10, .start, words: .init(.max)),
    ]
    for frame in 0..<3 as Range<UInt64> {
      events.append(
        TraceEvent(
          time: 20 + frame * SampleModule.frame, .majorFrameStart, operand: UInt32(frame),
          words: .init(1000 + frame * SampleModule.frame)))
    }
    let verified = Set(report(events, module).identifiers(.fail))
    for violated in [verified, ReferenceChecker.violations(events, module.table)] {
      #expect(violated.isDisjoint(with: ["window.order", "window.end.order", "frame.regular"]), "\(violated)")
    }
    // The frames are still judged.
    events.remove(at: 3)
    #expect(ReferenceChecker.violations(events, module.table).contains("frame.regular"))
  }
}
