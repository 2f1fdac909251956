import ModuleConfiguration
import TraceFormat

/// Writes events as a trace, with the very encoder that the drainer uses; for tests and tools.
public struct TraceWriter: ~Copyable {
  private var encoder: BlockEncoder
  private let scratch: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private let eventsPerBlock: Int
  private var words: [UInt64] = []
  private var waiting = 0
  /// The trace so far.
  public private(set) var bytes: [UInt8] = []

  /// Begins a trace with a module table.
  ///
  /// - Precondition: `eventsPerBlock` is 1 … `TraceLimits.maximumEventsPerBlock`; the table is not empty and not
  ///   larger than `TraceLimits.maximumTableBytes`.
  public init(moduleTable: [UInt8], eventsPerBlock: Int = 4096) {
    self.eventsPerBlock = eventsPerBlock
    scratch = .allocate(byteCount: BlockEncoder.scratchBytes(maximumEvents: eventsPerBlock), alignment: 8)
    output = .allocate(byteCount: BlockEncoder.outputBytes(maximumEvents: eventsPerBlock), alignment: 8)
    var encoder = BlockEncoder(scratch: scratch, maximumEvents: eventsPerBlock)
    let output = output
    let block = moduleTable.withUnsafeBytes { encoder.begin(withModuleTable: $0, into: output) }
    self.encoder = encoder
    bytes.append(contentsOf: output[0..<block.byteCount])
    if block.payloadFollows { bytes.append(contentsOf: moduleTable) }
  }

  deinit {
    scratch.deallocate()
    output.deallocate()
  }

  /// Adds an event, with its words up to the last that is not 0.
  public mutating func append(_ event: TraceEvent) {
    var count = TraceLimits.maximumWordCount
    while count > 0, event.words[count - 1] == 0 { count -= 1 }
    // Where kinds are left out, an entry's delay and the end's count may have to be corrected.
    let isCorrected = EventClass(ofKind: event.kind) == .input || event.knownKind == .end
    if isCorrected, !encoder.leftOut.isEmpty { count = max(count, 2) }
    append(event, wordCount: count)
  }

  /// Adds an event with as many words as the kernel would have written.
  ///
  /// - Precondition: `wordCount` is 0 … 8.
  public mutating func append(_ event: TraceEvent, wordCount: Int) {
    words.append(event.time)
    words.append(
      RingRecord.packed(
        kind: event.kind, partition: event.partition, detail: event.detail, wordCount: wordCount,
        operand: event.operand))
    for index in 0..<wordCount { words.append(event.words[index]) }
    waiting += 1
    if waiting == eventsPerBlock { flush() }
  }

  /// Writes the events that wait as a block, however few.
  public mutating func flush() {
    var first = 0
    while first < words.count {
      let progress = words.withUnsafeBufferPointer {
        encoder.encodeEvents(UnsafeBufferPointer(rebasing: $0[first...]), limit: eventsPerBlock, into: output)
      }
      bytes.append(contentsOf: output[0..<progress.byteCount])
      first += progress.wordCount
    }
    words.removeAll(keepingCapacity: true)
    waiting = 0
  }

  /// Writes what waits and the last block; returns the whole trace.
  public consuming func finish() -> [UInt8] {
    flush()
    let count = encoder.encodeSeal(into: output)
    bytes.append(contentsOf: output[0..<count])
    return bytes
  }
}
