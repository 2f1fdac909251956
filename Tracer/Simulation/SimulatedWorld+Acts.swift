import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

// From a decision to what a kernel does and sees, in the kernel's order.
extension SimulatedWorld {
  func act() {
    let decision = core.decision
    if let answer = decision.answer { give(answer, decision.effect) }
    if let line = decision.acknowledge { recorder.add(.acknowledged, 0xFF, 0, UInt32(line.vector), 0) }
    if decision.works.contains(.partitions) { restart(decision.restartedPartitions) }
    if let callback = decision.callback {
      recorder.add(
        .contextReset, callback.partition.rawValue, 0, 0, callback.entry, PartitionLayout.stackTop - 8)
    }
    if let mask = decision.lineMask {
      devices.mask = mask
      recorder.add(.maskRead, 0xFF, 0, UInt32(mask))
    }
    if let instant = decision.timer { arm(instant.nanoseconds) }
    if let upcall = decision.upcall {
      guests[Int(upcall.partition.rawValue)].beginUpcall(upcall.vector)
      behaviour?.beginUpcall(of: upcall.partition, upcall.vector)
      timerEntry?.upcalled = upcall.partition
      planExit()
      recorder.add(
        .upcallWritten, upcall.partition.rawValue, 0, UInt32(upcall.vector), PartitionLayout.stackTop - 4096,
        upcall.entry, 0)
    }
    if let exception = decision.exception {
      let awaited = core.exceptionsReturned(before: exception.partition)
      guests[Int(exception.partition.rawValue)].beginException(isCaughtByItself: behaviour == nil, awaited)
      recorder.add(
        .exceptionWritten, exception.partition.rawValue, 0, UInt32(exception.vector), PartitionLayout.stackTop - 8192,
        exception.entry, 0)
    }
    observeDrainer()
    if decision.isKeyframeDue { recordKeyframe() }
  }

  /// A partition is about to do what was recorded of it: what it then shows is as it was.
  func prepare(_ deed: RecordedDeed, of partition: PartitionIndex) {
    let index = Int(partition.rawValue)
    guests[index].setFlag(deed.isOn)
    if deed.isHandlerOver, guests[index].exceptionsReturned == core.exceptionsReturned(before: partition) {
      guests[index].countException()
    }
    guests[index].leavesException = false
    if case .call(let call) = deed.act {
      guests[index].leavesException = call.number == HypercallNumber.returnFromUpcall.rawValue
    }
  }

  private func give(_ answer: HypercallAnswer, _ effect: HypercallEffect) {
    let caller = answer.caller.rawValue
    switch effect {
    case .console(_, let count): recorder.add(.consoleWritten, caller, 0, UInt32(count), generator.next())
    case .writeMessage(let port, let channel, _, let count):
      copy(caller, .write, port: port, channel: channel, byteCount: count)
    case .readMessage(let port, let channel, _, let count):
      copy(caller, .read, port: port, channel: channel, byteCount: count)
    case .sendMessage(let port, let channel, let slot, _, let count):
      copy(caller, .send, port: port, channel: channel, slot: slot, byteCount: count)
    case .receiveMessage(let port, let channel, let slot, _, let count):
      copy(caller, .receive, port: port, channel: channel, slot: slot, byteCount: count)
    case .noteWords(_, let count): leaveWords(caller, Int(count))
    case .restoreUpcallFrame: guests[Int(caller)].endUpcall()
    case .none, .segmentBase: break
    }
  }

  /// A message copied in or out.
  private func copy(
    _ caller: UInt8, _ operation: PortOperation, port: Int, channel: Int, slot: Int = 0, byteCount: UInt64
  ) {
    if operation == .write || operation == .send { digests[channel][slot] = generator.next() }
    recorder.add(.messageCopied, caller, operation.rawValue, UInt32(port), digests[channel][slot], byteCount)
  }

  /// A note, of words that count on: what a partition has in its memory nobody knows here.
  private func leaveWords(_ caller: UInt8, _ count: Int) {
    let start = generator.next() >> 32
    let time = recorder.timeOfNext(.noteWords)
    for first in stride(from: 0, to: count, by: 8) {
      let pieceCount = min(8, count - first)
      var words = TraceEvent.Words()
      for index in 0..<pieceCount { words[index] = start &+ UInt64(first + index) }
      recorder.ring.store(
        .noteWords, at: time, partition: caller, detail: UInt8(pieceCount), operand: UInt32(first),
        wordCount: pieceCount, words)
    }
  }

  /// Partitions that start: their memory is made anew, their registers are reset.
  private func restart(_ partitions: UInt32) {
    for index in guests.indices where partitions & 1 << UInt32(index) != 0 {
      guests[index].restart()
      recorder.add(
        .contextReset, UInt8(index), 0, 0, guests[index].plan.entryPoint, PartitionLayout.stackTop)
    }
  }

  private func recordKeyframe() {
    var words: [UInt64] = []
    core.forEachStateWord { words.append($0) }
    for first in stride(from: 0, to: words.count, by: 8) {
      let count = min(8, words.count - first)
      var values = TraceEvent.Words()
      for index in 0..<count { values[index] = words[first + index] }
      recorder.stamp(.keyframeWords, 0xFF, 0, UInt32(first), count, values)
    }
    recorder.add(.keyframe, 0xFF, 0, UInt32(words.count), words.withUnsafeBytes { XXH64.hash($0) })
  }
}
