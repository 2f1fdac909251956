import CLibXML2

/// Parses a module file: well-formed XML, only what the vocabulary knows, valid by the schema.
///
/// External entities, the network and document type declarations (with them every expansion bomb) are out of reach.
struct ModuleDocument {
  /// Longer files are refused before they are parsed.
  static let maximumBytes = 1 << 20

  /// The root element, or nil where the file is not XML or not a module.
  private(set) var root: ConfigurationElement?
  /// Whether the schema complained; then elements may lack what they need.
  private(set) var isSchemaViolated = false

  /// Says of a file that it is too long.
  static func refuse(byteCount: Int, _ diagnostics: inout DiagnosticList) {
    diagnostics.error(
      .unreadableFile, line: 0, "the file has \(byteCount) bytes", "a module file has at most \(maximumBytes) bytes")
  }

  init(bytes: [UInt8], diagnostics: inout DiagnosticList) {
    let schema = ModuleSchema.shared
    guard bytes.count <= Self.maximumBytes else {
      Self.refuse(byteCount: bytes.count, &diagnostics)
      return
    }
    guard let document = Self.parse(bytes, &diagnostics) else { return }
    defer { xmlFreeDoc(document) }
    guard let rootPointer = xmlDocGetRootElement(document) else {
      diagnostics.error(.malformedXML, line: 1, "the file has no element", "begin with <ARINC_653_Module>")
      return
    }
    let node = XMLNode(rootPointer)
    guard node.name == Vocabulary.rootName else {
      diagnostics.error(
        .schemaViolation, line: node.line, "the root element is '\(node.name)'",
        "a module file's root element is '\(Vocabulary.rootName)'")
      return
    }
    let source = SourceLines(bytes)
    var pruner = Pruner(
      vocabulary: schema.vocabulary, commonNamespace: node.namespace, source: source, diagnostics: diagnostics)
    let element = pruner.prune(node, type: Vocabulary.rootType)
    diagnostics = pruner.diagnostics
    for violation in schema.violations(in: document) {
      isSchemaViolated = true
      let message = SchemaMessage(violation)
      let line = source.start(of: violation.tag, endingAt: violation.line)
      diagnostics.error(.schemaViolation, line: line, message.text, message.advice)
    }
    root = element
  }

  private static func parse(_ bytes: [UInt8], _ diagnostics: inout DiagnosticList) -> xmlDocPtr? {
    guard let context = xmlNewParserCtxt() else {
      diagnostics.error(.unreadableFile, line: 0, "the parser has no memory", "free some memory")
      return nil
    }
    defer { xmlFreeParserCtxt(context) }
    let collector = ParseCollector()
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue
    let document = withExtendedLifetime(collector) { () -> xmlDocPtr? in
      context.pointee._private = Unmanaged.passUnretained(collector).toOpaque()
      context.pointee.sax.pointee.serror = { context, error in
        // What is only warned of is well-formed: suppliers give their namespaces names that are no whole URIs.
        guard let error, error.pointee.level != XML_ERR_WARNING, let collector = ParseCollector.of(context) else {
          return
        }
        let text = error.pointee.message.map { String(cString: $0) } ?? "unknown"
        collector.errors.append((Int(error.pointee.line), text))
      }
      // libxml2 keeps 16 bits of an element's line; the whole number goes where the application may store something.
      context.pointee.sax.pointee.startElementNs = {
        context, name, prefix, uri, spaceCount, spaces, count, defaults, values in
        xmlSAX2StartElementNs(context, name, prefix, uri, spaceCount, spaces, count, defaults, values)
        guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self), let node = parser.pointee.node,
          let input = parser.pointee.input
        else { return }
        node.pointee._private = UnsafeMutableRawPointer(bitPattern: Int(input.pointee.line))
      }
      context.pointee.sax.pointee.internalSubset = { context, _, _, _ in
        guard let context, let collector = ParseCollector.of(context) else { return }
        let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
        collector.documentTypeLine = parser.pointee.input.map { Int($0.pointee.line) } ?? 1
        xmlStopParser(parser)
      }
      return bytes.withUnsafeBytes { buffer in
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        return xmlCtxtReadMemory(context, start, Int32(buffer.count), nil, nil, Int32(bitPattern: options))
      }
    }
    if let line = collector.documentTypeLine {
      diagnostics.error(
        .documentType, line: line, "the file has a document type declaration",
        "remove <!DOCTYPE …>: entities are not accepted")
      xmlFreeDoc(document)
      return nil
    }
    // What Partita itself writes begins so, a packed module and a trace.
    if !collector.errors.isEmpty, bytes.starts(with: "PARTIT".utf8) {
      diagnostics.error(
        .malformedXML, line: 1, "this is a packed module or a trace, and no module file", "name the XML that it is of")
      xmlFreeDoc(document)
      return nil
    }
    report(collector.errors, &diagnostics)
    if document == nil, collector.errors.isEmpty {
      diagnostics.error(.malformedXML, line: 1, "the file is empty or not XML", "begin with <ARINC_653_Module>")
    }
    if !collector.errors.isEmpty {
      xmlFreeDoc(document)
      return nil
    }
    return document
  }

  /// What the parser found. A prefix that is not declared it finds wherever that is used, and once is enough.
  private static func report(_ errors: [(line: Int, text: String)], _ diagnostics: inout DiagnosticList) {
    var prefixes: Set<Substring> = []
    for error in errors {
      let words = error.text.split(separator: " ")
      guard words.starts(with: ["Namespace", "prefix"]), words.count > 3, error.text.contains("is not defined") else {
        diagnostics.error(
          .malformedXML, line: error.line, error.text.trimmed, "the file must be well-formed XML with namespaces")
        continue
      }
      guard prefixes.insert(words[2]).inserted else { continue }
      let name = words[2] == "p" ? ModuleSchemaText.extensionNamespace : "…"
      diagnostics.error(
        .malformedXML, line: error.line, "the namespace prefix '\(words[2])' is not declared",
        "write xmlns:\(words[2])=\"\(name)\" in the root element")
    }
  }
}

