/// One element of a module file, freed of everything that the vocabulary does not know.
struct ConfigurationElement {
  /// Local name; `p:` before it for Partita's own namespace.
  var name: String
  /// Values by name; `p:` before the name for Partita's own namespace.
  var attributes: [String: String]
  var children: [ConfigurationElement]
  /// Line of the file at which the start tag ends.
  var line: Int

  /// The children of a name, in order.
  func children(_ name: String) -> [ConfigurationElement] { children.filter { $0.name == name } }
}
