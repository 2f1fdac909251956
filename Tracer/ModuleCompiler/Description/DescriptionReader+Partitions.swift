import APEXTypes
import ModuleConfiguration

extension DescriptionReader {
  mutating func readPartition(_ element: ConfigurationElement) -> PartitionDescription? {
    let ports = element.children.compactMap { readPort($0) }
    let processes = element.children("Process").map { readProcess($0) }
    let grants = element.children("p:PortGrant").compactMap { grant -> PortGrantDescription? in
      guard let first = reader.required(reader.number("First", of: grant)) else { return nil }
      return PortGrantDescription(
        firstPort: first, count: reader.number("Count", of: grant) ?? 1, line: grant.line)
    }
    guard let identifier = reader.required(reader.number("PartitionIdentifier", of: element)) else { return nil }
    let name = reader.text("PartitionName", of: element) ?? "Partition\(identifier)"
    if let entry = reader.text("EntryPoint", of: element), entry.trimmed != "main" {
      reader.unsupported(
        element, "EntryPoint '\(entry)' is not used: a partition begins with main", "call it in main, and write main")
    }
    let levels: [String: UInt64] = ["LEVEL_A": 0, "LEVEL_B": 1, "LEVEL_C": 2, "LEVEL_D": 3, "LEVEL_E": 4]
    return PartitionDescription(
      identifier: identifier, name: name, criticality: reader.choice("Criticality", of: element, levels) ?? 0,
      isSystem: reader.boolean("SystemPartition", of: element), isDrainer: reader.boolean("p:Drainer", of: element),
      imageName: reader.text("p:Image", of: element) ?? name, ports: ports, processes: processes,
      portGrants: grants,
      maximumUpcallDepth: reader.number("p:MaximumUpcallDepth", of: element) ?? Self.defaultUpcallDepth,
      missedTickPolicy: readMissedTicks(element), line: element.line)
  }

  /// Upcalls that may be unfinished at a time where the file does not say.
  static let defaultUpcallDepth: UInt64 = 4

  private mutating func readMissedTicks(_ element: ConfigurationElement) -> MissedTickPolicy {
    guard let clock = reader.single("p:VirtualClock", of: element) else { return .count }
    let policies: [String: MissedTickPolicy] = [
      "COUNT": .count, "DELIVER_ALL": .deliverAll, "LATEST_ONLY": .latestOnly,
    ]
    return reader.choice("MissedTicks", of: clock, policies) ?? .count
  }

  /// The port that an element declares; nil for an element of another kind.
  private mutating func readPort(_ element: ConfigurationElement) -> PortDescription? {
    let kinds: [String: PortRecord.Kind] = ["Sampling_Port": .sampling, "Queuing_Port": .queuing]
    let directions: [String: PortDirection] = ["SOURCE": .source, "DESTINATION": .destination]
    guard let kind = kinds[element.name] else { return nil }
    guard let name = reader.required(reader.text("Name", of: element)),
      let direction = reader.required(reader.choice("Direction", of: element, directions)),
      let bytes = reader.required(reader.number("MaxMessageSize", of: element))
    else { return nil }
    var port = PortDescription(
      name: name, kind: kind, direction: direction, maximumMessageBytes: bytes, line: element.line)
    guard kind == .queuing else {
      port.refreshPeriod = reader.seconds("RefreshRateSeconds", of: element)
      return port
    }
    // Public files spell it both ways.
    port.maximumMessageCount =
      reader.number("MaxNbMessages", of: element) ?? reader.number("MaxNbMessage", of: element)
    port.discardsWhenFull = reader.choice("p:Overflow", of: element, ["BLOCK": false, "DISCARD": true])
    return port
  }

  private mutating func readProcess(_ element: ConfigurationElement) -> ProcessDescription {
    ProcessDescription(
      name: reader.text("Name", of: element) ?? "", stackBytes: reader.number("StackSize", of: element),
      period: reader.seconds("p:PeriodSeconds", of: element),
      capacity: reader.seconds("p:TimeCapacitySeconds", of: element),
      deadline: reader.seconds("p:DeadlineSeconds", of: element),
      releaseOffset: reader.seconds("p:ReleaseOffsetSeconds", of: element),
      priority: reader.number("p:Priority", of: element),
      completion: reader.choice("p:Completion", of: element, ["YIELD": .yield, "TOLD": .told]) ?? .yield,
      line: element.line)
  }
}
