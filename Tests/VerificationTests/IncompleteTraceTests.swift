import Testing
import TraceFormat

@testable import Verification

/// Loss, cuts and random damage: never a pass where evidence is missing, never a crash.
@Suite struct IncompleteTraceTests {
  let module: SampleModule
  let events: [TraceEvent]

  init() throws {
    module = try SampleModule()
    events = Story(Scribe.story(of: module)).events
  }

  /// A cut after any event fails nothing and is inconclusive.
  @Test func everyCutIsInconclusive() {
    for count in 0..<events.count {
      let report = report(Array(events[..<count]), module)
      #expect(report.verdict == .unknown, "cut after \(count): \(report.summary)")
      #expect(report.claim("trace.end")?.verdict == .unknown)
      #expect(report.exitStatus == 3)
    }
  }

  /// Claims whose evidence is whole keep their verdict when the tail is missing.
  @Test func aCutTouchesOnlyWhatWasOpen() {
    let place = events.lastIndex { $0.kind == EventKind.maskRead.rawValue }!
    let report = report(Array(events[...place]), module)
    for claim in ["interrupt.mark.complete", "upcall.order", "frame.regular", "window.start.instant", "port.content"] {
      #expect(report.claim(claim)?.verdict == .pass, "\(claim): \(report.summary)")
    }
  }

  /// Events missing anywhere never make a sound story fail: what was known is forgotten, and learnt again.
  @Test(arguments: [1, 2, 3, 7, 20, 60, 150, 300])
  func lossNeverFails(_ length: Int) {
    for first in 1..<(events.count - length) {
      var verifier = Verifier(table: module.table)
      for (position, event) in events.enumerated() where position < first || position >= first + length {
        if position == first + length { verifier.noteGap() }
        verifier.consume(event, position: UInt64(position))
      }
      let report = verifier.finish(fileBytes: 10_000)
      #expect(report.identifiers(.fail).isEmpty, "lost \(first) + \(length): \(report.summary)")
      #expect(report.claim("trace.complete")?.verdict == .unknown)
      #expect(report.claim("interrupt.mark.complete")?.verdict == .unknown)
      #expect(report.exitStatus == 3)
    }
  }

  /// The same where every mechanism is at work.
  @Test(arguments: [1, 2, 5, 17, 60, 200])
  func lossNeverFailsTheRichStory(_ length: Int) throws {
    let rich = try RichModule.make()
    let events = Story(RichStory.tell(of: rich)).events
    for first in 1..<(events.count - length) {
      var verifier = Verifier(table: rich.table)
      for (position, event) in events.enumerated() where position < first || position >= first + length {
        if position == first + length { verifier.noteGap() }
        verifier.consume(event, position: UInt64(position))
      }
      let report = verifier.finish()
      #expect(report.identifiers(.fail).isEmpty, "lost \(first) + \(length): \(report.summary)")
    }
  }

  @Test func everyCutOfTheRichStoryIsInconclusive() throws {
    let rich = try RichModule.make()
    let events = Story(RichStory.tell(of: rich)).events
    for count in 0..<events.count {
      let report = report(Array(events[..<count]), rich)
      #expect(report.verdict == .unknown, "cut after \(count): \(report.summary)")
    }
  }

  /// The same with the kernel's own record of the loss.
  @Test func lossRecordsNeverFail() {
    for first in stride(from: 1, to: events.count - 41, by: 3) {
      var changed = Array(events[..<first])
      changed.append(TraceEvent(time: events[first + 39].time, .loss, words: .init(40)))
      changed += events[(first + 40)...]
      changed[changed.count - 1].words.w0 = UInt64(changed.count - 1)
      changed[changed.count - 1].words.w1 = 40
      let report = report(changed, module)
      #expect(report.identifiers(.fail).isEmpty, "lost \(first) + 40: \(report.summary)")
      #expect(report.verdict == .unknown)
    }
  }

