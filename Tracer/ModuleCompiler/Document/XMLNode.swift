import CLibXML2
import Glibc

/// A borrowed element of a libxml2 tree.
struct XMLNode {
  let pointer: xmlNodePtr

  init(_ pointer: xmlNodePtr) { self.pointer = pointer }

  var name: String { pointer.pointee.name.map { String(cString: $0) } ?? "" }
  var namespace: String { pointer.pointee.ns.flatMap { $0.pointee.href }.map { String(cString: $0) } ?? "" }
  /// Line at which the start tag ends, as `ModuleDocument` has noted it; 0 in other documents.
  var line: Int { Int(bitPattern: pointer.pointee._private) }
  /// The name as the tag has it, prefix and all.
  var tag: String {
    let prefix = pointer.pointee.ns.flatMap { $0.pointee.prefix }.map { String(cString: $0) + ":" } ?? ""
    return prefix + name
  }

  var childElements: [XMLNode] {
    var nodes: [XMLNode] = []
    var next = pointer.pointee.children
    while let node = next {
      if node.pointee.type == XML_ELEMENT_NODE { nodes.append(XMLNode(node)) }
      next = node.pointee.next
    }
    return nodes
  }

  /// An attribute's value, entities replaced.
  func value(of attribute: xmlAttrPtr) -> String {
    guard let text = xmlNodeListGetString(pointer.pointee.doc, attribute.pointee.children, 1) else { return "" }
    defer { free(text) }
    return String(cString: text)
  }

  /// The value of the attribute of no namespace called `name`.
  func attribute(_ name: String) -> String? {
    guard let text = xmlGetNoNsProp(pointer, name) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  var attributes: [xmlAttrPtr] {
    var list: [xmlAttrPtr] = []
    var next = pointer.pointee.properties
    while let attribute = next {
      list.append(attribute)
      next = attribute.pointee.next
    }
    return list
  }
}
