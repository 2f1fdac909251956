import APEXTypes
import ModuleConfiguration
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// Whether a partition is in its handler of exceptions and errors: both judges go by what its own count, which lies in
/// its memory, told the kernel; and where nobody can know, they say nothing.
@Suite struct HandlerTests {
  private static let execution: UInt32 = 1
  private static let handling: UInt32 = 3

  private static func isViolated(_ claim: String, _ story: Story, _ module: SampleModule) -> Bool {
    let events = story.events
    let isFailed = report(events, module).claim(claim)?.verdict == .fail
    let isRefused = ReferenceChecker.violations(events, module.table).contains(claim)
    #expect(isFailed == isRefused, "\(claim): verify \(isFailed), reference checker \(isRefused)")
    return isFailed || isRefused
  }

  /// In which of both states, of executing and of handling, an error may be told that `edit` puts somewhere.
  private static func allowed(
    _ edit: (_ story: inout Story, _ state: UInt32) -> Void
  ) throws -> (execution: Bool, handling: Bool) {
    let module = try RichModule.make()
    let allowed = [execution, handling].map { state in
      var story = Story(RichStory.tell(of: module))
      edit(&story, state)
      return !isViolated("health.state", story, module)
    }
    return (allowed[0], allowed[1])
  }

  private static func error(of partition: UInt8, _ state: UInt32, at time: UInt64) -> StoryLine {
    StoryLine(
      event: TraceEvent(time: time, .healthError, partition: partition, detail: 4, operand: 1 | state << 8), resume: nil
    )
  }

  /// Worker was given an exception, and calls in its handler, or after that: once for each of `calls`. Each tells by
  /// its flag whether the handler is over, and may be followed by an error that is found at a delivery.
  private static func call(
    _ story: inout Story, _ calls: [(isOver: Bool, state: UInt32?)]
  ) {
    let reflected = story.index(.exceptionReflected)
    let place = story.lines[reflected...].firstIndex { $0.event.knownKind == .hypercall }!
    let end = story.nextEntry(after: place)
    let last = story.lines[end - 1].event.time
    let lines = calls.enumerated().flatMap { number, call -> [StoryLine] in
      var lines = Array(story.lines[place..<end])
      if call.isOver { lines[0].event.detail |= 32 }
      for index in lines.indices where number > 0 {
        lines[index].event.time = last
        lines[index].resume = lines[index].resume.map { _ in last }
      }
      return lines + (call.state.map { [error(of: 1, $0, at: last)] } ?? [])
    }
    story.lines.replaceSubrange(place..<end, with: lines)
  }

  @Test func aFlagTellsOfTheHandlersEnd() throws {
    #expect(try Self.allowed { Self.call(&$0, [(false, $1)]) } == (false, true))
    #expect(try Self.allowed { Self.call(&$0, [(true, $1)]) } == (true, false))
  }

  /// It lasts until the count changes: then the flag goes, without an error by which the kernel would have learnt it,
  /// only where the partition has written its count back.
  @Test func aCountThatIsWrittenBackLeavesTheStateOpen() throws {
    #expect(try Self.allowed { Self.call(&$0, [(true, nil), (false, $1)]) } == (true, true))
    #expect(try Self.allowed { Self.call(&$0, [(true, nil), (false, nil), (true, $1)]) } == (true, false))
    // With the first error the kernel has learnt it, and no flag is needed.
    #expect(try Self.allowed { Self.call(&$0, [(true, Self.execution), (false, $1)]) } == (true, false))
  }

  /// In its handler Worker raises errors that there are not, and each call tells another count; then an error is found.
  private static func raise(_ story: inout Story, tells counts: [UInt64], _ state: UInt32) {
    let reflected = story.index(.exceptionReflected)
    let place = story.lines[reflected...].firstIndex { $0.event.knownKind == .hypercall }!
    let end = story.nextEntry(after: place)
    let last = story.lines[end - 1].event.time
    let raise = UInt32(HypercallNumber.raiseApplicationError.rawValue)
    let lines = counts.flatMap { count -> [StoryLine] in
      var call = story.lines[place]
      call.event.operand = call.event.operand & ~0xFFFF | raise
      (call.event.time, call.resume) = (last, last)
      call.event.words.w2 = count
      (call.event.words.w3, call.event.words.w4, call.event.words.w5) = (99, 0, 0)
      let answer = TraceEvent(
        time: last, .hypercallResult, partition: 1, detail: ReturnCode.invalidParameter.rawValue, operand: raise)
      return [call, StoryLine(event: answer, resume: nil)]
    }
    story.lines.insert(contentsOf: lines + [error(of: 1, state, at: last)], at: end)
  }

