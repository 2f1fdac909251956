/// Counts of values in buckets whose width grows with the value, in constant memory.
///
/// Values below 64 have a bucket each; above, a bucket is at most 1/32 of its values wide, so that a quantile is at
/// most 3.2 % too high and never too low. Minimum, maximum, count and sum are exact.
public struct LogHistogram: Equatable, Sendable {
  private static let bucketCount = 60 * 32

  private var buckets = [UInt64](repeating: 0, count: bucketCount)
  /// How many values were added.
  public private(set) var count: UInt64 = 0
  /// The least value; `UInt64.max` where there is none.
  public private(set) var minimum = UInt64.max
  /// The greatest value; 0 where there is none.
  public private(set) var maximum: UInt64 = 0
  /// Sum of the values, at most `UInt64.max`.
  public private(set) var sum: UInt64 = 0

  /// Has no values.
  public init() {}

  /// Takes a value; in which unit is the caller's business.
  public mutating func add(_ value: UInt64) {
    buckets[Self.bucket(value)] += 1
    count += 1
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    let (total, isOver) = sum.addingReportingOverflow(value)
    sum = isOver ? .max : total
  }

  private static func bucket(_ value: UInt64) -> Int {
    guard value >= 64 else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - 5
    return shift * 32 + Int(value >> UInt64(shift))
  }

  /// The largest value that falls in a bucket.
  private static func upperBound(_ bucket: Int) -> UInt64 {
    guard bucket >= 64 else { return UInt64(bucket) }
    let shift = UInt64(bucket / 32 - 1)
    let top = UInt64(bucket) - shift * 32
    return top << shift | (1 << shift - 1)
  }

  /// The buckets that hold something, ascending, each with the least and the greatest value that fall in it.
  public var occupied: [(least: UInt64, greatest: UInt64, count: UInt64)] {
    buckets.indices.filter { buckets[$0] > 0 }.map { bucket in
      (bucket == 0 ? 0 : Self.upperBound(bucket - 1) + 1, Self.upperBound(bucket), buckets[bucket])
    }
  }

  /// The least value that `share` per mille of the values do not exceed, within the histogram's precision; nil if
  /// empty.
  public func quantile(perMille share: UInt64) -> UInt64? {
    guard count > 0 else { return nil }
    let (high, low) = count.multipliedFullWidth(by: min(share, 1000))
    let (whole, rest) = (1000 as UInt64).dividingFullWidth((high, low))
    let wanted = max(1, whole + (rest > 0 ? 1 : 0))
    var seen: UInt64 = 0
    for (bucket, number) in buckets.enumerated() where number > 0 {
      seen += number
      if seen >= wanted { return max(minimum, min(maximum, Self.upperBound(bucket))) }
    }
    return maximum
  }

  /// The counts in `columns` equal parts of the buckets from minimum to maximum: a picture on a logarithmic scale.
  public func outline(columns: Int) -> [UInt64] {
    guard count > 0, columns > 0 else { return [] }
    let first = Self.bucket(minimum)
    let width = Self.bucket(maximum) - first + 1
    var result = [UInt64](repeating: 0, count: columns)
    for offset in 0..<width { result[offset * columns / width] += buckets[first + offset] }
    return result
  }
}
