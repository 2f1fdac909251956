/// A complaint of the schema validator in the words of this command, with what would be right.
struct SchemaMessage {
  var text: String
  var advice: String

  init(_ violation: ModuleSchema.Violation) {
    text = violation.message.trimmed
    if text.hasSuffix(".") { text.removeLast() }
    // libxml2 writes names of a namespace as '{urn:…}Name'.
    text = text.replacing("{\(ModuleSchemaText.extensionNamespace)}", with: "p:")
    advice = Self.advice(for: text)
  }

  /// What a value of each of the schema's types looks like.
  static let typeAdvice: [(type: String, advice: String)] = [
    ("Number", "write a decimal number such as 64, or a hexadecimal one such as 0x40"),
    ("Seconds", "write decimal seconds such as 0.020"),
    ("Boolean", "write true or false"),
    ("Text", "write at least one character"),
    ("Direction", "write SOURCE or DESTINATION"),
    ("Criticality", "write LEVEL_A, LEVEL_B, LEVEL_C, LEVEL_D or LEVEL_E"),
    ("RegionType", "write CODE, DATA or INPUT_OUTPUT"),
    ("RegionAccess", "write READ_ONLY or READ_WRITE"),
    ("Level", "write MODULE, PARTITION or PROCESS"),
    ("Code", "write an error code of ARINC 653, such as NUMERIC_ERROR"),
    ("ModuleRecoveryAction", "write IGNORE, SHUTDOWN or RESET"),
    ("PartitionRecoveryAction", "write IGNORE, IDLE, WARM_START or COLD_START"),
    ("Policy", "write MARKED_AT_ONCE or MASKED_UNTIL_OWNER"),
    ("Recipe", "write NONE, READ_RTC_STATUS or OWNER_READS_RECEIVER"),
    ("Quantity", "write a quantity such as HYPERCALL or WINDOW_START_ERROR"),
  ]

  private static func advice(for text: String) -> String {
    for entry in typeAdvice
    where text.hasSuffix("type '\(entry.type)'") || text.hasSuffix("type 'p:\(entry.type)'") {
      return entry.advice
    }
    if text.contains("is required but missing") { return "add the attribute" }
    if text.contains("Missing child element") { return "add the element" }
    if text.contains("This element is not expected") { return "remove the element, or put it where it belongs" }
    if text.contains("Character content") { return "remove the text between the tags" }
    return "see the form of module files in the documentation"
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
