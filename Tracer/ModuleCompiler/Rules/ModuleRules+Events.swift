import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkEventChannels() {
    var lineByIdentifier: [UInt64: Int] = [:]
    var lineByEnd: [[UInt64]: Int] = [:]
    if module.eventChannels.count > ModuleLimits.maximumEventChannelCount {
      diagnostics.error(
        .tooManyEventChannels, line: module.eventChannels[ModuleLimits.maximumEventChannelCount].line,
        "the module has \(module.eventChannels.count) event channels",
        "a module has at most \(ModuleLimits.maximumEventChannelCount)")
    }
    for channel in module.eventChannels {
      let name = "event channel \(channel.identifier)"
      if let first = lineByIdentifier.updateValue(channel.line, forKey: channel.identifier) {
        diagnostics.error(
          .duplicateEventChannel, line: channel.line, "\(name) exists already (line \(first) of the file)",
          "give each event channel an Identifier of its own")
      }
      checkPartition(channel.sourceIdentifier, namedBy: name, line: channel.line)
      checkPartition(channel.destinationIdentifier, namedBy: name, line: channel.line)
      let vectors = VirtualInterrupt.eventVectors
      guard vectors.contains(channel.vector) else {
        diagnostics.error(
          .eventVector, line: channel.line, "\(name) has vector \(channel.vector)",
          "write a Vector from \(vectors.lowerBound) to \(vectors.upperBound - 1)")
        continue
      }
      if let first = lineByEnd.updateValue(
        channel.line, forKey: [channel.destinationIdentifier, channel.vector])
      {
        diagnostics.error(
          .eventVector, line: channel.line,
          "vector \(channel.vector) of partition \(channel.destinationIdentifier) is taken (line \(first) of the file)",
          "give each event channel of a destination a Vector of its own")
      }
    }
  }

  mutating func checkUpcallDepths() {
    for partition in module.partitions
    where !(1...UInt64(ModuleLimits.maximumUpcallDepth)).contains(partition.maximumUpcallDepth) {
      diagnostics.error(
        .upcallDepth, line: partition.line,
        "p:MaximumUpcallDepth of '\(partition.name)' is \(partition.maximumUpcallDepth)",
        "write 1 to \(ModuleLimits.maximumUpcallDepth)")
    }
  }
}
