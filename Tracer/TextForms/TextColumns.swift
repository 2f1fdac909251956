/// How many columns of a terminal a sign takes.
extension Character {
  /// 2 for the wide signs of East Asia and for pictures, 0 for what only changes or joins others, 1 for all else.
  public var columns: Int {
    guard !isASCII, let scalar = unicodeScalars.first else { return 1 }
    switch scalar.properties.generalCategory {
    case .format, .nonspacingMark, .enclosingMark: return 0
    default: return scalar.properties.isEmojiPresentation || Self.wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  /// Unicode's East Asian Width W and F, but for what is shown as a picture, whole scripts at a time: what lies between
  /// is not assigned, or rare.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}

extension StringProtocol {
  /// The columns that the text takes.
  public var columns: Int { reduce(0) { $0 + $1.columns } }

  /// As much of the text as so many columns hold.
  public func prefix(columns: Int) -> SubSequence {
    var left = columns
    return prefix {
      left -= $0.columns
      return left >= 0
    }
  }
}
