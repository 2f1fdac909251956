import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// Queuing ports: numbers, order, contents and room of what waits between partitions.
extension Verifier {
  mutating func send(_ event: RowReference, _ port: ModulePlan.Port) {
    let number = event.words.w1
    let channel = port.channel
    if channels[channel].isSequenceKnown || channels[channel].isEmpty && channels[channel].isKnown {
      tally(.queueSequence)
      let last = channels[channel].isSequenceKnown ? channels[channel].sequence : 0
      if number != last &+ 1, fails(.queueSequence) { explain("message \(number) follows message \(last)") }
    }
    channels[channel].isSequenceKnown = true
    channels[channel].sequence = number
    channels[channel].isEmpty = false
    rare.isTouched = true
    rare.sent = number
    rare.discarded = 0
    rare.fullest = event.words.w2
    rare.isDigestKnown = false
    oweCopy()
    guard step.kind == 0 else { return }
    for index in plan.destinations[channel] { ports.queues[index].isKnown = false }
  }

  /// A destination's queue was full: it has not taken the message of this step.
  mutating func overflow(_ event: RowReference, _ index: Int, _ port: ModulePlan.Port) {
    tally(.queueOverflow)
    rare.isTouched = true
    book.discarded[index] &+= 1
    let place = plan.destinations[port.channel].firstIndex(of: index)
    let belongs =
      step.kind == 0
      || step.copyOperation == PortOperation.send.rawValue && step.copyPort >= 0
        && plan.ports[Int(step.copyPort)].channel == port.channel && event.words.w1 == rare.sent
    guard let place, place < 64, belongs, port.discardsWhenFull else {
      if fails(.queueOverflow) {
        explain("port \(index) discards message \(event.words.w1), which it was not sent, or may not discard")
      }
      return
    }
    if step.kind == 0 { ports.queues[index].isOverflowKnown = false } else { rare.discarded |= 1 << UInt64(place) }
  }

  /// The end of a step with a send: its destinations take the message, or discard it.
  mutating func closeQueueStep() {
    guard step.kind == EventKind.hypercall.rawValue, step.copyOperation == PortOperation.send.rawValue,
      step.copyPort >= 0
    else { return }
    let channel = plan.ports[Int(step.copyPort)].channel
    let message = PortTable.Message(
      number: rare.sent, bytes: step.messageBytes, digest: rare.digest, isDigestKnown: rare.isDigestKnown)
    var fullest = 0
    var areAllKnown = true
    for (place, index) in plan.destinations[channel].enumerated() {
      // Who has started anew in this step has nothing of it any more; how many waited before is not to be seen.
      guard rare.restarted & 1 << UInt32(plan.ports[index].partition) == 0 else {
        areAllKnown = false
        continue
      }
      deliver(message, to: index, isDiscarded: rare.discarded & 1 << UInt64(min(place, 63)) != 0)
      if ports.queues[index].isKnown, ports.queues[index].isCreationKnown {
        fullest = max(fullest, ports.queues[index].count)
      } else {
        areAllKnown = false
      }
    }
    guard areAllKnown else { return }
    tally(.queueStatus)
    if rare.fullest != UInt64(fullest), fails(.queueStatus) {
      explain("after message \(rare.sent) the fullest destination is told to hold \(rare.fullest); it holds \(fullest)")
    }
  }

  private mutating func deliver(_ message: PortTable.Message, to index: Int, isDiscarded: Bool) {
    let port = plan.ports[index]
    let queue = ports.queues[index]
    if isDiscarded {
      ports.queues[index].hasOverflowed = true
      ports.queues[index].isOverflowKnown = true
    }
    let owner = Int(port.partition)
    // What a stopped partition's ports take is nobody's to see; who is not known to have a port may have one.
    if partitions[owner].isStopped || partitions[owner].mayBeStopped || !queue.isCreationKnown {
      ports.queues[index].isKnown = false
    }
    guard ports.queues[index].isKnown else {
      rare.queueMarkAllowed |= 1 << UInt32(owner)
      return
    }
    tally(.queueCapacity)
    let isFull = queue.count >= port.capacity
    if isDiscarded {
      if !isFull || !queue.isCreated, fails(.queueOverflow) {
        explain("port \(index) discards message \(message.number), and holds \(queue.count) of \(port.capacity)")
      }
    } else if isFull, queue.isCreated {
      if fails(port.discardsWhenFull ? .queueOverflow : .queueCapacity) {
        explain("message \(message.number) is sent, and port \(index) holds \(queue.count) of \(port.capacity) already")
      }
    } else if queue.isCreated {
      ports.append(message, to: index)
      if queue.count == 0 { rare.queueMarkDue |= 1 << UInt32(owner) }
    }
  }

