/// Findings as a person wants to read them: a warning that comes again and again is told a few times, then counted.
///
/// A file of another system's tools may carry the same unknown attribute on every element; the one warning that matters
/// must not drown in it. Errors are all told, for each has to be mended.
public struct CondensedFindings {
  /// So many warnings of one sentence are told.
  public static let toldOfOneSentence = 3

  /// What warnings have in common that say the same of different lines.
  private struct Sentence: Hashable {
    let rule: Rule
    let file: String
    let message: String
    let advice: String

    init(_ finding: Diagnostic) {
      (rule, file, message, advice) = (finding.rule, finding.file, finding.message, finding.advice)
    }
  }

  /// The findings that are told, in their order.
  public private(set) var told: [Diagnostic] = []
  /// A sentence for each warning that is told no more, with how often and where it would have been.
  public private(set) var counts: [String] = []

  /// Condenses what was found.
  public init(_ findings: [Diagnostic]) {
    var silent: [Sentence: [Int]] = [:]
    var order: [Sentence] = []
    var seen: [Sentence: Int] = [:]
    for finding in findings {
      let sentence = Sentence(finding)
      seen[sentence, default: 0] += 1
      guard finding.severity == .warning, seen[sentence, default: 0] > Self.toldOfOneSentence else {
        told.append(finding)
        continue
      }
      if silent[sentence] == nil { order.append(sentence) }
      silent[sentence, default: []].append(finding.line)
    }
    for sentence in order {
      guard let lines = silent[sentence], let first = lines.first, let last = lines.last else { continue }
      let place = lines.count == 1 ? "in line \(first)" : "\(lines.count) times more, in lines \(first) to \(last)"
      counts.append("\(sentence.file): warning: the same \(place): \(sentence.message) [\(sentence.rule.rawValue)]")
    }
  }
}
