import ModuleConfiguration
import TextForms
import TraceFormat

/// A module image as it was packed: table, segment contents, and zeroes between them.
///
/// The kernel looks at the table alone, and traces and certificates name the image by what the table tells. So whoever
/// reads an image looks here at all of it: the table has a checksum of itself and of each segment's contents, and what
/// belongs to neither is zero. Partitions see some of that, because the last page of a segment is mapped to its end.
public struct ModuleImage: Sendable {
  /// Why bytes are no image that 'partita pack' has made.
  public enum Defect: Error, Equatable, Sendable {
    case table(ModuleTable.Defect)
    /// Shorter than the table tells.
    case cut(byteCount: Int, of: UInt64)
    /// Longer than the table tells.
    case continued(byteCount: Int, of: UInt64)
    /// A segment that lies outside the image, or over what is before it.
    case misplaced(Segment)
    case contents(Segment)
    /// A byte that is zero in every image.
    case filling(byte: Int)
    /// The contents are not those of the table's identity.
    case identity
  }

  /// Which segment a defect is in.
  public struct Segment: Equatable, Sendable {
    /// Name of the owner.
    public var partition: String
    /// Among the partition's own, from 0.
    public var number: Int
    /// In the partition's memory.
    public var address: UInt64
  }

  /// The whole image.
  public let bytes: [UInt8]

  /// Takes the bytes of a file, all of which are looked at; throws the first thing that is wrong with them.
  public init(_ bytes: [UInt8]) throws(Defect) {
    if let defect = bytes.withUnsafeBytes({ Self.defect(of: $0) }) { throw defect }
    self.bytes = bytes
  }

  /// So many bytes tell whether a file is meant as an image.
  public static let tellingByteCount = 16

  /// Whether bytes are meant as an image, good or bad: either of the first two words tells, and no XML has them.
  public static func isMeant(by bytes: [UInt8]) -> Bool {
    func little(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    return bytes.starts(with: little(ModuleTableLayout.magic))
      || bytes.dropFirst(8).starts(with: little(ModuleTableLayout.version))
  }

  /// Opens the table for the time of `body`.
  public func withTable<Result>(_ body: (ModuleTable) throws -> Result) throws -> Result {
    try bytes.withUnsafeBytes { bytes in try body(ModuleTable(bytes)) }
  }

  private static func defect(of whole: UnsafeRawBufferPointer) -> Defect? {
    let table: ModuleTable
    do throws(ModuleTable.Defect) {
      table = try ModuleTable(whole)
    } catch {
      return .table(error)
    }
    let expected = UInt64(bitPattern: Int64(table.imageByteCount))
    if UInt64(whole.count) < expected { return .cut(byteCount: whole.count, of: expected) }
    if UInt64(whole.count) > expected { return .continued(byteCount: whole.count, of: expected) }
    return defect(of: whole, table)
  }

  private static func defect(of whole: UnsafeRawBufferPointer, _ table: ModuleTable) -> Defect? {
    var contents: [UInt8] = []
    var end = table.byteCount
    for index in 0..<table.count(SegmentRecord.self) {
      let record = table.record(SegmentRecord.self, index)
      guard record.imageBytes > 0 else { continue }
      let segment = Segment(record, index, table)
      guard record.imageOffset >= UInt64(end), record.imageOffset <= UInt64(whole.count),
        record.imageBytes <= UInt64(whole.count) - record.imageOffset
      else { return .misplaced(segment) }
      let start = Int(record.imageOffset)
      if let byte = whole[end..<start].firstIndex(where: { $0 != 0 }) { return .filling(byte: byte) }
      end = start + Int(record.imageBytes)
      let bytes = UnsafeRawBufferPointer(rebasing: whole[start..<end])
      guard XXH64.hash(bytes) == record.checksum else { return .contents(segment) }
      contents += bytes
    }
    if let byte = whole[end...].firstIndex(where: { $0 != 0 }) { return .filling(byte: byte) }
    // A table without contents, which nothing can boot, need not have an identity.
    guard contents.isEmpty || contents.withUnsafeBytes({ XXH64.hash($0) }) == table.imageIdentity else {
      return .identity
    }
    return nil
  }
}

extension ModuleImage.Segment {
  fileprivate init(_ record: SegmentRecord, _ index: Int, _ table: ModuleTable) {
    let owner = table.partition(record.partition)
    self.init(
      partition: String(decoding: table.name(owner.name), as: UTF8.self), number: index - owner.segments.first,
      address: record.virtualAddress)
  }
}

extension ModuleImage.Segment: CustomStringConvertible {
  /// Its place for a message: number, partition and address.
  public var description: String { "segment \(number) of partition \(partition), at \(address.hexadecimal)" }
}

extension ModuleImage.Defect: CustomStringConvertible {
  /// What is wrong, to follow the image's name and a colon.
  public var description: String {
    switch self {
    case .table(.tooShort), .table(.wrongSize):
      "it ends within its module table, or the table is damaged: it is cut off, or no module image"
    case .table(.wrongVersion): "its module table has another version than the one of this partita, or is damaged"
    case .table(let defect): "its module table is damaged (\(defect))"
    case .cut(let byteCount, let whole): "it is cut off: it has \(byteCount) of \(whole) bytes"
    case .continued(let byteCount, let whole):
      "something follows its end: it has \(byteCount) bytes, and should have \(whole)"
    case .misplaced(let segment): "\(segment), lies outside it or over what is before it"
    case .contents(let segment): "\(segment), is damaged: its contents have not the checksum of the module table"
    case .filling(let byte): "it is damaged: byte \(byte), behind the contents of a segment or the table, is not zero"
    case .identity: "it is damaged: its contents are not those of the identity in its module table"
    }
  }
}
