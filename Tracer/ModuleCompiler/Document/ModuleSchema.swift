import CLibXML2
import Synchronization

/// The module schema, compiled once by libxml2.
///
/// libxml2 reads the imported schema by a name of our own (`partita-schema:`), which an input callback answers from
/// memory; no file and no network is touched.
final class ModuleSchema: @unchecked Sendable {
  /// One complaint of the validator.
  struct Violation {
    /// Line at which the element's start tag ends.
    var line: Int
    /// The element as its tag names it; empty where the validator does not say.
    var tag = ""
    var message: String
  }

  static let shared = ModuleSchema()

  let vocabulary: Vocabulary
  private let schema: xmlSchemaPtr
  /// libxml2 promises little about one schema in two threads; validation is short, so it is serialised.
  private let lock = Mutex(())

  private init() {
    xmlInitParser()
    vocabulary = Vocabulary()
    xmlRegisterInputCallbacks(
      { name in name.map { String(cString: $0) == "partita-schema:extensions.xsd" } == true ? 1 : 0 },
      { _ in Unmanaged.passRetained(SchemaInput(ModuleSchemaText.extensions)).toOpaque() },
      { context, buffer, count in
        guard let context, let buffer, count > 0 else { return -1 }
        let input = Unmanaged<SchemaInput>.fromOpaque(context).takeUnretainedValue()
        return input.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)))
      },
      { context in
        if let context { Unmanaged<SchemaInput>.fromOpaque(context).release() }
        return 0
      })
    let text = Array(ModuleSchemaText.common.utf8)
    let parsed = text.withUnsafeBytes { buffer -> xmlSchemaPtr? in
      let start = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
      guard let context = xmlSchemaNewMemParserCtxt(start, Int32(buffer.count)) else { return nil }
      defer { xmlSchemaFreeParserCtxt(context) }
      return xmlSchemaParse(context)
    }
    guard let parsed else { preconditionFailure("the module schema does not compile") }
    schema = parsed
  }

  /// All complaints of the schema about a document that holds only what the vocabulary knows.
  func violations(in document: xmlDocPtr) -> [Violation] {
    lock.withLock { _ in
      guard let context = xmlSchemaNewValidCtxt(schema) else {
        return [Violation(line: 0, message: "the validator has no memory")]
      }
      defer { xmlSchemaFreeValidCtxt(context) }
      let collector = ViolationCollector()
      withExtendedLifetime(collector) {
        xmlSchemaSetValidStructuredErrors(
          context,
          { context, error in
            guard let context, let error else { return }
            Unmanaged<ViolationCollector>.fromOpaque(context).takeUnretainedValue().add(error.pointee)
          },
          Unmanaged.passUnretained(collector).toOpaque())
        let status = xmlSchemaValidateDoc(context, document)
        if status != 0, collector.violations.isEmpty {
          collector.violations.append(Violation(line: 0, message: "the document does not follow the schema"))
        }
      }
      return collector.violations
    }
  }
}

/// Gathers what the validator reports; lives as long as one validation.
private final class ViolationCollector {
  var violations: [ModuleSchema.Violation] = []

  func add(_ error: xmlError) {
    let text = error.message.map { String(cString: $0) } ?? "unknown"
    var line = Int(error.line)
    var tag = ""
    if let pointer = error.node {
      let raw = pointer.assumingMemoryBound(to: xmlNode.self)
      let isAttribute = raw.pointee.type == XML_ATTRIBUTE_NODE
      if let element = isAttribute ? raw.pointee.parent : raw {
        let node = XMLNode(element)
        line = node.line
        tag = node.tag
      }
    }
    violations.append(.init(line: line, tag: tag, message: text))
  }
}

/// The text of an imported schema while libxml2 reads it.
private final class SchemaInput {
  private var remaining: ArraySlice<UInt8>

  init(_ text: String) { remaining = Array(text.utf8)[...] }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int32 {
    let taken = remaining.prefix(buffer.count)
    buffer.copyBytes(from: taken)
    remaining = remaining.dropFirst(taken.count)
    return Int32(taken.count)
  }
}
