import ModuleConfiguration
import TraceFormat

extension Mutation {
  static let interrupts: [Mutation] = [
    Mutation("interrupt.acknowledged", "a lost end of interrupt") { $0.drop(.acknowledged, 3) },
    Mutation("interrupt.acknowledged", "the line stays in service") {
      $0.change(.acknowledged, 0) { $0.words.w0 = 0x100 }
    },
    Mutation("interrupt.acknowledged", "the cascade stays in service") {
      $0.change(.acknowledged, 0) { $0.words.w0 = 4 }
    },
    Mutation("interrupt.acknowledged", "twice") { $0.double(.acknowledged, 3) },
    Mutation("interrupt.mark.complete", "one of two takers is left out") { story in
      // The last mark that Control gets is never counted on.
      let last = story.lines.lastIndex { $0.event.kind == EventKind.mark.rawValue && $0.event.partition == 1 }!
      story.lines.remove(at: last)
    },
    Mutation("interrupt.mark.registered", "the wrong taker (mixed indices)", along: ["interrupt.mark.complete"]) {
      story in
      let last = story.lines.lastIndex { $0.event.kind == EventKind.mark.rawValue && $0.event.partition == 1 }!
      story.lines[last].event.partition = 2
      story.lines[last].event.words.w0 = 1
    },
    Mutation("interrupt.mark.registered", "marked twice") { story in
      let last = story.lines.lastIndex { $0.event.kind == EventKind.mark.rawValue && $0.event.partition == 1 }!
      var line = story.lines[last]
      line.event.words.w0 += 1
      story.lines.insert(line, at: last + 1)
    },
    Mutation("interrupt.mark.order", "descending") { story in
      let first = story.lines.lastIndex { $0.event.kind == EventKind.mark.rawValue && $0.event.partition == 0 }!
      let (a, b) = (story.lines[first].event.time, story.lines[first + 1].event.time)
      story.lines.swapAt(first, first + 1)
      story.lines[first].event.time = a
      story.lines[first + 1].event.time = b
    },
    Mutation("interrupt.kernelHandler", "not run") { story in
      story.lines.remove(at: story.lines.lastIndex { $0.event.kind == EventKind.kernelHandler.rawValue }!)
    },
    Mutation("interrupt.kernelHandler", "counts by two") { story in
      story.lines[story.lines.lastIndex { $0.event.kind == EventKind.kernelHandler.rawValue }!].event.words.w0 += 1
    },
    Mutation("interrupt.unclaimed", "not said") { $0.drop(.unclaimed) },
    Mutation("interrupt.unclaimed", "said of a line with takers") { story in
      story.insert(TraceEvent(time: 0, .unclaimed, operand: 32), after: .kernelHandler)
    },
    Mutation("interrupt.spurious", "taken for real") { $0.drop(.spurious) },
    Mutation("interrupt.spurious", "marks somebody") { story in
      story.insert(
        TraceEvent(time: 0, .mark, partition: 2, operand: 39, words: .init(1)), after: .spurious)
    },
    Mutation("mark.counter", "a mark is counted twice") { story in
      let last = story.lines.lastIndex { $0.event.kind == EventKind.mark.rawValue && $0.event.partition == 1 }!
      story.lines[last].event.words.w0 += 1
    },
    Mutation("budget.interruptToMark.8", "600 ns") { story in
      let place = story.index(.mark, 0, where: line(8))
      var index = place
      while story.lines[index].resume == nil {
        story.lines[index].event.time += 560
        index += 1
      }
      story.lines[index].resume! += 560
    },
  ]

