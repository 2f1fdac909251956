import ModuleConfiguration
import TraceFormat

/// A change of a sound story that breaks exactly one claim.
struct Mutation: CustomStringConvertible, Sendable {
  var claim: String
  var what: String
  var apply: @Sendable (inout Story) -> Void
  /// Claims that cannot but fail along with it.
  var along: Set<String> = []

  init(
    _ claim: String, _ what: String, along: Set<String> = [], _ apply: @escaping @Sendable (inout Story) -> Void
  ) {
    self.claim = claim
    self.what = what
    self.along = along
    self.apply = apply
  }

  var description: String { "\(claim): \(what)" }

  static func call(_ number: UInt16) -> @Sendable (TraceEvent) -> Bool {
    { UInt16(truncatingIfNeeded: $0.operand) == number }
  }
  static func of(_ partition: UInt8) -> @Sendable (TraceEvent) -> Bool { { $0.partition == partition } }
  static func line(_ line: UInt32) -> @Sendable (TraceEvent) -> Bool { { $0.operand & 0xFFFF == line + 32 } }

  static let all = traceAndSchedule + machine + interrupts + upcalls + calls + health + ports + ending

  static let traceAndSchedule: [Mutation] = [
    Mutation("trace.boot", "no boot") { $0.drop(.boot) },
    Mutation("trace.boot", "another module's table") { $0.change(.boot) { $0.words.w0 ^= 1 } },
    Mutation("trace.boot", "a second boot") { story in
      let boot = story.lines[0].event
      story.insert(boot, after: .windowStart, 7)
    },
    Mutation("trace.time", "an observation before its time") { $0.change(.drained) { $0.time -= 100 } },
    Mutation("trace.meaning", "a partition that does not exist") { $0.change(.drained) { $0.partition = 9 } },
    Mutation("trace.end", "a wrong count") { $0.change(.end) { $0.words.w0 = 5 } },
    Mutation("trace.end", "a second end") { $0.double(.end) },
    Mutation("trace.keyframe", "a state word changed") { $0.change(.keyframeWords, 2) { $0.words.w3 ^= 1 } },
    Mutation("trace.keyframe", "words missing") { $0.drop(.keyframeWords, 2) },
    Mutation("frame.regular", "a frame is late") { $0.change(.majorFrameStart, 2) { $0.words.w0 += 1000 } },
    Mutation("frame.regular", "a number is left out") { $0.change(.majorFrameStart, 4) { $0.operand += 1 } },
    Mutation("window.order", "two windows of a frame change places") { story in
      let second = story.index(.windowStart, 1)
      story.lines.remove(at: story.index(.windowEnd, 1))
      story.lines.remove(at: second)
    }.along(
      "idle.time", "window.owner", "window.end.order", "process.deadline.Control.law", "upcall.window", "yield.value"),
    Mutation("window.nominal", "an end that the table has not") { $0.change(.windowStart, 6) { $0.words.w1 += 1 } },
    Mutation("window.nominal", "a start that the table has not") { $0.change(.windowStart, 5) { $0.words.w0 += 1 } },
    Mutation("window.nominal", "another owner") { $0.change(.windowStart, 5) { $0.partition = 2 } },
    Mutation("window.start.instant", "11 ns late") { story in
      let start = story.index(.windowStart, 4)
      let entry = story.lines[start...].firstIndex { $0.resume != nil }!
      story.lines[entry].resume! += 11
    },
    Mutation("window.start.instant", "11 ns early") { story in
      let start = story.index(.windowStart, 4)
      let pad = story.lines[start...].firstIndex { $0.event.kind == EventKind.padded.rawValue }!
      story.lines[pad].event.time -= 20
      let entry = story.lines[start...].firstIndex { $0.resume != nil }!
      story.lines[entry].resume! -= 11
    },
    Mutation("window.end.order", "a window's end is missing") { $0.drop(.windowEnd, 4) },
    Mutation("window.end.order", "a window ends twice") { $0.double(.windowEnd, 4) },
    Mutation("window.end.order", "another window ends") { $0.change(.windowEnd, 4) { $0.operand += 1 } },
    Mutation("window.end.order", "a window ends with its partition's yield") { story in
      let line = story.lines.remove(at: story.index(.windowEnd, 1))
      story.insert(line.event, after: .idle, 0)
    },
    Mutation("window.end.order", "a window ends at once") { story in
      let place = story.index(.windowEnd, 3)
      let line = story.lines.remove(at: place)
      story.insert(line.event, after: .interrupt, where: { $0.partition == 2 })
    }.along("window.owner", "timer.armed", "partition.supply.Loader", "idle.time"),
    Mutation("window.end.instant", "the timer comes after the end", along: ["timer.punctual"]) { story in
      let timer = story.index(.timer, where: of(2))
      story.delay(from: timer, to: story.nextEntry(after: timer), by: 50_010)
    },
    Mutation("window.owner", "the drainer runs in a window", along: ["partition.supply.Loader"]) { story in
      var index = story.index(.partitionSwitch, where: of(2))
      story.lines[index].event.partition = 3
      repeat {
        index += 1
        if story.lines[index].resume != nil {
          story.lines[index].event.partition = 3
          story.lines[index].event.operand = story.lines[index].event.operand & 0xFFFF | 3 << 16
        }
      } while story.lines[index].event.kind != EventKind.partitionSwitch.rawValue
      story.lines[index].event.detail = 3
    },
  ]

