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
    for time in times { sums.times &+= time }
    for partition in partitions { sums.partitions &+= UInt64(partition) }
    for detail in details { sums.details &+= UInt64(detail) }
    for operand in operands { sums.operands &+= UInt64(operand) }
    var order: UInt32 = 0
    var number: UInt32 = 0
    for place in places {
      order &+= place ^ number
      number &+= 1
    }
    sums.order = UInt64(order)
    for group in groupIndices { sums.kinds &+= UInt64(group) }
    for group in groups {
      sums.kinds &+= UInt64(group.kind) &* UInt64(group.count)
      guard group.wordCount > 0 else { continue }
      // The words of a group lie in one piece.
      let first = words(0, of: group)
      let all = UnsafeBufferPointer(start: first.baseAddress, count: group.count * group.wordCount)
      for word in all { sums.words &+= word }
    }
    return sums
  }
}
