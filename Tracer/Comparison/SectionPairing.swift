import TraceFormat

/// Which events of two sections have no counterpart in the other one.
///
/// What both begin with, and what both end with, belongs together where it says the same. Between, events are paired by
/// what they are about: of several that are alike in that nobody knows which one is missing.
struct SectionPairing {
  /// A section's events that are looked at, and the instant from which theirs are counted.
  struct Side {
    var events: [TraceEvent]
    var origin: UInt64
  }

  /// Of the first section, by index among its events.
  private(set) var removed: Set<Int> = []
  /// Of the second one.
  private(set) var inserted: Set<Int> = []

  /// - Parameter isCut: the sections go on, and so do not end together.
  init(_ one: Side, _ other: Side, isCut: Bool) {
    let names = (one.events.map { EventLikeness($0) }, other.events.map { EventLikeness($0) })
    guard names.0 != names.1 else { return }
    func isSame(_ i: Int, _ j: Int) -> Bool {
      names.0[i] == names.1[j]
        && EventLikeness.content(one.events[i], from: one.origin)
          == EventLikeness.content(other.events[j], from: other.origin)
    }
    var first = 0
    var (end, otherEnd) = (names.0.count, names.1.count)
    while first < min(end, otherEnd), isSame(first, first) { first += 1 }
    while !isCut, min(end, otherEnd) > first, isSame(end - 1, otherEnd - 1) {
      end -= 1
      otherEnd -= 1
    }
    for change in names.1[first..<otherEnd].difference(from: names.0[first..<end]) {
      switch change {
      case .remove(let offset, _, _): removed.insert(first + offset)
      case .insert(let offset, _, _): inserted.insert(first + offset)
      }
    }
  }
}
