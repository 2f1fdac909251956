import TestSeeds
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

@Suite struct RandomMutationTests {
  /// SplitMix64, so that a printed seed repeats a run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// Dropped, doubled and swapped events: each breaks some claim, if not its own then the count at the end.
  @Test func structuralDamageIsNeverAPass() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    let seed = TestSeed.draw()
    var generator = Generator(state: seed)
    var missed: [String: Int] = [:]
    for _ in 0..<3000 {
      var changed = events
      let place = Int.random(in: 0..<(events.count - 1), using: &generator)
      let what = Int.random(in: 0..<3, using: &generator)
      switch what {
      case 0: changed.remove(at: place)
      case 1: changed.insert(changed[place], at: place)
      default: changed.swapAt(place, place + 1)
      }
      if report(changed, module).verdict == .pass { missed["\(what)", default: 0] += 1 }
    }
    #expect(missed.isEmpty, "seed \(seed): \(missed)")
  }

  /// Each event left out or doubled, with the end's count and the delays made right, as a forger would.
  @Test func skilfulDamageIsNoticed() throws {
    let module = try SampleModule()
    let story = Story(Scribe.story(of: module))
    var passes: [EventKind: Int] = [:]
    for index in story.lines.indices.dropLast() {
      for isDropped in [true, false] {
        var changed = story
        if isDropped {
          changed.lines.remove(at: index)
        } else {
          changed.lines.insert(story.lines[index], at: index)
        }
        guard changed.verify(module).verdict == .pass, let kind = story.lines[index].event.knownKind else { continue }
        passes[kind, default: 0] += 1
      }
    }
    // To repeat what holds already, or to leave out what was said twice, changes nothing that is claimed.
    let harmless: Set<EventKind> = [
      .drained, .idle, .lineMask, .maskRead, .padded, .timerArmed, .timer, .keyframe, .partitionSwitch, .windowEnd,
      .portOperation,
    ]
    #expect(Set(passes.keys).subtracting(harmless).isEmpty, "\(passes)")
    #expect(passes[.timer, default: 0] <= 3 && passes[.windowEnd, default: 0] <= 1, "\(passes)")
    // A read of an empty port answers the same without its decision.
    #expect(passes[.portOperation, default: 0] <= 1, "\(passes)")
    #expect(passes[.partitionSwitch, default: 0] <= 1 && passes[.keyframe, default: 0] <= 1, "\(passes)")
  }

  /// Arbitrary fields of arbitrary events, the count at the end made right: no crash, and most of it is noticed.
  @Test func anyFieldMayHoldAnything() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    let seed = TestSeed.draw()
    var generator = Generator(state: seed)
    var passes: [String: Int] = [:]
    let runs = 5000
    for _ in 0..<runs {
      var changed = events
      for _ in 0..<Int.random(in: 1...3, using: &generator) { Self.damage(&changed, &generator) }
      let report = report(changed, module)
      if report.verdict == .pass { passes["pass", default: 0] += 1 }
    }
    #expect(passes["pass", default: 0] < runs / 4, "seed \(seed): \(passes) of \(runs)")
  }

  static func damage(_ events: inout [TraceEvent], _ generator: inout Generator) {
    let place = Int.random(in: 0..<events.count, using: &generator)
    let bit: UInt64 = 1 << UInt64.random(in: 0..<64, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: events[place].kind = UInt8.random(in: 0...255, using: &generator)
    case 1: events[place].partition = UInt8.random(in: 0...255, using: &generator)
    case 2: events[place].detail = UInt8.random(in: 0...255, using: &generator)
    case 3: events[place].operand = UInt32.random(in: 0...UInt32.max, using: &generator)
    case 4: events[place].operand ^= UInt32(truncatingIfNeeded: bit)
    case 5: events[place].time = events[place].time &+ UInt64.random(in: 0...1_000_000, using: &generator)
    case 6: events[place].words[Int.random(in: 0..<8, using: &generator)] ^= bit
    default:
      events[place].words[Int.random(in: 0..<8, using: &generator)] = UInt64.random(
        in: 0...UInt64.max, using: &generator)
    }
  }
}
