import ModuleConfiguration
import TraceFormat

/// Changes of the rich story, each of which breaks one claim about what the first story has not.
extension Mutation {
  static let rich = richInterrupts + richRoom + richExceptions + richErrorLog + richModes + richQueues

  private static func vector(_ vector: UInt32) -> @Sendable (TraceEvent) -> Bool { { $0.operand == vector } }
  static func port(_ operation: UInt8) -> @Sendable (TraceEvent) -> Bool { { $0.detail == operation } }

  static let richInterrupts: [Mutation] = [
    Mutation("registration.event", "another vector than the channel's") { story in
      story.change(.hypercallResult, where: call(77)) { $0.words.w0 = 49 }
    }.along("event.mark", "upcall.registered"),
    Mutation("event.raised", "another destination") { $0.change(.eventRaised) { $0.words.w0 = 2 } },
    Mutation("event.raised", "by who is not its source") { $0.change(.eventRaised) { $0.partition = 2 } },
    Mutation("event.raised", "granted and not done") { $0.drop(.eventRaised) }.along("event.mark"),
    Mutation("event.mark", "a bound destination is left out") { $0.drop(.mark, where: vector(48)) }
      .along("upcall.registered"),
    Mutation("event.mark", "marked twice") { story in
      let place = story.index(.mark, where: vector(48))
      var line = story.lines[place]
      line.event.words.w0 = 2
      story.lines.insert(line, at: place + 1)
      story.change(.upcall, where: vector(48)) { $0.words.w0 = 2 }
      story.change(.hypercallResult, where: { call(29)($0) && $0.partition == 1 && $0.time > 12_000_000 }) {
        $0.words.w0 = 2
      }
    },
    Mutation("tick.due", "a tick too many", along: ["mark.counter"]) { story in
      story.change(.timerExpired, 1) { $0.operand = 4 }
    },
    Mutation("tick.due", "another next instant") { $0.change(.timerExpired, 1) { $0.words.w1 += 1000 } },
    Mutation("tick.due", "a tick before its time", along: ["tick.armed"]) { story in
      story.change(.hypercall, where: call(81)) { $0.words.w3 += 1000 }
    },
    Mutation("tick.policy", "counted as dropped", along: ["mark.counter", "statistic.value"]) { story in
      story.change(.timerExpired, 1) { $0.words.w2 = 1 }
    },
    Mutation("tick.policy", "the latest dropped too", along: ["mark.counter", "statistic.value"]) { story in
      story.change(.timerExpired, 2) { $0.words.w2 = 3 }
    }.along("tick.mark"),
    Mutation("tick.policy", "nothing dropped of latestOnly", along: ["mark.counter", "statistic.value"]) { story in
      story.change(.timerExpired, 2) { $0.words.w2 = 0 }
    },
    Mutation("tick.mark", "no mark", along: ["upcall.registered"]) { $0.drop(.mark, 0, where: vector(64)) },
    Mutation("tick.mark", "a mark without ticks", along: ["tick.due", "tick.armed"]) { $0.drop(.timerExpired) },
    Mutation("tick.armed", "the boundary only", along: ["timer.punctual"]) { story in
      let place = story.index(.hypercallResult, where: call(81))
      story.lines[place + 1].event.words.w0 += 500_000
    },
    Mutation("health.mark", "a system partition is not told") { $0.drop(.mark, 2, where: vector(65)) },
    Mutation("health.mark", "told of nothing") { story in
      story.insert(
        TraceEvent(time: 0, .mark, partition: 0, operand: 65, words: .init(1)), after: .mark, 1, where: vector(66))
    }.along("upcall.order", "mark.delivered", "mark.counter", "upcall.count", "upcall.acknowledge"),
    Mutation("queue.mark", "the receiver is not told") { $0.drop(.mark, 0, where: vector(66)) }
      .along("upcall.registered"),
    Mutation("queue.mark", "told of room in a queue with room") { story in
      story.insert(
        TraceEvent(time: 0, .mark, partition: 0, operand: 66, words: .init(2)), after: .portOperation, 1,
        where: port(4))
    }.along("upcall.count", "upcall.acknowledge"),
    Mutation("upcall.marked", "at once into running code") { story in
      story.insertUpcall(after: story.index(.mark, 1, where: vector(36)), like: story.index(.upcall, where: vector(36)))
    }.along(
      "upcall.ordinal", "upcall.entered", "upcall.depth", "upcall.registered", "upcall.service", "upcall.enabled",
      "upcall.overflow", "mark.delivered", "upcall.acknowledge", "upcall.returned"),
    Mutation("upcall.depth", "told one too deep") { $0.change(.upcall, 2) { $0.detail += 2 } },
    Mutation("upcall.depth", "deeper than configured") { story in
      // The mark that found no room, with its upcall all the same.
      let place = story.index(.healthError)
      let like = story.index(.upcall, where: { $0.operand == 32 && $0.time > story.lines[place].event.time })
      story.insertUpcall(after: place - 1, like: like)
    }.along(
      "upcall.ordinal", "upcall.entered", "upcall.registered", "upcall.service", "upcall.enabled", "mark.delivered",
      "upcall.overflow", "upcall.acknowledge", "upcall.returned"),
    Mutation("upcall.overflow", "nobody is told", along: ["health.log", "statistic.value", "health.read"]) { story in
      story.drop(.healthError)
      story.drop(.healthAction)
    },
  ]

