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

  /// Where an event's parts are.
  public struct Locator: Equatable, Sendable {
    private let rawValue: UInt32

    @inline(__always)
    init(place: Int, group: Int) {
      rawValue = UInt32(truncatingIfNeeded: place) | UInt32(truncatingIfNeeded: group) &<< 16
    }

    @inline(__always) public var place: Int { Int(rawValue & 0xFFFF) }
    @inline(__always) public var group: Int { Int(rawValue &>> 16) }
  }

  /// Where a group's words are, seen from an event's place.
  struct GroupPlace {
    var words: Int32
    var stride: Int32
  }

  public private(set) var eventCount = 0
  /// Position in the trace of the block's first event.
  public internal(set) var firstPosition: UInt64 = 0
  public var groups: [Group] { directory.groups }
  /// Time of the last event.
  public private(set) var lastTime: UInt64 = 0
  /// The first event that is earlier than the one before it, by index; nil where time never decreases.
  public private(set) var firstBackwards: Int?

  private var directory = ColumnDirectory()
  private let arena = ColumnArena()
  private let payload = ColumnArena()
  let rowArena = ColumnArena()
  private let groupPlaces = UnsafeMutablePointer<GroupPlace>.allocate(capacity: TraceLimits.maximumGroupCount + 1)
  /// By group: the next place of its events, and the end of its places.
  private let cursors = UnsafeMutablePointer<(next: UInt32, end: UInt32)>.allocate(capacity: 256)

  // Views of the arena, valid until the next block is decoded.
  private var timeBase: UnsafeMutablePointer<UInt64>
  private var headBase: UnsafeMutablePointer<UInt64>
  private var wordBase: UnsafeMutablePointer<UInt64>
  private var scratchBase: UnsafeMutablePointer<UInt64>
  private var locatorBase: UnsafeMutablePointer<Locator>
  /// By place: the event's index in the block.
  private var indexBase: UnsafeMutablePointer<UInt16>

  public init() {
    let nothing = arena.reserve(64)
    timeBase = nothing.assumingMemoryBound(to: UInt64.self)
    headBase = timeBase
    wordBase = timeBase
    scratchBase = timeBase
    locatorBase = nothing.assumingMemoryBound(to: Locator.self)
    indexBase = nothing.assumingMemoryBound(to: UInt16.self)
    EventHead.checkLayout()
  }

  deinit {
    cursors.deallocate()
    groupPlaces.deallocate()
  }

  // MARK: Reading

  /// Times of the events, by place; ns.
  public var times: UnsafeBufferPointer<UInt64> { .init(start: timeBase, count: eventCount) }
  /// Heads of the events, by place: each is an `EventHead`.
  public var heads: UnsafeBufferPointer<UInt64> { .init(start: headBase, count: eventCount) }
  /// Place and group of each event, in the order of the trace.
  public var locators: UnsafeBufferPointer<Locator> { .init(start: locatorBase, count: eventCount) }
  /// The words of all groups, one array behind the other.
  public var words: UnsafeBufferPointer<UInt64> {
    .init(start: wordBase, count: eventCount == 0 ? 0 : directory.wordCount)
  }

  /// The kind of the event with this index in the block.
  ///
  /// - Precondition: `index` is below `eventCount`.
  public func kind(at index: Int) -> UInt8 { EventHead(rawValue: heads[locators[index].place]).kind }

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
      count: eventCount, groups: groupPlaces, locators: locatorBase, times: timeBase, heads: headBase, words: wordBase)
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

  var eventIndices: UnsafePointer<UInt16> { UnsafePointer(indexBase) }
  var timePointer: UnsafePointer<UInt64> { UnsafePointer(timeBase) }
  var headPointer: UnsafePointer<UInt64> { UnsafePointer(headBase) }
  var wordPointer: UnsafePointer<UInt64> { UnsafePointer(wordBase) }

  // MARK: Decoding

  /// Decodes a block's payload as it is stored.
  ///
  /// - Parameter header: one whose lengths keep the format's bounds.
  func decode(_ stored: UnsafeRawBufferPointer, _ header: BlockHeader) throws(PayloadDefect) {
    eventCount = 0
    firstPosition = header.firstEventIndex
    let count = Int(header.rawByteCount)
    guard let source = stored.baseAddress, count > 0 else { throw .notDecompressible }
    let target = payload.reserve(count + ColumnKernel.slack)
    if header.compression == BlockCompression.lz4.rawValue {
      // liblz4 writes at most `count` bytes and reads at most what is stored.
      let written = LZ4_decompress_safe(
        source.assumingMemoryBound(to: CChar.self), target.assumingMemoryBound(to: CChar.self), Int32(stored.count),
        Int32(count))
      guard written == Int32(count) else { throw .notDecompressible }
    } else {
      guard count <= stored.count else { throw .endsEarly }
      target.copyMemory(from: source, byteCount: count)
    }
    try decode(
      UnsafeRawBufferPointer(start: target, count: count), eventCount: Int(header.eventCount),
      baseTime: header.baseTime)
  }

  /// Decodes a payload as it was before compression.
  ///
  /// - Parameter raw: `ColumnKernel.slack` bytes more can be read.
  private func decode(
    _ raw: UnsafeRawBufferPointer, eventCount count: Int, baseTime: UInt64
  ) throws(PayloadDefect) {
    guard let start = raw.baseAddress, count <= raw.count else { throw .endsEarly }
    let planes = start + (try directory.read(raw, count))
    let groups = directory.groups
    layOut(count, groups)
    groups.withUnsafeBufferPointer { decodeHeads(of: $0, planes) }
    try order(count, baseTime, start.assumingMemoryBound(to: UInt8.self), groups)
    groups.withUnsafeBufferPointer { decodeWords(of: $0, planes) }
    eventCount = count
  }

  /// Cuts the arena into arrays for so many events.
  private func layOut(_ count: Int, _ groups: [Group]) {
    for (index, group) in groups.enumerated() {
      groupPlaces[index] = GroupPlace(
        words: Int32(truncatingIfNeeded: group.words - group.first), stride: Int32(truncatingIfNeeded: group.count))
    }
    // A few elements more than are used: kernels work on whole vectors.
    let room = (count + 2 * ColumnKernel.slack) & ~7
    let wordRoom = (directory.wordCount + 2 * ColumnKernel.slack) & ~7
    let base = arena.reserve((3 * room + wordRoom) * 8 + room * 6)
    timeBase = base.bindMemory(to: UInt64.self, capacity: room)
    headBase = (base + room * 8).bindMemory(to: UInt64.self, capacity: room)
    scratchBase = (base + room * 16).bindMemory(to: UInt64.self, capacity: room)
    wordBase = (base + room * 24).bindMemory(to: UInt64.self, capacity: wordRoom)
    locatorBase = (base + (room * 3 + wordRoom) * 8).bindMemory(to: Locator.self, capacity: room)
    indexBase = (base + (room * 3 + wordRoom) * 8 + room * 4).bindMemory(to: UInt16.self, capacity: room)
  }

  /// Deltas of time, and heads, of all groups.
  private func decodeHeads(of groups: UnsafeBufferPointer<Group>, _ planes: UnsafeRawPointer) {
    let (timeBase, headBase, scratch) = (timeBase, headBase, scratchBase)
    var column = directory.columns
    for group in groups {
      ColumnKernel(column[EventColumn.timeDelta], count: group.count, planes: planes)
        .decode(into: timeBase + group.first, times: nil)
      // What all events of the group have in common first, then column by column what differs.
      var common = UInt64(group.kind) | UInt64(truncatingIfNeeded: group.wordCount) &<< 24
      for number in EventColumn.partition...EventColumn.operand where column[number].isConstant {
        let (shift, mask) = EventHead.place(of: number)
        common |= (column[number].base & mask) &<< shift
      }
      let heads = headBase + group.first
      var isBegun = false
      for number in EventColumn.partition...EventColumn.operand where !column[number].isConstant {
        let (shift, mask) = EventHead.place(of: number)
        let kernel = ColumnKernel(column[number], count: group.count, planes: planes)
        if isBegun {
          kernel.mix(into: heads, shift: shift, mask: mask, scratch: scratch)
        } else {
          kernel.begin(heads, with: common, shift: shift, mask: mask, scratch: scratch)
          isBegun = true
        }
      }
      if !isBegun { heads.update(repeating: common, count: group.count) }
      column += EventColumn.firstWord + group.wordCount
    }
  }

  /// The words of all groups, some of which follow from the events' times.
  private func decodeWords(of groups: UnsafeBufferPointer<Group>, _ planes: UnsafeRawPointer) {
    let timeBase = timeBase
    var target = wordBase
    var column = directory.columns
    for group in groups {
      column += EventColumn.firstWord
      for _ in 0..<group.wordCount {
        ColumnKernel(column.pointee, count: group.count, planes: planes)
          .decode(into: target, times: timeBase + group.first)
        target += group.count
        column += 1
      }
    }
  }

  /// Gives each event its place, and each place its time, from the deltas of all groups.
  private func order(
    _ count: Int, _ baseTime: UInt64, _ groupColumn: UnsafePointer<UInt8>, _ groups: [Group]
  ) throws(PayloadDefect) {
    let cursors = cursors
    for index in groups.indices {
      cursors[index] = (UInt32(groups[index].first), UInt32(groups[index].first + groups[index].count))
    }
    for index in groups.count..<256 { cursors[index] = (0, 0) }
    var time = baseTime
    var isBackwards = false
    firstBackwards = nil
    let (locatorBase, timeBase, indexBase) = (locatorBase, timeBase, indexBase)
    for event in 0..<count {
      let group = Int(groupColumn[event])
      let (place, end) = cursors[group]
      guard place < end else { throw .groupColumn }
      cursors[group].next = place &+ 1
      let next = time &+ timeBase[Int(place)]
      isBackwards = isBackwards || next < time
      time = next
      timeBase[Int(place)] = time
      locatorBase[event] = Locator(place: Int(place), group: group)
      indexBase[Int(place)] = UInt16(truncatingIfNeeded: event)
    }
    lastTime = time
    guard count > 0, timeBase[locatorBase[0].place] == baseTime else { throw .firstTime }
    if isBackwards { findBackwards(count) }
  }

  private func findBackwards(_ count: Int) {
    var before: UInt64 = 0
    for event in 0..<count {
      let time = timeBase[locatorBase[event].place]
      if time < before {
        firstBackwards = event
        return
      }
      before = time
    }
  }
}
