import ModuleConfiguration

/// Which claims the module file lets be judged, read by the auditor for itself.
struct ChoiceFacts {
  // Characters: a letter of a partition's name may have several bytes, and more than one spelling.
  private var wanted: [[Character]] = []
  private var unwanted: [[Character]] = []

  init(_ table: ModuleTable) {
    for index in 0..<table.count(ClaimChoiceRecord.self) {
      let record = table.record(ClaimChoiceRecord.self, index)
      let pattern = Array(String(decoding: table.name(record.pattern), as: UTF8.self))
      if record.kind == .choose { wanted.append(pattern) } else { unwanted.append(pattern) }
    }
  }

  /// Whether a claim must be in a certificate. Those about the trace must, whatever the table says.
  func keep(_ identifier: String) -> Bool {
    let characters = Array(identifier)
    if characters.starts(with: "trace.") { return true }
    if unwanted.contains(where: { Self.covers($0, characters) }) { return false }
    return wanted.isEmpty || wanted.contains { Self.covers($0, characters) }
  }

  /// A pattern without signs covers itself and what lies below it; '*' is any text, '?' any one character.
  private static func covers(_ pattern: [Character], _ identifier: [Character]) -> Bool {
    guard pattern.contains(where: { $0 == "*" || $0 == "?" }) else {
      return identifier == pattern || identifier.starts(with: pattern + ["."])
    }
    // Places of the identifier that the pattern so far may have come to.
    var reached: Set<Int> = [0]
    for sign in pattern {
      switch sign {
      case "*": reached = reached.min().map { Set($0...identifier.count) } ?? []
      case "?": reached = Set(reached.filter { $0 < identifier.count }.map { $0 + 1 })
      default: reached = Set(reached.filter { $0 < identifier.count && identifier[$0] == sign }.map { $0 + 1 })
      }
    }
    return reached.contains(identifier.count)
  }
}
