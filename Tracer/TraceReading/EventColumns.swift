import CLZ4
import TraceFormat

/// What is wrong with the payload of an event block whose checksum is right.
public enum PayloadDefect: String, Error, Equatable, Sendable {
  case notDecompressible = "the payload does not decompress to its declared length"
  case endsEarly = "the payload ends before its columns do"
  case groupCount = "there is no group, or the number of groups is out of range"
  case groupHeader = "a group's header is malformed"
  case columnHeader = "a column's header is malformed"
  case groupColumn = "the group column does not agree with the groups' event counts"
  case trailingBytes = "the payload has bytes that belong to no column"
  case firstTime = "the first event is not at the block's base time"
}

/// The events of one block, decoded column by column into arrays.
///
/// Events are sorted into the block's groups: each event has a *place*, and places of a group follow each other.
/// Whoever can work on whole columns (counting, filtering) is spared the events themselves; `event(at:)` puts one
/// together. The object is used again for block after block, and its memory follows the largest one.
///
/// Payloads may be hostile: every length is checked before use, and memory follows the header's bounds.
public final class EventColumns {
  /// Events of one kind and number of words.
  public struct Group: Equatable, Sendable {
    public var kind: UInt8
    public var wordCount: Int
    /// Its places are `first ..< first + count`.
    public var first: Int
    public var count: Int
    /// Where its words are: `wordCount` arrays of `count`, one behind the other.
    var words: Int
  }

  public private(set) var eventCount = 0
  /// Position in the trace of the block's first event.
  public internal(set) var firstPosition: UInt64 = 0
  public private(set) var groups: [Group] = []
  /// Time of the last event.
  public private(set) var lastTime: UInt64 = 0
  /// The first event that is earlier than the one before it, by index; nil where time never decreases.
  public private(set) var firstBackwards: Int?

  private var headers: [ColumnHeader] = []
  private let arena = ColumnArena()
  private let payload = ColumnArena()
  /// The groups once more, where no array stands in between.
  private let groupTable = UnsafeMutablePointer<Group>.allocate(capacity: TraceLimits.maximumGroupCount + 1)
  /// By group: the next place of its events, and the end of its places.
  private let cursors = UnsafeMutablePointer<(next: UInt32, end: UInt32)>.allocate(capacity: 256)

  // Views of the arena, valid until the next block is decoded.
  private var timeBase: UnsafeMutablePointer<UInt64>
  private var placeBase: UnsafeMutablePointer<UInt32>
  private var operandBase: UnsafeMutablePointer<UInt32>
  private var partitionBase: UnsafeMutablePointer<UInt8>
  private var detailBase: UnsafeMutablePointer<UInt8>
  private var groupBase: UnsafeMutablePointer<UInt8>
  private var wordBase: UnsafeMutablePointer<UInt64>

  public init() {
    let nothing = arena.reserve(64)
    timeBase = nothing.assumingMemoryBound(to: UInt64.self)
    placeBase = nothing.assumingMemoryBound(to: UInt32.self)
    operandBase = placeBase
    partitionBase = nothing.assumingMemoryBound(to: UInt8.self)
    detailBase = partitionBase
    groupBase = partitionBase
    wordBase = timeBase
  }

  deinit {
    cursors.deallocate()
    groupTable.deallocate()
  }

  // MARK: Reading

  /// Times of the events, by place; ns.
  public var times: UnsafeBufferPointer<UInt64> { .init(start: timeBase, count: eventCount) }
  /// Partitions, by place.
  public var partitions: UnsafeBufferPointer<UInt8> { .init(start: partitionBase, count: eventCount) }
  /// Details, by place.
  public var details: UnsafeBufferPointer<UInt8> { .init(start: detailBase, count: eventCount) }
  /// Operands, by place.
  public var operands: UnsafeBufferPointer<UInt32> { .init(start: operandBase, count: eventCount) }
  /// The place of each event, in the order of the trace.
  public var places: UnsafeBufferPointer<UInt32> { .init(start: placeBase, count: eventCount) }
  /// The group of each event, in the order of the trace.
  public var groupIndices: UnsafeBufferPointer<UInt8> { .init(start: groupBase, count: eventCount) }

  /// The words of a group's events, one after the other, for word `word` of them.
  ///
  /// - Precondition: `word` is below the group's `wordCount`.
  public func words(_ word: Int, of group: Group) -> UnsafeBufferPointer<UInt64> {
    precondition(word < group.wordCount)
    return .init(start: wordBase + group.words + word * group.count, count: group.count)
  }

