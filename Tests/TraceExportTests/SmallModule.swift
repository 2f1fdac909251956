import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A small module table made by hand, with names that formats stumble over: three partitions, two windows in a frame of
/// 10 ms, a process, a port.
enum SmallModule {
  static let partitionNames = ["Sen\"sors, \\A", "Contrôl", "Drainer"]
  static let processName = "law <1> & \"two\""
  static let bytes: [UInt8] = build()
  static var checksum: UInt64 { bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: UInt64.self) } }

  private static func words<Record: TableRecord>(_ records: [Record]) -> (ModuleSection, [UInt64]) {
    var words: [UInt64] = []
    for record in records { record.write { words.append($0) } }
    return (Record.section, words)
  }

  private static func partition(_ index: Int, _ name: NameReference) -> PartitionRecord {
    PartitionRecord(
      name: name, identifier: UInt64(index + 1), flags: index == 2 ? .drainer : PartitionRecord.Flags(), criticality: 0,
      period: Nanoseconds(10_000_000), duration: Nanoseconds(2_000_000), entryPoint: PartitionLayout.imageBase,
      stackBytes: 8192, segments: RecordRange(first: 0, count: 0),
      ports: RecordRange(first: 0, count: index == 0 ? 1 : 0), portGrants: RecordRange(first: 0, count: 0),
      buildIdentity: 1, permittedLines: 0x100)
  }

  private static func build() -> [UInt8] {
    var strings: [UInt8] = []
    func name(_ text: String) -> NameReference {
      defer { strings += Array(text.utf8) }
      return NameReference(offset: strings.count, length: text.utf8.count)
    }
    let module = ModuleRecord(
      name: name("Small, \"quoted\""), identifier: 1, switchAllowance: Nanoseconds(20_000),
      finalPad: Nanoseconds(2_000), ringBytes: 65536, keyframeIntervalFrames: 100, intervalTimerHertz: 100,
      realTimeClockHertz: 1024, initialSchedule: 0, drainer: PartitionIndex(2), eventsPerBlock: 512)
    let partitions = partitionNames.enumerated().map { partition($0.offset, name($0.element)) }
    let schedule = ScheduleRecord(
      identifier: 1, name: name("Main"), majorFrame: Nanoseconds(10_000_000), windows: RecordRange(first: 0, count: 2))
    let windows = (0..<2).map {
      WindowRecord(
        start: Nanoseconds(UInt64($0) * 4_000_000), duration: Nanoseconds(2_000_000),
        partition: PartitionIndex(UInt8($0)), identifier: UInt64($0), isPeriodStart: true)
    }
    let process = ProcessRecord(
      partition: PartitionIndex(1), name: name(processName), period: Nanoseconds(10_000_000),
      capacity: Nanoseconds(1_000_000), deadline: Nanoseconds(2_000_000), priority: 1)
    let port = PortRecord(
      partition: PartitionIndex(0), name: name("OUT"), kind: .sampling, direction: .source, maximumMessageBytes: 64,
      refreshPeriod: Nanoseconds(0), channel: 0)
    let channel = ChannelRecord(identifier: 1, sourcePort: 0, maximumMessageBytes: 64)
    while strings.count % 8 != 0 { strings.append(0) }
    let stringWords = strings.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    return assemble([
      words([module]), words(partitions), words([schedule]), words(windows), words([process]), words([port]),
      words([channel]), (.strings, stringWords),
    ])
  }

  private static func assemble(_ sections: [(ModuleSection, [UInt64])]) -> [UInt8] {
    var directory: [UInt64] = []
    var body: [UInt64] = []
    let head = ModuleTableLayout.headerWordCount + sections.count * ModuleTableLayout.directoryWordCount
    for (section, words) in sections {
      let stride = section.recordWords
      directory += [section.rawValue, UInt64(stride), UInt64(words.count / stride), UInt64((head + body.count) * 8)]
      body += words
    }
    let size = UInt64((head + body.count) * 8)
    var table = [ModuleTableLayout.magic, ModuleTableLayout.version, size, size, 0, 0, UInt64(sections.count), 7]
    table += directory + body
    table[4] = table.withUnsafeBytes { ModuleTable.checksum(of: $0) }
    return table.withUnsafeBytes { Array($0) }
  }
}
