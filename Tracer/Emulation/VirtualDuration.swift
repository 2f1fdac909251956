import APEXTypes

/// A length of virtual time as people write it: `2s`, `500ms`, `1.5s`, `250us`, `100ns`, or a number of seconds.
public struct VirtualDuration: Equatable, Sendable, CustomStringConvertible {
  /// Never 0 where it was read from text.
  public var nanoseconds: Nanoseconds

  /// Takes any length, to be shown.
  public init(_ nanoseconds: Nanoseconds) { self.nanoseconds = nanoseconds }

  /// The micro sign, and the Greek letter that looks like it: keyboards have the one or the other.
  private static let units: [(suffix: String, nanoseconds: UInt64, digits: Int)] = [
    ("ns", 1, 0), ("us", 1000, 3), ("\u{B5}s", 1000, 3), ("\u{3BC}s", 1000, 3), ("ms", 1_000_000, 6),
    ("s", 1_000_000_000, 9), ("min", 60_000_000_000, 9), ("", 1_000_000_000, 9),
  ]

  /// Reads a duration; nil where `text` is not one, is zero, or is too long for 64 bits of nanoseconds.
  ///
  /// The conversion is exact: `0.000000001s` is one nanosecond and a finer fraction is refused.
  public init?(_ text: String) {
    let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    guard let unit = Self.units.first(where: { $0.suffix == text.dropFirst(number.count) }) else { return nil }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = UInt64(parts[0]) else { return nil }
    var (total, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow else { return nil }
    if parts.count == 2 {
      guard let fraction = UInt64(parts[1]), parts[1].count <= unit.digits else { return nil }
      var scale = unit.nanoseconds
      for _ in 0..<parts[1].count { scale /= 10 }
      (total, overflow) = total.addingReportingOverflow(fraction * scale)
      guard !overflow else { return nil }
    }
    guard total > 0 else { return nil }
    nanoseconds = Nanoseconds(total)
  }

  /// Seconds with three decimals: `1.250 s`.
  public var description: String {
    let milliseconds = nanoseconds.count / 1_000_000
    let fraction = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + " s"
  }
}
