import ColumnKernels
import TraceFormat

extension EventColumns {
  /// Sums over all columns of a block, or of many: what a counter makes of a trace that reads everything.
  ///
  /// Each wraps round at 2⁶⁴, so that the sums do not depend on the order in which blocks are added.
  public struct Sums: Equatable, Sendable {
    /// How many events there are.
    public var events: UInt64 = 0
    /// Of the events' times, ns.
    public var times: UInt64 = 0
    /// Of raw kinds.
    public var kinds: UInt64 = 0
    /// Of partition indices, 255 where an event has none.
    public var partitions: UInt64 = 0
    /// Of details.
    public var details: UInt64 = 0
    /// Of operands.
    public var operands: UInt64 = 0
    /// Of all words that are stored, whichever of an event's they are.
    public var words: UInt64 = 0
    /// Of each event's number in its block, with its place: the order of the events.
    public var order: UInt64 = 0

    /// Of no events.
    public init() {}

    /// Adds the sums of other blocks.
    public static func += (left: inout Sums, right: Sums) {
      left.events &+= right.events
      left.times &+= right.times
      left.kinds &+= right.kinds
      left.partitions &+= right.partitions
      left.details &+= right.details
      left.operands &+= right.operands
      left.words &+= right.words
      left.order &+= right.order
    }
  }

  /// Reads every field of every event of the block, where it lies: no column but times and order is written to memory.
  public var sums: Sums {
    var sums = Sums()
    sums.events = UInt64(eventCount)
    sums.order = partita_sum_order(eventIndices, eventCount)
    guard eventCount > 0 else { return sums }
    var column = UnsafePointer(directory.columns)
    for group in groups {
      let times = partita_sum(timePointer + group.first, group.count, ~0)
      sums.times &+= times
      sums.kinds &+= UInt64(group.kind) &* UInt64(group.count)
      let scratch = scratchBase
      func sum(_ number: Int, mask: UInt64 = ~0) -> UInt64 {
        ColumnKernel(column[number], count: group.count, planes: planes)
          .sum(mask: mask, timeSum: { times }, scratch: scratch)
      }
      sums.partitions &+= sum(EventColumn.partition, mask: 0xFF)
      sums.details &+= sum(EventColumn.detail, mask: 0xFF)
      sums.operands &+= sum(EventColumn.operand, mask: 0xFFFF_FFFF)
      for word in 0..<group.wordCount { sums.words &+= sum(EventColumn.firstWord + word) }
      column += EventColumn.firstWord + group.wordCount
    }
    return sums
  }
}
