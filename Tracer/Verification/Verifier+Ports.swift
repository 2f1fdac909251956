import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// What all ports have in common, and sampling ports: what was written is what is read, by those who may, and its
/// validity is told truly.
extension Verifier {
  mutating func portOperation(_ event: RowReference) {
    guard Int(event.operand) < plan.ports.count, let operation = PortOperation(rawValue: event.detail),
      event.partition != 0xFF
    else {
      if fails(.meaning) { explain("operation \(event.detail) on port \(event.operand) has no meaning") }
      return
    }
    let index = Int(event.operand)
    if passUsually(event, operation, index) { return }
    let port = plan.ports[index]
    if operation == .overflow { return overflow(event, index, port) }
    judgePermission(event, port, operation)
    // What a port of its kind and direction cannot do changes nothing.
    guard isOfItsNature(operation, port) else { return }
    let state = ports.queues[index]
    if operation != .create, step.kind != 0, state.isCreationKnown, !state.isCreated, fails(.portPermitted) {
      explain("\(name(event.partition)) does \(operation) on port \(index), which it has not created")
    }
    if step.kind != 0, step.portIndex >= 0, fails(.portPermitted) {
      explain("one hypercall does a second operation, \(operation) on port \(index)")
    }
    step.portIndex = Int32(index)
    if isCopying(operation, event.words.w0) {
      step.copyPort = Int32(index)
      step.copyOperation = event.detail
      step.messageBytes = event.words.w0
      step.readIsComparable = false
    }
    switch operation {
    case .create: create(index)
    case .write: write(event, port)
    case .read: read(event, index, port)
    case .send: send(event, port)
    case .receive: receive(event, index, port)
    case .clear: clear(index, port)
    case .overflow: break
    }
  }

  private mutating func judgePermission(_ event: RowReference, _ port: ModulePlan.Port, _ operation: PortOperation) {
    tally(.portPermitted)
    let number: HypercallNumber =
      switch operation {
      case .create: port.isQueuing ? .createQueuingPort : .createSamplingPort
      case .write: .writeSamplingMessage
      case .read: .readSamplingMessage
      case .send: .sendQueuingMessage
      case .receive, .overflow: .receiveQueuingMessage
      case .clear: .clearQueuingPort
      }
    let isAsked =
      step.kind == 0
      || step.kind == EventKind.hypercall.rawValue && step.what == number.rawValue && step.partition == event.partition
    let isRightWay = isOfItsNature(operation, port)
    guard !isAsked || port.partition != event.partition || !isRightWay || event.words.w0 > port.maximumBytes else {
      return judgeMeant(event, operation)
    }
    if fails(.portPermitted) {
      explain(
        "\(name(event.partition)) does \(operation) with \(event.words.w0) bytes on port \(event.operand), "
          + "\(port.isSource ? "source" : "destination") of \(name(port.partition)), at most \(port.maximumBytes)")
    }
  }

  /// What was asked for is done with the port that the call names, and with as many bytes.
  private mutating func judgeMeant(_ event: RowReference, _ operation: PortOperation) {
    guard step.kind != 0 else { return }
    let isThat: Bool
    let isWhole: Bool
    switch operation {
    case .create: (isThat, isWhole) = (step.looked == UInt64(event.operand) + 1, true)
    case .write, .send:
      isThat = ports.mayMean(Int(event.operand), by: step.argument0, event.partition)
      isWhole = event.words.w0 == step.argument2
    case .read, .receive:
      isThat = ports.mayMean(Int(event.operand), by: step.argument0, event.partition)
      isWhole = event.words.w0 <= step.argument2
    case .clear, .overflow:
      (isThat, isWhole) = (ports.mayMean(Int(event.operand), by: step.argument0, event.partition), true)
    }
    guard !isThat || !isWhole, fails(.portPermitted) else { return }
    explain(
      "\(name(event.partition)) asks for \(operation) by \(operation == .create ? step.looked : step.argument0) and "
        + "for \(step.argument2) bytes, and gets it done with \(event.words.w0) bytes of port \(event.operand)")
  }