  static let richExceptions: [Mutation] = [
    Mutation("exception.reflected", "another handler") { $0.change(.exceptionReflected) { $0.words.w0 += 8 } },
    Mutation("exception.reflected", "another error code") {
      $0.change(.exceptionReflected, 1) { $0.words.w1 = 7 }
    },
    Mutation("exception.reflected", "a breakpoint as the fault that it came as", along: ["exception.written"]) {
      $0.change(.exceptionReflected, 1) { $0.operand = 13 }
    }.along("exception.answered", "exception.handler"),
    // The handler that it comes to began with that count then: whatever tells the true one is behind its end.
    Mutation("exception.reflected", "into its own handler") {
      $0.change(.exception, 1) { $0.words.w5 = 0 }
    }.along("exception.handler", "health.state"),
    Mutation("exception.handler", "left out", along: ["exception.answered", "exception.written"]) { story in
      story.drop(.exceptionReflected)
    }.along("health.state", "exception.reflected"),
    Mutation("exception.written", "not at all") { $0.drop(.exceptionWritten, 1) },
    Mutation("exception.written", "another entry") { $0.change(.exceptionWritten, 1) { $0.words.w1 += 8 } },
    Mutation("exception.written", "interrupts on") { $0.change(.exceptionWritten, 1) { $0.words.w2 = 1 } },
    Mutation("health.level", "another level") { story in
      story.change(.healthError, 0) { $0.operand &= ~0xFF }
    },
    Mutation("health.state", "as if it were not in the handler") { story in
      story.change(.healthError, 1) { $0.operand = $0.operand & ~0xFF00 | 1 << 8 }
    }.along("health.action", "health.callback"),
    Mutation("health.process", "not to the error handler", along: ["exception.written"]) { story in
      let place = story.index(.exceptionReflected, where: vector(32))
      story.lines[place].event.kind = EventKind.healthAction.rawValue
      story.lines[place].event.operand = 1
      story.lines[place].event.words = .init()
    }.along("exception.reflected", "exception.handler", "health.state", "health.read"),
    Mutation("health.callback", "left out", along: ["restart.context", "health.entered"]) { story in
      let place = story.index(.callback)
      story.lines[place].event.kind = EventKind.healthAction.rawValue
      story.lines[place].event.detail = 3
      story.lines[place].event.words = .init(1)
    }.along("health.carriedOut"),
    Mutation("health.callback", "another entry", along: ["restart.context"]) {
      $0.change(.callback) { $0.words.w0 += 8 }
    },
    Mutation("health.callback", "complete, and no action") { story in
      let place = story.index(.healthAction, 2)
      // With the change of mode and the start that it brought.
      story.lines.removeSubrange(place...(place + 2))
    }.along(
      "restart.order", "restart.context", "restart.condition", "mode.chain", "tick.armed", "hypercall.answered",
      "restart.begun"),
    Mutation("health.callback", "a mode of its own choice, and no action") { story in
      let place = story.index(.hypercall, where: call(UInt16(HypercallNumber.completeCallback.rawValue)))
      let action = story.lines[place...].firstIndex { $0.event.knownKind == .healthAction }!
      let start = story.lines[place...].first { $0.event.knownKind == .restart }!
      story.lines[place].event.operand =
        story.lines[place].event.operand & ~0xFFFF | UInt32(HypercallNumber.setPartitionMode.rawValue)
      story.lines[place].event.words.w3 = UInt64(start.event.detail)
      story.lines.remove(at: action)
    }.along("restart.condition"),
    Mutation("health.callback", "its window over, and no action") { story in
      // The callback is never complete, and Worker does nothing more.
      let place = story.index(.hypercall, where: call(UInt16(HypercallNumber.completeCallback.rawValue)))
      let over = story.lines[place...].firstIndex { $0.event.kind == EventKind.timer.rawValue }!
      story.lines.removeSubrange(place..<over)
    }.along(
      "restart.order", "restart.context", "restart.condition", "restart.begun", "mode.chain", "mode.transition",
      "tick.armed", "tick.due", "health.entered", "health.carriedOut", "health.state", "health.log", "health.read",
      "timer.punctual", "timer.armed", "schedule.action", "switch.chain", "switch.effect"),
    Mutation("hypercall.answered", "to NORMAL, and no answer") {
      $0.drop(.hypercallResult, where: call(UInt16(HypercallNumber.setPartitionMode.rawValue)))
    },
    Mutation("restart.begun", "a window, and nothing of the memory made") { $0.leaveUnmade() },
    Mutation("health.action", "another action than announced") {
      $0.change(.healthAction, 2) { $0.detail = 2 }
    }.along("health.carriedOut", "mode.transition"),
    Mutation("health.module", "left out") { $0.drop(.moduleAction) },
    Mutation("health.module", "the action of the milder error") { $0.change(.moduleAction, 1) { $0.partition = 0 } },
    Mutation("health.module", "another action") { $0.change(.moduleAction) { $0.detail = 2 } },
    Mutation("health.module", "a reset leaves one out", along: ["mode.chain"]) { story in
      story.drop(.modeChange, where: { $0.partition == 2 && $0.time > 40_000_000 })
      story.drop(.restart, where: { $0.partition == 2 && $0.time > 40_000_000 })
      story.drop(.contextReset, where: { $0.partition == 2 && $0.time > 40_000_000 })
    }.along("restart.order", "health.state", "window.start.instant", "padding.margin"),
    Mutation("stop.reason", "shut down for nothing", along: ["health.module"]) {
      $0.change(.moduleAction, 2) { $0.detail = 0 }
    },
    Mutation("health.log", "a number left out", along: ["statistic.value", "health.read"]) { story in
      story.change(.healthError, 3) { $0.words.w1 += 1 }
    },
    Mutation("hypercall.known", "of another's error") {
      $0.change(.hypercall, where: { call(85)($0) && $0.partition == 1 }) { $0.words.w3 = 4 }
    },
    Mutation("hypercall.known", "the trace is complete, says who does not write it") { story in
      let place = story.index(.hypercall, where: { call(73)($0) && $0.partition == 0 })
      story.lines[place].event.operand = story.lines[place].event.operand & 0xFF_0000 | 76
      story.lines[place + 1].event.operand = 76
    },
    Mutation("health.level", "as if it had no handler", along: ["health.read"]) { story in
      story.change(.healthError, 2) { $0.operand |= 1 }
    },
  ]

