import Foundation
import TraceFormat

/// Where the blocks of a trace file are, from their headers alone: what makes it possible to begin anywhere.
///
/// The index is made anew when it is wanted (a header is 72 bytes, and a block thousands of events) and is kept in
/// memory only, so there is no second file that could be out of date. Payloads are neither read nor checked for it;
/// whoever begins at a block checks that block and those that follow, as ever.
public struct BlockIndex {
  /// A block of events.
  public struct Entry: Equatable, Sendable {
    /// Byte of the file at which its header begins.
    public let offset: UInt64
    /// As it stands in the file: whether payload and checksum fit it has not been asked.
    public let header: BlockHeader
  }

  /// In the file's order; one or more.
  public private(set) var entries: [Entry] = []
  /// The run's identity as the reader tells it of a whole trace, if every header names the block before it; else nil.
  public private(set) var runIdentity: String?
  private let file: RandomAccessBytes

  /// Walks through the headers of a file, as far as they follow each other as a good trace's do; nil where there is no
  /// block of events.
  ///
  /// - Parameter isFlightRecorder: whether the trace may begin late.
  init?(_ file: RandomAccessBytes, isFlightRecorder: Bool) {
    self.file = file
    var offset: UInt64 = 0
    var sequence: UInt32 = 0
    var position: UInt64 = 0
    var chain = BlockHeader.chainStart
    var isChained = true
    while let header = file.header(at: offset) {
      if isFlightRecorder, sequence == 1, header.sequence > 1 {
        (sequence, position, chain) = (header.sequence, header.firstEventIndex, header.chain)
      }
      guard header.isReadable, BlockProbe.isSane(header), header.sequence == sequence,
        header.firstEventIndex == position
      else { break }
      if header.type == BlockType.events.rawValue { entries.append(Entry(offset: offset, header: header)) }
      isChained = isChained && header.chain == chain
      chain = header.checksum
      sequence &+= 1
      position += UInt64(header.eventCount)
      offset += UInt64(BlockHeader.byteCount) + UInt64(header.storedByteCount)
    }
    guard !entries.isEmpty else { return nil }
    if isChained { runIdentity = TraceReader.identity(chain) }
  }

  /// The block to begin with so that no event at `place` or later is missed; nil where that is the first.
  public func block(before place: TracePlace) -> Int? {
    switch place {
    case .event(let number): last { $0.header.firstEventIndex <= number }
    case .instant(let instant): last { $0.header.baseTime < instant }
    case .frame(let number): lastBlock(beforeFrame: number)
    }
  }

  /// The block to begin with so that a span's events are found, and its end is not missed; nil where that is the first.
  public func block(before span: TraceSpan) -> Int? {
    guard let from = span.from, let block = block(before: from) else { return nil }
    // Which frame an event is in shows at the frame's start only.
    guard case .frame(let last)? = span.to, last < .max else { return block }
    return self.block(before: .frame(last + 1)).map { min($0, block) }
  }

  /// The last entry that meets a condition which no entry meets after one that does not.
  private func last(_ condition: (Entry) -> Bool) -> Int? {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if condition(entries[middle]) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  /// The last block in which, or before which, an earlier frame starts.
  private func lastBlock(beforeFrame number: UInt32) -> Int? {
    let columns = EventColumns()
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      var block = middle
      var frame: UInt32?
      while block < high, frame == nil {
        frame = firstFrame(in: block, columns)
        block += 1
      }
      if let frame, frame < number { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  private func firstFrame(in block: Int, _ columns: EventColumns) -> UInt32? {
    guard decode(block, into: columns) else { return nil }
    let kind = EventKind.majorFrameStart.rawValue
    return columns.groups.filter { $0.kind == kind }.map { EventHead(rawValue: columns.heads[$0.first]).operand }.min()
  }

  /// The last keyframe that is complete before `place`, searched block by block backwards: the block that its last
  /// event is in, and the index of that event. Nil where there is none: then one has to begin at the beginning.
  public func keyframe(before place: TracePlace) -> (block: Int, event: Int)? {
    guard var block = block(before: place) else { return nil }
    let columns = EventColumns()
    let kind = EventKind.keyframe.rawValue
    while true {
      guard decode(block, into: columns) else { return nil }
      if columns.groups.contains(where: { $0.kind == kind }) {
        var span = TraceSpan(from: place)
        var found: Int?
        let events = columns.events
        for index in 0..<events.count {
          let event = events[index]
          guard span.side(of: event, position: columns.firstPosition + UInt64(index)) == .before else { break }
          if event.kind == kind { found = index }
        }
        if let found { return (block, found) }
      }
      guard block > 0 else { return nil }
      block -= 1
    }
  }

  /// The block in which the words of a keyframe begin that ends in `block`.
  public func firstBlock(ofKeyframeEndingIn block: Int, event: Int) -> Int {
    let columns = EventColumns()
    var block = block
    var end = event
    while decode(block, into: columns) {
      let words = columns.indices { $0 == EventKind.keyframeWords.rawValue }.filter { $0 < end }
      if words.contains(where: { columns.event(at: $0).operand == 0 }) { return block }
      guard block > 0 else { break }
      block -= 1
      end = .max
    }
    return block
  }

  /// The trace's first event; nil where its block is damaged.
  public var firstEvent: TraceEvent? {
    let columns = EventColumns()
    return decode(0, into: columns) && columns.eventCount > 0 ? columns.event(at: 0) : nil
  }

  /// The last block before another in which an event meets a condition, or which is damaged, so that nobody can tell;
  /// nil where there is none.
  public func lastBlock(before block: Int, where isWanted: (TraceEvent) -> Bool) -> Int? {
    let columns = EventColumns()
    return (0..<block).last { block in
      guard decode(block, into: columns) else { return true }
      let events = columns.events
      return (0..<events.count).contains { isWanted(events[$0]) }
    }
  }

  /// Decodes a block by itself; false where it is damaged.
  private func decode(_ block: Int, into columns: EventColumns) -> Bool {
    let header = entries[block].header
    var bytes = [UInt8](repeating: 0, count: BlockHeader.byteCount + Int(header.storedByteCount))
    guard bytes.withUnsafeMutableBytes({ file.read(into: $0, at: entries[block].offset) }) else { return false }
    return bytes.withUnsafeBytes { block in
      let payload = UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...])
      guard BlockHeader.checksum(header: block, payload: payload) == header.checksum else { return false }
      do throws(PayloadDefect) {
        try columns.decode(payload, header)
        return true
      } catch {
        return false
      }
    }
  }
}
