import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkPorts() {
    let count = module.partitions.reduce(0) { $0 + $1.ports.count }
    if count > ModuleLimits.maximumPortCount {
      diagnostics.error(
        .tooManyPorts, line: module.line, "the module has \(count) ports",
        "the kernel has room for \(ModuleLimits.maximumPortCount)")
    }
    for partition in module.partitions {
      var lineByName: [String: Int] = [:]
      for port in partition.ports {
        checkName(port.name, of: "a port", line: port.line)
        if let first = lineByName.updateValue(port.line, forKey: port.name) {
          diagnostics.error(
            .duplicatePort, line: port.line, "'\(partition.name)' has a port '\(port.name)' already (line \(first))",
            "give each port of a partition its own name")
        }
        if port.maximumMessageBytes == 0 || port.maximumMessageBytes > UInt64(ModuleLimits.maximumMessageBytes) {
          diagnostics.error(
            .messageSize, line: port.line,
            "port '\(port.name)' has MaxMessageSize \(port.maximumMessageBytes)",
            "a message has 1 to \(ModuleLimits.maximumMessageBytes) bytes")
        }
        if port.kind == .sampling, port.direction == .destination, (port.refreshPeriod?.count ?? 0) == 0 {
          diagnostics.error(
            .refreshPeriod, line: port.line, "destination '\(port.name)' has no refresh period",
            "add RefreshRateSeconds: the age up to which a message is valid")
        }
        if port.kind == .queuing { checkQueue(of: port) }
      }
    }
  }

  private mutating func checkQueue(of port: PortDescription) {
    let limit = ModuleLimits.maximumQueuedMessages
    if !(1...UInt64(limit)).contains(port.maximumMessageCount ?? 0) {
      diagnostics.error(
        .messageCount, line: port.line,
        "queuing port '\(port.name)' has "
          + (port.maximumMessageCount.map { "MaxNbMessages \($0)" } ?? "no MaxNbMessages"),
        "a queue has room for 1 to \(limit) messages")
    }
    if port.direction == .source, port.discardsWhenFull != nil {
      diagnostics.error(
        .overflowPolicy, line: port.line, "source '\(port.name)' has an Overflow policy",
        "give it to the destinations: each of them blocks or discards when its own queue is full")
    }
  }

  mutating func checkChannels() {
    var lineByIdentifier: [UInt64: Int] = [:]
    var channelByPort: [PortKey: UInt64] = [:]
    for channel in module.channels {
      if let first = lineByIdentifier.updateValue(channel.line, forKey: channel.identifier) {
        diagnostics.error(
          .duplicateChannel, line: channel.line,
          "channel identifier \(channel.identifier) is taken (line \(first))", "give each channel its own")
      }
      let source = checkEnd(channel.source, of: channel, expecting: .source, &channelByPort)
      var slots = MessageSlots()
      for destination in channel.destinations {
        let port = checkEnd(destination, of: channel, expecting: .destination, &channelByPort)
        if let port, port.kind == .queuing {
          slots.add(messageCount: port.maximumMessageCount ?? 0, discardsWhenFull: port.discardsWhenFull ?? false)
        }
        if let source, let port, source.kind != port.kind {
          diagnostics.error(
            .kindMismatch, line: destination.line,
            "destination '\(port.name)' of channel \(channel.identifier) is a \(port.elementName) "
              + "(line \(port.line)), its source a \(source.elementName) (line \(source.line))",
            "join ports of one kind by a channel")
        }
        if let source, let port, source.maximumMessageBytes != port.maximumMessageBytes {
          diagnostics.error(
            .sizeMismatch, line: destination.line,
            "destination '\(port.name)' of channel \(channel.identifier) takes \(port.maximumMessageBytes) bytes "
              + "(line \(port.line)), its source sends \(source.maximumMessageBytes) (line \(source.line))",
            "give both ports the same MaxMessageSize")
        }
      }
      if slots.needed > ModuleLimits.maximumMessageSlots {
        diagnostics.error(
          .messagePlaces, line: channel.line,
          "channel \(channel.identifier) needs \(slots.needed) places for messages: the greatest MaxNbMessages of the "
            + "destinations that block, and the sum of those that discard",
          "a channel has at most \(ModuleLimits.maximumMessageSlots)")
      }
    }
    for partition in module.partitions {
      for port in partition.ports
      where channelByPort[PortKey(partition: partition.identifier, name: port.name)] == nil {
        diagnostics.error(
          .portWithoutChannel, line: port.line,
          "port '\(port.name)' of '\(partition.name)' is in no channel", "name it in a Channel, or remove it")
      }
    }
  }

  private struct PortKey: Hashable {
    var partition: UInt64
    var name: String
  }

  /// The port that a channel's end names, if it exists.
  private mutating func checkEnd(
    _ end: ChannelDescription.End, of channel: ChannelDescription, expecting direction: PortDirection,
    _ channelByPort: inout [PortKey: UInt64]
  ) -> PortDescription? {
    let who = "channel \(channel.identifier)"
    guard checkPartition(end.partitionIdentifier, namedBy: who, line: end.line),
      let index = module.partitionIndex(identifier: end.partitionIdentifier)
    else { return nil }
    let partition = module.partitions[index]
    guard let port = partition.ports.first(where: { $0.name == end.portName }) else {
      let known = partition.ports.prefix(16).map(\.name).joined(separator: ", ")
      diagnostics.error(
        .unknownPort, line: end.line, "\(who) names port '\(end.portName)', which '\(partition.name)' does not have",
        known.isEmpty ? "declare the port in its Partition" : "its ports are \(known)")
      return nil
    }
    if port.direction != direction {
      let needed = direction == .source ? "SOURCE" : "DESTINATION"
      diagnostics.error(
        .directionMismatch, line: end.line,
        "\(who) uses port '\(port.name)' as \(needed), but line \(port.line) declares the other direction",
        "make the port's Direction \(needed), or exchange the ends")
    }
    let key = PortKey(partition: end.partitionIdentifier, name: end.portName)
    if let other = channelByPort.updateValue(channel.identifier, forKey: key) {
      diagnostics.error(
        .portInTwoChannels, line: end.line,
        "port '\(port.name)' of '\(partition.name)' is an end of channel \(other) already",
        "a port belongs to one channel, once")
    }
    return port
  }
}
