import ModuleConfiguration
import Synchronization
import TraceFormat

/// Makes blocks of a module's events out of chunks of its ring, cut wherever the drainer pleased.
///
/// Unchecked: one thread at a time uses it; `failure` alone may be asked for by others.
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
  private let firstFailure = Mutex<RescueError?>(nil)

  /// Why there is no more of the trace; nothing is written after it.
  var failure: RescueError? { firstFailure.withLock { $0 } }
  /// Whether there is such a reason.
  private(set) var hasFailed = false

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

  private func put(_ count: Int) { put(UnsafeRawBufferPointer(rebasing: output[..<count])) }

  private func put(_ bytes: UnsafeRawBufferPointer) {
    // What comes behind a piece that is missing is no trace.
    if !hasFailed, !write(bytes) { fail(.unwritten) }
  }

  private func fail(_ failure: RescueError) {
    hasFailed = true
    firstFailure.withLock { $0 = $0 ?? failure }
    (waiting, first) = ([], 0)
  }

  /// Writes the first block; those of events are stored as the table says, without the kinds that it leaves out.
  func begin(_ table: [UInt8]) {
    table.withUnsafeBytes {
      let block = encoder.begin(withModuleTable: $0, into: output)
      put(block.byteCount)
      if block.payloadFollows { put($0) }
    }
  }

  /// Encodes what fills whole blocks, or, with `isFlush`, all there is.
  func append(_ words: [UInt64], isFlush: Bool) {
    guard !hasFailed else { return }
    waiting += words
    // A block is cut by its number of events, never by where a chunk happens to end.
    let enough = isFlush ? 1 : eventsPerBlock * Self.widestEvent
    while !hasFailed, waiting.count - first >= enough {
      let progress = waiting.withUnsafeBufferPointer {
        encoder.encodeEvents(UnsafeBufferPointer(rebasing: $0[first...]), limit: eventsPerBlock, into: output)
      }
      guard progress.wordCount > 0 else {
        // So many words have a whole event among them, and more would wait for ever.
        if waiting.count - first >= Self.widestEvent {
          fail(.ringDamaged(reason: "what the drainer's bell tells of are no records"))
        }
        break
      }
      if progress.byteCount > 0 { put(progress.byteCount) }
      // A failure has let go of what waited.
      if !hasFailed { first += progress.wordCount }
    }
    if first > waiting.count / 2 {
      waiting.removeFirst(first)
      first = 0
    }
  }

  /// Writes the block that says that the trace is whole.
  func seal() { put(encoder.encodeSeal(into: output)) }
}
