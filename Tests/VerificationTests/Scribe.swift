import ModuleConfiguration
import TraceFormat

/// One line of a story: an event, and for entries from ring 3 the instant of the resume before it.
struct StoryLine: Equatable {
  var event: TraceEvent
  var resume: UInt64?
}

/// Writes the story of a run of `SampleModule` that keeps every rule, event by event.
///
/// It knows only as much of a kernel as the story needs; the order of events within a step is the kernel's.
struct Scribe {
  typealias Module = SampleModule
  var story: [StoryLine] = []
  var now: UInt64 = 0
  var resumeAt: UInt64 = 0
  var runner: UInt8 = 0xFF
  var registered = [UInt16](repeating: 0, count: 4)
  var inService = [UInt16](repeating: 0, count: 4)
  var counts = [[UInt64]](repeating: [UInt64](repeating: 0, count: 16), count: 4)
  var coalesced = [[UInt64]](repeating: [UInt64](repeating: 0, count: 16), count: 4)
  var isOn = [Bool](repeating: false, count: 4)
  var entered = [UInt16](repeating: 0, count: 4)
  var returned = [UInt16](repeating: 0, count: 4)
  var learnt = [UInt16](repeating: 0, count: 4)
  var ordinals = [UInt64](repeating: 0, count: 4)
  var frames: UInt64 = 0
  var ticks: UInt64 = 0
  var sequence: UInt64 = 0
  var marks = [UInt64](repeating: 0, count: 4)
  var isLoaderStopped = false
  /// Whether the runner's stack holds an upcall's frame.
  var frameFits = true

  mutating func emit(
    _ kind: EventKind, _ partition: UInt8 = 0xFF, detail: UInt8 = 0, _ operand: UInt32 = 0, _ words: UInt64...
  ) {
    now += 20
    var event = TraceEvent(time: now, kind, partition: partition, detail: detail, operand: operand)
    for (index, word) in words.enumerated() { event.words[index] = word }
    story.append(StoryLine(event: event, resume: nil))
  }

  mutating func enter(
    _ kind: EventKind, at time: UInt64, _ what: UInt16, _ words: [UInt64] = [],
    flags: EntrySnapshot.Flags = EntrySnapshot.Flags()
  ) {
    precondition(time >= resumeAt && time >= now)
    now = time
    var all = flags
    var snapshot = EntrySnapshot()
    if runner != 0xFF {
      let index = Int(runner)
      if isOn[index] { all.insert(.interruptsEnabled) }
      if frameFits { all.insert(.frameFits) }
      snapshot = EntrySnapshot(
        addressSpace: runner, upcallsEntered: entered[index], upcallsReturned: returned[index])
    }
    var event = TraceEvent(
      time: time, kind, partition: runner, detail: all.rawValue, operand: snapshot.operand(what))
    event.words.w0 = snapshot.counterWord
    for (index, word) in words.enumerated() { event.words[index + 2] = word }
    story.append(StoryLine(event: event, resume: resumeAt))
    if runner != 0xFF, returned[Int(runner)] != learnt[Int(runner)] {
      emit(.upcallsReturned, runner, UInt32(returned[Int(runner)] &- learnt[Int(runner)]))
      learnt[Int(runner)] = returned[Int(runner)]
    }
  }

  /// Goes back to ring 3, with an upcall if one is due.
  mutating func leave(at instant: UInt64? = nil) {
    if runner != 0xFF, isOn[Int(runner)] { deliver() }
    if let instant {
      let left = instant - now - 20
      emit(.padded, 0xFF, 0, instant - 4, left)
      resumeAt = instant
    } else {
      resumeAt = now + 30
    }
  }

  private mutating func deliver() {
    let index = Int(runner)
    for line in 0..<16 where counts[index][line] > 0 && inService[index] & 1 << UInt16(line) == 0 {
      let depth = UInt8(entered[index] &- returned[index]) + 1
      emit(.upcall, runner, detail: depth << 1, UInt32(line) + 32, counts[index][line], Module.handler, ordinals[index])
      ordinals[index] += 1
      emit(.upcallWritten, runner, 0, 0x2FF0_0000 - 512, Module.entry, 0)
      coalesced[index][line] = counts[index][line]
      counts[index][line] = 0
      inService[index] |= 1 << UInt16(line)
      isOn[index] = false
      entered[index] += 1
      return
    }
  }

  mutating func call(
    _ number: HypercallNumber, at time: UInt64, _ arguments: [UInt64] = [], looked: UInt64 = 0, value: UInt64 = 0
  ) {
    let caller = runner
    enter(.hypercall, at: time, number.rawValue, [looked] + arguments)
    emit(.hypercallResult, caller, UInt32(number.rawValue), value)
    if number == .registerVCPU { registered[Int(caller)] |= 1 << UInt16(arguments[0] - 32) }
  }

  /// The upcall's handler acknowledges, and the trampoline returns in user space.
  mutating func handle(line: Int, at time: UInt64) {
    let index = Int(runner)
    call(.acknowledgeInterrupt, at: time, [UInt64(line) + 32], value: coalesced[index][line])
    inService[index] &= ~(1 << UInt16(line))
    leave()
    returned[index] += 1
    isOn[index] = true
  }

  mutating func interrupt(line: Int, at time: UInt64, flags: EntrySnapshot.Flags = EntrySnapshot.Flags()) {
    let vector = UInt32(line) + 32
    enter(.interrupt, at: time, UInt16(vector), flags: flags)
    if !flags.contains(.isPulse) { emit(.acknowledged, 0xFF, vector, 0) }
    var isWanted = line == 0
    if line == 0 {
      ticks += 1
      emit(.kernelHandler, 0xFF, vector, ticks)
    }
    for index in 0..<4 where registered[index] & 1 << UInt16(line) != 0 {
      counts[index][line] += 1
      marks[index] += 1
      isWanted = true
      emit(.mark, UInt8(index), vector, counts[index][line])
    }
    if !isWanted { emit(.unclaimed, 0xFF, vector) }
    leave()
  }

  mutating func change(to partition: UInt8, for instant: UInt64) {
    guard partition != runner else { return }
    emit(.partitionSwitch, partition, detail: runner, 0, instant)
    runner = partition
  }

  mutating func mask(_ bits: UInt32) {
    emit(.lineMask, 0xFF, bits)
    emit(.maskRead, 0xFF, bits)
  }
}
