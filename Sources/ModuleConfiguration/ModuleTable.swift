import APEXTypes
import TraceFormat

/// A read-only view of a module table in memory.
///
/// The view does not own its bytes: whoever makes it keeps them alive and unchanged (the kernel for ever, the host as
/// long as the `ModuleImage` or trace lives). Opening checks header, directory and checksum, so that reading a record
/// later needs no more than an index check. Source of the layout: `ModuleTableLayout`.
public struct ModuleTable: @unchecked Sendable {
  /// What is wrong with bytes that claim to be a module table.
  public enum Defect: UInt8, Error, Equatable, Sendable {
    case tooShort, misaligned, wrongMagic, wrongVersion, wrongSize, wrongChecksum, sectionOutOfBounds, missingSection
    case recordOutOfRange, sectionsOutOfOrder
  }

  @usableFromInline let base: UnsafeRawPointer
  /// Bytes of the table, a multiple of 8; the rest of the image is not counted.
  public let byteCount: Int

  /// Opens the table that begins at `bytes`.
  ///
  /// - Parameter bytes: at least the table; 8-byte aligned; what follows the table is not looked at.
  public init(_ bytes: UnsafeRawBufferPointer) throws(Defect) {
    guard let start = bytes.baseAddress, bytes.count >= ModuleTableLayout.headerWordCount * 8 else { throw .tooShort }
    guard UInt(bitPattern: start) & 7 == 0 else { throw .misaligned }
    base = start
    let header = start.assumingMemoryBound(to: UInt64.self)
    guard header[0] == ModuleTableLayout.magic else { throw .wrongMagic }
    guard header[1] == ModuleTableLayout.version else { throw .wrongVersion }
    guard header[2] & 7 == 0, header[2] >= 64, header[2] <= UInt64(bytes.count), header[3] >= header[2] else {
      throw .wrongSize
    }
    byteCount = Int(header[2])
    let whole = UnsafeRawBufferPointer(start: start, count: byteCount)
    guard header[5] == 0, ModuleTable.checksum(of: whole) == header[4] else { throw .wrongChecksum }
    let sections = header[6]
    guard sections <= 64, Int(sections) * 32 + 64 <= byteCount else { throw .sectionOutOfBounds }
    var before: UInt64 = 0
    for index in 0..<Int(sections) {
      let entry = header + (8 + index * 4)
      guard entry[0] > before else { throw .sectionsOutOfOrder }
      before = entry[0]
      guard entry[1] > 0, entry[1] <= 64, entry[2] <= 1 << 24, entry[3] & 7 == 0, entry[3] <= header[2],
        entry[1] * entry[2] * 8 <= header[2] - entry[3]
      else { throw .sectionOutOfBounds }
    }
    guard count(ModuleRecord.self) == 1 else { throw .missingSection }
    if hasDefectiveRecord { throw .recordOutOfRange }
  }

  /// The checksum of a table's bytes: XXH64 of all but the header's word 4, which holds it.
  ///
  /// - Parameter bytes: the whole table, at least its header.
  public static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    let before = XXH64.hash(UnsafeRawBufferPointer(rebasing: bytes[..<32]))
    return XXH64.hash(UnsafeRawBufferPointer(rebasing: bytes[40...]), seed: before)
  }

  /// The checksum of the table, as its header has it.
  public var checksum: UInt64 { word(4) }
  /// XXH64 of everything the partitions' segments contain.
  public var imageIdentity: UInt64 { word(7) }
  /// Bytes of the image that the table heads.
  public var imageByteCount: Int { Int(truncatingIfNeeded: word(3)) }
  /// The table's own bytes.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: byteCount) }

  @inlinable func word(_ index: Int) -> UInt64 {
    // Bounds were checked when the table was opened.
    base.assumingMemoryBound(to: UInt64.self)[index]
  }

  /// Where a section lies: (index of its first word, words a record, records).
  @inlinable @inline(__always)
  func location(of section: ModuleSection) -> (first: Int, stride: Int, count: Int) {
    // Sections are mostly in the order of their numbers, without gaps: look there first.
    let guess = section.rawValue &- 1
    if guess < word(6) {
      let entry = ModuleTableLayout.headerWordCount &+ Int(truncatingIfNeeded: guess) &* 4
      if word(entry) == section.rawValue {
        return (Int(word(entry + 3)) / 8, Int(word(entry + 1)), Int(word(entry + 2)))
      }
    }
    return search(for: section)
  }

  /// Sections stand in the order of their numbers: one is at the place that it has without gaps, or before.
  @usableFromInline func search(for section: ModuleSection) -> (first: Int, stride: Int, count: Int) {
    var rest = min(section.rawValue, word(6))
    while rest > 0 {
      rest &-= 1
      let entry =
        ModuleTableLayout.headerWordCount &+ Int(truncatingIfNeeded: rest) &* ModuleTableLayout.directoryWordCount
      let number = word(entry)
      if number == section.rawValue {
        return (Int(word(entry + 3)) / 8, Int(word(entry + 1)), Int(word(entry + 2)))
      }
      if number < section.rawValue { break }
    }
    return (0, 0, 0)
  }

  /// How many records of a kind the table has.
  @inlinable public func count<Record: TableRecord>(_ type: Record.Type) -> Int {
    let place = location(of: Record.section)
    return place.stride >= Record.section.recordWords ? place.count : 0
  }

  /// The record at `index`, or nil where a word of it has no meaning.
  ///
  /// - Precondition: `index` is below `count(type)`.
  @inlinable public func recordIfValid<Record: TableRecord>(_ type: Record.Type, _ index: Int) -> Record? {
    let place = location(of: Record.section)
    precondition(index >= 0 && index < place.count)
    let first = place.first + index * place.stride
    return Record { word(first + $0) }
  }

  /// The record at `index`. Opening the table has made sure that every record can be read.
  ///
  /// - Precondition: `index` is below `count(type)`.
  @inlinable public func record<Record: TableRecord>(_ type: Record.Type, _ index: Int) -> Record {
    guard let record = recordIfValid(type, index) else { preconditionFailure() }
    return record
  }

  /// What holds for the module as a whole; opening has made sure that there is one record.
  public var module: ModuleRecord { record(ModuleRecord.self, 0) }
  /// 1 … `ModuleLimits.maximumPartitionCount`.
  public var partitionCount: Int { count(PartitionRecord.self) }
  /// The record of a partition.
  ///
  /// - Precondition: the module has this partition.
  public func partition(_ index: PartitionIndex) -> PartitionRecord {
    record(PartitionRecord.self, Int(index.rawValue))
  }

  /// The bytes of a name.
  public func name(_ reference: NameReference) -> UnsafeRawBufferPointer {
    let place = location(of: .strings)
    precondition(reference.offset + reference.length <= place.count * place.stride * 8)
    return UnsafeRawBufferPointer(start: base + place.first * 8 + reference.offset, count: reference.length)
  }
}