  /// The kernel compares with the count at the handler's beginning, whatever it was told since.
  @Test func aCountThatComesBackToTheBeginningLeavesTheStateOpen() throws {
    #expect(try Self.allowed { Self.raise(&$0, tells: [5], $1) } == (true, false))
    #expect(try Self.allowed { Self.raise(&$0, tells: [0], $1) } == (false, true))
    #expect(try Self.allowed { Self.raise(&$0, tells: [5, 0], $1) } == (true, true))
    #expect(try Self.allowed { Self.raise(&$0, tells: [5, 4], $1) } == (true, false))
  }

  /// In its handler, which began with the count 0, Worker raises an error that its error handler gets, and tells a
  /// count with it; then one that there is not, with another count; then an error is found.
  private static func giveInside(_ story: inout Story, telling count: UInt64, then next: UInt64, _ state: UInt32) {
    raise(&story, tells: [count, next], state)
    let raised = story.lines.firstIndex {
      $0.event.knownKind == .hypercall && $0.event.partition == 1
        && $0.event.operand & 0xFFFF == UInt32(HypercallNumber.raiseApplicationError.rawValue)
    }!
    story.lines[raised].event.words.w3 = UInt64(ErrorCode.applicationError.rawValue)
    story.lines[raised + 1].event.detail = 0
    let time = story.lines[raised].event.time
    var given = [
      story.lines[story.index(.exceptionReflected, where: { $0.operand == 32 })],
      story.lines[story.index(.exceptionWritten, where: { $0.operand == 32 })],
    ]
    for index in given.indices { (given[index].event.time, given[index].resume) = (time, nil) }
    let raisedIn = count == 0 ? handling : execution
    story.lines.insert(error(of: 1, raisedIn, at: time), at: raised + 1)
    story.lines[raised + 1].event.detail = ErrorCode.applicationError.rawValue
    story.lines.insert(contentsOf: given, at: raised + 3)
  }

  /// A handler of errors lasts, as any does, while the partition tells what it told when that began: the kernel goes by
  /// what the raise told, whatever was given before.
  @Test func anErrorHandlerBeginsWithTheCountThatIsToldWithTheError() throws {
    #expect(try Self.allowed { Self.giveInside(&$0, telling: 0, then: 0, $1) } == (false, true))
    #expect(try Self.allowed { Self.giveInside(&$0, telling: 0, then: 1, $1) } == (true, false))
    #expect(try Self.allowed { Self.giveInside(&$0, telling: 5, then: 5, $1) } == (false, true))
    #expect(try Self.allowed { Self.giveInside(&$0, telling: 5, then: 0, $1) } == (true, false))
  }

  /// Whatever level the table gives an error of a handler: the error handler does not get it while one is at work.
  @Test func noErrorIsGivenIntoAHandler() throws {
    let module = try RichModule.make(handling: .process)
    var story = Story(RichStory.tell(of: module))
    let error = story.index(.healthError, where: { $0.operand >> 8 & 0xFF == Self.handling })
    story.lines[error].event.operand &= ~0xFF
    #expect(!Self.isViolated("health.process", story, module))
    // The table's action is the answer; in its place the error handler gets it.
    #expect(story.lines[error + 1].event.knownKind == .healthAction)
    let given = [EventKind.exceptionReflected, .exceptionWritten].map { kind in
      var line = story.lines[story.index(kind, where: { $0.operand == 32 })]
      (line.event.time, line.resume) = (story.lines[error + 1].event.time, nil)
      if kind == .exceptionReflected { line.event.words.w1 = UInt64(story.lines[error].event.detail) }
      return line
    }
    story.lines.replaceSubrange((error + 1)...(error + 1), with: given)
    #expect(Self.isViolated("health.process", story, module))
    // It is over, as the exception tells: there is nothing against it.
    let exception = story.lines[..<error].lastIndex { $0.event.knownKind == .exception }!
    story.lines[exception].event.words.w5 = 77
    #expect(!Self.isViolated("health.process", story, module))
  }

