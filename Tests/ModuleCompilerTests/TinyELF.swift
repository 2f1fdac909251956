/// Builds ELF files in memory, right ones and wrong ones.
struct TinyELF {
  struct Segment {
    var type: UInt32 = 1
    var flags: UInt32
    var address: UInt64
    var contents: [UInt8]
    var memoryBytes: UInt64
  }

  var machine: UInt16 = 62
  var type: UInt16 = 2
  var entry: UInt64 = 0x40_0010
  var segments = [
    Segment(flags: 5, address: 0x40_0000, contents: [UInt8](repeating: 0x90, count: 100), memoryBytes: 100),
    Segment(flags: 4, address: 0x40_1000, contents: Array("constants".utf8), memoryBytes: 9),
    Segment(flags: 6, address: 0x40_2000, contents: [1, 2, 3, 4], memoryBytes: 0x1801),
  ]
  /// In a symbol table at the file's end.
  var symbols: [(name: String, address: UInt64)] = [
    ("entry", 0x40_0010), ("other", 0x40_0020), ("variable", 0x40_2000),
  ]
  var buildIdentity: [UInt8]? = [0xDE, 0xAD, 0xBE, 0xEF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

  var bytes: [UInt8] {
    var all = segments
    if let identity = buildIdentity {
      let note = little(4, 4) + little(UInt64(identity.count), 4) + little(3, 4) + Array("GNU\0".utf8) + identity
      all.append(Segment(type: 4, flags: 4, address: 0, contents: note, memoryBytes: UInt64(note.count)))
    }
    var headers: [UInt8] = []
    var contents: [UInt8] = []
    let firstOffset = 64 + all.count * 56
    for segment in all {
      headers += little(UInt64(segment.type), 4) + little(UInt64(segment.flags), 4)
      headers += little(UInt64(firstOffset + contents.count), 8) + little(segment.address, 8)
      headers += little(segment.address, 8) + little(UInt64(segment.contents.count), 8)
      headers += little(segment.memoryBytes, 8) + little(4096, 8)
      contents += segment.contents
    }
    let tables = sectionTables(at: firstOffset + contents.count)
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
    file += little(UInt64(type), 2) + little(UInt64(machine), 2) + little(1, 4)
    file += little(entry, 8) + little(64, 8) + little(UInt64(tables.headers), 8) + little(0, 4)
    file += little(64, 2) + little(56, 2) + little(UInt64(all.count), 2) + little(64, 2) + little(3, 2) + little(0, 2)
    return file + headers + contents + tables.bytes
  }

  /// A symbol table, its names, and the section headers of both after an empty one.
  private func sectionTables(at offset: Int) -> (bytes: [UInt8], headers: Int) {
    var names: [UInt8] = [0]
    var entries = [UInt8](repeating: 0, count: 24)
    for (name, address) in symbols {
      entries += little(UInt64(names.count), 4) + little(2, 2) + little(1, 2) + little(address, 8) + little(8, 8)
      names += Array(name.utf8) + [0]
    }
    func header(_ type: UInt64, _ place: Int, _ count: Int, link: UInt64) -> [UInt8] {
      little(0, 4) + little(type, 4) + little(0, 16) + little(UInt64(place), 8) + little(UInt64(count), 8)
        + little(link, 4) + little(0, 4) + little(1, 8) + little(24, 8)
    }
    let namesAt = offset + entries.count
    let headers =
      [UInt8](repeating: 0, count: 64) + header(2, offset, entries.count, link: 2)
      + header(3, namesAt, names.count, link: 0)
    return (entries + names + headers, namesAt + names.count)
  }

  private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) : 0 }
  }
}
