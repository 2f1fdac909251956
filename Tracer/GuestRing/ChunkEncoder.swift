import TraceFormat

/// Makes blocks of a module's events out of chunks of its ring, cut wherever the drainer pleased.
///
/// Unchecked: one thread at a time uses it.
final class ChunkEncoder: @unchecked Sendable {
  /// The most words that an event takes in the ring.
  private static let widestEvent = TraceLimits.maximumWordCount + 2

  private let eventsPerBlock: Int
  private let write: (UnsafeRawBufferPointer) -> Bool
  // Unsafe: owned by this object, freed in deinit.
  private let scratch: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var encoder: BlockEncoder
  /// Words not encoded yet, from `first` on.
  private var waiting: [UInt64] = []
  private var first = 0

  init(eventsPerBlock: Int, write: @escaping (UnsafeRawBufferPointer) -> Bool) {
    self.eventsPerBlock = eventsPerBlock
    self.write = write
    scratch = .allocate(byteCount: BlockEncoder.scratchBytes(maximumEvents: eventsPerBlock), alignment: 8)
    output = .allocate(byteCount: BlockEncoder.outputBytes(maximumEvents: eventsPerBlock), alignment: 8)
    encoder = BlockEncoder(scratch: scratch, maximumEvents: eventsPerBlock)
  }

  deinit {
    scratch.deallocate()
    output.deallocate()
  }

  private func put(_ count: Int) { _ = write(UnsafeRawBufferPointer(rebasing: output[..<count])) }

  /// Writes the first block.
  func begin(_ table: [UInt8]) {
    table.withUnsafeBytes {
      let block = encoder.encodeModuleTable($0, into: output)
      put(block.byteCount)
      if block.payloadFollows { _ = write($0) }
    }
  }

  /// Encodes what fills whole blocks, or, with `isFlush`, all there is.
  func append(_ words: [UInt64], isFlush: Bool) {
    waiting += words
    // A block is cut by its number of events, never by where a chunk happens to end.
    let enough = isFlush ? 1 : eventsPerBlock * Self.widestEvent
    waiting.withUnsafeBufferPointer { words in
      while words.count - first >= enough {
        let rest = UnsafeBufferPointer(rebasing: words[first...])
        let progress = encoder.encodeEvents(rest, limit: eventsPerBlock, into: output)
        guard progress.eventCount > 0 else { break }
        put(progress.byteCount)
        first += progress.wordCount
      }
    }
    if first > waiting.count / 2 {
      waiting.removeFirst(first)
      first = 0
    }
  }

  /// Writes the block that says that the trace is whole.
  func seal() { put(encoder.encodeSeal(into: output)) }
}
