import APEXTypes
import ModuleConfiguration

/// A module table with other lengths of its windows; everything else stays.
public struct WindowVariant {
  /// The table's bytes, 8-byte aligned; freed by `free()`.
  private let storage: UnsafeMutableRawBufferPointer

  /// - Parameters:
  ///   - table: what the variant is made of.
  ///   - durations: of windows by their index in the table; the others keep theirs.
  public init(_ table: ModuleTable, durations: [Int: Nanoseconds]) {
    // Unsafe: a copy of its own; words are those of the table's layout, checked when it was opened.
    storage = .allocate(byteCount: table.byteCount, alignment: 8)
    storage.copyMemory(from: table.bytes)
    let words = storage.bindMemory(to: UInt64.self)
    var first = 0
    var stride = 0
    for entry in 0..<Int(words[6]) {
      let place = ModuleTableLayout.headerWordCount + entry * ModuleTableLayout.directoryWordCount
      guard words[place] == ModuleSection.windows.rawValue else { continue }
      stride = Int(words[place + 1])
      first = Int(words[place + 3]) / 8
    }
    for (index, duration) in durations {
      var record = table.record(WindowRecord.self, index)
      record.duration = duration
      var word = first + index * stride
      record.write {
        words[word] = $0
        word += 1
      }
    }
    words[4] = ModuleTable.checksum(of: UnsafeRawBufferPointer(storage))
  }

  /// The variant; it must not be used after `free()`.
  public func table() throws(ModuleTable.Defect) -> ModuleTable { try ModuleTable(UnsafeRawBufferPointer(storage)) }

  /// Frees the variant's bytes; whoever made it calls this, once.
  public func free() { storage.deallocate() }
}
