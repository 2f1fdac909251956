import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat
import TraceReading

@Suite struct SQLiteTests {
  static func export(_ trace: [UInt8], from: UInt64 = 0, to: UInt64 = .max) throws -> (TemporaryFolder, Database) {
    let folder = try TemporaryFolder()
    try TraceExportTests.export(trace, from: from, to: to) { try SQLiteExporter(folder.file("run.db"), $0) }
    return (folder, try Database(folder.file("run.db"), .readOnly))
  }

  static func rows(_ database: Database, _ sql: String) throws -> [[Statement.Value]] {
    let statement = try #require(try database.prepare(Array(sql.utf8)).statement)
    var rows: [[Statement.Value]] = []
    while try statement.next() { rows.append(statement.row) }
    return rows
  }

  /// A row as text, '·' for NULL.
  static func lines(_ database: Database, _ sql: String) throws -> [String] {
    try rows(database, sql).map { row in
      row.map { value in
        switch value {
        case .null: "·"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .blob: "blob"
        }
      }.joined(separator: "|")
    }
  }

  @Test func aFrameByHeart() throws {
    let (folder, database) = try Self.export(SmallStory.file(SmallStory.whole))
    defer { withExtendedLifetime(folder) {} }
    func lines(_ sql: String) throws -> [String] { try Self.lines(database, sql) }
    let (one, two) = (SmallModule.partitionNames[0], SmallModule.partitionNames[1])
    #expect(
      try lines("SELECT frame, window, partition, start_ns, first_instruction_ns, late_ns, length_ns FROM windows") == [
        "0|0|\(one)|1000|1000|0|1979970", "0|1|\(two)|2001000|2001000|0|1019900",
      ])
    #expect(SQLiteSchema.text.contains("the claim window.start.instant leaves such windows out"))
    #expect(
      try lines("SELECT partition, hypercall, status, value, answer_ns, kernel_ns FROM hypercalls") == [
        "\(one)|writeSamplingMessage|noError|0|200|500", "\(two)|yield|noError|12001000|100|450",
      ])
    #expect(
      try lines("SELECT vector, interrupted, acknowledge_ns, marks FROM interrupts") == [
        "40 RTC|\(one)|150|1", "40 RTC|\(one)|150|1",
      ])
    #expect(
      try lines("SELECT position, partition, vector, coalesced, depth, length_ns, waited_ns FROM upcalls") == [
        "13|\(one)|40 RTC|1|1|850|100"
      ])
    #expect(
      try lines(
        "SELECT interrupt_position, mark_position, upcall_position, to_mark_ns, total_ns FROM interrupts_to_upcalls")
        == ["10|11|13|100|200"])
    #expect(try lines("SELECT port, operation, length, message, valid FROM port_traffic") == ["OUT|write|64|1|0"])
    #expect(
      try lines("SELECT process, released_ns, completed_ns, response_ns, met FROM processes") == [
        "\(SmallModule.processName)|2001000|2500000|499000|1"
      ])
    #expect(
      try lines("SELECT from_partition, to_partition, ready FROM switches") == [
        "–|\(one)|0", "\(one)|\(two)|1", "\(two)|Drainer|0",
      ])
    #expect(try lines("SELECT from_ns, to_ns FROM ring3 WHERE partition = 'Drainer'") == ["2500450|3000000"])
    #expect(try lines("SELECT count(*) FROM gap") == ["0"])
    #expect(try lines("SELECT value FROM information WHERE key = 'module'") == ["Small, \"quoted\""])
    #expect(
      try lines("SELECT subject, count, least_ns, greatest_ns FROM latencies WHERE measure = 'interrupt to mark'") == [
        "40 RTC|2|100|100"
      ])
  }

  @Test func everyEventIsThereAsItIs() throws {
    let trace = try WorldTraces.file(seed: 51)
    let (folder, database) = try Self.export(trace)
    defer { withExtendedLifetime(folder) {} }
    let reader = try TraceReader(bytes: trace)
    let statement = try #require(try database.prepare(Array("SELECT * FROM event ORDER BY position".utf8)).statement)
    let vocabulary = TraceVocabulary(reader.moduleTable)
    while case .event(let position, let event)? = reader.next() {
      try #require(try statement.next())
      let numbers: [UInt64] =
        [
          position, event.time, UInt64(event.kind), UInt64(event.partition), UInt64(event.detail),
          UInt64(event.operand),
        ]
        + (0..<8).map { event.words[$0] }
      let fields = EventDescription(event, position: position, vocabulary).fields.map(\.text).joined(separator: " ")
      #expect(statement.row == numbers.map { .integer(Int64(bitPattern: $0)) } + [.text(fields)])
    }
    #expect(try !statement.next())
  }

  /// Every view answers, and agrees with what can be counted without it.
  @Test func viewsAgreeWithTheEvents() throws {
    var upcalls: Int64 = 0
    for seed in [52, 53] as [UInt64] {
      let (folder, database) = try Self.export(WorldTraces.file(seed: seed, inputs: 4000))
      defer { withExtendedLifetime(folder) {} }
      func count(_ sql: String) throws -> Int64 {
        guard case .integer(let count)? = try Self.rows(database, "SELECT count(*) FROM \(sql)").first?.first else {
          return -1
        }
        return count
      }
      let pairs = [
        ("events", "event"), ("windows", "event WHERE kind = 22"), ("switches", "event WHERE kind = 21"),
        ("hypercalls", "event WHERE kind = 3"), ("interrupts", "event WHERE kind = 1"),
        ("upcalls", "event WHERE kind = 18"), ("upcalls WHERE waited_ns IS NOT NULL", "event WHERE kind = 18"),
        ("mark", "event WHERE kind = 17"), ("port_traffic", "event WHERE kind = 26"),
        ("frame", "event WHERE kind = 24"), ("hypercalls WHERE status IS NOT NULL", "event WHERE kind = 20"),
        ("step", "event WHERE kind < 16"),
      ]
      for (view, events) in pairs { #expect(try count(view) == count(events), "\(view), seed \(seed)") }
      upcalls += try count("upcalls")
      #expect(try count("latencies") > 10)
      let views = try Self.lines(database, "SELECT name FROM sqlite_master WHERE type = 'view'")
      #expect(views.count == 12)
      for view in views { #expect(try count(view) >= 0) }
    }
    #expect(upcalls > 0)
  }

  /// A trace may name a partition that the module has not: no name is made up, and the number is not lost.
  @Test func aPartitionBeyondTheTableIsANumberWithoutAName() throws {
    var events = SmallStory.whole
    events[5].partition = 77
    let (folder, database) = try Self.export(SmallStory.file(events))
    defer { withExtendedLifetime(folder) {} }
    #expect(
      try Self.lines(
        database, "SELECT position, partition, partition_index FROM events WHERE position BETWEEN 4 AND 5") == [
          "4|\(SmallModule.partitionNames[0])|0", "5|·|77",
        ])
    #expect(try Self.lines(database, "SELECT count(*) FROM events WHERE partition_index = 77") == ["1"])
    #expect(SQLiteSchema.text.contains("partition_index"))
  }

  @Test func aLossIsARowAndEndsAreUnknown() throws {
    let (folder, database) = try Self.export(SmallStory.file(SmallStory.lossy))
    defer { withExtendedLifetime(folder) {} }
    #expect(try Self.lines(database, "SELECT after_ns, until_ns, missing FROM gap") == ["8300|1980000|7"])
    #expect(try Self.lines(database, "SELECT ended_ns FROM window_run ORDER BY position") == ["·", "3000100"])
    #expect(try Self.lines(database, "SELECT ended_ns FROM upcall") == ["·"])
    #expect(try Self.lines(database, "SELECT left_ns FROM step WHERE position = 10") == ["·"])
  }

  /// A column has one type: what has no name is its number as a text, which can be asked for as one.
  @Test func whatHasNoNameIsTextToo() throws {
    let story = SmallStory.ended(
      SmallStory.body[...6] + [
        SmallStory.entry(5000, .hypercall, 0, what: 99, after: 850),
        SmallStory.event(5200, .hypercallResult, 0, detail: 200, operand: 99),
        SmallStory.entry(8000, .interrupt, 0, what: 200, after: 300),
        SmallStory.event(8150, .acknowledged, operand: 200), SmallStory.event(8160, .mark, 0, operand: 200, .init(1)),
        SmallStory.event(8200, .upcall, 0, detail: 1 << 1, operand: 200, .init(1, 0x40_0200, 0)),
        SmallStory.entry(9000, .hypercall, 0, what: SmallStory.call, after: 100),
        SmallStory.event(9100, .portOperation, 0, detail: 77, operand: 0, .init(64, 1, 0)),
        SmallStory.entry(9500, .timer, 0, what: 0xEF, after: 100),
      ])
    let (folder, database) = try Self.export(SmallStory.file(story))
    defer { withExtendedLifetime(folder) {} }
    func lines(_ sql: String) throws -> [String] { try Self.lines(database, sql) }
    #expect(try lines("SELECT position, status FROM hypercalls WHERE hypercall = '99'") == ["7|200"])
    #expect(try lines("SELECT position FROM interrupts WHERE vector = '200'") == ["9"])
    #expect(try lines("SELECT position FROM upcalls WHERE vector = '200'") == ["12"])
    #expect(try lines("SELECT position FROM port_traffic WHERE operation = '77'") == ["14"])
    #expect(try lines("SELECT greatest_ns FROM latencies WHERE measure = 'hypercall' AND subject = '99'") == ["500"])
    for column in [
      "hypercall FROM hypercalls", "status FROM hypercalls WHERE status IS NOT NULL", "vector FROM interrupts",
      "vector FROM upcalls", "vector FROM interrupts_to_upcalls", "operation FROM port_traffic",
      "subject FROM latencies",
    ] {
      #expect(try lines("SELECT DISTINCT typeof(\(column.replacing(" FROM", with: ") FROM"))") == ["text"])
    }
  }

  @Test func whatIsNotWritableIsSaid() throws {
    let trace = SmallStory.file(SmallStory.whole)
    #expect(throws: ExportFailure.self) {
      try TraceExportTests.export(trace) { try SQLiteExporter("/nowhere/run.db", $0) }
    }
  }
}
