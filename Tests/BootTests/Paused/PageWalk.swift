/// Four-level page tables as the processor walks them. Source: AMD64 manual, volume 2, 5.3.
struct PageWalk {
  /// One mapping with what all levels together allow.
  struct Page: Hashable, CustomStringConvertible {
    var address: UInt64
    var physical: UInt64
    var rights: Rights
    /// 4096, or that of a large page.
    var byteCount: UInt64 = 4096

    var description: String { "\(String(address, radix: 16)) → \(String(physical, radix: 16)) \(rights)" }
  }
  struct Rights: Hashable, CustomStringConvertible {
    var isUser: Bool
    var isWritable: Bool
    var isExecutable: Bool

    var description: String {
      (isUser ? "u" : "s") + "r" + (isWritable ? "w" : "-") + (isExecutable ? "x" : "-")
    }
  }

  private(set) var pages: [Page] = []
  /// Physical addresses of the tables themselves.
  private(set) var tables: [UInt64] = []
  /// Table addresses that are not in memory.
  private(set) var wildTables: [UInt64] = []
  private let load: (UInt64) -> UInt64?

  /// - Parameters:
  ///   - root: CR3.
  ///   - load: the word at a physical address; nil where there is no memory.
  init(root: UInt64, load: @escaping (UInt64) -> UInt64?) {
    self.load = load
    walk(
      root & 0x000F_FFFF_FFFF_F000, level: 3, base: 0,
      Rights(isUser: true, isWritable: true, isExecutable: true))
  }

  private mutating func walk(_ table: UInt64, level: Int, base: UInt64, _ outer: Rights) {
    tables.append(table)
    let size: UInt64 = 4096 << (9 * UInt64(level))
    for index in 0..<512 as Range<UInt64> {
      guard let entry = load(table + index * 8) else { return wildTables.append(table) }
      guard entry & 1 != 0 else { continue }
      let rights = Rights(
        isUser: outer.isUser && entry & 4 != 0, isWritable: outer.isWritable && entry & 2 != 0,
        isExecutable: outer.isExecutable && entry >> 63 == 0)
      var address = base + index * size
      if level == 3, index >= 256 { address |= 0xFFFF_0000_0000_0000 }
      let target = entry & 0x000F_FFFF_FFFF_F000
      if level == 0 || level < 3 && entry & 0x80 != 0 {
        pages.append(Page(address: address, physical: target & ~(size - 1), rights: rights, byteCount: size))
      } else {
        walk(target, level: level - 1, base: address, rights)
      }
    }
  }
}

/// What must be mapped while a partition runs, and how that compares with what is.
struct MappingPlan {
  var expected: [UInt64: PageWalk.Rights] = [:]

  mutating func add(_ address: UInt64, bytes: UInt64, user: Bool, write: Bool = false, execute: Bool = false) {
    for offset in stride(from: 0, to: bytes, by: 4096) {
      expected[address + offset] = .init(isUser: user, isWritable: write, isExecutable: execute)
    }
  }

  /// Everything wrong with a walk, in words.
  func findings(_ walk: PageWalk) -> [String] {
    var findings = walk.wildTables.map { "a table at \(String($0, radix: 16)), where no memory is" }
    var missing = expected
    for page in walk.pages {
      if page.byteCount != 4096 { findings.append("\(page) is a page of \(page.byteCount) bytes") }
      if page.rights.isWritable, page.rights.isExecutable { findings.append("\(page) is writable and executable") }
      guard let rights = missing.removeValue(forKey: page.address) else {
        findings.append("\(page) is mapped and must not be")
        continue
      }
      if rights != page.rights { findings.append("\(page) must be \(rights)") }
    }
    findings += missing.keys.sorted().map { "\(String($0, radix: 16)) is not mapped" }
    return findings
  }
}
