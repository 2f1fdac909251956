import Foundation

/// What a page would load from elsewhere, by the words that a browser loads by.
struct OutsideLoads {
  /// The words and addresses that were found; a page that is whole by itself has none.
  let found: [String]

  /// Attributes that name what is loaded or gone to: a place in the page itself is no load.
  private static let attribute = #"\b(?:src|srcset|href|poster)\s*=\s*["'`]?[^#"'`\s>][^"'`\s>]*"#
  /// In style and script, and elements that do nothing but load.
  private static let words = [
    "@import", #"\burl\("#, #"\bfetch\("#, #"\bimport\s*\("#, #"\bimport\s+['"{*]"#, "XMLHttpRequest", "WebSocket",
    "EventSource", "sendBeacon", "importScripts", #"new\s+(?:Shared)?Worker"#, #"new\s+Image\b"#,
    #"<(?:link|iframe|img|object|embed|video|audio|base)\b"#, #"http-equiv\s*=\s*["']?refresh"#,
  ]
  /// Any address; the one exception is a name and no place.
  private static let address = #"(?:https?|wss?|ftp|file):\/\/[^\s"'`<>)]*"#
  private static let names = ["http://www.w3.org/2000/svg"]

  init(of page: String) {
    found = ([Self.attribute, Self.address] + Self.words).flatMap { Self.matches($0, in: page) }
      .filter { !Self.names.contains($0) }
  }

  private static func matches(_ pattern: String, in page: String) -> [String] {
    var matches: [String] = []
    var rest = page.startIndex..<page.endIndex
    while let place = page.range(of: pattern, options: [.regularExpression, .caseInsensitive], range: rest) {
      matches.append(String(page[place]))
      rest = place.upperBound..<page.endIndex
    }
    return matches
  }
}
