import APEXTypes

extension DescriptionReader {
  private static let codes: [String: ErrorCode] = [
    "DEADLINE_MISSED": .deadlineMissed, "APPLICATION_ERROR": .applicationError, "NUMERIC_ERROR": .numericError,
    "ILLEGAL_REQUEST": .illegalRequest, "STACK_OVERFLOW": .stackOverflow, "MEMORY_VIOLATION": .memoryViolation,
    "HARDWARE_FAULT": .hardwareFault, "POWER_FAILURE": .powerFail,
  ]
  private static let levels: [String: ErrorLevel] = ["PROCESS": .process, "PARTITION": .partition, "MODULE": .module]
  private static let moduleActions: [String: ModuleRecoveryAction] = [
    "IGNORE": .ignore, "SHUTDOWN": .shutdown, "RESET": .reset,
  ]
  private static let partitionActions: [String: PartitionRecoveryAction] = [
    "IGNORE": .ignore, "IDLE": .idle, "WARM_START": .warmStart, "COLD_START": .coldStart,
  ]

  mutating func readHealthTables(_ root: ConfigurationElement) {
    if let table = reader.single("System_HM_Table", of: root) {
      description.health.systemTableLine = table.line
      forEachEntry(of: table) { reader, state, error, entry in
        guard let level = reader.required(reader.choice("ErrorLevel", of: entry, Self.levels)) else { return nil }
        return HealthDescription.Level(
          state: state, errorIdentifier: error, level: level,
          code: reader.choice("ErrorCode", of: entry, Self.codes), line: entry.line)
      } append: {
        $0.levels.append($1)
      }
    }
    if let table = reader.single("Module_HM_Table", of: root) {
      description.health.hasModuleCallback = table.attributes["ModuleCallback"] != nil
      forEachEntry(of: table) { reader, state, error, entry in
        reader.required(reader.choice("Action", of: entry, Self.moduleActions)).map {
          HealthDescription.ModuleAction(state: state, errorIdentifier: error, action: $0, line: entry.line)
        }
      } append: {
        $0.moduleActions.append($1)
      }
    }
    for table in root.children("Partition_HM_Table") {
      guard let partition = readOwner(ofHealthTable: table) else { continue }
      let symbol = reader.text("PartitionCallback", of: table)
      description.health.partitionTables.append(
        .init(
          partitionIdentifier: partition,
          isEmpty: symbol == nil && table.children.allSatisfy { $0.children.isEmpty }, line: table.line))
      if let symbol {
        description.health.callbacks.append(
          .init(partitionIdentifier: partition, symbol: symbol, line: table.line))
      }
      forEachEntry(of: table) { reader, state, error, entry in
        reader.required(reader.choice("Action", of: entry, Self.partitionActions)).map {
          HealthDescription.PartitionAction(
            partitionIdentifier: partition, state: state, errorIdentifier: error, action: $0, line: entry.line)
        }
      } append: {
        $0.partitionActions.append($1)
      }
    }
  }

  /// Whose table it is. Generators write empty ones that are nobody's: those have no effect, and are no reason to
  /// refuse a file.
  private mutating func readOwner(ofHealthTable table: ConfigurationElement) -> UInt64? {
    guard table.attributes["PartitionIdentifier"] == nil else {
      return reader.required(reader.number("PartitionIdentifier", of: table))
    }
    guard !table.children.isEmpty || table.attributes["PartitionCallback"] != nil else {
      reader.unsupported(
        table, "this Partition_HM_Table has no PartitionIdentifier and no entries: it has no effect",
        "name the partition and what is done about its errors, or leave the table out")
      return nil
    }
    reader.diagnostics.error(
      .schemaViolation, line: table.line, "this Partition_HM_Table has no PartitionIdentifier",
      "name the partition whose errors it is about")
    return reader.required(nil)
  }

  /// Reads the entries of a table, each with the state that it stands under.
  private mutating func forEachEntry<Entry>(
    of table: ConfigurationElement,
    _ read: (inout AttributeReader, UInt64, UInt64, ConfigurationElement) -> Entry?,
    append: (inout HealthDescription, Entry) -> Void
  ) {
    for row in table.children {
      guard let state = reader.required(reader.number("SystemState", of: row)) else { continue }
      description.health.stateEntries.append(.init(state: state, line: row.line))
      for entry in row.children {
        guard let error = reader.required(reader.number("ErrorIdentifier", of: entry)),
          let value = read(&reader, state, error, entry)
        else { continue }
        append(&description.health, value)
      }
    }
  }
}
