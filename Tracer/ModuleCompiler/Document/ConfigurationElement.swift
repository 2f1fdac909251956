/// One element of a module file, freed of everything that the vocabulary does not know.
struct ConfigurationElement {
  /// Local name; `p:` before it for Partita's own namespace.
  var name: String
  /// Values by name; `p:` before the name for Partita's own namespace.
  var attributes: [String: String]
  var children: [ConfigurationElement]
  /// Line of the file at which the start tag begins.
  var line: Int

  /// The children of a name, in order.
  func children(_ name: String) -> [ConfigurationElement] { children.filter { $0.name == name } }
}

/// The lines of a module file, to find where a start tag begins: libxml2 remembers where it ends.
struct SourceLines {
  private let lines: [ArraySlice<UInt8>]

  init(_ bytes: [UInt8]) {
    lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }

  /// The line of `<tag`, looked for from the line at which its start tag ends; that one where it is not found.
  func start(of tag: String, endingAt end: Int) -> Int {
    guard !tag.isEmpty, end > 0, end <= lines.count else { return end }
    let opening = Array("<\(tag)".utf8)
    // Attributes of one element never fill more lines than this in a file that people read.
    for line in stride(from: end, through: max(1, end - 64), by: -1) where lines[line - 1].contains(opening) {
      return line
    }
    return end
  }
}
