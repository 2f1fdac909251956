import APEXTypes
import ModuleConfiguration
import TraceFormat

// Queuing ports (ARINC 653 Part 1, 3.6.2). A call never waits: waiting is the partition's own business.
//
// A message is copied once into one of its channel's places (`MessageSlots`) and stays there until the last destination
// that holds it has received it. Each destination has a queue of its own. Every service takes the same few steps,
// whatever is in the queues; sending takes them once for each destination of the channel.
extension PartitionCore where Marking: MarkingRule {
  mutating func serveQueuing<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    if number == .createQueuingPort { return createQueuingPort(call, into: &recorder) }
    let (identifier, address, byteCount) = (call.arguments.0, call.arguments.1, call.arguments.2)
    if number == .sendQueuingMessage {
      let answer = send(identifier, address, byteCount, into: &recorder)
      guard answer.port >= 0 else { return Answer(answer.status) }
      return Answer(
        .noError,
        effect: .sendMessage(
          port: answer.port, channel: answer.channel, slot: answer.slot, address: address, byteCount: byteCount))
    }
    if number == .receiveQueuingMessage {
      let answer = receive(identifier, address, byteCount, into: &recorder)
      guard answer.port >= 0 else { return Answer(answer.status) }
      return Answer(
        .noError, value: answer.value,
        effect: .receiveMessage(
          port: answer.port, channel: answer.channel, slot: answer.slot, address: address,
          byteCount: answer.byteCount))
    }
    guard let index = createdPort(identifier, isQueuing: true) else { return Answer(.invalidParameter) }
    switch number {
    case .readQueuingStatus:
      return Answer(
        .noError, value: UInt64(ports[index].isSource ? fullestCount(ports[index].channel) : ports[index].count))
    case .clearQueuingPort: return clear(index, into: &recorder)
    default: preconditionFailure()
    }
  }

  /// CREATE_QUEUING_PORT: the parameters must be those of the configuration; the discipline, by which the partition
  /// orders its own waiting processes, is free.
  private mutating func createQueuingPort<Recorder: DecisionRecorder>(
    _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    let name = call.arguments.0
    guard allows(.read, current, name, UInt64(ModuleLimits.maximumNameLength)) else { return Answer(.invalidParameter) }
    guard let index = configuredPort(call.operand, isQueuing: true) else { return Answer(.invalidConfiguration) }
    let direction: UInt64 = ports[index].isSource ? 0 : 1
    guard call.arguments.1 == ports[index].maximumMessageBytes,
      call.arguments.2 == UInt64(ports[index].maximumMessageCount), call.arguments.3 & 0xFF == direction,
      call.arguments.3 &>> 8 <= 1
    else { return Answer(.invalidConfiguration) }
    return create(index, operand: call.operand, into: &recorder)
  }

  /// SEND_QUEUING_MESSAGE without its waiting: every created destination gets the message, but for those that discard
  /// it because they are full. One that does not discard and is full holds the sender back.
  @inline(__always)
  mutating func send<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ byteCount: UInt64, into recorder: inout Recorder
  ) -> MessageAnswer where Recorder: ~Copyable {
    guard let index = createdPort(identifier, isQueuing: true) else { return MessageAnswer(.invalidParameter) }
    guard ports[index].isSource else { return MessageAnswer(.invalidMode) }
    guard byteCount > 0, byteCount <= ports[index].maximumMessageBytes, allows(.read, current, address, byteCount)
    else { return MessageAnswer(.invalidParameter) }
    let channel = ports[index].channel
    var heldSlots: UInt64 = 0
    var fullest = 0
    var destination = channels[channel].firstDestination
    while destination >= 0 {
      if ports[destination].isCreated {
        heldSlots |= ports[destination].heldSlots
        let count = ports[destination].count
        let isFull = count == ports[destination].maximumMessageCount
        if isFull, !ports[destination].discardsWhenFull { return MessageAnswer(.notAvailable) }
        fullest = max(fullest, isFull ? count : count &+ 1)
      }
      destination = ports[destination].nextDestination
    }
    // There is a free place (`MessageSlots`), unless the state comes from a keyframe that no kernel has written.
    let slot = (~heldSlots).trailingZeroBitCount
    guard slot < channels[channel].slotCount else { return MessageAnswer(.notAvailable) }
    let number = channels[channel].sequence &+ 1
    channels[channel].sequence = number
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.send.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, number, UInt64(fullest))
    append(QueuedMessage(slot: slot, byteCount: byteCount, number: number), channel, into: &recorder)
    var answer = MessageAnswer(.noError)
    answer.port = index
    answer.channel = channel
    answer.slot = slot
    answer.byteCount = byteCount
    return answer
  }

  /// Puts a message into the queue of every created destination that has room, and tells the others' loss.
  private mutating func append<Recorder: DecisionRecorder>(
    _ message: QueuedMessage, _ channel: Int, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    var destination = channels[channel].firstDestination
    while destination >= 0 {
      let index = destination
      destination = ports[index].nextDestination
      guard ports[index].isCreated else { continue }
      let count = ports[index].count
      let limit = ports[index].maximumMessageCount
      guard count < limit else {
        ports[index].hasOverflowed = true
        recorder.record(
          .portOperation, partition: PartitionIndex(ports[index].partition),
          detail: PortOperation.overflow.rawValue, operand: UInt32(truncatingIfNeeded: index), message.byteCount,
          message.number)
        continue
      }
      var entry = ports[index].head &+ count
      if entry >= limit { entry = entry &- limit }
      queues[ports[index].firstEntry &+ entry] = message
      ports[index].count = count &+ 1
      ports[index].heldSlots |= 1 &<< UInt64(truncatingIfNeeded: message.slot)
      if count == 0 { notify(ports[index].partition, into: &recorder) }
    }
  }

  /// RECEIVE_QUEUING_MESSAGE without its waiting: the oldest message, exactly as long as it was sent.
  @inline(__always)
  mutating func receive<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ capacity: UInt64, into recorder: inout Recorder
  ) -> MessageAnswer where Recorder: ~Copyable {
    guard let index = createdPort(identifier, isQueuing: true) else { return MessageAnswer(.invalidParameter) }
    guard !ports[index].isSource else { return MessageAnswer(.invalidMode) }
    let count = ports[index].count
    guard count > 0 else { return MessageAnswer(.notAvailable) }
    let head = ports[index].head
    let message = queues[ports[index].firstEntry &+ head]
    let byteCount = message.byteCount
    guard capacity >= byteCount, allows(.write, current, address, byteCount) else {
      return MessageAnswer(.invalidParameter)
    }
    let limit = ports[index].maximumMessageCount
    let hasOverflowed = ports[index].hasOverflowed
    ports[index].head = head &+ 1 == limit ? 0 : head &+ 1
    ports[index].count = count &- 1
    ports[index].heldSlots &= ~(1 &<< UInt64(truncatingIfNeeded: message.slot))
    ports[index].hasOverflowed = false
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.receive.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, message.number,
      (hasOverflowed ? 1 : 0) | UInt64(count &- 1) &<< 1)
    if count == limit { notifySource(of: index, into: &recorder) }
    var answer = MessageAnswer(.noError)
    answer.value = byteCount | (hasOverflowed ? 1 &<< 32 : 0)
    answer.port = index
    answer.channel = ports[index].channel
    answer.slot = message.slot
    answer.byteCount = byteCount
    return answer
  }

  /// CLEAR_QUEUING_PORT: destinations only; what waits is gone, and so is the knowledge of what was discarded.
  private mutating func clear<Recorder: DecisionRecorder>(
    _ index: Int, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard !ports[index].isSource else { return Answer(.invalidMode) }
    let wasFull = ports[index].count == ports[index].maximumMessageCount
    ports[index].empty()
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.clear.rawValue,
      operand: UInt32(truncatingIfNeeded: index), 0, channels[ports[index].channel].sequence)
    if wasFull { notifySource(of: index, into: &recorder) }
    return Answer(.noError)
  }

  /// Messages that the fullest created destination of a channel holds.
  private func fullestCount(_ channel: Int) -> Int {
    var fullest = 0
    var destination = channels[channel].firstDestination
    while destination >= 0 {
      fullest = max(fullest, ports[destination].count)
      destination = ports[destination].nextDestination
    }
    return fullest
  }

  /// A partition stops or starts anew: it has to create its ports again, and its destinations are then empty. What it
  /// has sent and others still hold stays theirs.
  mutating func forgetPorts<Recorder: DecisionRecorder>(
    of partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    var index = configurations[Int(partition.rawValue)].firstPort
    while index >= 0 {
      let heldBack = ports[index].isCreated && ports[index].count == ports[index].maximumMessageCount
      ports[index].forget()
      if heldBack, ports[index].isQueuing { notifySource(of: index, into: &recorder) }
      index = ports[index].nextOfPartition
    }
  }

  /// A full destination has got room: the sender that it held back may want to know.
  private mutating func notifySource<Recorder: DecisionRecorder>(
    of index: Int, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard !ports[index].isSource, !ports[index].discardsWhenFull else { return }
    notify(channels[ports[index].channel].sourcePartition, into: &recorder)
  }

  /// Marks a partition's vCPU if it has registered the interrupt of its queuing ports.
  @inline(__always) private mutating func notify<Recorder: DecisionRecorder>(
    _ partition: UInt8, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard vcpus.interrupts[Int(partition)].registered & VirtualInterrupt.queuingPort.bit != 0 else { return }
    let waiting = vcpus.mark(PartitionIndex(partition), .queuingPort)
    recorder.record(
      .mark, partition: PartitionIndex(partition), detail: 0, operand: UInt32(VirtualInterrupt.queuingPort.vector),
      UInt64(waiting))
  }
}
