import ModuleConfiguration
import TraceFormat

/// Changes of what becomes of an interrupt, from its acknowledgement to the upcall's return.
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
    Mutation("interrupt.kernelHandler", "run twice") { story in
      let place = story.lines.lastIndex { $0.event.kind == EventKind.kernelHandler.rawValue }!
      var again = story.lines[place]
      again.event.words.w0 += 1
      story.lines.insert(again, at: place + 1)
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
}
