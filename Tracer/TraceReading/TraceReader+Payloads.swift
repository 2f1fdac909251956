import TraceFormat

extension TraceReader {
  /// Reads the blocks from here to the end, or to the first that is damaged, checks and decompresses each, and decodes
  /// none: what every decoder of the format has to do, so that it can be measured by itself.
  ///
  /// The reader is of no use afterwards.
  ///
  /// - Returns: how many events the payloads hold, and the sum of their first bytes, so that each is really there.
  public func decompressAll() -> (events: UInt64, sum: UInt64) {
    let columns = EventColumns()
    var (events, sum, work) = (UInt64(0), UInt64(0), 0)
    while case .block(let header) = BlockProbe(source, work: &work) {
      let length = BlockHeader.byteCount + Int(header.storedByteCount)
      if header.type == BlockType.events.rawValue {
        let first = source.withBytes(from: BlockHeader.byteCount, length - BlockHeader.byteCount) { stored -> UInt8? in
          do throws(PayloadDefect) { return try columns.decompress(stored, header).first } catch { return nil }
        }
        guard let first else { break }
        events += UInt64(header.eventCount)
        sum &+= UInt64(first)
      }
      source.advance(length)
    }
    return (events, sum)
  }
}
