import ModuleConfiguration
import TraceFormat

extension Mutation {
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