  private func isCopying(_ operation: PortOperation, _ bytes: UInt64) -> Bool {
    switch operation {
    case .write, .send, .receive: true
    case .read: bytes > 0
    case .create, .clear, .overflow: false
    }
  }

  private func isOfItsNature(_ operation: PortOperation, _ port: ModulePlan.Port) -> Bool {
    switch operation {
    case .create: true
    case .write, .read: !port.isQueuing && (operation == .write) == port.isSource
    case .send, .receive, .clear, .overflow: port.isQueuing && (operation == .send) == port.isSource
    }
  }

  /// A port is created: whatever was written before is not for it.
  private mutating func create(_ index: Int) {
    step.createdPort = Int32(index)
    let owner = plan.ports[index].partition
    if partitions[Int(owner)].mode != 0xFF {
      tally(.portCreated)
      if partitions[Int(owner)].mode == OperatingMode.normal.rawValue, fails(.portCreated) {
        explain("\(name(owner)) creates port \(index) in NORMAL mode")
      }
    }
    ports.queues[index] = PortTable.Queue()
    ports.queues[index].isCreated = true
    ports.queues[index].isEmpty = true
    // Events that were lost may have told of messages, but not to a port that was not there.
    ports.queues[index].isKnown = step.kind != 0
  }

  /// The end of a creating call: only NORMAL mode is a mode to refuse it for.
  mutating func judgeCreationRefused() {
    let mode = partitions[Int(step.partition)].mode
    guard step.resultCode == ReturnCode.invalidMode.rawValue, mode != 0xFF else { return }
    tally(.portCreated)
    if mode != OperatingMode.normal.rawValue, fails(.portCreated) {
      explain("\(name(step.partition)) may not create a port in mode \(mode), in which it initialises")
    }
  }

  private mutating func write(_ event: RowReference, _ port: ModulePlan.Port) {
    let sequence = event.words.w1
    if channels[port.channel].isSequenceKnown || channels[port.channel].isEmpty && channels[port.channel].isKnown {
      tally(.portSequence)
      let last = channels[port.channel].sequence
      let isFirst = !channels[port.channel].isSequenceKnown
      if isFirst ? sequence > 1 : sequence != last &+ 1, fails(.portSequence) {
        explain(isFirst ? "the first message has number \(sequence)" : "message \(sequence) follows message \(last)")
      }
    }
    noteWritten(event, port.channel)
  }

  private mutating func read(_ event: RowReference, _ index: Int, _ port: ModulePlan.Port) {
    let channel = channels[port.channel]
    let isValid = event.words.w2 & 1 != 0
    // Whoever receives from a queue is not told of it.
    if step.call.number != .receiveQueuingMessage {
      step.readIsValid = isValid
      step.readBytes = UInt32(clamping: event.words.w0)
      step.happenings.insert(.readSeen)
    }
    if event.words.w0 > 0 { oweCopy() }
    if ports.queues[index].isEmptyKnown, ports.queues[index].isCreated {
      tally(.portEmpty)
      if ports.queues[index].isEmpty {
        if event.words.w0 != 0 || isValid, fails(.portEmpty) {
          explain("port \(event.operand), created after the last message, reads \(event.words.w0) bytes")
        }
        return
      }
    } else {
      // The message may be from before the port's creation, and the port empty.
      return
    }
    if !channel.isSequenceKnown {
      channels[port.channel].sequence = event.words.w1
      channels[port.channel].isSequenceKnown = !channel.isEmpty
    } else {
      tally(.portSequence)
      if event.words.w1 != channel.sequence, fails(.portSequence) {
        explain("the read gets message \(event.words.w1), the last written is \(channel.sequence)")
      }
    }
    guard channel.isKnown else { return }
    step.readIsComparable = true
    tally(.portContent)
    if channel.isEmpty ? event.words.w0 != 0 : event.words.w0 != channel.bytes, fails(.portContent) {
      explain("the read gets \(event.words.w0) bytes, the last message has \(channel.bytes)")
    }
    judgeValidity(isValid, channel, port)
  }

