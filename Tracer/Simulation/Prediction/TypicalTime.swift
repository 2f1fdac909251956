/// How long something takes as a rule: the middle of the last few times, so that one that took long for a reason of its
/// own, a partition's start for instance, says nothing.
struct TypicalTime {
  private static let keptCount = 9
  private var latest: [UInt64] = []

  /// The middle of those that were added last, ns; nil before the first.
  private(set) var nanoseconds: UInt64?

  mutating func add(_ time: UInt64) {
    if latest.count == Self.keptCount { latest.removeFirst() }
    latest.append(time)
    nanoseconds = latest.sorted()[(latest.count - 1) / 2]
  }
}