  static let richModes: [Mutation] = [
    Mutation("mode.transition", "from IDLE to NORMAL", along: ["mode.chain"]) { story in
      story.change(.modeChange, 0) { $0.operand = 0 }
    },
    Mutation("mode.transition", "without a cause") { story in
      let place = story.index(.hypercall, 0, where: { call(82)($0) })
      story.lines[place].event.words.w3 = 0
    },
    Mutation("mode.transition", "entered, and refused") {
      $0.change(.hypercallResult, 1, where: call(82)) { $0.detail = 5 }
    },
    Mutation("mode.asked", "granted and not entered", along: ["mode.chain", "health.state"]) {
      $0.drop(.modeChange, 2)
    },
    Mutation("restart.start", "somebody is left out", along: ["restart.context"]) { story in
      story.drop(.restart, 2)
    }.along("restart.order", "window.start.instant", "padding.margin"),
    Mutation("restart.begun", "a start mode without a start", along: ["restart.context"]) { story in
      story.drop(.restart, where: { $0.time > 10_000_000 && $0.partition == 1 && $0.detail == 1 })
    }.along("restart.order"),
    Mutation("restart.begun", "twice") { $0.double(.restart, 5) },
    Mutation("restart.pieces", "one too few", along: ["restart.order"]) { $0.change(.restart, 0) { $0.operand = 2 } },
    Mutation("restart.order", "a piece left out") { $0.drop(.memoryPiece, 1) },
    Mutation("restart.order", "two pieces change places") { story in
      story.change(.memoryPiece, 0) { $0.operand = 1 }
      story.change(.memoryPiece, 1) { $0.operand = 0 }
    },
    Mutation("restart.quiet", "an instruction before all is said to be done") { $0.drop(.initialised) },
    Mutation("restart.quiet", "an instruction between two pieces") { story in
      story.lines.swapAt(
        story.index(.initialised), story.nextEntry(after: story.index(.initialised)))
    }.along("trace.time", "restart.order", "switch.effect", "switch.chain", "hypercall.answered", "mode.transition"),
    Mutation("restart.context", "another entry") { $0.change(.contextReset, 1) { $0.words.w0 += 4 } },
    Mutation("restart.context", "a stack that is not empty") { $0.change(.contextReset, 1) { $0.words.w1 -= 64 } },
    Mutation("restart.context", "not at all") { $0.drop(.contextReset, 2) },
    Mutation("restart.condition", "another cause") { story in
      story.change(.restart, 5) { $0.words.w0 = 3 }
    }.along("mode.chain"),
    Mutation("schedule.asked", "by who may not") { story in
      story.change(.scheduleChange, 0) { $0.partition = 2 }
    },
    Mutation("schedule.asked", "refused, and to come") {
      $0.change(.hypercallResult, where: call(86)) { $0.detail = 4 }
    },
    Mutation("schedule.asked", "granted and forgotten", along: ["schedule.effective", "statistic.value"]) {
      $0.drop(.scheduleChange, 0)
    }.along("yield.value"),
    Mutation("yield.value", "in the schedule that is over") {
      $0.change(.hypercallResult, where: call(65)) { $0.words.w0 += 2_000_000 }
    },
    Mutation("schedule.named", "another identifier") {
      $0.change(.hypercallResult, 0, where: call(92)) { $0.words.w0 = 70 }
    },
    Mutation("schedule.named", "found, and refused") {
      $0.change(.hypercallResult, 0, where: call(92)) { $0.detail = 4 }
    },
    Mutation("schedule.named", "not found, and answered") {
      $0.change(.hypercallResult, 1, where: call(92)) { $0.detail = 0 }
    },
    Mutation("port.created", "in NORMAL mode") { story in
      let create = story.index(.hypercall, where: call(87))
      // The call to go to NORMAL, which follows, changes places with it; instants and resumes stay where they are.
      for line in create..<(create + 3) {
        var (one, other) = (story.lines[line].event, story.lines[line + 3].event)
        (one.time, other.time) = (other.time, one.time)
        (story.lines[line].event, story.lines[line + 3].event) = (other, one)
      }
    },
    Mutation("port.created", "refused for its mode") { story in
      story.change(.hypercallResult, 0, where: call(87)) { $0.detail = 5 }
    }.along("queue.available", "queue.status", "port.result", "port.permitted"),
    Mutation("schedule.effective", "a frame too late", along: ["window.order"]) { story in
      story.change(.majorFrameStart, 3) { $0.detail = 0 }
    }.along("statistic.value", "yield.value", "window.nominal", "schedule.action", "mode.transition"),
    Mutation("schedule.effective", "not told") { $0.drop(.scheduleChange, 1) }
      .along("mode.transition", "statistic.value"),
    Mutation("schedule.action", "left out", along: ["mode.chain"]) { story in
      story.drop(.modeChange, where: { $0.detail == 2 })
      story.drop(.restart, where: { $0.detail == 2 })
      story.drop(.contextReset, where: { $0.partition == 1 && $0.time > 30_000_000 })
    }.along("restart.order", "window.start.instant", "padding.margin"),
  ]
}

extension Story {
  /// Puts an upcall and its frame behind a line, as another of the story has it.
  mutating func insertUpcall(after place: Int, like upcall: Int) {
    var decided = lines[upcall]
    var written = lines[upcall + 1]
    decided.event.time = lines[place].event.time
    decided.event.detail = 1 << 1
    written.event.time = decided.event.time
    lines.insert(written, at: place + 1)
    lines.insert(decided, at: place + 1)
  }
}