/// Gathers what the parser reports; lives as long as one parse.
private final class ParseCollector {
  var errors: [(line: Int, text: String)] = []
  var documentTypeLine: Int?

  static func of(_ context: UnsafeMutableRawPointer?) -> ParseCollector? {
    guard let context else { return nil }
    let parser = context.assumingMemoryBound(to: xmlParserCtxt.self)
    guard let collector = parser.pointee._private else { return nil }
    return Unmanaged<ParseCollector>.fromOpaque(collector).takeUnretainedValue()
  }
}

/// Takes out of the tree what the vocabulary does not know, and copies the rest.
private struct Pruner {
  let vocabulary: Vocabulary
  /// Files that put the common form in a namespace of their own are accepted; the root's namespace is taken for it.
  let commonNamespace: String
  let source: SourceLines
  var diagnostics: DiagnosticList

  static let instanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"

  mutating func prune(_ node: XMLNode, type: String) -> ConfigurationElement {
    let content = vocabulary.content(ofType: type)
    var element = ConfigurationElement(name: knownName(of: node), attributes: [:], children: [], line: line(of: node))
    for attribute in node.attributes {
      let name = attribute.pointee.name.map { String(cString: $0) } ?? ""
      let space = attribute.pointee.ns.flatMap { $0.pointee.href }.map { String(cString: $0) } ?? ""
      let isOurs = space == ModuleSchemaText.extensionNamespace
      let known = isOurs ? "p:" + name : name
      if isOurs || space.isEmpty || space == commonNamespace, content.attributes.contains(known) {
        element.attributes[known] = node.value(of: attribute)
        if space == commonNamespace { attribute.pointee.ns = nil }
        continue
      }
      // xsi:schemaLocation and the like: a hint for editors; the schema is our own in any case.
      if space != Self.instanceNamespace { report(attribute: name, space: space, isOurs: isOurs, on: node, content) }
      xmlRemoveProp(attribute)
    }
    for child in node.childElements {
      let name = knownName(of: child)
      if let type = content.children[name] {
        element.children.append(prune(child, type: type))
      } else {
        report(child, in: node, content)
        xmlUnlinkNode(child.pointer)
        xmlFreeNode(child.pointer)
      }
    }
    if node.namespace == commonNamespace { node.pointer.pointee.ns = nil }
    return element
  }

  private func line(of node: XMLNode) -> Int { source.start(of: node.tag, endingAt: node.line) }

  private func knownName(of node: XMLNode) -> String {
    let space = node.namespace
    if space == ModuleSchemaText.extensionNamespace { return "p:" + node.name }
    return space.isEmpty || space == commonNamespace ? node.name : "{\(space)}" + node.name
  }

  private mutating func report(
    attribute name: String, space: String, isOurs: Bool, on node: XMLNode, _ content: Vocabulary.Content
  ) {
    let known = content.attributes.sorted().joined(separator: ", ")
    let places =
      content.attributes.contains("p:" + name)
      ? Self.extensionAdvice(name, space, of: node)
      : known.isEmpty ? "'\(node.name)' has no attributes" : "'\(node.name)' knows \(known)"
    // To an element of ours nobody else adds what is in no namespace: that is a slip of the pen.
    let isSlip = space.isEmpty && node.namespace == ModuleSchemaText.extensionNamespace
    if isOurs || isSlip {
      let written = isOurs ? "p:\(name)" : name
      diagnostics.error(
        .unknownExtension, line: line(of: node), "attribute '\(written)' of '\(node.name)' is unknown", places)
    } else {
      diagnostics.warning(
        .ignoredAttribute, line: line(of: node), "attribute '\(name)' of '\(node.name)' is ignored", places)
    }
  }

  /// For what has a name of ours, and not our namespace.
  private static func extensionAdvice(_ name: String, _ space: String, of node: XMLNode) -> String {
    "'\(node.name)' knows p:\(name), of the namespace '\(ModuleSchemaText.extensionNamespace)', and none "
      + (space.isEmpty ? "without" : "of '\(space)'")
  }

  private mutating func report(_ child: XMLNode, in node: XMLNode, _ content: Vocabulary.Content) {
    let known = content.children.keys.sorted().joined(separator: ", ")
    let places =
      content.children["p:" + child.name] != nil
      ? Self.extensionAdvice(child.name, child.namespace, of: node)
      : known.isEmpty ? "'\(node.name)' has no elements" : "'\(node.name)' knows \(known)"
    if child.namespace == ModuleSchemaText.extensionNamespace {
      diagnostics.error(
        .unknownExtension, line: line(of: child), "element 'p:\(child.name)' in '\(node.name)' is unknown", places)
    } else {
      diagnostics.warning(
        .ignoredElement, line: line(of: child), "element '\(child.name)' in '\(node.name)' is ignored", places)
    }
  }
}
