import APEXTypes

extension DescriptionReader {
  mutating func readPartition(_ element: ConfigurationElement) -> PartitionDescription? {
    let ports = element.children("Sampling_Port").compactMap { readSamplingPort($0) }
    let processes = element.children("Process").map { readProcess($0) }
    let grants = element.children("p:PortGrant").compactMap { grant -> PortGrantDescription? in
      guard let first = reader.required(reader.number("First", of: grant)) else { return nil }
      return PortGrantDescription(
        firstPort: first, count: reader.number("Count", of: grant) ?? 1, line: grant.line)
    }
    for port in element.children("Queuing_Port") {
      reader.diagnostics.error(
        .queuingPort, line: port.line, "queuing port '\(port.attributes["Name"] ?? "")': this kernel has none",
        "use a Sampling_Port")
    }
    guard let identifier = reader.required(reader.number("PartitionIdentifier", of: element)) else { return nil }
    let name = reader.text("PartitionName", of: element) ?? "Partition\(identifier)"
    let levels: [String: UInt64] = ["LEVEL_A": 0, "LEVEL_B": 1, "LEVEL_C": 2, "LEVEL_D": 3, "LEVEL_E": 4]
    return PartitionDescription(
      identifier: identifier, name: name, criticality: reader.choice("Criticality", of: element, levels) ?? 0,
      isSystem: reader.boolean("SystemPartition", of: element), isDrainer: reader.boolean("p:Drainer", of: element),
      imageName: reader.text("p:Image", of: element) ?? name, ports: ports, processes: processes,
      portGrants: grants, line: element.line)
  }

  private mutating func readSamplingPort(_ element: ConfigurationElement) -> SamplingPortDescription? {
    let directions: [String: PortDirection] = ["SOURCE": .source, "DESTINATION": .destination]
    guard let name = reader.required(reader.text("Name", of: element)),
      let direction = reader.required(reader.choice("Direction", of: element, directions)),
      let bytes = reader.required(reader.number("MaxMessageSize", of: element))
    else { return nil }
    return SamplingPortDescription(
      name: name, direction: direction, maximumMessageBytes: bytes,
      refreshPeriod: reader.seconds("RefreshRateSeconds", of: element), line: element.line)
  }

  private mutating func readProcess(_ element: ConfigurationElement) -> ProcessDescription {
    ProcessDescription(
      name: reader.text("Name", of: element) ?? "", stackBytes: reader.number("StackSize", of: element),
      period: reader.seconds("p:PeriodSeconds", of: element),
      capacity: reader.seconds("p:TimeCapacitySeconds", of: element),
      deadline: reader.seconds("p:DeadlineSeconds", of: element),
      priority: reader.number("p:Priority", of: element), line: element.line)
  }
}
