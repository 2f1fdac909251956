import APEXTypes
import ModuleConfiguration
import TraceFormat

// What sampling and queuing ports have in common: configuration, identifiers, creation, and their words of a keyframe.
extension PartitionCore where Marking: MarkingRule {
  /// The caller's port of that kind which a creating call names.
  ///
  /// - Parameter operand: index + 1 of the caller's port of that name, looked up by the kernel; 0 for none.
  func configuredPort(_ operand: UInt64, isQueuing: Bool) -> Int? {
    guard operand > 0, operand <= UInt64(ports.count) else { return nil }
    let index = Int(truncatingIfNeeded: operand &- 1)
    return ports[index].partition == current.rawValue && ports[index].isQueuing == isQueuing ? index : nil
  }

  /// The index of the caller's port of that kind and identifier, if it has been created.
  @inline(__always) mutating func createdPort(_ identifier: UInt64, isQueuing: Bool) -> Int? {
    let index = Int(truncatingIfNeeded: identifier &- 1)
    guard index >= 0, index < ports.count else { return nil }
    return ports[index].partition == current.rawValue && ports[index].isCreated && ports[index].isQueuing == isQueuing
      ? index : nil
  }

  /// The index of the caller's created port of that kind, direction and identifier.
  @inline(__always)
  mutating func port(_ identifier: UInt64, of caller: Caller, isQueuing: Bool, isSource: Bool) -> Int? {
    let index = Int(truncatingIfNeeded: identifier &- 1)
    guard UInt(bitPattern: index) < UInt(bitPattern: ports.count),
      ports[index].key == PortKey(owner: caller.index, isQueuing: isQueuing, isSource: isSource, isCreated: true)
    else { return nil }
    return index
  }

  /// Why a message is not passed on, where the service of that number has passed none: asked for afterwards, so that
  /// those which are passed on are not held up.
  mutating func refusal(
    _ number: HypercallNumber, _ identifier: UInt64, _ address: UInt64, _ byteCount: UInt64, of caller: Caller
  ) -> ReturnCode {
    let isQueuing = number == .sendQueuingMessage || number == .receiveQueuingMessage
    let isSource = number == .writeSamplingMessage || number == .sendQueuingMessage
    guard createdPort(identifier, isQueuing: isQueuing) != nil else { return .invalidParameter }
    guard let index = port(identifier, of: caller, isQueuing: isQueuing, isSource: isSource) else {
      return .invalidMode
    }
    switch number {
    case .sendQueuingMessage:
      let isPossible =
        byteCount &- 1 < ports[index].maximumMessageBytes && displacement(of: caller, .read, address, byteCount) != nil
      return isPossible ? .notAvailable : .invalidParameter
    case .receiveQueuingMessage: return ports[index].count == 0 ? .notAvailable : .invalidParameter
    case .readSamplingMessage:
      return channels[ports[index].channel].sequence == ports[index].unseenSequence ? .noAction : .invalidParameter
    default: return .invalidParameter
    }
  }

  /// Creates a port whose parameters are right: a destination begins empty, whatever was sent before.
  ///
  /// Only while the partition initialises (ARINC 653 Part 1: INVALID_MODE in NORMAL): what an integrator has checked at
  /// the start is all that there will be.
  mutating func create<Recorder: DecisionRecorder>(
    _ index: Int, operand: UInt64, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard !ports[index].isCreated else { return Answer(.noAction, value: operand) }
    guard partitions[Int(current.rawValue)].mode != .normal else { return Answer(.invalidMode) }
    let sequence = channels[ports[index].channel].sequence
    ports[index].empty()
    ports[index].isCreated = true
    ports[index].unseenSequence = ports[index].isQueuing || ports[index].isSource ? 0 : sequence
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.create.rawValue,
      operand: UInt32(truncatingIfNeeded: index), 0, sequence)
    return Answer(.noError, value: operand)
  }

  // MARK: Keyframes

  /// The words of ports and channels: bits of the created ones, the channels, then each created destination.
  @inline(__always) func forEachPortWord(_ body: (UInt64) -> Void) {
    for index in stride(from: 0, to: ports.count, by: 64) {
      var created: UInt64 = 0
      for port in index..<min(index + 64, ports.count) where ports[port].isCreated {
        created |= 1 &<< UInt64(port - index)
      }
      body(created)
    }
    for index in 0..<channels.count {
      body(channels[index].sequence)
      if channels[index].isQueuing { continue }
      body(channels[index].messageBytes)
      body(channels[index].writtenNanoseconds)
    }
    for index in 0..<ports.count where ports[index].isCreated && !ports[index].isSource {
      guard ports[index].isQueuing else {
        body(ports[index].unseenSequence)
        continue
      }
      body(UInt64(ports[index].count) | (ports[index].hasOverflowed ? 0x100 : 0))
      var entry = ports[index].head
      for _ in 0..<ports[index].count {
        body(queues[ports[index].firstEntry + entry].word)
        entry = entry + 1 == ports[index].maximumMessageCount ? 0 : entry + 1
      }
    }
  }

  /// Reads back what `forEachPortWord` gives; false for what no kernel has written.
  mutating func restorePorts(_ word: () -> UInt64) -> Bool {
    for index in stride(from: 0, to: ports.count, by: 64) {
      let created = word()
      for port in index..<min(index + 64, ports.count) {
        ports[port].forget()
        ports[port].isCreated = created & 1 &<< UInt64(port - index) != 0
      }
    }
    for index in 0..<channels.count {
      channels[index].sequence = word()
      if channels[index].isQueuing { continue }
      channels[index].messageBytes = word()
      channels[index].writtenNanoseconds = word()
    }
    for index in 0..<ports.count where ports[index].isCreated && !ports[index].isSource {
      guard ports[index].isQueuing else {
        ports[index].unseenSequence = word()
        continue
      }
      let state = word()
      let count = Int(state & 0xFF)
      guard count <= ports[index].maximumMessageCount else { return false }
      ports[index].count = count
      ports[index].hasOverflowed = state & 0x100 != 0
      for entry in 0..<count {
        let message = QueuedMessage(word: word())
        guard message.slot < channels[ports[index].channel].slotCount, message.byteCount > 0,
          message.byteCount <= ports[index].maximumMessageBytes
        else { return false }
        queues[ports[index].firstEntry + entry] = message
        ports[index].heldSlots |= 1 &<< UInt64(message.slot)
      }
    }
    return true
  }
}