  private mutating func judgeValidity(_ isValid: Bool, _ channel: ChannelState, _ port: ModulePlan.Port) {
    guard step.kind != 0, step.time >= channel.writtenAt else { return }
    tally(.portValid)
    let age = step.time &- channel.writtenAt
    // At the refresh period exactly, either is right.
    let mustBe = !channel.isEmpty && age < port.refreshPeriod
    let mayBe = !channel.isEmpty && age <= port.refreshPeriod
    if isValid ? !mayBe : mustBe, fails(.portValid) {
      explain(
        "the message is \(channel.isEmpty ? "not there" : "\(age.nanoseconds) old"), the refresh period is "
          + "\(port.refreshPeriod.nanoseconds), and it was \(isValid ? "" : "not ")valid")
    }
  }

  mutating func messageCopied(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.portCopied)
    guard step.happenings.contains(.copyDue), step.copyPort == Int32(clamping: event.operand),
      event.detail == step.copyOperation, event.partition == step.partition, event.words.w1 == step.messageBytes
    else {
      if fails(.portCopied) {
        explain(
          "\(event.words.w1) bytes of port \(event.operand) were copied; decided were \(step.messageBytes) of port "
            + "\(step.copyPort)")
      }
      step.happenings.remove(.copyDue)
      return
    }
    step.happenings.remove(.copyDue)
    let channel = plan.ports[Int(step.copyPort)].channel
    if plan.ports[Int(step.copyPort)].isQueuing {
      judgeQueueCopy(event)
    } else if step.copyOperation == PortOperation.write.rawValue {
      channels[channel].digest = event.words.w0
      channels[channel].isDigestKnown = true
    } else if step.readIsComparable, channels[channel].isDigestKnown {
      tally(.portContent)
      if channels[channel].digest != event.words.w0, fails(.portContent) {
        explain("the message read is not the message written: another digest")
      }
    }
  }

  private mutating func judgeQueueCopy(_ event: RowReference) {
    if step.copyOperation == PortOperation.send.rawValue {
      rare.digest = event.words.w0
      rare.isDigestKnown = true
    } else if rare.isDigestKnown {
      tally(.queueContent)
      if rare.digest != event.words.w0, fails(.queueContent) {
        explain("the message received is not the message sent: another digest")
      }
    }
  }

  /// A port was to be operated on: whoever is refused that must find nothing done.
  mutating func judgePortRefusal() {
    if step.resultCode != 0, step.portIndex >= 0, fails(.portResult) {
      explain(
        "hypercall \(step.what) of \(name(step.partition)) is answered \(step.resultCode), and port "
          + "\(step.portIndex) was operated on all the same")
    }
  }

  /// A port was created: its caller means it by the identifier that the answer gives.
  mutating func nameCreatedPort() {
    guard step.createdPort >= 0 else { return }
    ports.name(step.resultValue, of: step.partition, port: Int(step.createdPort))
  }

  mutating func closePort() {
    judgePortRefusal()
    if step.resultCode == 0, step.portIndex < 0, step.what != HypercallNumber.readSamplingMessage.rawValue,
      fails(.portPermitted)
    {
      explain("hypercall \(step.what) of \(name(step.partition)) succeeded, and no port operation was decided")
    }
    guard step.what == HypercallNumber.readSamplingMessage.rawValue, step.resultCode == 0,
      !step.happenings.contains(.stopped)
    else { return }
    tally(.portResult)
    let expected = UInt64(step.readBytes) | (step.readIsValid ? 1 << 32 : 0)
    if !step.happenings.contains(.readSeen) || step.resultValue != expected, fails(.portResult) {
      explain("the reader was told \(step.resultValue.hexadecimal), and got \(expected.hexadecimal)")
    }
  }
}
