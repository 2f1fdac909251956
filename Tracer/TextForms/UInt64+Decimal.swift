/// Decimal digits as readers expect them.
extension UInt64 {
  /// The number with a point before its last `places` digits: 1 234 567 with six of them is 1.234567.
  ///
  /// - Parameter isShort: without zeros at the end, and without a point where nothing is behind it.
  public func decimal(places: Int, isShort: Bool = false) -> String {
    let digits = String(self)
    let padded = String(repeating: "0", count: Swift.max(0, places + 1 - digits.count)) + digits
    var text = String(padded.dropLast(places)) + "." + padded.suffix(places)
    if isShort {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }

  /// An instant in ns as seconds, with all nine places: as a trace's lines have it.
  public var instantText: String { decimal(places: 9) + " s" }

  /// A length of time in ns, exact, in the greatest unit of which it has one at least: 5 ms, 2.205792 ms, 300 ns.
  public var durationText: String {
    switch self {
    case 1_000_000_000...: decimal(places: 9, isShort: true) + " s"
    case 1_000_000...: decimal(places: 6, isShort: true) + " ms"
    case 1_000...: decimal(places: 3, isShort: true) + " µs"
    default: "\(self) ns"
    }
  }

  /// The number with its digits in groups of three.
  public func grouped(by separator: Character) -> String {
    let digits = String(self)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(separator) }
      text.append(digit)
    }
    return text
  }
}
