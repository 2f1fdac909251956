/// An instant or a length of time as people write it: `1.5s`, `10ms`, `250us`, `40ns`, or a number of seconds.
public struct TraceInstant: Equatable, Sendable {
  /// From 0 on the module's clock, or how long something takes.
  public var nanoseconds: UInt64

  /// Reads decimal digits with a unit, exactly; nil for anything else, for more decimals than nanoseconds have, and
  /// for what does not fit 64 bits.
  public init?(_ text: String) {
    // The micro sign, and the Greek letter that looks like it: keyboards have the one or the other.
    let units: [(String, Int)] = [("ns", 0), ("us", 3), ("\u{B5}s", 3), ("\u{3BC}s", 3), ("ms", 6), ("s", 9)]
    var number = text[...]
    var decimals = 9
    if let (unit, power) = units.first(where: { text.hasSuffix($0.0) }) {
      number = text.dropLast(unit.count)
      decimals = power
    }
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !fraction.isEmpty, fraction.count <= decimals,
      (whole + fraction).allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    let digits = String(whole + fraction) + String(repeating: "0", count: decimals - fraction.count)
    guard let value = UInt64(digits) else { return nil }
    nanoseconds = value
  }
}
