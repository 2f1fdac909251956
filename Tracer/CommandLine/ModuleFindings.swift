import Foundation
import ModuleCompiler

/// What was found about a module, on standard error.
enum ModuleFindings {
  /// What has a line is told as compilers do it, so that editors lead there; what is about a file as a whole like every
  /// other complaint.
  static func tell(_ findings: [Diagnostic]) {
    let condensed = CondensedFindings(findings)
    for finding in condensed.told {
      guard finding.line > 0 else {
        TraceCommand.complain("\(finding)")
        continue
      }
      ModuleSession.say("\(finding)\n", to: STDERR_FILENO)
    }
    for count in condensed.counts { ModuleSession.say("\(count)\n", to: STDERR_FILENO) }
  }
}
