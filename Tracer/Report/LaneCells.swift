/// Counts by lane and cell of time, for a run whose length is not known beforehand, in constant memory.
///
/// The time since the first instant is cut in at most `cellCount` cells of equal width. When an instant lies beyond
/// them, neighbours are joined two by two and the width doubles. Sums over a lane are exact whatever the width.
struct LaneCells {
  /// A power of two, so that joining two by two leaves nothing over.
  let cellCount: Int
  /// Nanoseconds of a cell.
  private(set) var width: UInt64 = 1024
  private(set) var base: UInt64 = 0
  private(set) var lanes: [[UInt64]] = []
  private var hasBase = false

  init(cellCount: Int = 1 << 15) {
    precondition(cellCount > 1 && cellCount & (cellCount - 1) == 0)
    self.cellCount = cellCount
  }

  /// Adds a lane and answers its index.
  mutating func addLane() -> Int {
    lanes.append([UInt64](repeating: 0, count: cellCount))
    return lanes.count - 1
  }

  /// Counts one at an instant.
  mutating func add(_ lane: Int, at instant: UInt64) {
    reach(instant)
    lanes[lane][cell(instant)] &+= 1
  }

  /// Adds the nanoseconds from `start` to `end`, each to its cell.
  mutating func add(_ lane: Int, from start: UInt64, to end: UInt64) {
    guard start < end else { return }
    reach(start)
    reach(end - 1)
    var from = max(start, base)
    var index = cell(from)
    while from < end, index < cellCount {
      // Saturates: the last cell of a run at the end of time has no end of its own.
      let (offset, isOver) = UInt64(index &+ 1).multipliedReportingOverflow(by: width)
      let (next, isBeyond) = base.addingReportingOverflow(offset)
      let to = isOver || isBeyond ? end : min(end, next)
      lanes[lane][index] &+= to &- from
      from = to
      index &+= 1
    }
  }

  /// The cell of an instant; what precedes the first instant falls in the first cell.
  private func cell(_ instant: UInt64) -> Int { instant <= base ? 0 : Int((instant &- base) / width) }

  private mutating func reach(_ instant: UInt64) {
    if !hasBase {
      hasBase = true
      base = instant
    }
    while instant > base, (instant &- base) / width >= UInt64(cellCount) { double() }
  }

  private mutating func double() {
    width = width &* 2
    for lane in lanes.indices {
      for index in 0..<cellCount / 2 { lanes[lane][index] = lanes[lane][2 * index] &+ lanes[lane][2 * index + 1] }
      for index in cellCount / 2..<cellCount { lanes[lane][index] = 0 }
    }
  }

  /// Joins cells until `limit` of them reach `end`, so that a page with many lanes stays small.
  mutating func coarsen(until end: UInt64, limit: Int) {
    while used(until: end) > max(2, limit) { double() }
  }

  /// How many cells there are from the first to the one of `end`.
  func used(until end: UInt64) -> Int { min(cellCount, cell(max(end, base)) + 1) }
}