  /// A loss while Loader runs leaves the claims about Control alone.
  @Test func lossTouchesOnlyWhoMayHaveRun() {
    let first = events.firstIndex { $0.kind == EventKind.interrupt.rawValue && $0.partition == SampleModule.loader }!
    var verifier = Verifier(table: module.table)
    for (position, event) in events.enumerated() where position < first || position >= first + 3 {
      if position == first + 3 { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    let report = verifier.finish(fileBytes: 10_000)
    #expect(report.claim("partition.supply.Loader")?.verdict == .unknown)
    #expect(report.claim("partition.supply.Control")?.verdict == .pass)
    #expect(report.claim("process.deadline.Control.law")?.verdict == .pass)
    #expect(report.claim("trace.end")?.verdict == .pass)
  }

  /// A violation seen stays one, whatever is missing elsewhere.
  @Test func aFailOutlivesALoss() {
    var changed = events
    let fault = changed.firstIndex { $0.kind == EventKind.acknowledged.rawValue }!
    changed[fault].words.w0 = 0x100
    var verifier = Verifier(table: module.table)
    for (position, event) in changed.enumerated() where !(200..<260).contains(position) {
      if position == 260 { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    let report = verifier.finish()
    #expect(report.claim("interrupt.acknowledged")?.verdict == .fail)
    #expect(report.claim("interrupt.acknowledged")?.firstViolations.first?.position == UInt64(fault))
    #expect(report.exitStatus == 1)
  }

  /// Whether the module stopped in time is unknown where the stop is lost, or who says when it was due.
  @Test func aStopThatIsLostIsNoPromptStop() {
    let stop = events.firstIndex { $0.kind == EventKind.stop.rawValue }!
    let start = events.firstIndex { $0.kind == EventKind.start.rawValue }!
    func judge(without lost: Range<Int>) -> Verdict? {
      var verifier = Verifier(table: module.table)
      for (position, event) in events.enumerated() where !lost.contains(position) {
        if position == lost.upperBound { verifier.noteGap() }
        verifier.consume(event, position: UInt64(position))
      }
      return verifier.finish().claim("stop.prompt")?.verdict
    }
    #expect(judge(without: (stop - 1)..<(stop + 1)) == .unknown)
    #expect(judge(without: 0..<(start + 1)) == .unknown)
    // The start says it as well, and a loss in between takes nothing away.
    #expect(judge(without: 0..<start) == .pass && judge(without: 100..<110) == .pass)
  }

  /// Half a keyframe at the end of a cut trace may have been whole.
  @Test func aCutKeyframeIsUnknown() {
    for words in events.indices where events[words].kind == EventKind.keyframeWords.rawValue {
      #expect(report(Array(events[...words]), module).claim("trace.keyframe")?.verdict == .unknown)
    }
  }

  /// The major frame that is cut short has too much already, or is not known: by the end, or by a cut.
  @Test func theLastFrameIsJudgedToo() throws {
    let frame = events.lastIndex { $0.kind == EventKind.majorFrameStart.rawValue }!
    let claim = report(events, module).claim("budget.kernelTime")!
    #expect(claim.verdict == .pass)
    #expect(report(Array(events[..<(frame - 10)]), module).claim("budget.kernelTime")?.verdict == .unknown)
    var story = Story(Scribe.story(of: module))
    let call = story.lines.indices.last { story.lines[$0].event.kind == EventKind.hypercallResult.rawValue }!
    let entry = story.nextEntry(after: call)
    for place in entry..<story.lines.count {
      story.lines[place].event.time += 1_100_000
      if story.lines[place].resume != nil { story.lines[place].resume! += 1_100_000 }
    }
    let late = try #require(story.verify(module).claim("budget.kernelTime"))
    #expect(late.verdict == .fail && late.firstViolations.last!.explanation.contains("under way"), "\(late)")
  }

  /// A window may be announced a little before L: a loss that ends there may have taken it.
  @Test func aWindowAnnouncedEarlyMayBeLost() throws {
    let starts = events.indices.filter {
      events[$0].kind == EventKind.windowStart.rawValue && events[$0].partition == SampleModule.control
    }
    let announced = events[starts[2]].words.w0 - SampleModule.allowance
    for (early, verdict) in [(500, Verdict.unknown), (2000, .pass)] as [(UInt64, Verdict)] {
      var verifier = Verifier(table: module.table)
      let before = events.filter { $0.time < announced - 3000 }
      for (position, event) in before.enumerated() { verifier.consume(event, position: UInt64(position)) }
      verifier.noteGap()
      let next = TraceEvent(time: announced - early, .drained, partition: 3, words: .init(1 << 40, 1 << 40))
      verifier.consume(next, position: UInt64(before.count + 1))
      let claim = try #require(verifier.finish().claim("process.deadline.Control.law"))
      #expect(claim.verdict == verdict, "\(claim)")
    }
  }

  @Test func aWrongRateFails() {
    let above = report(events, module, fileBytes: 1_000_001)
    #expect(above.identifiers(.fail) == ["budget.traceBytes"])
    // The run is far shorter than a second, and counts as one.
    let within = report(events, module, fileBytes: 1_000_000)
    #expect(within.identifiers(.fail) == [])
    #expect(self.reportWithoutSize.claim("budget.traceBytes")?.verdict == .unknown)
  }

  private var reportWithoutSize: VerificationReport { report(events, module, fileBytes: nil) }
}
