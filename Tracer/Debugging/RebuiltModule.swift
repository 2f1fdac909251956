import APEXTypes
import ModuleCompiler
import ModuleConfiguration
import TraceFormat
import TraceReading

/// A module image made again from a trace's module table and the partitions' own files.
///
/// A trace carries the table and not what it tells of. The table has the checksum of every segment, so that what comes
/// out is the image that was booted, or nothing.
public struct RebuiltModule {
  /// The image, byte for byte what was packed.
  public let image: [UInt8]
  /// By partition index: the file that its segments and its symbols come from.
  public let files: [String]
  /// An image that no machine here could hold.
  private static let largestImage = 1 << 30

  /// Makes the image of the partitions' files that `finder` knows.
  ///
  /// - Throws: `noBuild` or `otherContents` where a partition's file is not there; `unfitTable` where the table asks
  ///   for an image that cannot be.
  public init(_ table: ModuleTable, _ finder: BuildFinder) throws(RevisitError) {
    guard table.imageByteCount <= Self.largestImage else { throw .unfitTable(reason: "it tells of too large an image") }
    var image = [UInt8](table.bytes)
    image += [UInt8](repeating: 0, count: table.imageByteCount - image.count)
    var files: [String] = []
    let vocabulary = TraceVocabulary(table)
    for index in 0..<table.partitionCount {
      let name = vocabulary.partition(UInt8(index))
      let record = table.partition(PartitionIndex(UInt8(index)))
      let records = record.segments.indices.map { table.record(SegmentRecord.self, $0) }
      let candidates = try finder.builds(of: name, identity: record.buildIdentity)
      // Files of one build may differ in what was changed afterwards, as the attacks of the tests are.
      guard let found = candidates.lazy.compactMap({ path in Self.segments(path, records).map { (path, $0) } }).first
      else { throw .otherContents(path: candidates[0], partition: name) }
      files.append(found.0)
      for (record, contents) in zip(records, found.1) where record.imageBytes > 0 {
        let end = record.imageOffset.addingReportingOverflow(record.imageBytes)
        guard !end.overflow, end.partialValue <= UInt64(image.count), record.imageOffset >= UInt64(table.byteCount)
        else { throw .unfitTable(reason: "a segment of \(name) lies outside it") }
        image.replaceSubrange(Int(record.imageOffset)..<Int(end.partialValue), with: contents)
      }
    }
    self.image = image
    self.files = files
  }

  /// The contents of a file's segments, if they are the ones of the table.
  private static func segments(_ path: String, _ records: [SegmentRecord]) -> [[UInt8]]? {
    guard let bytes = BuildFinder.read(path), let image = try? PartitionImage(elf: bytes) else { return nil }
    guard image.segments.count == records.count else { return nil }
    for (segment, record) in zip(image.segments, records) {
      let checksum = segment.contents.withUnsafeBytes { XXH64.hash($0) }
      guard checksum == record.checksum, segment.contents.count == Int(clamping: record.imageBytes),
        segment.virtualAddress == record.virtualAddress
      else { return nil }
    }
    return image.segments.map(\.contents)
  }
}
