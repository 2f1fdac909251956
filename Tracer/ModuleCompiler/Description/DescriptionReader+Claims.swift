import ModuleConfiguration

extension DescriptionReader {
  mutating func readClaim(_ element: ConfigurationElement) -> ClaimDescription? {
    let forms: [String: ClaimRecord.Form] = ["WITHIN": .within, "NEVER": .never, "AT_MOST": .atMost]
    guard let name = reader.required(reader.text("Name", of: element)),
      let form = reader.required(reader.choice("Form", of: element, forms))
    else { return nil }
    return ClaimDescription(
      name: name, form: form, boundTime: reader.seconds("BoundSeconds", of: element),
      boundCount: reader.number("Bound", of: element),
      events: element.children("p:Event").compactMap { readClaimEvent($0) }, line: element.line)
  }

  mutating func readClaimChoice(
    _ element: ConfigurationElement, _ kind: ClaimChoiceRecord.Kind
  ) -> ClaimChoiceDescription? {
    guard let pattern = reader.required(reader.text("Claims", of: element)) else { return nil }
    return ClaimChoiceDescription(kind: kind, pattern: pattern, line: element.line)
  }

  private mutating func readClaimEvent(_ element: ConfigurationElement) -> ClaimDescription.Event? {
    guard let kind = reader.required(reader.text("Kind", of: element)) else { return nil }
    return ClaimDescription.Event(
      kind: kind, partitionIdentifier: reader.number("PartitionIdentifier", of: element),
      interruptLine: reader.number("Line", of: element), portName: reader.text("PortName", of: element),
      number: reader.number("Number", of: element), detail: reader.number("Detail", of: element), line: element.line)
  }
}