  /// Takes the upcall of Sensors for line 8 away, as if it had never been decided.
  static let upcalls: [Mutation] = [
    Mutation("mark.delivered", "an upcall is not decided") { story in
      // The very last one: nothing later counts on it but the return, which goes with it.
      let last = story.lines.lastIndex { $0.event.kind == EventKind.upcall.rawValue }!
      story.lines.removeSubrange(last...(last + 1))
    }.along("upcall.entered", "upcall.acknowledge", "mark.counter"),
    Mutation("registration.permitted", "Loader's line", along: ["interrupt.mark.complete"]) { story in
      story.change(.hypercall, 0, where: { call(30)($0) && $0.partition == 1 }) { $0.words.w3 = 33 }
    }.along("interrupt.mark.registered"),
    Mutation("registration.permitted", "a handler outside the image", along: ["upcall.handler"]) { story in
      story.change(.hypercall, 0, where: call(25)) { $0.words.w4 = 0x8000_0000 }
    },
    Mutation("upcall.registered", "no mark waits") { story in
      story.change(.upcall, 0) { $0.operand = 32 }
    }.along(
      "mark.delivered", "upcall.acknowledge", "upcall.service", "mark.counter", "upcall.count", "upcall.order",
      "budget.markToUpcall.8"),
    Mutation("upcall.registered", "not ready") { story in
      story.change(.hypercallResult, 1, where: call(27)) { $0.detail = 1 }
    },
    Mutation("upcall.window", "after the owner's yield") { story in
      let yield = story.index(.hypercallResult, 1, where: call(65))
      let line = story.lines.lastIndex { $0.event.kind == EventKind.upcall.rawValue }!
      var decided = story.lines[line].event
      var written = story.lines[line + 1].event
      decided.time = story.lines[yield].event.time
      written.time = decided.time
      story.lines.insert(StoryLine(event: written, resume: nil), at: yield + 1)
      story.lines.insert(StoryLine(event: decided, resume: nil), at: yield + 1)
    }.along(
      "upcall.registered", "upcall.service", "upcall.ordinal", "upcall.entered", "mark.delivered", "upcall.count",
      "upcall.acknowledge", "upcall.enabled", "upcall.depth"),
    Mutation("upcall.enabled", "the flag was off") { story in
      let upcall = story.index(.upcall, 0)
      let entry = story.lines[..<upcall].lastIndex { $0.resume != nil }!
      story.lines[entry].event.detail &= ~1
    },
    Mutation("upcall.enabled", "two at once", along: ["upcall.written"]) { story in
      let upcall = story.index(.upcall, 0)
      var copy = Array(story.lines[upcall...(upcall + 1)])
      copy[1].event.time = copy[0].event.time
      story.lines.insert(contentsOf: copy, at: upcall)
    },
    Mutation("upcall.order", "the higher line first", along: ["mark.delivered", "budget.markToUpcall.0"]) { story in
      // Line 0 fires once more while line 8 waits; the return then delivers line 8 all the same.
      let back = story.index(.hypercall, where: call(32))
      let tick = story.index(.interrupt, where: { line(0)($0) && $0.partition == 0 })
      let ticked = story.lines[tick...].firstIndex { $0.event.kind == EventKind.upcall.rawValue }!
      var copy = story.lines[tick..<ticked].filter { $0.event.kind != EventKind.upcallsReturned.rawValue }
      let start = story.lines[back].event.time - 1500
      for index in copy.indices { copy[index].event.time = start + UInt64(index) * 20 }
      // The return is not yet counted.
      copy[0].event.words.w0 = story.lines[back].event.words.w0 - 1
      copy[0].event.detail = story.lines[back].event.detail
      copy[0].resume = start - 500
      story.lines[back].resume = start + 130
      story.lines.insert(contentsOf: copy, at: back)
      story.recount()
    }.along("statistic.value", "upcall.acknowledge"),
    Mutation("upcall.service", "never acknowledged", along: ["hypercall.answered"]) { story in
      story.change(.hypercall, 0, where: { call(29)($0) }) { $0.operand = $0.operand & 0xFF_0000 | 73 }
      story.change(.hypercallResult, 0, where: { call(29)($0) }) { $0.operand = 73 }
    }.along("budget.hypercall.73"),
    Mutation("upcall.count", "one too many", along: ["upcall.acknowledge"]) {
      $0.change(.upcall, 3) { $0.words.w0 += 1 }
    },
    Mutation("upcall.ordinal", "a number left out") { story in
      let last = story.lines.lastIndex { $0.event.kind == EventKind.upcall.rawValue }!
      story.lines[last].event.words.w2 += 1
    },
    Mutation("upcall.handler", "another address") { $0.change(.upcall, 3) { $0.words.w1 += 16 } },
    Mutation("upcall.frame", "a frame that does not fit") { story in
      let upcall = story.index(.upcall, 0)
      let entry = story.lines[..<upcall].lastIndex { $0.resume != nil }!
      story.lines[entry].event.detail &= ~4
    },
    Mutation("upcall.frame", "a new frame out of the tail") { story in
      let upcall = story.index(.upcall, 0)
      let entry = story.lines[..<upcall].lastIndex { $0.resume != nil }!
      story.lines[entry].event.detail |= 2
    },
    Mutation("upcall.written", "a dropped upcall") { $0.drop(.upcallWritten, 2) },
    Mutation("upcall.written", "a wrong entry") { $0.change(.upcallWritten, 2) { $0.words.w1 += 8 } },
    Mutation("upcall.written", "interrupts left on") { $0.change(.upcallWritten, 2) { $0.words.w2 = 1 } },
    Mutation("upcall.entered", "never entered") { story in
      // From the last upcall on, the partition's count stays behind by one.
      let last = story.lines.lastIndex { $0.event.kind == EventKind.upcall.rawValue }!
      for index in last..<story.lines.count
      where story.lines[index].resume != nil && story.lines[index].event.partition == 0 {
        story.lines[index].event.words.w0 -= 1 << 16
      }
    }.along("upcall.returned"),
    Mutation("upcall.returned", "not learnt") { $0.drop(.upcallsReturned, 3) },
    Mutation("upcall.returned", "one too many learnt") { $0.change(.upcallsReturned, 3) { $0.operand += 1 } },
    Mutation("upcall.acknowledge", "another count") {
      $0.change(.hypercallResult, 2, where: call(29)) { $0.words.w0 += 1 }
    },
    Mutation("budget.markToUpcall.8", "14 µs") { story in
      let back = story.index(.hypercall, where: call(32))
      story.delay(from: back, to: story.index(.hypercall, where: call(69)), by: 8000)
    },
  ]

