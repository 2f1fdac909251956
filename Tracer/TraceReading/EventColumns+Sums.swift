import ColumnKernels

extension EventColumns {
  /// Sums over all columns of a block, or of many: what a counter makes of a trace that reads everything.
  public struct Sums: Equatable, Sendable {
    public var events: UInt64 = 0
    public var times: UInt64 = 0
    public var kinds: UInt64 = 0
    public var partitions: UInt64 = 0
    public var details: UInt64 = 0
    public var operands: UInt64 = 0
    public var words: UInt64 = 0
    /// Of each event's number in its block, with its place: the order of the events.
    public var order: UInt64 = 0

    public init() {}

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

  /// Reads every field of every event of the block.
  public var sums: Sums {
    var sums = Sums()
    sums.events = UInt64(eventCount)
    sums.times = partita_sum(timePointer, eventCount)
    for group in groups { sums.kinds &+= UInt64(group.kind) &* UInt64(group.count) }
    let headSums = partita_sum_heads(headPointer, eventCount)
    (sums.partitions, sums.details, sums.operands) = (headSums.partitions, headSums.details, headSums.operands)
    sums.words = partita_sum(wordPointer, words.count)
    var place: UInt64 = 0
    for index in UnsafeBufferPointer(start: eventIndices, count: eventCount) {
      sums.order &+= UInt64(index) ^ place
      place &+= 1
    }
    return sums
  }
}