extension PartitionCore {
  /// Reads ports and channels from the table and links each destination to its channel, each port to its partition.
  func readPorts() {
    for index in 0..<table.count(ChannelRecord.self) {
      let source = table.record(PortRecord.self, Int(table.record(ChannelRecord.self, index).sourcePort))
      channels[index].isQueuing = source.kind == .queuing
      channels[index].sourcePartition = source.partition.rawValue
      channels[index].slotCount = table.messageSlotCount(ofChannel: index)
    }
    for index in 0..<partitions.count { configurations[index].firstPort = -1 }
    var entries = Self.queueEntryCount(table)
    // From the last to the first, so that the links ascend.
    for index in (0..<table.count(PortRecord.self)).reversed() {
      let record = table.record(PortRecord.self, index)
      ports[index] = PortState(record, index: index, channels.reference(to: Int(record.channel)))
      let owner = Int(ports[index].partition)
      ports[index].nextOfPartition = configurations[owner].firstPort
      configurations[owner].firstPort = index
      guard ports[index].isQueuing else { continue }
      configurations[owner].permittedInterrupts |= VirtualInterrupt.queuingPort.bit
      let channel = ports[index].channel
      guard !ports[index].isSource, channels[channel].isQueuing else { continue }
      entries -= ports[index].maximumMessageCount
      ports[index].firstEntry = entries
      ports[index].nextDestination = channels[channel].firstDestination
      channels[channel].firstDestination = index
      channels[channel].onlyDestination = ports[index].nextDestination < 0 ? index : -1
    }
  }

  static func queueEntryCount(_ table: ModuleTable) -> Int {
    var count = 0
    for index in 0..<table.count(PortRecord.self) {
      let port = table.record(PortRecord.self, index)
      if port.kind == .queuing, port.direction == .destination { count += Int(port.maximumMessageCount) }
    }
    return count
  }
}

/// The partition that calls, with what the services of ports ask of it: found once, and not at every call.
public struct Caller: BitwiseCopyable {
  /// Its index in the module table.
  public let index: PartitionIndex
  /// Of its events about nothing in particular.
  let origin: EventOrigin
  let state: StateReference<PartitionState>
  let configuration: StateReference<PartitionConfiguration>
  let interrupts: StateReference<VCPUInterrupts>

  /// Upcalls that have returned as far as the core knows, as the partition counts them.
  @inline(__always) public var upcallsReturned: UInt16 { state.pointee.upcallsReturned }

  /// The partition is marked when its queues change.
  @inline(__always) var isMarkedForQueues: Bool {
    interrupts.pointee.registered & VirtualInterrupt.queuingPort.bit != 0
  }
}

/// A message that has passed a port: what its caller is told, and which bytes are to be copied.
public struct PassedMessage {
  /// Index of the port.
  public var port: Int
  /// The origin of its owner's events about it.
  public var origin: EventOrigin
  /// Index of its channel.
  public var channel: Int
  /// The place of the message in the channel; 0 in a sampling channel.
  public var slot: Int
  /// The address of that place, as the kernel has told it (`setPlaces`).
  public var place: UInt64
  /// Bytes to be copied, 1 or more.
  public var byteCount: UInt64
  /// What the kernel has said of the memory where the caller has the bytes (`setDisplacement`).
  public var displacement: UInt64
  /// What the caller is told beside `noError`.
  public var value: UInt64
}
