import ModuleConfiguration
import TestSeeds
import TraceFormat

/// A module table with up to three words changed and its checksum made right.
public struct ForgedTable {
  /// The table.
  public private(set) var bytes: [UInt8]

  /// What it says of itself.
  public var checksum: UInt64 { bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: UInt64.self) } }

  /// Nil where the seed changes nothing.
  public init?(_ table: [UInt8], seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    bytes = table
    bytes.withUnsafeMutableBytes { bytes in
      let words = bytes.bindMemory(to: UInt64.self)
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let small = UInt64.random(in: 0...40, using: &generator)
        words[Int.random(in: 2..<words.count, using: &generator)] =
          [generator.next(), small, small << 32 | 1, .max].randomElement(using: &generator)!
      }
      words[4] = ModuleTable.checksum(of: UnsafeRawBufferPointer(bytes))
    }
    if bytes == table { return nil }
  }

  /// The trace with this table in place of its own, and all that can be computed made right.
  public func placed(in trace: BlockSurgery) -> BlockSurgery {
    var result = trace
    var header = trace.blocks[0].withUnsafeBytes { BlockHeader($0)! }
    header.compression = BlockCompression.stored.rawValue
    header.rawByteCount = UInt32(bytes.count)
    header.storedByteCount = UInt32(bytes.count)
    result.blocks[0] = [UInt8](repeating: 0, count: BlockHeader.byteCount) + bytes
    result.blocks[0].withUnsafeMutableBytes { header.write(to: $0) }
    result.renumber()
    return result
  }
}