  /// The events one by one, as values that are put together when they are asked for.
  public var events: EventView {
    EventView(
      count: eventCount, groups: UnsafePointer(groupTable), groupBase: groupBase, placeBase: placeBase,
      timeBase: timeBase, operandBase: operandBase, partitionBase: partitionBase, detailBase: detailBase,
      wordBase: wordBase)
  }

  /// The event with this index in the block.
  ///
  /// - Precondition: `index` is below `eventCount`.
  public func event(at index: Int) -> TraceEvent { events[index] }

  /// Appends all events, in the order of the trace.
  public func appendEvents(to events: inout [TraceEvent]) {
    let view = self.events
    events.reserveCapacity(events.count + view.count)
    for index in 0..<view.count { events.append(view[index]) }
  }

  // MARK: Decoding

  /// Decodes a block's payload as it is stored.
  ///
  /// - Parameter header: one whose lengths keep the format's bounds.
  func decode(_ stored: UnsafeRawBufferPointer, _ header: BlockHeader) throws(PayloadDefect) {
    eventCount = 0
    firstPosition = header.firstEventIndex
    let raw: UnsafeRawBufferPointer
    if header.compression == BlockCompression.lz4.rawValue {
      let count = Int(header.rawByteCount)
      let target = payload.reserve(count)
      guard let source = stored.baseAddress else { throw .notDecompressible }
      // liblz4 writes at most `count` bytes and reads at most what is stored.
      let written = LZ4_decompress_safe(
        source.assumingMemoryBound(to: CChar.self), target.assumingMemoryBound(to: CChar.self), Int32(stored.count),
        Int32(count))
      guard count > 0, written == Int32(count) else { throw .notDecompressible }
      raw = UnsafeRawBufferPointer(start: target, count: count)
    } else {
      raw = stored
    }
    try decode(raw, eventCount: Int(header.eventCount), baseTime: header.baseTime)
  }

  /// Decodes a payload as it was before compression.
  func decode(_ raw: UnsafeRawBufferPointer, eventCount count: Int, baseTime: UInt64) throws(PayloadDefect) {
    eventCount = 0
    guard let start = raw.baseAddress, count <= raw.count else { throw .endsEarly }
    let planes = try readHeaders(raw, count)
    layOut(count)
    groupBase.update(from: start.assumingMemoryBound(to: UInt8.self), count: count)
    let planeStart = start + planes
    headers.withUnsafeBufferPointer { headers in
      groups.withUnsafeBufferPointer { decodeHeads(of: $0, headers, planeStart) }
    }
    try order(count, baseTime)
    headers.withUnsafeBufferPointer { headers in
      groups.withUnsafeBufferPointer { decodeWords(of: $0, headers, planeStart) }
    }
    eventCount = count
  }

  /// Deltas of time, partitions, details and operands of all groups.
  private func decodeHeads(
    of groups: UnsafeBufferPointer<Group>, _ headers: UnsafeBufferPointer<ColumnHeader>, _ planes: UnsafeRawPointer
  ) {
    let (timeBase, partitionBase, detailBase, operandBase) = (timeBase, partitionBase, detailBase, operandBase)
    var header = 0
    for group in groups {
      func kernel(_ column: Int) -> ColumnKernel {
        let found = headers[header + column]
        return ColumnKernel(header: found, count: group.count, planes: planes + found.planes)
      }
      kernel(EventColumn.timeDelta).decode(into: timeBase + group.first, times: nil)
      kernel(EventColumn.partition).decode(into: partitionBase + group.first)
      kernel(EventColumn.detail).decode(into: detailBase + group.first)
      kernel(EventColumn.operand).decode(into: operandBase + group.first)
      header += EventColumn.firstWord + group.wordCount
    }
  }

  /// The words of all groups, some of which follow from the events' times.
  private func decodeWords(
    of groups: UnsafeBufferPointer<Group>, _ headers: UnsafeBufferPointer<ColumnHeader>, _ planes: UnsafeRawPointer
  ) {
    let (timeBase, wordBase) = (timeBase, wordBase)
    var header = 0
    for group in groups {
      for word in 0..<group.wordCount {
        let found = headers[header + EventColumn.firstWord + word]
        let kernel = ColumnKernel(header: found, count: group.count, planes: planes + found.planes)
        kernel.decode(into: wordBase + (group.words + word * group.count), times: timeBase + group.first)
      }
      header += EventColumn.firstWord + group.wordCount
    }
  }

