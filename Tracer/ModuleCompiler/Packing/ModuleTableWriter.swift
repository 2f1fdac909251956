import ModuleConfiguration
import TraceFormat

/// Builds the bytes of a module table: records in sections, names in one, header and directory before them.
///
/// It is the counterpart of `ModuleTable` and uses the records' own `write`, so that the two agree by construction.
struct ModuleTableWriter {
  private var words: [ModuleSection: [UInt64]] = [:]
  private var counts: [ModuleSection: Int] = [:]
  private var strings: [UInt8] = []
  private var names: [String: NameReference] = [:]

  init() {}

  /// Where a name lies in the string section; the same name is stored once.
  mutating func name(_ text: String) -> NameReference {
    if let known = names[text] { return known }
    let reference = NameReference(offset: strings.count, length: text.utf8.count)
    strings += text.utf8
    names[text] = reference
    return reference
  }

  /// Adds a record to its section and answers its index there.
  @discardableResult
  mutating func append<Record: TableRecord>(_ record: Record) -> Int {
    var list = words[Record.section] ?? []
    let before = list.count
    record.write { list.append($0) }
    precondition(list.count - before == Record.section.recordWords, "a record has the words of its section")
    words[Record.section] = list
    let index = counts[Record.section] ?? 0
    counts[Record.section] = index + 1
    return index
  }

  /// How many records a section has so far.
  func count<Record: TableRecord>(_ type: Record.Type) -> Int { counts[Record.section] ?? 0 }

  /// The range of records appended since the section had `first`.
  func range<Record: TableRecord>(_ type: Record.Type, since first: Int) -> RecordRange {
    RecordRange(first: first, count: count(type) - first)
  }

  /// Bytes that the finished table will have; more names or records change it.
  var byteCount: Int {
    let sections = sectionsInOrder
    let directory = ModuleTableLayout.headerWordCount + sections.count * ModuleTableLayout.directoryWordCount
    return sections.reduce(directory * 8) { $0 + contents(of: $1).count * 8 }
  }

  /// The table's bytes.
  ///
  /// - Parameters:
  ///   - imageByteCount: bytes of the whole image that the table heads.
  ///   - imageIdentity: XXH64 of everything that the segments contain.
  func bytes(imageByteCount: Int, imageIdentity: UInt64) -> [UInt8] {
    let sections = sectionsInOrder
    var table: [UInt64] = [
      ModuleTableLayout.magic, ModuleTableLayout.version, UInt64(byteCount), UInt64(imageByteCount), 0, 0,
      UInt64(sections.count), imageIdentity,
    ]
    var offset = ModuleTableLayout.headerWordCount + sections.count * ModuleTableLayout.directoryWordCount
    for section in sections {
      let contents = contents(of: section)
      let stride = section.recordWords
      table += [section.rawValue, UInt64(stride), UInt64(contents.count / stride), UInt64(offset * 8)]
      offset += contents.count
    }
    for section in sections { table += contents(of: section) }
    var bytes = table.withUnsafeBytes { Array($0) }
    let checksum = bytes.withUnsafeBytes { ModuleTable.checksum(of: $0) }
    withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(32..<40, with: $0) }
    return bytes
  }

  private var sectionsInOrder: [ModuleSection] {
    (1...255).compactMap(ModuleSection.init).filter { !contents(of: $0).isEmpty }
  }

  private func contents(of section: ModuleSection) -> [UInt64] {
    guard section == .strings else { return words[section] ?? [] }
    var padded = strings
    while padded.count % 8 != 0 { padded.append(0) }
    return stride(from: 0, to: padded.count, by: 8).map { start in
      (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(padded[start + $1]) }
    }
  }
}
