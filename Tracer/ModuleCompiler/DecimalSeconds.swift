import APEXTypes

/// Decimal seconds as they are written in module files, stimulus files and on the command line.
///
/// The conversion to nanoseconds is exact, digit by digit: a floating-point number would make 0.020 s a nanosecond
/// short here and there, and windows that touch would overlap.
public enum DecimalSeconds {
  /// Why a text is not a time.
  public enum Defect: Error, Equatable, Sendable {
    /// Not of the form `12`, `12.5` or `.5`.
    case malformed
    /// Finer than a nanosecond.
    case tooFine
    /// More than `maximumSeconds`.
    case tooLarge
  }

  /// The longest time that can be written: beyond any major frame, and small enough that sums cannot overflow.
  public static let maximumSeconds: UInt64 = 100_000

  /// The time that `text` means.
  public static func parse(_ text: some StringProtocol) throws(Defect) -> Nanoseconds {
    var whole: UInt64 = 0
    var fraction: UInt64 = 0
    var fractionDigits: Int?
    var digits = 0
    var isTooFine = false
    var isTooLarge = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "."), fractionDigits == nil {
        fractionDigits = 0
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { throw .malformed }
      let digit = UInt64(byte - UInt8(ascii: "0"))
      digits += 1
      if let place = fractionDigits {
        if place < 9 {
          fraction = fraction * 10 + digit
          fractionDigits = place + 1
        } else if digit != 0 {
          isTooFine = true
        }
      } else if whole <= maximumSeconds {
        whole = whole * 10 + digit
      } else {
        isTooLarge = true
      }
    }
    guard digits > 0 else { throw .malformed }
    guard !isTooLarge, whole <= maximumSeconds else { throw .tooLarge }
    guard !isTooFine else { throw .tooFine }
    for _ in (fractionDigits ?? 0)..<9 { fraction *= 10 }
    return Nanoseconds(whole * 1_000_000_000 + fraction)
  }

  /// `time` as seconds with no more decimals than it needs: `0.02`.
  public static func format(_ time: Nanoseconds) -> String {
    let whole = time.count / 1_000_000_000
    let rest = time.count % 1_000_000_000
    guard rest > 0 else { return "\(whole)" }
    let digits = String(rest)
    var fraction = String(repeating: "0", count: 9 - digits.count) + digits
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(whole).\(fraction)"
  }
}