  /// Cuts the arena into arrays for so many events.
  private func layOut(_ count: Int) {
    var wordCount = 0
    for index in groups.indices {
      groups[index].words = wordCount
      wordCount += groups[index].wordCount * groups[index].count
      groupTable[index] = groups[index]
    }
    // A few elements more than are used: kernels work on whole vectors.
    let room = (count + 64) & ~15
    let bytes = room * (8 + 4 + 4 + 1 + 1 + 1) + (wordCount + 64) * 8
    let base = arena.reserve(bytes)
    timeBase = base.bindMemory(to: UInt64.self, capacity: room)
    wordBase = (base + room * 8).bindMemory(to: UInt64.self, capacity: wordCount + 64)
    let narrow = base + room * 8 + (wordCount + 64) * 8
    placeBase = narrow.bindMemory(to: UInt32.self, capacity: room)
    operandBase = (narrow + room * 4).bindMemory(to: UInt32.self, capacity: room)
    partitionBase = (narrow + room * 8).bindMemory(to: UInt8.self, capacity: room)
    detailBase = (narrow + room * 9).bindMemory(to: UInt8.self, capacity: room)
    groupBase = (narrow + room * 10).bindMemory(to: UInt8.self, capacity: room)
  }

  /// Gives each event its place, and each place its time, from the deltas of all groups.
  private func order(_ count: Int, _ baseTime: UInt64) throws(PayloadDefect) {
    let cursors = cursors
    for group in groups.count..<256 { cursors[group] = (0, 0) }
    groups.withUnsafeBufferPointer { groups in
      for index in groups.indices {
        cursors[index] = (UInt32(groups[index].first), UInt32(groups[index].first + groups[index].count))
      }
    }
    var time = baseTime
    var isBackwards = false
    firstBackwards = nil
    let (groupBase, placeBase, timeBase) = (groupBase, placeBase, timeBase)
    for event in 0..<count {
      let cursor = cursors + Int(groupBase[event])
      let place = cursor.pointee.next
      guard place < cursor.pointee.end else { throw .groupColumn }
      cursor.pointee.next = place &+ 1
      let next = time &+ timeBase[Int(place)]
      isBackwards = isBackwards || next < time
      time = next
      timeBase[Int(place)] = time
      placeBase[event] = place
    }
    lastTime = time
    guard count > 0, timeBase[Int(placeBase[0])] == baseTime else { throw .firstTime }
    if isBackwards { findBackwards(count) }
  }

  private func findBackwards(_ count: Int) {
    var before: UInt64 = 0
    for event in 0..<count {
      let time = timeBase[Int(placeBase[event])]
      if time < before {
        firstBackwards = event
        return
      }
      before = time
    }
  }

  // MARK: Headers

  /// Reads the headers of groups and columns; returns where the planes begin. All planes lie within the payload.
  private func readHeaders(_ payload: UnsafeRawBufferPointer, _ eventCount: Int) throws(PayloadDefect) -> Int {
    // Taken out and put back, so that no access to this object's properties lasts.
    var groups = self.groups
    var headers = self.headers
    self.groups = []
    self.headers = []
    defer {
      self.groups = groups
      self.headers = headers
    }
    groups.removeAll(keepingCapacity: true)
    headers.removeAll(keepingCapacity: true)
    var cursor = PayloadReader(payload, eventCount)
    let count = try cursor.take(2)
    guard count > 0, count <= UInt64(TraceLimits.maximumGroupCount) else { throw .groupCount }
    var first = 0
    var planes = 0
    for _ in 0..<count {
      let shape = try cursor.take(6)
      let kind = UInt8(truncatingIfNeeded: shape)
      let words = Int(shape >> 8 & 0xFF)
      let events = Int(shape >> 16)
      guard words <= TraceLimits.maximumWordCount, events > 0, events <= eventCount - first else { throw .groupHeader }
      groups.append(Group(kind: kind, wordCount: words, first: first, count: events, words: 0))
      for column in 0..<(EventColumn.firstWord + words) {
        var header = try ColumnHeader(&cursor, column: column)
        header.planes = planes
        planes += header.planeMask.nonzeroBitCount * events
        headers.append(header)
      }
      first += events
    }
    guard first == eventCount else { throw .groupColumn }
    guard planes <= payload.count - cursor.position else { throw .endsEarly }
    guard planes == payload.count - cursor.position else { throw .trailingBytes }
    return cursor.position
  }
}
