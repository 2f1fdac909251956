import TraceFormat

/// What the bytes at the beginning of a source's window are.
enum BlockProbe: Equatable {
  /// A block whose header is sane and whose checksum fits.
  case block(BlockHeader)
  /// Nothing at all.
  case end
  /// The beginning of a block; the file ends within it.
  case incomplete
  case unsupportedVersion(UInt16)
  case damaged(TraceDefect.Kind)

  static let magicBytes: [UInt8] = withUnsafeBytes(of: BlockHeader.magic.littleEndian) { Array($0) }

  /// - Parameter work: raised by the bytes that were looked at.
  init(_ source: ByteSource, work: inout Int) {
    let available = source.ensure(BlockHeader.byteCount)
    guard available > 0 else {
      self = .end
      return
    }
    guard available >= BlockHeader.byteCount else {
      let count = min(available, Self.magicBytes.count)
      let isStart = source.withBytes(count) { $0.elementsEqual(Self.magicBytes[0..<count]) }
      self = isStart ? .incomplete : .damaged(.foreignBytes(count: UInt64(available)))
      return
    }
    guard let header = source.withBytes(BlockHeader.byteCount, { BlockHeader($0) }) else {
      self = .damaged(.foreignBytes(count: 0))
      return
    }
    guard header.isReadable else {
      self = .unsupportedVersion(header.version)
      return
    }
    guard Self.isSane(header) else {
      self = .damaged(.header)
      return
    }
    let length = BlockHeader.byteCount + Int(header.storedByteCount)
    work += length
    guard source.ensure(length) >= length else {
      self = .incomplete
      return
    }
    let checksum = source.withBytes(length) {
      BlockHeader.checksum(header: $0, payload: UnsafeRawBufferPointer(rebasing: $0[BlockHeader.byteCount...]))
    }
    self = checksum == header.checksum ? .block(header) : .damaged(.checksum)
  }

  /// Whether the header keeps the format's bounds, so that its lengths may be believed.
  static func isSane(_ header: BlockHeader) -> Bool {
    guard header.reserved == 0, header.firstEventIndex < 1 << 62,
      let compression = BlockCompression(rawValue: header.compression)
    else { return false }
    switch compression {
    case .stored: guard header.storedByteCount == header.rawByteCount else { return false }
    case .lz4: guard header.storedByteCount < header.rawByteCount else { return false }
    }
    switch BlockType(rawValue: header.type) {
    case .moduleTable:
      return header.eventCount == 0 && header.rawByteCount > 0
        && Int(header.rawByteCount) <= TraceLimits.maximumTableBytes
    case .events:
      return header.eventCount > 0 && Int(header.eventCount) <= TraceLimits.maximumEventsPerBlock
        && Int(header.rawByteCount) <= TraceLimits.maximumEventPayloadBytes
    case .seal:
      return header.eventCount == 0 && header.rawByteCount == 0
    case nil:
      return Int(header.rawByteCount) <= TraceLimits.maximumTableBytes
    }
  }
}
