import ModuleConfiguration
import ReferenceChecking
import Testing
import TraceFormat
import TraceReading

@testable import Audit
@testable import Verification

/// Events that no kernel records: each is refused by the claim that covers it, by both judges, and the certificate that
/// says so is confirmed.
@Suite struct StrangeEventTests {
  /// A change to a good story, and a claim that it violates; none where it is to be passed over.
  struct Strange: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var claim: String?
    var apply: @Sendable (inout Story) -> Void

    init(_ description: String, _ claim: String?, _ apply: @escaping @Sendable (inout Story) -> Void) {
      (testDescription, self.claim, self.apply) = (description, claim, apply)
    }
  }

  private static let nobody: UInt8 = 0xFF
  /// A partition that the module has not.
  private static let stranger: UInt8 = 9

  static let observations: [Strange] = [
    Strange("masks read back, none decided", "mask.written") { story in
      let mask = story.lines[story.index(.maskRead)].event.operand
      story.insert(TraceEvent(time: 0, .maskRead, operand: mask), after: .windowStart, 4)
    },
    Strange("masks read back before the start", "mask.written") { story in
      story.insert(TraceEvent(time: 0, .maskRead, operand: 0xFFFF), after: .boot)
    },
    Strange("masks read back twice", "mask.written") { $0.double(.maskRead, 1) },
    Strange("an upcall's frame for nobody", "upcall.written") {
      $0.change(.upcallWritten, 2) { $0.partition = nobody }
    },
    Strange("an upcall's frame for a stranger", "trace.meaning") {
      $0.change(.upcallWritten, 2) { $0.partition = stranger }
    },
    Strange("an acknowledgement of no line", "trace.meaning") { $0.change(.acknowledged, 3) { $0.operand = 0 } },
    Strange("an acknowledgement beyond 16 bits", "trace.meaning") {
      $0.change(.acknowledged, 3) { $0.operand |= 0x1_0000 }
    },
    Strange("registers of nobody", "trace.meaning") { $0.change(.contextReset) { $0.partition = nobody } },
    Strange("a spurious interrupt beyond 16 bits", "interrupt.spurious") {
      $0.change(.spurious) { $0.operand |= 0x1_0000 }
    },
  ]

  static let decisions: [Strange] = [
    Strange("an upcall for nobody", "trace.meaning") { $0.change(.upcall, 2) { $0.partition = nobody } },
    Strange("one more upcall for nobody", "trace.meaning") { story in
      var upcall = story.lines[story.index(.upcall, 2)].event
      upcall.partition = nobody
      story.insert(upcall, after: .upcallWritten, 2)
    },
    Strange("an upcall for a stranger", "trace.meaning") { $0.change(.upcall, 2) { $0.partition = stranger } },
    Strange("a mark for nobody", "trace.meaning") { $0.change(.mark, 3) { $0.partition = nobody } },
    Strange("a result for nobody", "hypercall.answered") { $0.change(.hypercallResult, 5) { $0.partition = nobody } },
    Strange("one more result for nobody", "hypercall.answered") { story in
      var result = story.lines[story.index(.hypercallResult, 5)].event
      result.partition = nobody
      story.insert(result, after: .hypercallResult, 5)
    },
    Strange("returns of nobody", "upcall.returned") { $0.change(.upcallsReturned, 1) { $0.partition = nobody } },
    Strange("one more return of nobody", "upcall.returned") { story in
      story.insert(TraceEvent(time: 0, .upcallsReturned, operand: 1), after: .upcallsReturned, 1)
    },
    Strange("a mark for a queue where there is none", "queue.mark") { story in
      let caller = story.lines[story.index(.hypercallResult, 5)].event.partition
      let mark = TraceEvent(time: 0, .mark, partition: caller, operand: 66, words: .init(1))
      story.insert(mark, after: .hypercallResult, 5)
    },
    Strange("a timer armed for a stranger", "trace.meaning") { $0.change(.timerArmed, 4) { $0.partition = stranger } },
    Strange("the stop is a stranger's", "trace.meaning") { $0.change(.stop) { $0.partition = stranger } },
  ]

  static let inputs: [Strange] = [
    Strange("an interrupt of no line", "trace.meaning") { story in
      story.change(.interrupt, 3) { $0.operand = $0.operand & 0xFF_0000 | 99 }
    },
    Strange("an interrupt of a stranger", "trace.meaning") { $0.change(.interrupt, 3) { $0.partition = stranger } },
    Strange("a hypercall of nobody", "trace.meaning") { $0.change(.hypercall, 5) { $0.partition = nobody } },
    // What is called is not the call before once more.
    Strange("an answer once more, behind a hypercall of nobody", "hypercall.answered") { story in
      let answer = story.index(.hypercallResult, 5)
      let time = story.lines[answer].event.time
      let call = TraceEvent(time: time, .hypercall, operand: story.lines[answer].event.operand)
      var again = story.lines[answer]
      again.event.time = time
      story.lines.insert(contentsOf: [StoryLine(event: call, resume: time), again], at: answer + 1)
    },
    Strange("a hypercall of a stranger", "trace.meaning") { $0.change(.hypercall, 5) { $0.partition = stranger } },
  ]

  static let traces: [Strange] = [
    Strange("a kind that does not exist", nil) { story in
      story.insert(TraceEvent(time: 0, kind: 59, partition: 1), after: .windowStart, 2)
    },
    Strange("a boot of a stranger", "trace.boot") { $0.change(.boot) { $0.partition = stranger } },
    Strange("no boot", "trace.boot") { $0.drop(.boot) },
    Strange("a boot that comes second", "trace.boot") { $0.lines.swapAt(0, 1) },
    Strange("a window without its start", "window.order") { $0.drop(.windowStart, 4) },
    Strange("a window without its end", "window.end.order") { $0.drop(.windowEnd, 4) },
    Strange("no switch", "switch.effect") { $0.drop(.partitionSwitch, 4) },
    Strange("a frame without its start", "frame.regular") { $0.drop(.majorFrameStart, 1) },
    Strange("no start", "trace.boot") { $0.drop(.start) },
    Strange("a partition starts twice before the first input", "restart.begun") { story in
      story.drop(.start)
      story.double(.restart)
    },
    Strange("the timer is never armed", "timer.punctual") { story in
      story.lines.removeAll { $0.event.knownKind == .timerArmed }
    },
    Strange("something of no kind behind the end", "trace.end") { story in
      let time = story.lines[story.lines.count - 1].event.time
      story.lines.append(StoryLine(event: TraceEvent(time: time, kind: 59), resume: nil))
    },
    Strange("a mode changes twice from the same one before the first input", "mode.chain") { story in
      story.drop(.start)
      let change = TraceEvent(time: 0, .modeChange, partition: 1, detail: 1)
      for _ in 0..<2 { story.insert(change, after: .boot) }
    },
    Strange("a pad in place of an answer, with its end at 0", "hypercall.answered") { story in
      story.change(.hypercallResult, where: { $0.operand == UInt32(HypercallNumber.null.rawValue) }) {
        ($0.kind, $0.words.w0, $0.words.w1) = (EventKind.padded.rawValue, 0, 0)
      }
    },
    // The action answers the exception all the same.
    Strange("an action for no error, after a start that was not told", "restart.start") { story in
      story.change(.restart, where: { $0.partition == SampleModule.loader }) {
        ($0.kind, $0.operand) = (EventKind.modeChange.rawValue, 0)
      }
      story.drop(.healthError)
    },
    Strange("a stop behind the end", "stop.reason") { story in
      let stop = story.lines.remove(at: story.index(.stop))
      story.lines.append(stop)
    },
    Strange("one time goes back", "trace.time") { story in
      let place = story.index(.windowStart, 4)
      story.lines[place].event.time -= 5000
    },
    Strange("many times go back", "trace.time") { story in
      for place in story.index(.windowStart, 4)..<story.lines.count { story.lines[place].event.time -= 3_000_000 }
    },
  ]

  @Test(arguments: observations + decisions + inputs + traces)
  func isRefused(_ strange: Strange) throws {
    let module = try SampleModule()
    var story = Story(Scribe.story(of: module))
    strange.apply(&story)
    let events = story.events
    let failed = Set(report(events, module).identifiers(.fail))
    #expect(strange.claim.map { failed.contains($0) } ?? failed.isEmpty, "\(failed)")
    let base = AlterationTests.Base(name: "", table: module.table, owner: module, events: events)
    let found = try AlterationTests.disagreements(events, base)
    #expect(found.isEmpty, "\(found)")
    let trace = TraceFileTests.write(events, module)
    let audited = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(audited.isConfirmed, "\(audited.text)")
  }

  /// A reflected exception's frame is for the partition that the exception is reflected to.
  @Test func anExceptionsFrameIsItsOwn() throws {
    let module = try RichModule.make()
    for other in [nobody, RichModule.drainer] {
      var story = Story(RichStory.tell(of: module))
      story.change(.exceptionWritten) { $0.partition = other }
      let found = MutationScoreTests.compare(story.events, module)
      #expect(found.violated == ["exception.written"] && found.missed.isEmpty && found.wrong.isEmpty, "\(found)")
    }
  }

  static let rich: [Strange] = [
    Strange("an error before the start has another level", "health.level") { story in
      var error = story.lines[story.index(.healthError)].event
      error.operand ^= 1
      story.insert(error, after: .boot)
    },
    // What came of the first is not told, nor what it came of.
    Strange("two errors before the start", "health.log") { story in
      let error = story.lines[story.index(.healthError)].event
      for _ in 0..<2 { story.insert(error, after: .boot) }
    },
    // It is the first answer to the exception all the same.
    Strange("an exception's error comes behind the action of a callback", "health.entered") { story in
      let call = story.index(.hypercall) { $0.operand & 0xFFFF == UInt32(HypercallNumber.completeCallback.rawValue) }
      story.lines[call].event.kind = EventKind.exception.rawValue
      story.lines[call].event.operand = story.lines[call].event.operand & 0xFF_0000 | 6
      let action = story.lines[call...].firstIndex { $0.event.knownKind == .healthAction }!
      var error = story.lines[story.index(.healthError)].event
      (error.time, error.partition) = (story.lines[action].event.time, story.lines[call].event.partition)
      error.operand = 1 | 3 << 8 | 7 << 16
      story.lines.insert(StoryLine(event: error, resume: nil), at: action + 1)
    },
    // Whether the callback runs on is not known.
    Strange("a callback's action is missing, and the start that follows", "health.callback") { story in
      let call = story.index(.hypercall) { $0.operand & 0xFFFF == UInt32(HypercallNumber.completeCallback.rawValue) }
      let action = story.lines[call...].firstIndex { $0.event.knownKind == .healthAction }!
      story.lines.remove(at: action)
      let start = story.lines[call...].firstIndex { $0.event.knownKind == .restart }!
      var error = story.lines[story.index(.healthError)].event
      error.partition = story.lines.remove(at: start).event.partition
      error.operand = 1 | 1 << 8
      let window = story.lines[start...].firstIndex { $0.event.knownKind == .windowStart }!
      error.time = story.lines[window].event.time
      story.lines.insert(StoryLine(event: error, resume: nil), at: window + 1)
    },
    // The identifier that was answered before goes on meaning the port.
    Strange("a stop in the step that creates a port", "stop.quiet") { story in
      var stop = story.lines.remove(at: story.index(.stop))
      let created = story.index(.portOperation) + 1
      stop.event.time = story.lines[created].event.time
      story.lines.insert(stop, at: created + 1)
    },
    // The message is sent all the same.
    Strange("a port is created behind a message sent", "port.permitted") { story in
      let creation = story.lines[story.index(.portOperation)].event
      story.insert(creation, after: .messageCopied)
    },
    // The one that was discarded was the one before.
    Strange("a step discards a message, and sends another", "queue.overflow") { story in
      let sent = story.index(.portOperation) { $0.detail == PortOperation.overflow.rawValue } - 1
      var other = story.lines[sent].event
      other.words.w1 += 1
      story.insert(other, after: .messageCopied, 1)
    },
  ]

  @Test(arguments: rich) func isRefusedInARichRun(_ strange: Strange) throws {
    let module = try RichModule.make()
    var story = Story(RichStory.tell(of: module))
    strange.apply(&story)
    let found = MutationScoreTests.compare(story.events, module)
    #expect(found.missed.isEmpty && found.wrong.isEmpty, "\(found)")
    #expect(strange.claim.map { found.violated.contains($0) } ?? true, "\(found)")
  }

  /// A step that reads a sampling port, and then, unasked, receives from a queue: the reader is told of what it read.
  @Test func whatIsReceivedBesidesIsNotTold() throws {
    let base = try AlterationTests.lively(1)
    func place(_ operation: PortOperation, of partition: UInt8?) -> Int? {
      base.events.indices.last {
        let event = base.events[$0]
        return event.knownKind == .portOperation && event.detail == operation.rawValue && event.words.w0 > 0
          && partition ?? event.partition == event.partition
      }
    }
    for (asked, besides) in [(PortOperation.read, PortOperation.receive), (.receive, .read)] {
      let done = try #require(place(asked, of: nil))
      let other = try #require(place(besides, of: base.events[done].partition))
      let copied = try #require(base.events[done...].firstIndex { $0.knownKind == .messageCopied })
      var events = base.events
      var operation = events[other]
      operation.time = events[copied].time
      operation.words.w0 -= 1
      events.insert(operation, at: copied + 1)
      events[events.count - 1].words.w0 += 1
      let failed = Set(AlterationTests.report(events, base).identifiers(.fail))
      #expect(failed.contains("port.permitted") && !failed.contains("port.result"), "\(failed)")
      let found = try AlterationTests.disagreements(events, base)
      #expect(found.isEmpty, "\(found)")
    }
  }

  /// A start that follows in the step ends a callback: the registers that are due are the start's, and come later.
  @Test func aStartEndsTheCallbackBeforeIt() throws {
    let base = try AlterationTests.lively(1)
    var events = base.events
    let start = try #require(events.firstIndex { $0.knownKind == .restart })
    let change = try #require(events[..<start].firstIndex { $0.knownKind == .modeChange })
    events[change].kind = EventKind.callback.rawValue
    let failed = Set(AlterationTests.report(events, base).identifiers(.fail))
    #expect(failed.contains("health.callback") && !failed.contains("restart.context"), "\(failed)")
    let found = try AlterationTests.disagreements(events, base)
    #expect(found.isEmpty, "\(found)")
  }

  private var nobody: UInt8 { Self.nobody }
}
