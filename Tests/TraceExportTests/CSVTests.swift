import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat
import TraceReading

@Suite struct CSVTests {
  /// A reader of RFC 4180 that allows nothing else: every line ends with CR LF, quotes are where they must be.
  static func parse(_ bytes: [UInt8]) throws -> [[String]] {
    struct Malformed: Error { var offset: Int }
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var index = 0
    func at(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }
    while index < bytes.count {
      if at(0) == 0x22, field.isEmpty {
        index += 1
        while true {
          guard let byte = at(0) else { throw Malformed(offset: index) }
          if byte == 0x22 {
            guard at(1) == 0x22 else { break }
            index += 1
          }
          field.append(byte)
          index += 1
        }
        index += 1
        guard at(0) == 0x2C || at(0) == 0x0D else { throw Malformed(offset: index) }
      }
      switch at(0) {
      case 0x2C?:
        row.append(String(decoding: field, as: UTF8.self))
        field = []
        index += 1
      case 0x0D?:
        guard at(1) == 0x0A else { throw Malformed(offset: index) }
        rows.append(row + [String(decoding: field, as: UTF8.self)])
        (row, field) = ([], [])
        index += 2
      case let byte?:
        guard byte != 0x22, byte != 0x0A else { throw Malformed(offset: index) }
        field.append(byte)
        index += 1
      case nil: break
      }
    }
    guard row.isEmpty, field.isEmpty else { throw Malformed(offset: index) }
    return rows
  }

  @Test func quoting() throws {
    let fields = ["a", "b,c", "d\"e", "f\r\ng", "h\ni", ""]
    #expect(CSVRow.line(fields) == "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",\"h\ni\",\r\n")
    #expect(try Self.parse(Array(CSVRow.line(fields).utf8)) == [fields])
  }

  @Test func aRowForEachEvent() throws {
    for trace in [try WorldTraces.file(seed: 61), SmallStory.file(SmallStory.whole)] {
      let folder = try TemporaryFolder()
      try export(trace) { CSVExporter(try ExportFile(creating: folder.file("run.csv")), $0) }
      let rows = try Self.parse(try folder.bytes("run.csv"))
      #expect(rows.first?.count == 16)
      #expect(rows.allSatisfy { $0.count == 16 })
      let reader = try TraceReader(bytes: trace)
      let vocabulary = TraceVocabulary(reader.moduleTable)
      var index = 1
      while case .event(let position, let event)? = reader.next() {
        let description = EventDescription(event, position: position, vocabulary)
        let row = rows[index]
        #expect(row[0] == "\(position)" && row[1] == "\(event.time)" && row[3] == description.kind)
        #expect(row[4] == (event.partition == 0xFF ? "" : description.partition))
        let words: [String] = (0..<8).map { String(event.words[$0]) }
        #expect(row[5...14].map { String($0) } == [String(event.detail), String(event.operand)] + words)
        #expect(row[15] == description.fields.map(\.text).joined(separator: " "))
        index += 1
      }
      #expect(index == rows.count)
    }
  }

  @Test func aFileForEachKind() throws {
    let trace = SmallStory.file(SmallStory.lossy)
    let folder = try TemporaryFolder()
    try export(trace) { CSVFolderExporter(folder: folder.path, $0) }
    var counts: [String: Int] = [:]
    for event in SmallStory.lossy { counts[TraceVocabulary.kind(event.kind), default: 0] += 1 }
    #expect(Set(folder.names) == Set(counts.keys.map { $0 + ".csv" } + ["gap.csv"]))
    for (kind, count) in counts {
      #expect(try Self.parse(try folder.bytes(kind + ".csv")).count == count + 1, "\(kind)")
    }
    let gaps = try Self.parse(try folder.bytes("gap.csv"))
    #expect(gaps == [["from_ns", "to_ns", "missing", "reason"], ["8300", "1980000", "7", "the ring had no room"]])
    let windows = try Self.parse(try folder.bytes("windowStart.csv"))
    #expect(windows[0] == ["position", "time_ns", "partition", "window", "start_ns", "end_ns", "late_ns"])
    #expect(windows[1] == ["4", "130", SmallModule.partitionNames[0], "0", "1000", "2001000", "0"])
  }

  @Test func aGapIsARow() throws {
    let folder = try TemporaryFolder()
    try export(SmallStory.file(SmallStory.lossy)) { CSVExporter(try ExportFile(creating: folder.file("run.csv")), $0) }
    let gap = try #require(try Self.parse(try folder.bytes("run.csv")).first { $0[3] == "gap" })
    #expect(gap[1] == "1980000" && gap[7] == "7" && gap[15].contains("0.000008300"))
    #expect(gap[0] == "16", "the position of the next event")
  }

  /// At the end too a gap has a position of its own: the one that the next event would have.
  @Test func noTwoRowsOfACutTraceHaveOnePosition() throws {
    let trace = Array(SmallStory.file(SmallStory.whole).dropLast(200))
    let folder = try TemporaryFolder()
    try export(trace) { CSVExporter(try ExportFile(creating: folder.file("run.csv")), $0) }
    let rows = try Self.parse(try folder.bytes("run.csv")).dropFirst()
    #expect(rows.last?[3] == "gap")
    #expect(rows.map { $0[0] } == rows.indices.map { "\($0 - 1)" })
  }
}
