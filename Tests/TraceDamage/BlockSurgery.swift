import TraceFormat

/// A trace taken apart into its blocks, to be damaged and put together again.
public struct BlockSurgery {
  /// Header and payload of each; the first has the module table.
  public var blocks: [[UInt8]]

  /// - Precondition: `trace` is whole.
  public init(_ trace: [UInt8]) {
    blocks = []
    var rest = trace[...]
    while !rest.isEmpty {
      let header = rest.withUnsafeBytes { BlockHeader($0)! }
      let length = BlockHeader.byteCount + Int(header.storedByteCount)
      blocks.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
  }

  /// The file that these blocks make, fit or not.
  public var bytes: [UInt8] { blocks.flatMap { $0 } }

  /// Where each block ends in the file: a cut there leaves whole blocks only.
  public var boundaries: [Int] {
    var ends: [Int] = []
    for block in blocks { ends.append((ends.last ?? 0) + block.count) }
    return ends
  }

  /// Makes a block's checksum right again, if there is a header to do it in.
  public mutating func repairChecksum(_ index: Int) {
    blocks[index].withUnsafeMutableBytes { block in
      guard block.count >= BlockHeader.byteCount else { return }
      let sum = BlockHeader.checksum(
        header: UnsafeRawBufferPointer(block),
        payload: UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...]))
      block.storeBytes(of: sum.littleEndian, toByteOffset: BlockHeader.byteCount - 8, as: UInt64.self)
    }
  }

  /// Makes numbers, indices, chain and checksums of all blocks fit their new order.
  public mutating func renumber() {
    var chain = BlockHeader.chainStart
    var position: UInt64 = 0
    for index in blocks.indices {
      var header = blocks[index].withUnsafeBytes { BlockHeader($0)! }
      header.sequence = UInt32(index)
      header.firstEventIndex = position
      header.chain = chain
      position += UInt64(header.eventCount)
      blocks[index].withUnsafeMutableBytes { header.write(to: $0) }
      repairChecksum(index)
      chain = blocks[index].withUnsafeBytes { BlockHeader($0)!.checksum }
    }
  }
}
