import ModuleConfiguration
import TraceFormat
import TraceReading

/// Traces that are stored well, of modules that no module file can describe.
public enum AlteredTable {
  /// A word of the module table, and what it becomes.
  public struct Change: Sendable {
    var section: ModuleSection
    var record: Int
    var word: Int
    var value: UInt64

    /// The record is counted from 0 within the section, the word from 0 within the record.
    public init(_ section: ModuleSection, _ record: Int, word: Int, _ value: UInt64) {
      (self.section, self.record, self.word, self.value) = (section, record, word, value)
    }
  }
  struct NoSuchSection: Error { var section: ModuleSection }

  /// `trace` with a table that has these words, and their checksum.
  public static func altering(_ changes: [Change], in trace: [UInt8]) throws -> [UInt8] {
    let reader = try TraceReader(bytes: trace)
    var words = Array(reader.moduleTable.bytes.bindMemory(to: UInt64.self))
    for change in changes {
      let entries = (0..<Int(words[6])).map {
        ModuleTableLayout.headerWordCount + $0 * ModuleTableLayout.directoryWordCount
      }
      guard let entry = entries.first(where: { words[$0] == change.section.rawValue }) else {
        throw NoSuchSection(section: change.section)
      }
      words[Int(words[entry + 3]) / 8 + change.record * Int(words[entry + 1]) + change.word] = change.value
    }
    words[4] = words.withUnsafeBytes { ModuleTable.checksum(of: $0) }
    var writer = TraceWriter(moduleTable: words.withUnsafeBytes { Array($0) }, eventsPerBlock: 200)
    while case .event(_, var event)? = reader.next() {
      if event.knownKind == .boot { event.words.w0 = words[4] }
      writer.append(event)
    }
    return writer.finish()
  }
}
