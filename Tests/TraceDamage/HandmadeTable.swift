import ModuleConfiguration

/// A module table made by hand, record by record: for traces of modules that no compiler has seen.
public struct HandmadeTable {
  private var strings: [UInt8] = []
  private var sections: [(section: ModuleSection, words: [UInt64])] = []

  /// A table without sections; `ModuleTable` takes none without a module, a partition and a schedule.
  public init() {}

  /// Adds a text to the table's strings.
  public mutating func name(_ text: String) -> NameReference {
    defer { strings += Array(text.utf8) }
    return NameReference(offset: strings.count, length: text.utf8.count)
  }

  /// Adds a section.
  public mutating func add<Record: TableRecord>(_ records: [Record]) {
    var words: [UInt64] = []
    for record in records { record.write { words.append($0) } }
    sections.append((Record.section, words))
  }

  /// The table with its header, directory, checksum and strings.
  public func bytes() -> [UInt8] {
    var padded = strings
    while padded.count % 8 != 0 { padded.append(0) }
    let names: [UInt64] = padded.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    let sections = (self.sections + [(.strings, names)]).sorted { $0.section.rawValue < $1.section.rawValue }
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
