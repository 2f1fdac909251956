import APEXTypes
import ModuleConfiguration
import PartitionCore
import SimulatedModule
import TestSeeds
import TraceFormat

/// A seeded world around the true core: devices, partitions that do what they please, a kernel that acts faithfully.
final class SimulatedWorld<Marking: MarkingRule> {
  /// A partition as the world sees it.
  struct Guest {
    var isOn = false
    var entered: UInt16 = 0
    var owed: UInt16 = 0
    var returned: UInt16 = 0
    var hasEntry = false
    var isInTail = false
    var line = 0
    var upcallDepth = 0
    var isAcknowledged = false
    var step = 0
  }
  typealias Module = SampleModule
  var core: PartitionCore<Marking>
  var recorder = EventLog(step: 15)
  var generator: SeededGenerator
  var guests = [Guest](repeating: Guest(), count: 4)
  var timer: UInt64 = .max
  var isTimerLatched = false
  var mask: UInt16 = 0xFFFF
  var latched: UInt16 = 0
  var nextFiring: [UInt64] =
    [900_000, .max, .max, .max, .max, .max, .max, 3_000_000, 1_500_000] + Array(repeating: .max, count: 7)
  var padded: UInt64 = 0
  var digests: [UInt64] = [0]
  /// Pieces of each partition's memory made since it started last.
  var pieces = [UInt32](repeating: 0, count: 4)
  /// The partitions' own schedulers, in a world where they tell of their processes.
  var tellers: [Teller]?
  let memory: UnsafeMutableRawBufferPointer
  let module: SampleModule

  init(_ module: SampleModule, seed: UInt64) {
    self.module = module
    generator = SeededGenerator(seed: seed)
    let count = PartitionCore<Marking>.stateByteCount(for: module.table)
    memory = .allocate(byteCount: count, alignment: 16)
    core = PartitionCore(module.table, memory: StateMemory(memory))
  }

  deinit { memory.deallocate() }

