import ArgumentParser
import Verification

/// Claims as a command line names them.
enum ClaimNames {
  /// Refuses a pattern that matches no claim: a claim would go unjudged for a slip of the pen, or be judged although
  /// it was to be left out.
  static func require(_ patterns: [String], among claims: [ClaimResult], of what: String) throws {
    let identifiers = claims.map(\.identifier)
    for pattern in patterns where !identifiers.contains(where: ClaimPattern(pattern).matches) {
      TraceCommand.complain("\(what) has no claim '\(pattern)'; it has \(identifiers.joined(separator: ", "))")
      throw ExitCode(2)
    }
  }
}