  mutating func receive(_ event: RowReference, _ index: Int, _ port: ModulePlan.Port) {
    rare.isTouched = true
    rare.isDigestKnown = false
    let number = event.words.w1
    let waiting = event.words.w2 >> 1
    let isTold = event.words.w2 & 1 != 0
    // Whoever reads a sampling port is not told of it.
    if step.call.number != .readSamplingMessage {
      step.readIsValid = isTold
      step.readBytes = UInt32(clamping: event.words.w0)
      step.happenings.insert(.readSeen)
    }
    oweCopy()
    tally(.queueOrder)
    let last = ports.queues[index].lastReceived
    if last != 0, number <= last, fails(.queueOrder) {
      explain("message \(number) is received after message \(last)")
    }
    ports.queues[index].lastReceived = number
    judgeOverflow(index, isTold)
    guard ports.queues[index].isKnown else {
      rare.queueMarkAllowed = .max
      if waiting == 0 { ports.empty(index) }
      return
    }
    guard ports.queues[index].count > 0 else {
      if fails(.queueOrder) { explain("message \(number) is received from port \(index), which is empty") }
      return
    }
    noteRoom(index, port)
    let message = ports.removeFirst(of: index)
    if message.number != number, last == 0 || number > last, fails(.queueOrder) {
      explain("message \(number) is received from port \(index); message \(message.number) is the first that waits")
    }
    tally(.queueContent)
    if message.number == number, message.bytes != event.words.w0, fails(.queueContent) {
      explain("message \(number) is received with \(event.words.w0) bytes; it was sent with \(message.bytes)")
    }
    rare.digest = message.digest
    rare.isDigestKnown = message.isDigestKnown && message.number == number
    tally(.queueStatus)
    if waiting != UInt64(ports.queues[index].count), fails(.queueStatus) {
      explain("\(waiting) messages are told to wait on in port \(index); there are \(ports.queues[index].count)")
    }
  }

  private mutating func judgeOverflow(_ index: Int, _ isTold: Bool) {
    if ports.queues[index].isOverflowKnown {
      tally(.queueOverflow)
      if ports.queues[index].hasOverflowed != isTold, fails(.queueOverflow) {
        explain(
          "the receiver of port \(index) is told that messages were \(isTold ? "" : "not ")discarded; they "
            + "were \(ports.queues[index].hasOverflowed ? "" : "not")")
      }
    }
    ports.queues[index].hasOverflowed = false
    ports.queues[index].isOverflowKnown = true
  }

  /// A message leaves a queue: its sender may be told that it is no longer full.
  private mutating func noteRoom(_ index: Int, _ port: ModulePlan.Port) {
    let source = plan.sources[port.channel]
    guard ports.queues[index].count >= port.capacity, source >= 0 else { return }
    let bit: UInt32 = 1 << UInt32(plan.ports[source].partition)
    rare.queueMarkAllowed |= bit
    let areOthersFull = plan.destinations[port.channel].contains { other in
      other != index && !plan.ports[other].discardsWhenFull
        && (!ports.queues[other].isKnown || ports.queues[other].count >= plan.ports[other].capacity)
    }
    if !port.discardsWhenFull, !areOthersFull { rare.queueMarkDue |= bit }
  }

  mutating func clear(_ index: Int, _ port: ModulePlan.Port) {
    rare.isTouched = true
    if ports.queues[index].isKnown { noteRoom(index, port) } else { rare.queueMarkAllowed = .max }
    ports.empty(index)
    ports.queues[index].isOverflowKnown = !ports.queues[index].hasOverflowed && ports.queues[index].isOverflowKnown
  }

  /// The end of a step: whom a queue's change had to mark, and whom it did.
  mutating func judgeQueueMarks() {
    guard rare.queueMarked | rare.queueMarkDue != 0 else { return }
    tally(.queueMark)
    // A start empties queues, and may so make room in any; so does a stop.
    let allowed = rare.restarted != 0 ? .max : rare.queueMarkDue | rare.queueMarkAllowed
    let extra = rare.queueMarked & ~allowed
    if extra != 0, fails(.queueMark) {
      explain("\(name(UInt8(extra.trailingZeroBitCount))) is marked for a queue, and none of its own has changed so")
    }
    judgeMissing(rare.queueMarkDue & ~rare.queueMarked, 34, .queueMark, "its queue")
  }