  /// The last exception comes when the handlers of all before it are over.
  private static func last(_ story: inout Story, tells count: UInt64, _ state: UInt32, isShown: Bool) {
    let place = story.lines.lastIndex { $0.event.knownKind == .exception }!
    story.lines[place].event.words.w5 = count
    if isShown { story.lines[place - 2].event.detail |= 32 }
    let error = story.lines[place...].firstIndex { $0.event.knownKind == .healthError }!
    story.lines[error].event.operand = story.lines[error].event.operand & ~0xFF00 | state << 8
  }

  @Test func aCountIsWhateverThePartitionWrites() throws {
    // Three were given. The kernel goes by whether the count is what it was when the last one was.
    #expect(try Self.allowed { Self.last(&$0, tells: 3, $1, isShown: false) } == (true, false))
    #expect(try Self.allowed { Self.last(&$0, tells: 2, $1, isShown: false) } == (false, true))
    for count in [0, 1, 4, 77, 0xFFFF_FFFF] as [UInt64] {
      #expect(try Self.allowed { Self.last(&$0, tells: count, $1, isShown: false) } == (true, false), "\(count)")
    }
    // It was over, and is as before: nobody knows.
    #expect(try Self.allowed { Self.last(&$0, tells: 2, $1, isShown: true) } == (true, true))
  }

  /// A partition that adds any number to its count with each handler's end: the kernel gives it every exception as
  /// ever, and no judge calls that wrong.
  @Test(arguments: [1, 41, 0x7FFF_FFFF, 0xFFFF_FFFE] as [UInt64]) func aKernelIsRightWhateverIsCounted(lie: UInt64)
    throws
  {
    let module = try RichModule.make()
    let events = Story(RichStory.tell(of: module, miscounting: lie)).events
    #expect(events.contains { $0.knownKind == .exception && $0.words.w5 > lie - 1 })
    let judged = report(events, module)
    #expect(judged.identifiers(.fail) == [], "\(judged.summary)")
    #expect(ReferenceChecker.violations(events, module.table) == [])
  }

  /// What one partition's exception tells says nothing of another one's handler.
  @Test func anotherPartitionsExceptionTellsNothing() throws {
    let allowed = try Self.allowed { story, state in
      let place = story.index(.exceptionWritten, 1)
      story.lines.insert(Self.error(of: 0, state, at: story.lines[place].event.time), at: place + 1)
    }
    #expect(allowed == (true, false))
  }

  /// An exception in the return's tail has no room for a frame, wherever the stack pointer is.
  @Test func inTheReturnsTailNothingIsReflected() throws {
    let module = try RichModule.make()
    for flags in [0, 2, 4, 6] as [UInt8] {
      var story = Story(RichStory.tell(of: module))
      story.drop(.exceptionReflected)
      story.change(.exception) { $0.detail = $0.detail & ~6 | flags }
      #expect(Self.isViolated("exception.handler", story, module) == (flags == 4), "\(flags)")
    }
  }

  /// Behind a loss nobody knows in which mode a partition is: where that is COLD_START, the health monitor's WARM_START
  /// is a cold one.
  @Test func aWarmStartOfAnUnknownModeMayBeACold() throws {
    let module = try RichModule.make()
    for (isLost, mode, isRight) in [
      (true, 1, true), (true, 2, true), (true, 0, false), (false, 1, false), (false, 2, true),
    ] as [(Bool, UInt8, Bool)] {
      var story = Story(RichStory.tell(of: module))
      let action = story.index(.healthAction, where: { $0.partition == 1 && $0.detail == 3 })
      story.lines[action].event.detail = 2
      let change = story.lines[action...].firstIndex { $0.event.knownKind == .modeChange }!
      story.lines[change].event.detail = mode
      // The start is told apart, and follows the mode.
      let start = story.lines[change...].firstIndex { $0.event.knownKind == .restart }!
      if mode == 0 { story.lines.remove(at: start) } else { story.lines[start].event.detail = mode }
      let entry = story.lines[..<action].lastIndex { $0.resume != nil }!
      if isLost {
        let loss = TraceEvent(time: story.lines[entry - 1].event.time, .loss, words: .init(3))
        story.lines.insert(StoryLine(event: loss, resume: nil), at: entry)
      }
      let claim = try #require(report(story.events, module).claim("health.carriedOut"))
      #expect((claim.failures == 0) == isRight, "lost \(isLost), mode \(mode): \(claim.firstViolations)")
    }
  }
}
