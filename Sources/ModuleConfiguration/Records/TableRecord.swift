/// A record of a module table as a Swift value: what `ModuleTable` reads and the module compiler writes.
/// Its section and the two directions of its layout stand together, so that reader and writer cannot drift apart.
///
/// Reading never traps: a number without a meaning gives nil, and a table with such a record does not open.
public protocol TableRecord {
  /// The section that has records of this type, and no others.
  static var section: ModuleSection { get }
  /// Reads the record from `word(i)`, `i` below `section.recordWords`; nil where a word has no meaning.
  init?(_ word: (Int) -> UInt64)
  /// Hands every word of the record to `put`, in order, as many as `section.recordWords`.
  func write(_ put: (UInt64) -> Void)
}

/// A name in the table's string section.
public struct NameReference: Equatable, Sendable {
  /// Where its first byte is in the string section, below 2⁴⁸.
  public var offset: Int
  /// Its bytes, below 2¹⁶; no zero ends it.
  public var length: Int

  /// A reference is one word of a record: offset << 16 | length.
  public init(offset: Int, length: Int) {
    self.offset = offset
    self.length = length
  }
  @inlinable init(word: UInt64) {
    offset = Int(truncatingIfNeeded: word >> 16)
    length = Int(truncatingIfNeeded: word & 0xFFFF)
  }
  @inlinable var word: UInt64 { UInt64(offset) << 16 | UInt64(length) }
}

/// A run of records in another section.
public struct RecordRange: Equatable, Sendable {
  /// Index of the first in that section, below 2³².
  public var first: Int
  /// How many follow each other from there, below 2³²; 0 for none.
  public var count: Int

  /// A run is one word of a record: first << 32 | count.
  public init(first: Int, count: Int) {
    self.first = first
    self.count = count
  }
  @inlinable init(word: UInt64) {
    first = Int(truncatingIfNeeded: word >> 32)
    count = Int(truncatingIfNeeded: word & 0xFFFF_FFFF)
  }
  @inlinable var word: UInt64 { UInt64(first) << 32 | UInt64(count) }
  /// Places in that section; empty where there is no record.
  @inlinable public var indices: Range<Int> { first..<(first + count) }
}