  func random(_ range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &generator) }

  /// Runs the module until `stop` and answers its trace.
  func run(until stop: UInt64) -> [TraceEvent] {
    recorder.add(.boot, 0xFF, 0, 1, .init(module.table.checksum, 7, 1 << 32, stop))
    recorder.now += 100
    let start = recorder.now
    recorder.events.append(TraceEvent(time: start, .start, words: .init(stop)))
    core.start(
      at: SystemTime(nanoseconds: start), stop: SystemTime(nanoseconds: stop), into: &recorder)
    var decision = core.decision
    while true {
      act(decision)
      while true {
        if let stimulus = core.dueStimulus(at: SystemTime(nanoseconds: recorder.now)) {
          decision = play(stimulus)
        } else if let line = core.duePulse {
          decision = takePulse(of: line)
        } else {
          break
        }
      }
      while !decision.initialising.isNone, !decision.hasStopped, !isInterrupted { decision = makePiece(decision) }
      if decision.hasStopped { break }
      decision = resume(decision)
    }
    recorder.add(.end, 0xFF, 0, 0, .init(UInt64(recorder.events.count)))
    return recorder.events
  }

  /// Whether an interrupt waits that would come between two pieces of memory.
  var isInterrupted: Bool { nextInterrupt(after: recorder.now) <= recorder.now + 100 }

  /// Makes the next piece of a partition's memory, while nobody runs.
  func makePiece(_ decision: Decision) -> Decision {
    recorder.now += 100
    let index = decision.initialising.rawValue
    let piece = pieces[Int(index)]
    pieces[Int(index)] += 1
    recorder.events.append(TraceEvent(time: recorder.now, .memoryPiece, partition: index, operand: piece))
    core.memoryPiece(at: SystemTime(nanoseconds: recorder.now), into: &recorder)
    let next = core.decision
    act(next)
    return next
  }

  func play(_ stimulus: StimulusRecord) -> Decision {
    recorder.now += 10
    recorder.events.append(
      TraceEvent(
        time: recorder.now, .stimulus, detail: UInt8(stimulus.action.rawValue), operand: UInt32(stimulus.data)))
    core.stimulus(at: SystemTime(nanoseconds: recorder.now), into: &recorder)
    let decision = core.decision
    act(decision)
    return decision
  }

  func takePulse(of line: InterruptLine) -> Decision {
    recorder.now += 10
    let pulse = EntrySnapshot(flags: .isPulse)
    input(.interrupt, pulse, UInt16(line.vector), [])
    core.interrupt(line, pulse, at: SystemTime(nanoseconds: recorder.now), into: &recorder)
    let answer = core.decision
    act(answer)
    return answer
  }

  func input(_ kind: EventKind, _ snapshot: EntrySnapshot, _ what: UInt16, _ words: [UInt64]) {
    var event = TraceEvent(
      time: recorder.now, kind, partition: snapshot.partition, detail: snapshot.flags.rawValue,
      operand: snapshot.operand(what))
    event.words.w0 = snapshot.counterWord
    event.words.w1 = snapshot.resumeDelay
    for (index, word) in words.enumerated() { event.words[index + 2] = word }
    recorder.events.append(event)
  }

  // MARK: Acting

  func act(_ decision: Decision) {
    if let answer = decision.answer { give(answer, decision.effect) }
    if let line = decision.acknowledge { recorder.add(.acknowledged, 0xFF, 0, UInt32(line.vector), .init(0)) }
    if let mask = decision.lineMask {
      self.mask = mask
      recorder.add(.maskRead, 0xFF, 0, UInt32(mask), .init())
    }
    if let instant = decision.timer { timer = max(instant.nanoseconds, recorder.now) }
    if let upcall = decision.upcall {
      let index = Int(upcall.partition.rawValue)
      guests[index].isOn = false
      guests[index].owed += 1
      guests[index].isInTail = false
      guests[index].line = Int(upcall.vector) - 32
      guests[index].upcallDepth = 1
      guests[index].isAcknowledged = false
      recorder.add(.upcallWritten, upcall.partition.rawValue, 0, 0, .init(0x2FEF_0000, upcall.entry, 0))
    }
    if decision.works.contains(.partitions) { show(decision) }
    if decision.isKeyframeDue { keyframe() }
  }

  func give(_ answer: HypercallAnswer, _ effect: HypercallEffect) {
    let caller = answer.caller.rawValue
    switch effect {
    case .console(_, let count): recorder.add(.consoleWritten, caller, 0, UInt32(count), .init(1))
    case .writeMessage(let port, let channel, _, let count):
      digests[channel] = generator.next()
      recorder.add(.messageCopied, caller, 1, UInt32(port), .init(digests[channel], count))
    case .readMessage(let port, let channel, _, let count):
      recorder.add(.messageCopied, caller, 2, UInt32(port), .init(digests[channel], count))
    case .restoreUpcallFrame:
      guests[Int(caller)].isOn = true
      guests[Int(caller)].upcallDepth = 0
    case .noteWords(_, let count):
      for first in stride(from: 0, to: Int(count), by: 8) {
        let pieceCount = min(8, Int(count) - first)
        var words = TraceEvent.Words()
        for index in 0..<pieceCount { words[index] = generator.next() }
        recorder.add(.noteWords, caller, UInt8(pieceCount), UInt32(first), words)
      }
    case .none, .segmentBase, .sendMessage, .receiveMessage: break
    }
  }

  /// Sets the registers of partitions that start.
  func show(_ decision: Decision) {
    for index in 0..<4 where decision.restartedPartitions & 1 << UInt32(index) != 0 {
      guests[index] = Guest()
      pieces[index] = 0
      recorder.add(.contextReset, UInt8(index), 0, 0, .init(0x40_0000, PartitionLayout.stackTop))
    }
  }

  func keyframe() {
    var words: [UInt64] = []
    core.forEachStateWord { words.append($0) }
    recorder.events += RecordedWorld<Marking>.keyframe(words, at: recorder.now)
  }

  // MARK: Running

  func resume(_ decision: Decision) -> Decision {
    guard case .partition(let partition) = decision.successor else {
      let exit = recorder.now + 30
      return interruptAt(nextInterrupt(after: exit), exit, .none)
    }
    var exit = recorder.now + 30
    if decision.notBefore != .zero {
      let start = decision.notBefore.nanoseconds
      if padded != start {
        padded = start
        recorder.add(.padded, partition.rawValue, 0, 0, .init(start, start - recorder.now))
      }
      let next = nextInterrupt(after: recorder.now + 30)
      if next < start - 5000 { return interruptAt(next, recorder.now + 30, .none) }
      exit = start
    }
    return run(partition, from: exit)
  }

  /// The instant of the next interrupt that comes at or after `instant`.
  func nextInterrupt(after instant: UInt64) -> UInt64 {
    var next = isTimerLatched ? instant : max(timer, instant)
    for line in 0..<16 where mask & 1 << UInt16(line) == 0 {
      next = min(next, latched & 1 << UInt16(line) != 0 ? instant : max(nextFiring[line], instant))
    }
    // Line 7 is never open; now and then the controller withdraws a request.
    return min(next, max(nextFiring[7], instant))
  }

  func interruptAt(_ instant: UInt64, _ exit: UInt64, _ who: PartitionIndex) -> Decision {
    let snapshot = enter(at: instant, exit, who)
    for line in 0..<16 where nextFiring[line] <= instant {
      if line == 7 {
        nextFiring[7] = instant + random(3_000_000...20_000_000)
        input(.interrupt, snapshot, 39, [])
        core.interrupt(InterruptLine(7), snapshot, at: SystemTime(nanoseconds: instant), into: &recorder)
        return core.decision
      }
      latched |= 1 << UInt16(line)
      nextFiring[line] = instant + (line == 0 ? 1_700_000 : random(300_000...2_000_000))
    }
    let open = latched & ~mask
    if open != 0 {
      let line = InterruptLine(UInt8(open.trailingZeroBitCount))
      latched &= ~line.bit
      input(.interrupt, snapshot, UInt16(line.vector), [])
      core.interrupt(line, snapshot, at: SystemTime(nanoseconds: instant), into: &recorder)
      return core.decision
    }
    isTimerLatched = false
    timer = .max
    input(.timer, snapshot, 0xE0, [])
    core.timer(snapshot, at: SystemTime(nanoseconds: instant), into: &recorder)
    return core.decision
  }

  /// Goes from ring 3 to the kernel, and tells what the partition shows.
  func enter(at instant: UInt64, _ exit: UInt64, _ who: PartitionIndex) -> EntrySnapshot {
    var snapshot = EntrySnapshot(
      partition: who.rawValue, addressSpace: who.rawValue, resumeDelay: exit - recorder.now)
    recorder.now = instant
    guard !who.isNone else { return snapshot }
    let index = Int(who.rawValue)
    if instant - exit > 10 {
      guests[index].entered += guests[index].owed
      guests[index].owed = 0
    }
    snapshot.counterWord |= UInt64(guests[index].entered) << 16 | UInt64(guests[index].returned)
    guard guests[index].hasEntry else { return snapshot }
    if guests[index].isOn { snapshot.flags.insert(.interruptsEnabled) }
    if guests[index].isInTail { snapshot.flags.insert(.inReturnTail) }
    snapshot.flags.insert(.frameFits)
    return snapshot
  }

  /// The partition runs until an interrupt or its own next deed.
  func run(_ partition: PartitionIndex, from exit: UInt64) -> Decision {
    let index = Int(partition.rawValue)
    let next = nextInterrupt(after: exit)
    let deed = exit + random(40...(tellers == nil ? 300_000 : 120_000))
    if next <= deed { return interruptAt(next, exit, partition) }
    if guests[index].upcallDepth > 0, guests[index].isAcknowledged, random(0...2) > 0 {
      // The return in user space: no deed of the kernel's.
      guests[index].returned += 1
      guests[index].isOn = true
      guests[index].upcallDepth = 0
      guests[index].isInTail = random(0...3) == 0
    } else if guests[index].isInTail {
      guests[index].isInTail = false
    }
    return self.deed(of: partition, exit, at: deed)
  }
}