  static let machine: [Mutation] = [
    Mutation("switch.chain", "a switch from somebody else") { $0.change(.partitionSwitch, 5) { $0.detail = 1 } },
    Mutation("switch.effect", "a switch is missing", along: ["switch.chain"]) { $0.drop(.partitionSwitch, 5) },
    Mutation("yield.final", "Control runs on after its yield", along: ["idle.time"]) { story in
      let place = story.index(.idle, 0)
      story.lines[place].event.partition = 1
      story.lines.remove(at: story.index(.partitionSwitch, 2))
      let entry = story.index(.interrupt, where: { $0.partition == 3 })
      story.lines[entry].event.partition = 1
      story.lines[entry].event.operand = story.lines[entry].event.operand & 0xFFFF | 1 << 16
      for _ in 0..<2 {
        let timer = story.index(.timer, where: { $0.partition == 3 })
        story.lines[timer].event.partition = 1
        story.lines[timer].event.operand = 1 << 16
      }
      story.lines[story.index(.partitionSwitch, 2)].event.detail = 1
    },
    Mutation("yield.value", "the wrong next window") {
      $0.change(.hypercallResult, 2, where: call(65)) { $0.words.w0 += 1 }
    },
    Mutation("idle.time", "another end of idle time") { $0.change(.idle, 3) { $0.words.w0 += 1 } },
    Mutation("idle.time", "idle time for Loader") { $0.change(.idle, 1) { $0.partition = 2 } },
    Mutation("timer.armed", "the boundary itself", along: ["timer.punctual"]) { story in
      story.change(.timerArmed, 3) { $0.words.w0 += 50_000 }
    },
    Mutation("timer.armed", "not at all", along: ["timer.punctual"]) { $0.drop(.timerArmed, 3) },
    Mutation("timer.punctual", "early", along: ["window.end.order"]) { $0.change(.timer, 4) { $0.time -= 10 } },
    Mutation("timer.punctual", "late by more than L", along: ["window.end.instant"]) { story in
      let timer = story.index(.timer, where: of(2))
      story.delay(from: timer, to: story.nextEntry(after: timer), by: 51_000)
    },
    Mutation("padding.margin", "exhausted") { story in
      story.change(.padded, 6) { $0.words.w1 = 0 }
    },
    Mutation("padding.margin", "more than there was") { $0.change(.padded, 6) { $0.words.w1 += 5000 } },
    Mutation("padding.margin", "no wait recorded") { $0.drop(.padded, 6) },
    Mutation("idle.time", "idle time is not announced") { $0.drop(.idle, 3) },
    Mutation("window.nominal", "started long before", along: ["window.end.order", "partition.supply.Sensors"]) {
      story in
      story.drop(.timer, 6)
    },
    Mutation("stimulus.played", "never") { $0.drop(.stimulus) },
    Mutation("trace.boot", "started for another stop") { $0.change(.start) { $0.words.w0 += 1 } },
    Mutation("trace.boot", "never started") { $0.drop(.start) },
    Mutation("trace.keyframe", "without its end") { $0.drop(.keyframe, 1) },
    Mutation("trace.keyframe", "the last without its end") { $0.drop(.keyframe, 3) },
    Mutation("trace.keyframe", "a word of none") { story in
      let word = story.lines[story.index(.keyframeWords)].event
      story.insert(TraceEvent(time: 0, .keyframeWords, operand: 0, words: word.words), after: .keyframe, 3)
    },
    Mutation("address.space", "another partition's tables", ) { $0.change(.hypercall, 9) { $0.operand |= 0xFF << 16 } },
    Mutation("mask.written", "not read back") { $0.drop(.maskRead, 4) },
    Mutation("mask.written", "read back otherwise") { $0.change(.maskRead, 4) { $0.operand ^= 0x8000 } },
    Mutation("mask.effective", "a masked line interrupts") { story in
      for index in story.lines.indices
      where story.lines[index].event.kind == EventKind.lineMask.rawValue
        || story.lines[index].event.kind == EventKind.maskRead.rawValue
      {
        story.lines[index].event.operand |= 1
      }
    },
    Mutation("mask.foreign", "line 8 in Loader's window", along: ["mask.effective"]) { story in
      let place = story.index(.interrupt, where: { $0.partition == 2 })
      for index in place...(place + 5) where story.lines[index].event.operand & 0xFFFF == 32 {
        story.lines[index].event.operand += 8
      }
    }.along(
      "interrupt.kernelHandler", "interrupt.mark.registered", "mark.counter", "upcall.count", "mark.delivered",
      "upcall.registered",
      "budget.markToUpcall.8"),
    Mutation("mask.foreign", "line 8 in the window that Loader leaves to the drainer", along: ["mask.effective"]) {
      story in
      let place = story.index(.interrupt, where: { $0.partition == 3 && $0.time == 39_000_000 })
      for index in place...(place + 5) where story.lines[index].event.operand & 0xFFFF == 32 {
        story.lines[index].event.operand += 8
      }
    }.along(
      "interrupt.kernelHandler", "interrupt.mark.registered", "mark.counter", "upcall.count", "mark.delivered",
      "upcall.registered", "budget.markToUpcall.8"),
    Mutation("mask.budget", "line 0 in Loader's window beyond its budget") { story in
      let place = story.index(.interrupt, where: { $0.partition == 2 })
      let count = story.lines[place...].dropFirst().firstIndex { $0.resume != nil }! - place
      let copy = Array(story.lines[place..<(place + count)])
      for turn in 1...3 {
        let ahead = UInt64(turn) * 5000
        for (offset, line) in copy.enumerated() {
          var line = line
          line.event.time += ahead
          if line.resume != nil { line.resume = line.event.time - 1000 }
          story.lines.insert(line, at: place + turn * count + offset)
        }
      }
      story.recount()
    }.along("upcall.acknowledge", "statistic.value"),
    Mutation("drain.progress", "bytes go back") { story in
      story.insert(TraceEvent(time: 0, .drained, words: .init(90, 60)), after: .drained)
    },
    Mutation("kernel.fault", "an invariant broke") { story in
      story.insert(TraceEvent(time: 0, .kernelFault, operand: 13), after: .drained)
    },
    Mutation("stimulus.played", "another line") { $0.change(.stimulus) { $0.operand = 6 } },
    Mutation("stimulus.played", "one too many") { $0.double(.stimulus) },
    Mutation("stimulus.played", "a pulse that was not made") { story in
      let place = story.index(.interrupt, where: { $0.detail & EntrySnapshot.Flags.isPulse.rawValue != 0 })
      story.lines.insert(story.lines[place], at: place + 1)
    }.along("interrupt.unclaimed"),
    Mutation("stimulus.played", "a pulse that never interrupts") { story in
      let place = story.index(.interrupt, where: { $0.detail & EntrySnapshot.Flags.isPulse.rawValue != 0 })
      let count = story.lines[(place + 1)...].firstIndex { $0.resume != nil }! - place
      story.lines.removeSubrange(place..<(place + count))
    },
  ]
}

extension Mutation {
  /// The same with claims that fail along with it.
  func along(_ claims: String...) -> Mutation {
    var copy = self
    copy.along.formUnion(claims)
    return copy
  }
}

extension Story {
  /// Numbers the kernel handler's runs and the marks of line 0 anew, after interrupts were put in.
  mutating func recount() {
    var ticks: UInt64 = 0
    var waiting = [UInt64](repeating: 0, count: 4)
    for index in lines.indices {
      let event = lines[index].event
      guard event.operand & 0xFFFF == 32 else { continue }
      switch event.knownKind {
      case .kernelHandler:
        ticks += 1
        lines[index].event.words.w0 = ticks
      case .mark:
        waiting[Int(event.partition)] += 1
        lines[index].event.words.w0 = waiting[Int(event.partition)]
      case .upcall:
        lines[index].event.words.w0 = waiting[Int(event.partition)]
        waiting[Int(event.partition)] = 0
      case .hypercallResult: break
      default: break
      }
    }
  }
}
