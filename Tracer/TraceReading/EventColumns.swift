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
/// Times and order are decoded with the block, heads, words and locators when they are first asked for: who sums or
/// counts columns never has them written. So the first asking changes the object; `complete()` comes before it is
/// shared among threads.
///
/// Payloads may be hostile: every length is checked before use, and memory follows the header's bounds.
public final class EventColumns {
  /// Events of one kind and number of words.
  public struct Group: Equatable, Sendable {
    /// Raw value of an `EventKind`, or one that this version does not know.
    public var kind: UInt8
    /// How many words each of its events has, 0 to 8: the others are 0.
    public var wordCount: Int
    /// Its places are `first ..< first + count`.
    public var first: Int
    /// How many events it has, 1 or more.
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

    /// Index of the event in `times` and `heads`.
    @inline(__always) public var place: Int { Int(rawValue & 0xFFFF) }
    /// Index of its group in `groups`.
    @inline(__always) public var group: Int { Int(rawValue &>> 16) }
  }

  /// Where a group's words are, seen from an event's place.
  struct GroupPlace {
    var words: Int32
    var stride: Int32
  }

  /// What is decoded when it is first asked for.
  struct Parts: OptionSet {
    var rawValue: UInt8
    static let heads = Parts(rawValue: 1)
    static let words = Parts(rawValue: 2)
    static let locators = Parts(rawValue: 4)
    static let all: Parts = [.heads, .words, .locators]
  }

  /// 0 before a block is decoded, and after one that could not be.
  public internal(set) var eventCount = 0
  /// Position in the trace of the block's first event.
  public internal(set) var firstPosition: UInt64 = 0
  /// In the order of their places, without a gap between them; at most 255.
  public var groups: [Group] { directory.groups }
  /// Time of the last event.
  public internal(set) var lastTime: UInt64 = 0
  /// The first event that is earlier than the one before it, by index; nil where time never decreases.
  public internal(set) var firstBackwards: Int?
  /// Kind of the block's first event; 0 where it has none.
  public internal(set) var firstKind: UInt8 = 0

  var directory = ColumnDirectory()
  /// What is not decoded yet.
  var missing: Parts = []
  let arena = ColumnArena()
  let payload = ColumnArena()
  let rowArena = ColumnArena()
  let groupPlaces = UnsafeMutablePointer<GroupPlace>.allocate(capacity: TraceLimits.maximumGroupCount + 1)
  /// By group: the next place of its events.
  let cursors = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)

  // Views of the arenas, valid until the next block is decoded.
  /// Where the first plane of all columns is.
  var planes: UnsafeRawPointer
  var timeBase: UnsafeMutablePointer<UInt64>
  var headBase: UnsafeMutablePointer<UInt64>
  var wordBase: UnsafeMutablePointer<UInt64>
  var scratchBase: UnsafeMutablePointer<UInt64>
  var locatorBase: UnsafeMutablePointer<Locator>
  /// By place: the event's index in the block.
  var indexBase: UnsafeMutablePointer<UInt16>

  /// Has no events before a block is decoded.
  public init() {
    let nothing = arena.reserve(64)
    planes = UnsafeRawPointer(nothing)
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
  public var heads: UnsafeBufferPointer<UInt64> { .init(start: headPointer, count: eventCount) }
  /// Place and group of each event, in the order of the trace.
  public var locators: UnsafeBufferPointer<Locator> {
    demand(.locators)
    return .init(start: locatorBase, count: eventCount)
  }
  /// The words of all groups, one array behind the other.
  public var words: UnsafeBufferPointer<UInt64> {
    .init(start: wordPointer, count: eventCount == 0 ? 0 : directory.wordCount)
  }

  /// The kind of the event with this index in the block.
  ///
  /// - Precondition: `index` is below `eventCount`.
  public func kind(at index: Int) -> UInt8 { EventHead(rawValue: heads[locators[index].place]).kind }

  /// The time of the event with this index in the block; ns.
  ///
  /// - Precondition: `index` is below `eventCount`.
  public func time(at index: Int) -> UInt64 { times[locators[index].place] }

  /// The words of a group's events, one after the other, for word `word` of them.
  ///
  /// - Precondition: `word` is below the group's `wordCount`.
  public func words(_ word: Int, of group: Group) -> UnsafeBufferPointer<UInt64> {
    precondition(word < group.wordCount)
    return .init(start: wordPointer + (group.words + word * group.count), count: group.count)
  }

  /// The events one by one, as values that are put together when they are asked for.
  public var events: EventView {
    complete()
    return EventView(
      count: eventCount, groups: groupPlaces, locators: locatorBase, times: timeBase, heads: headBase, words: wordBase)
  }

  /// The event with this index in the block.
  ///
  /// - Precondition: `index` is below `eventCount`.
  public func event(at index: Int) -> TraceEvent { events[index] }

  /// The events of some kinds, by index, in the order of the trace: groups of other kinds are not looked at.
  public func indices(ofKinds isWanted: (UInt8) -> Bool) -> [Int] {
    var found: [Int] = []
    for group in groups where isWanted(group.kind) {
      for place in group.first..<(group.first + group.count) { found.append(Int(indexBase[place])) }
    }
    found.sort()
    return found
  }

  /// Appends all events, in the order of the trace.
  public func appendEvents(to events: inout [TraceEvent]) {
    let view = self.events
    events.reserveCapacity(events.count + view.count)
    for index in 0..<view.count { events.append(view[index]) }
  }

  var eventIndices: UnsafePointer<UInt16> { UnsafePointer(indexBase) }
  var timePointer: UnsafePointer<UInt64> { UnsafePointer(timeBase) }
  var headPointer: UnsafePointer<UInt64> {
    demand(.heads)
    return UnsafePointer(headBase)
  }
  var wordPointer: UnsafePointer<UInt64> {
    demand(.words)
    return UnsafePointer(wordBase)
  }
}