  static let calls: [Mutation] = [
    Mutation("hypercall.answered", "no result") { $0.drop(.hypercallResult, 2, where: call(73)) },
    Mutation("hypercall.answered", "two results") { $0.double(.hypercallResult, 2, where: call(73)) },
    Mutation("hypercall.answered", "another's result") {
      $0.change(.hypercallResult, 2, where: call(73)) { $0.operand = 72 }
    },
    Mutation("hypercall.known", "an unknown one succeeds") {
      $0.change(.hypercallResult, 0, where: call(99)) { $0.detail = 0 }
    },
    Mutation("hypercall.known", "Sensors stops the module") { story in
      let place = story.index(.hypercall, 1, where: call(73))
      story.lines[place].event.operand = story.lines[place].event.operand & 0xFF_0000 | 75
      story.change(.hypercallResult, 1, where: call(73)) { $0.operand = 75 }
    },
    Mutation("console.written", "fewer bytes") { $0.change(.consoleWritten, 2) { $0.operand -= 1 } },
    Mutation("console.written", "not at all") { $0.drop(.consoleWritten, 2) },
    Mutation("note.words", "the last ones are missing") { $0.drop(.noteWords, 3) },
    Mutation("note.words", "the first ones are missing") { $0.drop(.noteWords, 2) },
    Mutation("note.words", "twice") { $0.double(.noteWords, 2) },
    Mutation("note.words", "from elsewhere in the note") { $0.change(.noteWords, 3) { $0.operand = 16 } },
    Mutation("note.words", "fewer than there are") { $0.change(.noteWords, 2) { $0.detail = 7 } },
    Mutation("note.words", "more than were left") { $0.change(.noteWords, 3) { $0.words.w3 = 1 } },
    Mutation("note.words", "another's") { $0.change(.noteWords, 2) { $0.partition = 2 } },
    Mutation("note.words", "of memory that is not its own") {
      $0.change(.hypercall, 1, where: call(93)) { $0.words.w3 = 0xFFFF_FFFF_8000_0000 }
    },
    Mutation("note.words", "at a crooked address") {
      $0.change(.hypercall, 1, where: call(93)) { $0.words.w3 += 4 }
    },
    Mutation("note.words", "of a note that was refused") {
      $0.change(.hypercallResult, 1, where: call(93)) { $0.detail = 3 }
    },
    Mutation("time.read", "before the call") { $0.change(.hypercallResult, 1, where: call(66)) { $0.words.w0 -= 1 } },
    Mutation("time.read", "after the call") { $0.change(.hypercallResult, 1, where: call(66)) { $0.words.w0 += 100 } },
    Mutation("statistic.value", "frames") { $0.change(.hypercallResult, 0, where: call(74)) { $0.words.w0 += 1 } },
    Mutation("statistic.value", "marks") { $0.change(.hypercallResult, 1, where: call(74)) { $0.words.w0 += 1 } },
    Mutation("budget.hypercall.73", "1 µs") { story in
      let call = story.index(.hypercall, 1, where: call(73))
      let next = story.lines[(call + 1)...].firstIndex { $0.resume != nil }!
      story.lines[next].resume! += 1000
    },
    Mutation("budget.kernelTime", "a millisecond in the kernel") { story in
      let call = story.index(.hypercall, 0, where: Self.call(69))
      story.lines[story.nextEntry(after: call)].resume! += 1_000_000
    },
  ]

