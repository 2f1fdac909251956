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
    let caller = caller(current)
    if number == .sendQueuingMessage {
      guard let message = send(identifier, address, byteCount, of: caller, into: &recorder) else {
        return Answer(refusal(number, identifier, address, byteCount, of: caller))
      }
      return Answer(
        .noError,
        effect: .sendMessage(
          port: message.port, channel: message.channel, slot: message.slot, address: address, byteCount: byteCount))
    }
    if number == .receiveQueuingMessage {
      guard let message = receive(identifier, address, byteCount, of: caller, isSimple: false, into: &recorder) else {
        return Answer(refusal(number, identifier, address, byteCount, of: caller))
      }
      return Answer(
        .noError, value: message.value,
        effect: .receiveMessage(
          port: message.port, channel: message.channel, slot: message.slot, address: address,
          byteCount: message.byteCount))
    }
    if number == .readQueuingStatus { return readQueuingStatus(identifier) }
    guard number == .clearQueuingPort else { preconditionFailure() }
    guard let index = createdPort(identifier, isQueuing: true) else { return Answer(.invalidParameter) }
    return clear(index, into: &recorder)
  }

  /// GET_QUEUING_PORT_STATUS: how many messages wait, for a source in the fullest destination.
  mutating func readQueuingStatus(_ identifier: UInt64) -> Answer {
    guard let index = createdPort(identifier, isQueuing: true) else { return Answer(.invalidParameter) }
    return Answer(
      .noError, value: UInt64(ports[index].isSource ? fullestCount(ports[index].channel) : ports[index].count))
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
  ///
  /// - Returns: nil, and nothing has changed, where the service is refused (`refusal`).
  @inline(__always)
  mutating func send<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ byteCount: UInt64, of caller: Caller, into recorder: inout Recorder
  ) -> PassedMessage? where Recorder: ~Copyable {
    guard let index = port(identifier, of: caller, isQueuing: true, isSource: true),
      byteCount &- 1 < ports[index].maximumMessageBytes,
      let displacement = displacement(of: caller, .read, address, byteCount)
    else { return nil }
    let channel = ports[index].channelState
    var heldSlots: UInt64 = 0
    var fullest = 0
    var destination = channel.pointee.firstDestination
    while destination >= 0 {
      // Unchecked, here and below: destinations are linked when the table is read.
      let port = ports.reference(unchecked: destination)
      destination = port.pointee.nextDestination
      guard port.pointee.isCreated else { continue }
      heldSlots |= port.pointee.heldSlots
      var count = port.pointee.count
      if count != port.pointee.maximumMessageCount {
        count &+= 1
      } else if !port.pointee.discardsWhenFull {
        return nil
      }
      fullest = max(fullest, count)
    }
    // There is a free place (`MessageSlots`), unless the state comes from a keyframe that no kernel has written.
    let slot = (~heldSlots).trailingZeroBitCount
    guard slot < channel.pointee.slotCount else { return nil }
    let number = channel.pointee.sequence &+ 1
    channel.pointee.sequence = number
    recorder.record(
      .portOperation, ports[index].origin, detail: PortOperation.send.rawValue, byteCount, number, UInt64(fullest))
    append(QueuedMessage(slot: slot, byteCount: byteCount, number: number), channel, into: &recorder)
    return PassedMessage(
      port: index, origin: ports[index].origin, channel: ports[index].channel, slot: slot,
      place: place(slot, of: channel), byteCount: byteCount, displacement: displacement, value: 0)
  }

  /// `send` where it is simple: the channel has one destination, which is created, has room and is not marked.
  ///
  /// - Returns: nil, and nothing has changed, where it is not, or where the service is refused.
  @inline(__always)
  mutating func sendSimply<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ byteCount: UInt64, of caller: Caller, into recorder: inout Recorder
  ) -> PassedMessage? where Recorder: ~Copyable {
    guard let index = port(identifier, of: caller, isQueuing: true, isSource: true),
      byteCount &- 1 < ports[index].maximumMessageBytes,
      let displacement = displacement(of: caller, .read, address, byteCount)
    else { return nil }
    let channel = ports[index].channelState
    let destination = channel.pointee.onlyDestination
    guard destination >= 0, ports[destination].isCreated else { return nil }
    let count = ports[destination].count
    let limit = ports[destination].maximumMessageCount
    let heldSlots = ports[destination].heldSlots
    let slot = (~heldSlots).trailingZeroBitCount
    guard count < limit, slot < channel.pointee.slotCount,
      count != 0 || !isMarkedForQueues(ports[destination].partition)
    else { return nil }
    let number = channel.pointee.sequence &+ 1
    channel.pointee.sequence = number
    recorder.record(
      .portOperation, ports[index].origin, detail: PortOperation.send.rawValue, byteCount, number, UInt64(count &+ 1))
    var entry = ports[destination].head &+ count
    if entry >= limit { entry = entry &- limit }
    queues[ports[destination].firstEntry &+ entry] = QueuedMessage(slot: slot, byteCount: byteCount, number: number)
    ports[destination].count = count &+ 1
    ports[destination].heldSlots = heldSlots | 1 &<< UInt64(truncatingIfNeeded: slot)
    return PassedMessage(
      port: index, origin: ports[index].origin, channel: ports[index].channel, slot: slot,
      place: place(slot, of: channel), byteCount: byteCount,
      displacement: displacement, value: 0)
  }

  /// Where the kernel has a channel's place; `slot` is below the channel's `slotCount`.
  @inline(__always)
  private func place(_ slot: Int, of channel: StateReference<ChannelState>) -> UInt64 {
    channel.pointee.firstPlace &+ UInt64(truncatingIfNeeded: slot) &* channel.pointee.placeBytes
  }

  /// Whether a partition is marked when its queues change.
  @inline(__always) private mutating func isMarkedForQueues(_ partition: UInt8) -> Bool {
    vcpus.interrupts[Int(partition)].registered & VirtualInterrupt.queuingPort.bit != 0
  }

  /// Puts a message into the queue of every created destination that has room, and tells the others' loss.
  private mutating func append<Recorder: DecisionRecorder>(
    _ message: QueuedMessage, _ channel: StateReference<ChannelState>, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let (byteCount, number) = (message.byteCount, message.number)
    var destination = channel.pointee.firstDestination
    while destination >= 0 {
      let port = ports.reference(unchecked: destination)
      destination = port.pointee.nextDestination
      guard port.pointee.isCreated else { continue }
      let count = port.pointee.count
      let limit = port.pointee.maximumMessageCount
      guard count < limit else {
        port.pointee.hasOverflowed = true
        recorder.record(
          .portOperation, port.pointee.origin, detail: PortOperation.overflow.rawValue, byteCount, number)
        continue
      }
      var entry = port.pointee.head &+ count
      if entry >= limit { entry = entry &- limit }
      queues[port.pointee.firstEntry &+ entry] = message
      port.pointee.count = count &+ 1
      port.pointee.heldSlots |= 1 &<< UInt64(truncatingIfNeeded: message.slot)
      if count == 0 { notify(port.pointee.partition, into: &recorder) }
    }
  }

  /// RECEIVE_QUEUING_MESSAGE without its waiting: the oldest message, exactly as long as it was sent.
  ///
  /// - Parameter isSimple: a constant; a message whose sender would be marked is left, too.
  /// - Returns: nil, and nothing has changed, where the service is refused (`refusal`).
  @inline(__always)
  mutating func receive<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ capacity: UInt64, of caller: Caller, isSimple: Bool,
    into recorder: inout Recorder
  ) -> PassedMessage? where Recorder: ~Copyable {
    guard let index = port(identifier, of: caller, isQueuing: true, isSource: false) else { return nil }
    let count = ports[index].count
    let head = ports[index].head
    guard count > 0 else { return nil }
    let message = queues[ports[index].firstEntry &+ head]
    let byteCount = message.byteCount
    guard capacity >= byteCount,
      let displacement = displacement(of: caller, .write, address, byteCount)
    else { return nil }
    let channel = ports[index].channel
    let limit = ports[index].maximumMessageCount
    if isSimple, count == limit, isMarkedForQueues(channels[channel].sourcePartition) { return nil }
    let hasOverflowed = ports[index].hasOverflowed
    ports[index].head = head &+ 1 == limit ? 0 : head &+ 1
    ports[index].count = count &- 1
    ports[index].heldSlots &= ~(1 &<< UInt64(truncatingIfNeeded: message.slot))
    ports[index].hasOverflowed = false
    recorder.record(
      .portOperation, ports[index].origin, detail: PortOperation.receive.rawValue, byteCount, message.number,
      (hasOverflowed ? 1 : 0) | UInt64(count &- 1) &<< 1)
    if !isSimple, count == limit { notifySource(of: index, into: &recorder) }
    return PassedMessage(
      port: index, origin: ports[index].origin, channel: channel, slot: message.slot,
      place: place(message.slot, of: ports[index].channelState),
      byteCount: byteCount, displacement: displacement,
      value: byteCount | (hasOverflowed ? 1 &<< 32 : 0))
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
  private mutating func fullestCount(_ channel: Int) -> Int {
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
