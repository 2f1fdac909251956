import Verification

/// Which stretches of a run the page carries event by event.
///
/// Everything, where that is little. Else the first frames, what surrounds each violation and each claim's worst case,
/// and the end: the places that somebody asks about. Where these are many, each has fewer events around it. Ranges are
/// of positions, so that their cost is known beforehand.
struct DetailPlan {
  static let maximumEventCount: UInt64 = 24_000
  /// Events on each side of an evidence, where there is room.
  static let margin: UInt64 = 130
  /// Those on each side that come before all else: they are what the page shows beside a selected event.
  static let leastMargin: UInt64 = 10
  static let head: UInt64 = 2_000
  static let tail: UInt64 = 600

  /// Ascending, without overlap; never more than `maximumEventCount` events in all.
  private(set) var ranges: [ClosedRange<UInt64>] = []

  /// - Parameters:
  ///   - evidence: positions, those first that must not miss.
  ///   - lastPosition: of the trace's last event.
  init(evidence: [UInt64], lastPosition: UInt64) {
    guard lastPosition >= Self.maximumEventCount else {
      ranges = [0...lastPosition]
      return
    }
    add(0...(Self.head - 1))
    add((lastPosition - Self.tail + 1)...lastPosition)
    // First a few around each, so that every way to an evidence ends at it, then more around those asked about first.
    for margin in [Self.leastMargin, Self.margin] {
      for position in evidence {
        let before = position - min(position, margin)
        let range = before...max(before, min(lastPosition, position &+ margin))
        if total + Self.count(range) <= Self.maximumEventCount { add(range) }
      }
    }
    // What is left goes to the beginning.
    let left = Self.maximumEventCount - total
    if left > 0 { add(0...(Self.head + left - 1)) }
  }

  /// Positions, the gravest first: each claim's first violation, the further ones, then the worst cases that hold, the
  /// narrowest margin first.
  static func evidence(_ report: VerificationReport) -> [UInt64] {
    let failed = report.claims.filter { !$0.firstViolations.isEmpty }
    var positions = failed.map { $0.firstViolations[0].position }
    positions += failed.flatMap { $0.worstViolations.map(\.position) + $0.firstViolations.map(\.position) }
    let measured = report.claims.filter { $0.worst != nil }.sorted { ($0.marginShare ?? 1) < ($1.marginShare ?? 1) }
    return positions + measured.compactMap { $0.worst?.position }
  }

  private var total: UInt64 { ranges.reduce(0) { $0 + Self.count($1) } }
  private static func count(_ range: ClosedRange<UInt64>) -> UInt64 { range.upperBound - range.lowerBound + 1 }

  private mutating func add(_ range: ClosedRange<UInt64>) {
    var low = range.lowerBound
    var high = range.upperBound
    ranges.removeAll { other in
      // Neighbours are joined too.
      guard other.lowerBound <= high &+ 1, low <= other.upperBound &+ 1 else { return false }
      low = min(low, other.lowerBound)
      high = max(high, other.upperBound)
      return true
    }
    let place = ranges.firstIndex { $0.lowerBound > high } ?? ranges.count
    ranges.insert(low...high, at: place)
  }
}

extension ClaimResult {
  /// The margin as a part of the bound; nil where there is none to speak of.
  var marginShare: Double? {
    guard let bound, let margin, bound > 0 else { return nil }
    return Double(margin) / Double(bound)
  }
}