  // MARK: Answers

  mutating func closeQueue() {
    let number = step.call.number
    if number != .readQueuingStatus { judgePortRefusal() }
    let hasStopped = step.happenings.contains(.stopped)
    if step.resultCode == ReturnCode.notAvailable.rawValue, !hasStopped { return judgeRefusal(number) }
    guard step.resultCode == 0 else { return hasStopped ? () : judgeOtherRefusal(number) }
    if number == .readQueuingStatus {
      if !hasStopped { judgeStatus() }
      return
    }
    // What was answered before the module stopped stays so.
    if step.portIndex < 0, fails(.portPermitted) {
      explain("hypercall \(step.what) of \(name(step.partition)) succeeded, and no port operation was decided")
    }
    guard number == .receiveQueuingMessage, !hasStopped else { return }
    tally(.portResult)
    let expected = UInt64(step.readBytes) | (step.readIsValid ? 1 << 32 : 0)
    if !step.happenings.contains(.readSeen) || step.resultValue != expected, fails(.portResult) {
      explain("the receiver was told \(step.resultValue.hexadecimal), and got \(expected.hexadecimal)")
    }
  }

  private mutating func judgeRefusal(_ number: HypercallNumber?) {
    guard let index = ports.port(of: step.partition, identifier: step.argument0), plan.ports[index].isQueuing else {
      return
    }
    let queue = ports.queues[index]
    refusal = PortRefusal(port: index, next: position)
    let isRight: Bool
    if number == .receiveQueuingMessage {
      isRight = !queue.isKnown || queue.count == 0
      if !queue.isKnown { ports.empty(index) }
    } else if number == .sendQueuingMessage {
      isRight = plan.destinations[plan.ports[index].channel].contains { destination in
        let port = plan.ports[destination]
        let queue = ports.queues[destination]
        return !port.discardsWhenFull && (!queue.isKnown || queue.isCreated && queue.count >= port.capacity)
      }
    } else {
      return
    }
    tally(.queueAvailable)
    if !isRight, fails(.queueAvailable) {
      explain(
        "hypercall \(step.what) of \(name(step.partition)) is refused, and port \(index) is neither full nor empty")
    }
  }

  /// A send or a receipt that is refused for another reason than what waits: of a port that its caller has created for
  /// it there is none, but for the message and where it lies.
  private mutating func judgeOtherRefusal(_ number: HypercallNumber?) {
    guard number == .sendQueuingMessage || number == .receiveQueuingMessage, step.portIndex < 0,
      let index = ports.port(of: step.partition, identifier: step.argument0)
    else { return }
    let port = plan.ports[index]
    let isSending = number == .sendQueuingMessage
    guard port.isQueuing, port.isSource == isSending, port.partition == step.partition else { return }
    tally(.queueAvailable)
    let isWhole =
      isSending ? (1...port.maximumBytes).contains(step.argument2) : step.argument2 >= max(port.maximumBytes, 1)
    let owner = plan.partitions[Int(step.partition)]
    let memory = isSending ? owner.readable : owner.writable
    let isOwn = memory.contains { piece in
      piece.contains(step.argument1) && step.argument2 <= piece.upperBound - step.argument1
    }
    if step.resultCode == ReturnCode.invalidParameter.rawValue, !isWhole || !isOwn { return }
    if fails(.queueAvailable) {
      explain(
        "hypercall \(step.what) of \(name(step.partition)) is answered \(step.resultCode), and port \(index) is its "
          + "own, and the message whole")
    }
  }

  private mutating func judgeStatus() {
    guard let index = ports.port(of: step.partition, identifier: step.argument0), plan.ports[index].isQueuing else {
      return
    }
    var expected = 0
    if plan.ports[index].isSource {
      for destination in plan.destinations[plan.ports[index].channel] {
        guard ports.queues[destination].isKnown else { return }
        expected = max(expected, ports.queues[destination].count)
      }
    } else {
      guard ports.queues[index].isKnown else { return }
      expected = ports.queues[index].count
    }
    tally(.queueStatus)
    if step.resultValue != UInt64(expected), fails(.queueStatus) {
      explain(
        "\(name(step.partition)) was told that \(step.resultValue) messages wait in port \(index); there are "
          + "\(expected)")
    }
  }
}
