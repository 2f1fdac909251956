import TextForms

/// A line of a terminal's screen: pieces of text, each with a style.
public struct StyledLine: Equatable, Sendable {
  /// What a piece of text means, not which colour it has.
  public enum Style: Equatable, Sendable {
    case plain, strong, soft, inverse, good, bad, doubtful
    /// A partition's colour.
    case partition(Int)
  }
  /// From left to right.
  public private(set) var pieces: [(text: String, style: Style)] = []
  /// The whole line stands out.
  public var isHighlighted = false

  /// A line of one piece, or of none where there is no text.
  public init(_ text: String = "", _ style: Style = .plain) { if !text.isEmpty { pieces = [(text, style)] } }

  /// The same pieces: lines that look alike, but are cut otherwise, differ.
  public static func == (one: StyledLine, other: StyledLine) -> Bool {
    one.isHighlighted == other.isHighlighted && one.pieces.count == other.pieces.count
      && zip(one.pieces, other.pieces).allSatisfy { $0.text == $1.text && $0.style == $1.style }
  }

  /// Appends a piece at its own width.
  public mutating func append(_ text: String, _ style: Style = .plain) { pieces.append((text, style)) }

  /// Appends text in a column, cut or filled up to a width.
  public mutating func append(_ text: String, _ style: Style = .plain, width: Int, isRight: Bool = false) {
    let short = text.columns > width ? text.prefix(columns: max(0, width - 1)) + "…" : text
    let fill = String(repeating: " ", count: max(0, width - short.columns))
    append(isRight ? fill + short : short + fill, style)
  }

  /// Columns that the line takes.
  public var count: Int { pieces.reduce(0) { $0 + $1.text.columns } }

  /// The characters without their styles.
  public var text: String { pieces.map(\.text).joined() }

  /// The line for a terminal, cut at a width.
  public func rendered(width: Int, isColored: Bool) -> String {
    var result = ""
    var left = width
    for (text, style) in pieces where left > 0 {
      var part = String(text.prefix(columns: left))
      left -= part.columns
      if part.count < text.count {
        // A wide sign does not fit: what follows it must not take its place.
        part += String(repeating: " ", count: left)
        left = 0
      }
      result += isColored ? Self.code(style, isHighlighted) + part + "\u{1B}[0m" : part
    }
    if isHighlighted, isColored {
      result += Self.code(.plain, true) + String(repeating: " ", count: left) + "\u{1B}[0m"
    }
    return result
  }

  /// A line in ASCII, as wide as it was: signs become the next best.
  static func plain(_ text: String) -> String {
    text.reduce(into: "") { line, sign in
      if sign.isASCII {
        line.append(sign)
      } else if let substitute = substitutes[sign] {
        line.append(substitute)
      } else {
        line += String(repeating: "?", count: sign.columns)
      }
    }
  }

  private static let substitutes: [Character: Character] = [
    "▶": ">", "▲": "^", "▏": "|", "─": "-", "·": ".", "█": "#", "▮": "#", "▯": ".", "…": "~", "–": "-", "→": ">",
    "←": "<", "×": "x", "µ": "u", "≤": "<", "≥": ">", "✕": "X", "’": "'",
  ]

  private static let partitionCodes = [34, 33, 32, 35, 36, 31, 94, 93, 92, 95, 96, 91]

  private static func code(_ style: Style, _ isHighlighted: Bool) -> String {
    let base = isHighlighted ? "\u{1B}[48;5;238m" : ""
    switch style {
    case .plain: return base
    case .strong: return base + "\u{1B}[1m"
    case .soft: return base + "\u{1B}[2m"
    case .inverse: return base + "\u{1B}[7m"
    case .good: return base + "\u{1B}[32m"
    case .bad: return base + "\u{1B}[1;31m"
    case .doubtful: return base + "\u{1B}[33m"
    case .partition(let index): return base + "\u{1B}[\(partitionCodes[index % partitionCodes.count])m"
    }
  }
}
