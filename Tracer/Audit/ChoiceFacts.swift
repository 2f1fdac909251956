import ModuleConfiguration

/// Which claims the module file lets be judged, read by the auditor for itself.
struct ChoiceFacts {
  private var wanted: [[UInt8]] = []
  private var unwanted: [[UInt8]] = []

  init(_ table: ModuleTable) {
    for index in 0..<table.count(ClaimChoiceRecord.self) {
      let record = table.record(ClaimChoiceRecord.self, index)
      let pattern = Array(table.name(record.pattern))
      if record.kind == .choose { wanted.append(pattern) } else { unwanted.append(pattern) }
    }
  }

  /// Whether a claim must be in a certificate. Those about the trace must, whatever the table says.
  func keep(_ identifier: String) -> Bool {
    let bytes = Array(identifier.utf8)
    if bytes.starts(with: "trace.".utf8) { return true }
    if unwanted.contains(where: { Self.covers($0, bytes) }) { return false }
    return wanted.isEmpty || wanted.contains { Self.covers($0, bytes) }
  }

  /// A pattern without signs covers itself and what lies below it; '*' is any text, '?' any one character.
  private static func covers(_ pattern: [UInt8], _ identifier: [UInt8]) -> Bool {
    let signs = [UInt8(ascii: "*"), UInt8(ascii: "?")]
    guard pattern.contains(where: signs.contains) else {
      return identifier == pattern || identifier.starts(with: pattern + [UInt8(ascii: ".")])
    }
    // Places of the identifier that the pattern so far may have come to.
    var reached: Set<Int> = [0]
    for sign in pattern {
      switch sign {
      case UInt8(ascii: "*"): reached = reached.min().map { Set($0...identifier.count) } ?? []
      case UInt8(ascii: "?"): reached = Set(reached.compactMap { afterCharacter(identifier, $0) })
      default: reached = Set(reached.filter { $0 < identifier.count && identifier[$0] == sign }.map { $0 + 1 })
      }
    }
    return reached.contains(identifier.count)
  }

  /// The place behind the character at one, which in a partition's name may have several bytes.
  private static func afterCharacter(_ identifier: [UInt8], _ place: Int) -> Int? {
    guard place < identifier.count else { return nil }
    var next = place + 1
    while next < identifier.count, identifier[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
