import ModuleConfiguration
import TextForms
import TraceFormat
import TraceReading

/// Fills the tables of names.
struct SQLiteNames {
  private let database: Database

  init(_ database: Database) { self.database = database }

  func write(_ table: ModuleTable, _ vocabulary: TraceVocabulary) throws(Database.Failure) {
    try writeInformation(table)
    let partition = try database.prepare(own: "INSERT INTO partition VALUES(?, ?)")
    for (index, name) in vocabulary.partitions.enumerated() where index < 0xFF {
      try Self.insert(partition, [UInt64(index)], [name])
    }
    try Self.insert(partition, [0xFF], ["–"])
    let kind = try database.prepare(own: "INSERT INTO kind VALUES(?, ?, ?)")
    for raw in UInt8.min...UInt8.max {
      let group = EventKind(rawValue: raw).map { "\($0.eventClass)" } ?? "unknown"
      try Self.insert(kind, [UInt64(raw)], [TraceVocabulary.kind(raw), group])
    }
    let label = try database.prepare(own: "INSERT INTO label(id, topic, name) VALUES(?, ?, ?)")
    for set in LabelSet.allCases {
      for member in set.members { try Self.insert(label, [member.value], [set.rawValue, member.name]) }
    }
    try writePorts(table)
    try writeProcesses(table)
  }

  private static func insert(
    _ statement: Statement, _ numbers: [UInt64?], _ texts: [String?]
  ) throws(Database.Failure) {
    for (index, number) in numbers.enumerated() { statement.bind(Int32(index + 1), number) }
    for (index, text) in texts.enumerated() { statement.bind(Int32(numbers.count + index + 1), text) }
    try statement.run()
  }

  private func writeInformation(_ table: ModuleTable) throws(Database.Failure) {
    let statement = try database.prepare(own: "INSERT INTO information VALUES(?, ?)")
    for (key, value) in [
      ("schema", "1"), ("module", TraceVocabulary.text(table, table.module.name)),
      ("module_table", table.checksum.hexadecimal), ("images", table.imageIdentity.hexadecimal),
      ("switch_allowance_ns", "\(table.module.switchAllowance.count)"),
    ] {
      try Self.insert(statement, [], [key, value])
    }
  }

  private func writePorts(_ table: ModuleTable) throws(Database.Failure) {
    let statement = try database.prepare(
      own: "INSERT INTO port(id, partition, channel, name, kind, direction) VALUES(?, ?, ?, ?, ?, ?)")
    for index in 0..<table.count(PortRecord.self) {
      let port = table.record(PortRecord.self, index)
      try Self.insert(
        statement, [UInt64(index), UInt64(port.partition.rawValue), port.channel],
        [TraceVocabulary.text(table, port.name), "\(port.kind)", "\(port.direction)"])
    }
  }

  private func writeProcesses(_ table: ModuleTable) throws(Database.Failure) {
    let statement = try database.prepare(
      own: "INSERT INTO process(id, partition, period_ns, deadline_ns, name) VALUES(?, ?, ?, ?, ?)")
    for index in 0..<table.count(ProcessRecord.self) {
      let process = table.record(ProcessRecord.self, index)
      let deadline = process.deadline.count == .max ? nil : process.deadline.count
      try Self.insert(
        statement, [UInt64(index), UInt64(process.partition.rawValue), process.period.count, deadline],
        [TraceVocabulary.text(table, process.name)])
    }
  }
}
