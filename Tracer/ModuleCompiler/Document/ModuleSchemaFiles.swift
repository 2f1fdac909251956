/// The schema of module files as files: for editors, and for validators of others.
public enum ModuleSchemaFiles {
  /// The one to name: elements and attributes without a namespace. It imports the other, which must lie beside it.
  public static let common = "partita-module.xsd"
  /// Elements and attributes of Partita's own namespace.
  public static let extensions = "partita-extensions.xsd"

  /// Names and texts.
  public static var all: [(name: String, text: String)] {
    [
      (common, ModuleSchemaText.common.replacing("partita-schema:extensions.xsd", with: extensions) + "\n"),
      (extensions, ModuleSchemaText.extensions + "\n"),
    ]
  }
}
