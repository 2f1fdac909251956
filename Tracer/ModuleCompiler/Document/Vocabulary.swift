import CLibXML2

/// Which elements and attributes a module file may have, and where: derived from the schema's own text.
///
/// It tells what others have added (ignored, with a warning) from what is ours and misspelt (refused) before the schema
/// judges the rest.
struct Vocabulary: Sendable {
  /// What an element of one type may contain.
  struct Content: Sendable, Equatable {
    var attributes: Set<String> = []
    /// Type of each child, by the child's name.
    var children: [String: String] = [:]
  }

  private(set) var contents: [String: Content] = [:]
  private var extensionTypes: [String: String] = [:]

  /// The type of the root element.
  static let rootType = "Module"
  static let rootName = "ARINC_653_Module"

  func content(ofType type: String) -> Content { contents[type] ?? Content() }

  /// Reads the two schema texts; they are constants, so a failure is a mistake in this program.
  init() {
    read(ModuleSchemaText.extensions, prefix: "p:")
    read(ModuleSchemaText.common, prefix: "")
    precondition(!contents.isEmpty, "the schema's text declares no types")
  }

  private mutating func read(_ text: String, prefix: String) {
    var bytes = Array(text.utf8)
    guard
      let document = bytes.withUnsafeMutableBytes({ buffer in
        xmlReadMemory(
          buffer.baseAddress!.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, nil,
          Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOBLANKS.rawValue))
      })
    else { preconditionFailure("the schema's text is not XML") }
    defer { xmlFreeDoc(document) }
    let root = XMLNode(xmlDocGetRootElement(document))
    for declaration in root.childElements where declaration.name == "element" {
      if let name = declaration.attribute("name"), let type = declaration.attribute("type") {
        extensionTypes[prefix + name] = qualified(type, prefix: prefix)
      }
    }
    for declaration in root.childElements where declaration.name == "complexType" {
      guard let name = declaration.attribute("name") else { continue }
      var content = Content()
      collect(declaration, prefix: prefix, into: &content)
      contents[prefix + name] = content
    }
  }

  private func collect(_ node: XMLNode, prefix: String, into content: inout Content) {
    for child in node.childElements {
      switch (child.name, child.attribute("name"), child.attribute("ref")) {
      case ("attribute", let name?, _): content.attributes.insert(name)
      case ("attribute", nil, let reference?): content.attributes.insert(reference)
      case ("element", let name?, _):
        content.children[name] = qualified(child.attribute("type") ?? "", prefix: prefix)
      case ("element", nil, let reference?): content.children[reference] = extensionTypes[reference] ?? reference
      default: collect(child, prefix: prefix, into: &content)
      }
    }
  }

  private func qualified(_ type: String, prefix: String) -> String {
    type.hasPrefix("p:") || type.hasPrefix("xs:") ? type : prefix + type
  }
}