  static let health: [Mutation] = [
    Mutation("exception.answered", "no action", along: ["mode.transition"]) { story in
      story.drop(.healthError)
      story.drop(.healthAction)
    },
    Mutation("health.entered", "an error without an answer", along: ["mode.transition"]) { $0.drop(.healthAction) },
    Mutation("health.entered", "an action without an error") { $0.drop(.healthError) },
    Mutation("exception.answered", "for another exception") { $0.change(.healthAction) { $0.words.w0 = 7 } },
    Mutation("health.action", "ignored", along: ["mode.transition"]) { $0.change(.healthAction) { $0.detail = 0 } },
    Mutation("health.action", "an undefined instruction as a numeric error") { story in
      story.change(.exception) { $0.operand = $0.operand & ~0xFFFF | 6 }
      story.change(.healthError) { $0.operand = $0.operand & 0xFFFF | 7 << 16 }
      story.change(.healthAction) { $0.words.w0 = 7 }
    },
    Mutation("health.action", "a page fault elsewhere as the stack's overflow") { story in
      story.change(.exception) { $0.operand = $0.operand & ~0xFFFF | 14 }
      story.change(.healthError) { event in
        event.operand = event.operand & 0xFFFF | 15 << 16
        event.detail = 4
      }
      story.change(.healthAction) { event in
        event.operand = 4
        event.words.w0 = 15
      }
    },
    Mutation("health.entered", "an action for another error") { $0.change(.healthAction) { $0.operand = 5 } },
    Mutation("health.carriedOut", "the partition stays as it is", along: ["timer.armed"]) { $0.drop(.modeChange) }
      .along("window.owner", "partition.supply.Loader", "idle.time"),
    Mutation("mode.chain", "from a mode that it was not in") { story in
      story.insert(
        TraceEvent(time: 0, .modeChange, partition: 2, detail: 0, operand: 3), after: .modeChange)
    },
    Mutation("mode.quiet", "a stopped partition runs") { story in
      let idle = story.index(.partitionSwitch, 0, where: { $0.partition == 3 && $0.detail == 2 })
      _ = idle
      let stopped = story.index(.modeChange)
      let line = story.lines[stopped...].firstIndex { $0.resume != nil }!
      story.lines[line].event.partition = 2
      story.lines[line].event.operand = story.lines[line].event.operand & 0xFFFF | 2 << 16
    }.along("switch.effect", "switch.chain"),
    Mutation("partition.supply.Loader", "its window starts late") { story in
      let start = story.index(.windowStart, 3)
      let entry = story.lines[start...].firstIndex { $0.resume != nil }!
      story.lines[entry].resume! += 500_000
    }.along("window.start.instant"),
    Mutation("process.deadline.Control.law", "a yield comes too late") { story in
      let place = story.index(.hypercall, 0, where: { call(65)($0) && $0.partition == 1 })
      for index in place..<story.lines.count {
        guard story.lines[index].event.kind != EventKind.interrupt.rawValue else { break }
        story.lines[index].event.time += 900_000
      }
      let tick = story.index(.interrupt, where: { $0.partition == 3 })
      for index in tick..<story.lines.count {
        guard story.lines[index].event.kind != EventKind.timer.rawValue else { break }
        story.lines[index].event.time += 420_000
      }
      story.lines[tick].resume! += 900_000
      let timer = story.lines[tick...].firstIndex { $0.event.kind == EventKind.timer.rawValue }!
      story.lines[timer].resume! += 420_000
    },
    Mutation(
      "process.deadline.Control.law", "it never yields",
      along: ["idle.time", "window.owner", "partition.supply.Control"]
    ) { story in
      let place = story.index(.hypercall, 0, where: { call(65)($0) && $0.partition == 1 })
      story.lines[place].event.operand = story.lines[place].event.operand & 0xFF_0000 | 73
      story.change(.hypercallResult, 0, where: { call(65)($0) && $0.partition == 1 }) { $0.operand = 73 }
    },
  ]

