import TraceFormat
import TraceReading

/// A trace that was cut off, as far as it goes: where in the run and in the ring its last whole block ends.
struct CutTrace {
  let path: String
  /// Bytes of the file up to there.
  let byteCount: UInt64
  let tableChecksum: UInt64
  let kernelIdentity: UInt64
  /// How an encoder goes on.
  let standing: BlockEncoder.Standing
  /// Words of the ring that its events took: each is stored there with a time, a head, and its own words. Where kinds
  /// of events are left out of it, it does not tell where in the ring it ends: `CutPlace` does.
  let wordCount: UInt64
  /// Those of its first events: what is asked of a boot, and for how long, is said there.
  let firstWords: [UInt64]
  /// Those of its last block.
  let lastWords: [UInt64]
  /// Kinds of events that the ring has, and it has not.
  let leftOut: LeftOutKinds
  /// Whether its last event is the end: only the seal was cut off.
  let isEnded: Bool

  /// Reads a trace; nil for one that has no whole block of events.
  ///
  /// - Parameter isInterrupted: asked at each block; true ends the reading.
  /// - Throws: `notCut` for what is no trace, or damaged, or whole.
  static func read(_ path: String, _ isInterrupted: () -> Bool) throws(RescueError) -> CutTrace? {
    let reader: TraceReader
    do throws(TraceOpenError) {
      reader = try TraceReader(path: path)
    } catch {
      if error.isTruncation { return nil }
      throw .notCut(path: path, reason: "\(error)")
    }
    guard let index = reader.makeIndex() else { return nil }
    return try CutTrace(path, reader, index, isInterrupted)
  }

  private init?(
    _ path: String, _ reader: TraceReader, _ index: BlockIndex, _ isInterrupted: () -> Bool
  ) throws(RescueError) {
    self.path = path
    tableChecksum = reader.moduleTable.checksum
    leftOut = reader.moduleTable.module.leftOutKinds
    var (words, lost, events): (UInt64, UInt64, UInt64) = (0, 0, 0)
    var identity: UInt64?
    var beginning: [UInt64] = []
    var kept = EventColumns()
    while let batch = reader.nextColumns() {
      if isInterrupted() { throw .interrupted }
      guard case .events(let columns) = batch else {
        throw .notCut(path: path, reason: "events are missing in the middle of it")
      }
      if columns.firstPosition == 0 {
        identity = columns.event(at: 0).words.w1
        beginning = Self.words(of: columns, upTo: Self.firstEventCount)
      }
      for group in columns.groups {
        words += UInt64(group.count) * UInt64(group.wordCount + 2)
        if group.kind == EventKind.loss.rawValue, group.wordCount > 0 {
          // A forged trace may count as it likes.
          lost = columns.words(0, of: group).reduce(lost, &+)
        }
      }
      events += UInt64(columns.eventCount)
      kept = reader.exchangeColumns(kept)
    }
    switch reader.condition {
    case .truncated: break
    case .complete, .overwritten: throw .notCut(path: path, reason: "it is whole, and nothing is to be added")
    case .damaged, .unread: throw .notCut(path: path, reason: "it is \(reader.condition)")
    }
    guard events > 0 else { return nil }
    // The file may end within a block whose header is there.
    let last = index.entries.last { $0.header.firstEventIndex + UInt64($0.header.eventCount) == events }
    guard let identity, let last else { throw .notCut(path: path, reason: "its first events are missing") }
    byteCount = last.offset + UInt64(BlockHeader.byteCount) + UInt64(last.header.storedByteCount)
    kernelIdentity = identity
    wordCount = words
    firstWords = beginning
    lastWords = Self.words(of: kept)
    isEnded = kept.eventCount > 0 && kept.event(at: kept.eventCount - 1).kind == EventKind.end.rawValue
    standing = BlockEncoder.Standing(
      sequence: last.header.sequence &+ 1, chain: last.header.checksum, eventCount: events, eventsLost: lost,
      lastTime: kept.lastTime)
  }

  private static let firstEventCount = 8

  /// The first events of a block as the ring had them.
  private static func words(of columns: EventColumns, upTo count: Int = .max) -> [UInt64] {
    var words: [UInt64] = []
    for index in 0..<min(count, columns.eventCount) {
      let event = columns.event(at: index)
      let count = columns.groups[columns.locators[index].group].wordCount
      words.append(event.time)
      words.append(
        RingRecord.packed(
          kind: event.kind, partition: event.partition, detail: event.detail, wordCount: count,
          operand: event.operand))
      for word in 0..<count { words.append(event.words[word]) }
    }
    return words
  }
}
