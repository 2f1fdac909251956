import ArgumentParser
import Comparison
import Foundation
import ModuleConfiguration
import TextForms
import TraceFormat
import TraceReading

/// `partita diff`: two runs compared by meaning.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compares two runs by major frame, window and order, not by time.",
    discussion: """
      Events are paired by what they are; pairs are compared in what they say, and in their instants from their major \
      frame's start. The first differences come first, then the gravest: events that one run lacks, events that say \
      something else, events at another instant; of each errors and changes of mode before other inputs and \
      decisions. Windows are counted in each major frame: 1 is its first, 0 what lies before. Two equal runs give an \
      empty answer. Keyframes are left out, and kinds of events that one of the modules \
      leaves out of its trace. Windows in which events are missing are not compared, or not in whole. \
      Runs of one module with other stimuli are compared likewise, and what was played to one of them alone is told \
      first. Of other modules partitions, ports and schedules are paired by their names, event channels by their \
      identifiers, and a schedule's windows by whose they are and in which order.

      In JSON "equal" is true only where all of both runs was compared and no difference found; "complete" is false \
      where the answer is of a part of the runs, "windows" counts those of either run, "windowsNotCompared" those that \
      missing events left out, and "compared" the pairs of events. The counts say what was found in that part.

      Exit status: 0 equal, 1 different, 2 for a file that is no trace, 3 no difference found, but one of the traces \
      is not whole, or interrupted.

      Example:
        partita diff before.partita after.partita
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The first trace.", completion: .file())
  var one: String

  @Argument(help: "The second trace.", completion: .file())
  var other: String

  @Option(help: "text, or json for one object.")
  var format: Format = .text

  func validate() throws {
    guard one != "-" || other != "-" else { throw ValidationError("only one trace can come from standard input.") }
  }

  func run() throws {
    let readers = (try TraceCommand.open(one), try TraceCommand.open(other))
    defer { withExtendedLifetime(readers) {} }  // The module tables are the readers'.
    var progress = ReadingProgress(one)
    let comparison = RunComparison(readers.0, readers.1) {
      progress.show(readers.0)
      return !progress.isInterrupted
    }
    // Also where it came while a pipe gave nothing, and what there was has been taken for the end.
    let isInterrupted = progress.isInterrupted || comparison.isInterrupted
    progress.clear()
    guard !isInterrupted else {
      TraceCommand.complain("interrupted; nothing is shown, for it would be of a part")
      throw ExitCode(3)
    }
    let text = ComparisonText(
      comparison, names: (one, other),
      vocabularies: (TraceVocabulary(readers.0.moduleTable), TraceVocabulary(readers.1.moduleTable)))
    switch format {
    case .text: print(text.text, terminator: "")
    case .json: print(text.json)
    }
    if !comparison.isEqual { throw ExitCode(1) }
    guard comparison.isComplete else {
      for (path, condition) in [(one, comparison.conditions.one), (other, comparison.conditions.other)]
      where !condition.isComplete { TraceCommand.complain("\(path): \(condition)") }
      let count = comparison.uncomparedCount
      if count > 0 {
        let windows = count == 1 ? "1 window with missing events was" : "\(count) windows with missing events were"
        TraceCommand.complain("\(windows) not compared, or not in whole")
      }
      if comparison.isUncomparedOutside {
        TraceCommand.complain("of what lies before a frame's first window not all was compared: events are missing")
      }
      throw ExitCode(3)
    }
  }
}

/// A comparison for people and for machines.
struct ComparisonText {
  private let comparison: RunComparison
  private let names: (String, String)
  private let vocabularies: (TraceVocabulary, TraceVocabulary)

  init(_ comparison: RunComparison, names: (String, String), vocabularies: (TraceVocabulary, TraceVocabulary)) {
    self.comparison = comparison
    self.names = names
    self.vocabularies = vocabularies
  }

  var text: String {
    guard !comparison.isEqual else { return "" }
    var lines = ["--- \(names.0)", "+++ \(names.1)"]
    if !comparison.modules.haveSameModule { lines.append("the modules differ: their tables say other things") }
    let hidden = TraceVocabulary.names(of: comparison.hiddenKinds)
    if !hidden.isEmpty { lines.append("events of kind \(hidden) are not compared: a trace leaves them out") }
    lines += stimulusLines
    if !comparison.counts.isEmpty {
      let shown = min(5, comparison.first.count)
      lines.append("the first \(shown) differences:")
      lines += comparison.first.prefix(shown).flatMap(describe)
      lines.append("the gravest:")
      lines += comparison.gravest.prefix(shown).flatMap(describe)
    }
    let counts = RunComparison.Difference.Kind.allCases.map { "\(comparison.counts[$0] ?? 0) \($0)" }
    lines.append(counts.joined(separator: ", ") + "; \(comparison.comparedEventCount) events compared in pairs")
    if comparison.uncomparedCount > 0 {
      lines.append(
        "\(comparison.uncomparedCount) of \(comparison.windowCount) windows not compared, or not in whole: events are "
          + "missing")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is played to one of the modules alone; no line where the same is played to both.
  private var stimulusLines: [String] {
    let modules = comparison.modules
    guard !modules.haveSameStimulus else { return [] }
    let common = modules.counts.one - modules.onlyOne.count
    var lines = [
      (modules.haveSameModule ? "the stimulus differs, the modules do not: " : "the stimulus differs too: ")
        + "\(modules.counts.one) actions and \(modules.counts.other), \(common) of them alike"
    ]
    for (sign, actions) in [("-", modules.onlyOne), ("+", modules.onlyOther)] {
      lines += actions.prefix(Self.shownStimulusCount).map { sign + Self.text(of: $0) }
      let rest = actions.count - Self.shownStimulusCount
      if rest > 0 { lines.append("\(sign)… and \(rest) more") }
    }
    return lines
  }

  private static let shownStimulusCount = 5

  /// An action as a stimulus file has it, but that each byte is one.
  private static func text(of stimulus: StimulusRecord) -> String {
    let instant = EventField.seconds(stimulus.time.nanoseconds)
    switch stimulus.action {
    case .linePulse: return "\(instant) pulse \(stimulus.data)"
    case .serialByte:
      let byte = UInt8(truncatingIfNeeded: stimulus.data)
      let isPlain = (0x20..<0x7F).contains(byte) && ![UInt8(ascii: "\""), UInt8(ascii: "\\")].contains(byte)
      let text = isPlain ? String(UnicodeScalar(byte)) : "\\x" + byte.hexadecimalDigits
      return "\(instant) serial \"\(text)\""
    }
  }

  private func describe(_ difference: RunComparison.Difference) -> [String] {
    let frame = difference.frame.map { "frame \($0)" } ?? "before the first frame"
    let names = difference.one == nil ? vocabularies.1 : vocabularies.0
    let owner = difference.owner == 0xFF ? "" : " (\(names.partition(difference.owner)))"
    var head = "@@ \(frame), window \(difference.window)\(owner): \(difference.kind)"
    if difference.shift != 0 { head += " by \(difference.shift > 0 ? "+" : "")\(difference.shift) ns" }
    var lines = [head]
    if let (position, event) = difference.one {
      lines.append("-" + EventDescription(event, position: position, vocabularies.0).line(partitionWidth: 12))
    }
    if let (position, event) = difference.other {
      lines.append("+" + EventDescription(event, position: position, vocabularies.1).line(partitionWidth: 12))
    }
    return lines
  }

  var json: String {
    let counts = RunComparison.Difference.Kind.allCases.map { "\"\($0)\":\(comparison.counts[$0] ?? 0)" }
    return "{\"equal\":\(comparison.isEqual && comparison.isComplete),\"complete\":\(comparison.isComplete),"
      + "\"sameModule\":\(comparison.modules.haveSameModule),"
      + "\"kindsNotCompared\":[\(hiddenNames)],"
      + "\"sameStimulus\":\(comparison.modules.haveSameStimulus),\"compared\":\(comparison.comparedEventCount),"
      + "\"windows\":\(comparison.windowCount),\"windowsNotCompared\":\(comparison.uncomparedCount),"
      + "\"counts\":{\(counts.joined(separator: ","))},\"first\":[\(json(comparison.first))],"
      + "\"gravest\":[\(json(comparison.gravest))]}"
  }

  private var hiddenNames: String {
    TraceVocabulary.kinds(of: comparison.hiddenKinds).map { "\"\($0)\"" }.joined(separator: ",")
  }

  private func json(_ differences: [RunComparison.Difference]) -> String {
    differences.map { difference in
      let one = difference.one.map { EventDescription($0.event, position: $0.position, vocabularies.0).json }
      let other = difference.other.map { EventDescription($0.event, position: $0.position, vocabularies.1).json }
      return "{\"kind\":\"\(difference.kind)\",\"frame\":\(difference.frame.map(String.init) ?? "null"),"
        + "\"window\":\(difference.window),\"shiftNs\":\(difference.shift),\"one\":\(one ?? "null"),"
        + "\"other\":\(other ?? "null")}"
    }.joined(separator: ",")
  }
}