  static let ports: [Mutation] = [
    Mutation("port.permitted", "too long a message", along: ["port.copied", "port.content"]) { story in
      story.change(.portOperation, 0, where: { $0.detail == 1 }) { $0.words.w0 = 65 }
    },
    Mutation("port.permitted", "another's port", along: ["port.copied", "port.result"]) { story in
      story.change(.portOperation, 2, where: { $0.detail == 2 }) { $0.operand = 0 }
    },
    Mutation("port.permitted", "created without a decision") { $0.drop(.portOperation, 0) },
    Mutation("port.permitted", "another port than named") {
      $0.change(.hypercall, 2, where: call(69)) { $0.words.w3 = 2 }
    },
    Mutation("port.permitted", "another is created than named") {
      $0.change(.hypercall, 0, where: call(68)) { $0.words.w2 = 2 }
    },
    Mutation("port.permitted", "fewer bytes than asked") {
      $0.change(.hypercall, 2, where: call(69)) { $0.words.w5 = 33 }
    },
    Mutation("port.permitted", "more bytes than there is room for") {
      $0.change(.hypercall, 2, where: call(70)) { $0.words.w5 = 31 }
    },
    Mutation("port.permitted", "twice at once") { $0.double(.portOperation, 0, where: { $0.detail == 2 }) },
    Mutation("port.sequence", "a number left out") { story in
      story.change(.portOperation, 4, where: { $0.detail == 1 }) { $0.words.w1 += 1 }
      story.change(.portOperation, 3, where: { $0.detail == 2 }) { $0.words.w1 += 1 }
    },
    Mutation("port.sequence", "an old message is read") {
      $0.change(.portOperation, 2, where: { $0.detail == 2 }) { $0.words.w1 -= 1 }
    },
    Mutation("port.copied", "never") { story in
      story.lines.remove(at: story.lines.lastIndex { $0.event.kind == EventKind.messageCopied.rawValue }!)
    },
    Mutation("port.copied", "in part") { story in
      story.lines[story.lines.lastIndex { $0.event.kind == EventKind.messageCopied.rawValue }!].event.words.w1 -= 1
    },
    Mutation("port.content", "other bytes") { $0.change(.messageCopied, 3) { $0.words.w0 ^= 1 } },
    Mutation("port.valid", "a fresh message is not", along: ["port.result"]) { story in
      story.change(.portOperation, 2, where: { $0.detail == 2 }) { $0.words.w2 = 0 }
    },
    Mutation("port.empty", "what was written before it was created") { story in
      let place = story.index(.hypercallResult, 0, where: call(70))
      story.lines[place].event.detail = 0
      story.lines[place].event.words.w0 = 32
      var line = story.lines[place]
      line.event = TraceEvent(time: line.event.time, .messageCopied, partition: 1, detail: 2, operand: 1)
      line.event.words.w1 = 32
      story.lines.insert(line, at: place + 1)
      line.event.kind = EventKind.portOperation.rawValue
      (line.event.words.w0, line.event.words.w1) = (32, 1)
      story.lines.insert(line, at: place)
    },
    Mutation("port.result", "written, and refused") {
      $0.change(.hypercallResult, 2, where: call(69)) { $0.detail = 3 }
    },
    Mutation("port.result", "read, and refused") { $0.change(.hypercallResult, 2, where: call(70)) { $0.detail = 1 } },
    Mutation("port.result", "another length") { $0.change(.hypercallResult, 2, where: call(70)) { $0.words.w0 -= 1 } },
  ]

  static let ending: [Mutation] = [
    Mutation("stop.reason", "nobody asked") { $0.change(.stop) { $0.detail = 2 } },
    Mutation("stop.reason", "never", along: ["timer.armed"]) { $0.drop(.stop) },
    Mutation("stop.prompt", "long after") { story in
      story.change(.boot) { $0.words.w3 = 20_000_000 }
      story.change(.start) { $0.words.w0 = 20_000_000 }
    },
    Mutation("stop.quiet", "a window starts") { story in
      let start = story.lines[story.index(.majorFrameStart, 4)].event
      _ = start
      story.insert(TraceEvent(time: 0, .mark, partition: 1, operand: 32, words: .init(9)), after: .stop)
    }.along("interrupt.mark.registered", "mark.counter"),
  ]
}
