import ArgumentParser
import Verification

/// Claims as a command line names them.
enum ClaimNames {
  /// Refuses a pattern that matches no claim: a claim would go unjudged for a slip of the pen, or be judged although
  /// it was to be left out.
  static func require(_ patterns: [String], among claims: [ClaimResult], of what: String) throws {
    let identifiers = claims.map(\.identifier)
    for pattern in patterns where !identifiers.contains(where: ClaimPattern(pattern).matches) {
      TraceCommand.complain("\(what) has no claim '\(pattern)'; \(hint(for: pattern, identifiers))")
      throw ExitCode(2)
    }
  }

  /// What may have been meant by an unknown name, and where all are.
  static func hint(for name: String, _ known: [String]) -> String {
    let alike = names(like: name, among: known)
    return (alike.isEmpty ? "" : "alike are \(alike.joined(separator: ", ")); ") + "'partita claims' lists all"
  }

  /// A few names that whoever typed `text` may have meant: those with it in them, or else with most of its beginning.
  private static func names(like text: String, among names: [String]) -> [String] {
    let wanted = text.lowercased()
    let containing = names.filter { !wanted.isEmpty && $0.lowercased().contains(wanted) }
    if !containing.isEmpty { return Array(containing.prefix(8)) }
    let shared = names.map { $0.lowercased().commonPrefix(with: wanted).count }
    let most = shared.max() ?? 0
    guard most >= 3 else { return [] }
    return Array(zip(names, shared).filter { $0.1 == most }.map(\.0).prefix(8))
  }
}
