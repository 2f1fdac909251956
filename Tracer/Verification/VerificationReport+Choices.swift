extension VerificationReport {
  /// Takes claims that the module file leaves out from those that count for the verdict.
  mutating func leaveOut(by choices: ClaimChoices) {
    leftOut = claims.filter { !choices.judge($0.identifier) }
    guard !leftOut.isEmpty else { return }
    claims.removeAll { !choices.judge($0.identifier) }
    omission = Self.omission(of: leftOut.map(\.identifier), beside: claims.map(\.identifier))
  }

  /// A family of which nothing is judged is told by its name: nobody reads a hundred identifiers.
  private static func omission(of leftOut: [String], beside judged: [String]) -> String {
    func family(_ identifier: String) -> String { String(identifier.prefix { $0 != "." }) }
    let judgedFamilies = Set(judged.map(family))
    let sizes = leftOut.reduce(into: [String: Int]()) { $0[family($1), default: 0] += 1 }
    var names: [String] = []
    for identifier in leftOut {
      let family = family(identifier)
      let isWhole = !judgedFamilies.contains(family) && sizes[family, default: 0] > 1
      let name = isWhole ? family + ".*" : identifier
      if !names.contains(name) { names.append(name) }
    }
    let count = leftOut.count == 1 ? "1 claim" : "\(leftOut.count) claims"
    return "left out by the module file: \(names.joined(separator: ", ")) (\(count))"
  }
}
