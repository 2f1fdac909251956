/// One finding about a module file: where it is, what is wrong, and what would be right.
public struct Diagnostic: Error, Equatable, Sendable, Encodable, CustomStringConvertible {
  /// Errors refuse the module; warnings refuse it where the check is strict, notes never.
  public enum Severity: String, Sendable, Encodable {
    case error, warning, note
  }

  /// What the finding is about, for programs: messages may change their wording.
  public var rule: Rule
  /// In a strict check a warning is an error.
  public var severity: Severity
  /// The module file or the stimulus file, as the caller has named it; may be empty.
  public var file: String
  /// Line in `file`, from 1; 0 where the finding is about the file as a whole.
  public var line: Int
  /// What is wrong.
  public var message: String
  /// What would be right.
  public var advice: String

  init(
    _ rule: Rule, severity: Severity = .error, file: String, line: Int, message: String, advice: String
  ) {
    self.rule = rule
    self.severity = severity
    self.file = file
    self.line = line
    self.message = message
    self.advice = advice
  }

  /// `file:line: error: what — what would be right [rule]`.
  public var description: String {
    let place = line > 0 ? "\(file):\(line)" : file.isEmpty ? "''" : file
    return "\(place): \(severity.rawValue): \(message) — \(advice) [\(rule.rawValue)]"
  }
}

/// Collects findings about one file; a rule adds to it and goes on, so that all errors come at once.
struct DiagnosticList {
  let file: String
  private(set) var diagnostics: [Diagnostic] = []

  init(file: String) { self.file = file }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  mutating func error(_ rule: Rule, line: Int, _ message: String, _ advice: String) {
    diagnostics.append(Diagnostic(rule, file: file, line: line, message: message, advice: advice))
  }

  mutating func warning(_ rule: Rule, line: Int, _ message: String, _ advice: String) {
    diagnostics.append(
      Diagnostic(rule, severity: .warning, file: file, line: line, message: message, advice: advice))
  }

  mutating func note(_ rule: Rule, line: Int, _ message: String, _ advice: String) {
    append(Diagnostic(rule, severity: .note, file: file, line: line, message: message, advice: advice))
  }

  mutating func append(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  /// Takes back what follows from elements that could not be read, so that one mistake is told once.
  mutating func dropConsequencesOfUnreadElements() {
    diagnostics.removeAll { $0.rule.needsWholeModule }
  }

  /// In the order of the file's lines; warnings become errors where `strict`.
  func sorted(strict: Bool) -> [Diagnostic] {
    let ordered = diagnostics.enumerated().sorted {
      ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
    }
    return ordered.map { entry in
      var diagnostic = entry.element
      if strict, diagnostic.severity == .warning { diagnostic.severity = .error }
      return diagnostic
    }
  }
}
