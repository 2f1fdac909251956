/// Names claims at a command line: an identifier, what lies below it (`upcall` stands for `upcall.order` too), or a
/// pattern with `*` for any text and `?` for any one character.
public struct ClaimPattern: Equatable, Sendable {
  /// As it was typed, or stands in the module file.
  public var text: String

  /// Any text is a pattern; whether some claim matches it is for others to ask.
  public init(_ text: String) { self.text = text }

  /// Whether the pattern is for the claim with this identifier; case matters.
  public func matches(_ identifier: String) -> Bool {
    if !text.contains("*"), !text.contains("?") {
      return identifier == text || identifier.hasPrefix(text + ".")
    }
    return Self.matches(Array(text), Array(identifier))
  }

  /// Walks both texts, and comes back to the last star where they part.
  private static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
    var (place, next) = (0, 0)
    var star: Int?
    var starNext = 0
    while next < text.count {
      if place < pattern.count, pattern[place] == "*" {
        star = place
        starNext = next
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[next] {
        place += 1
        next += 1
      } else if let back = star {
        place = back + 1
        starNext += 1
        next = starNext
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
