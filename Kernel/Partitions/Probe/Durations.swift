/// How often each duration was seen; shared by all measurements, since its size forbids one for each.
private nonisolated(unsafe) var histogram = InlineArray<8192, UInt16>(repeating: 0)

/// Least, median and greatest of a series of durations.
struct Durations {
  private(set) var least: UInt64 = 0xFFFF_FFFF
  private(set) var greatest: UInt64 = 0
  private var count = 0

  init() {
    for index in 0..<8192 { histogram[index] = 0 }
  }

  /// Adds a duration; beyond 8191 ticks it counts as 8191 for the median only.
  mutating func add(_ ticks: UInt64) {
    least = min(least, ticks)
    greatest = max(greatest, min(ticks, 0xFFFF_FFFF))
    histogram[Int(min(ticks, 8191))] &+= 1
    count += 1
  }

  /// The duration that half of the series does not exceed; zero for an empty one.
  var median: UInt64 {
    var seen = 0
    for index in 0..<8192 {
      seen += Int(histogram[index])
      if seen * 2 >= count { return UInt64(index) }
    }
    return 0
  }
}
