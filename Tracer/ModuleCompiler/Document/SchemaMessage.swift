/// A complaint of the schema validator in the words of this command, with what would be right.
struct SchemaMessage {
  var text: String
  var advice: String

  init(_ violation: ModuleSchema.Violation) {
    text = violation.message.trimmed
    if text.hasSuffix(".") { text.removeLast() }
    // libxml2 writes names of a namespace as '{urn:…}Name'.
    text = text.replacing("{\(ModuleSchemaText.extensionNamespace)}", with: "p:")
    if text.contains("[facet 'enumeration']"), let set = Self.cut(&text, from: " is not an element of the set {") {
      advice = "write one of " + set.filter { $0 != "'" && $0 != "}" }
      text += " is unknown"
    } else if text.contains("[facet 'pattern']"),
      let pattern = Self.cut(&text, from: " is not accepted by the pattern ")
    {
      advice = Self.patternAdvice.first { pattern.contains($0.part) }?.advice ?? "follow the pattern \(pattern)"
      text += " has not the form it needs"
    } else {
      advice = Self.advice(for: text)
    }
    for facet in ["[facet 'enumeration'] ", "[facet 'pattern'] ", "[facet 'minLength'] "] {
      text = text.replacing(facet, with: "")
    }
  }

  /// A part of each of the schema's patterns, and what a value of it looks like.
  private static let patternAdvice: [(part: String, advice: String)] = [
    ("0[xX]", "write a decimal number such as 64, or a hexadecimal one such as 0x40"),
    ("[tT][rR]", "write true or false"),
    ("[0-9]+(", "write decimal seconds such as 0.020"),
  ]

  /// Cuts `text` before `marker` and answers what followed it.
  private static func cut(_ text: inout String, from marker: String) -> String? {
    guard let place = text.firstRange(of: marker) else { return nil }
    let rest = String(text[place.upperBound...])
    text = String(text[..<place.lowerBound])
    return rest
  }

  private static func advice(for text: String) -> String {
    if text.contains("is required but missing") { return "add the attribute" }
    if text.contains("Missing child element") { return "add the element" }
    if text.contains("This element is not expected") { return "remove the element, or put it where it belongs" }
    if text.contains("Character content") { return "remove the text between the tags" }
    if text.contains("minimum length") { return "write at least one character" }
    return "see the common form of ARINC 653 module files"
  }
}

extension String {
  /// Without white space at either end.
  var trimmed: String {
    var slice = self[...]
    while let first = slice.first, first.isWhitespace { slice.removeFirst() }
    while let last = slice.last, last.isWhitespace { slice.removeLast() }
    return String(slice)
  }
}
