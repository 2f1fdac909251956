import ArgumentParser
import Foundation
import PartitionCore
import Replay
import TextForms
import TraceFormat
import TraceReading

/// `partita replay`: the kernel's own deciding code over the recorded inputs.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Re-executes the kernel's decisions from the recorded inputs and compares every one.",
    discussion: """
      The code that decides is compiled into this command from the same source as into the kernel. Inputs are taken \
      from the trace; every decision, every keyframe and every observation that must follow is compared.

      With --from the replay begins at once, with the state of the keyframe before that place: this one keyframe is \
      adopted, and what comes before it is not compared. A pipe cannot be read anywhere: a trace that comes through \
      one is compared from its beginning, as is one with no keyframe before the place, which the answer says. Then \
      what is missing before the place, or differs there, counts too: such a trace may be inconclusive through a pipe, \
      and identical from there on as a file.

      Exit status: 0 identical, 1 diverged, 2 bad usage, no trace, or a place behind the trace's end, 3 \
      inconclusive (loss, damage, no end, or nothing replayed), or interrupted.

      Examples:
        partita replay run.partita
        partita replay run.partita --from 1s --to frame:60
        cat run.partita | partita replay - --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The trace file, or - for standard input.", completion: .file())
  var trace: String

  @Option(help: "text, or json for one object.")
  var format: Format = .text

  @Option(help: "Threads that replay; the answer is the same with any number of them.")
  var threads = WorkerPool.processorCount

  @Option(help: "Begin here: 1.5s, frame:50 or event:10000; with the state of the keyframe before it.")
  var from: TracePlace?

  @Option(help: "End here, this event or frame included.")
  var to: TracePlace?

  func validate() throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads is 1 to 256") }
    try TraceCommand.requireForward(TraceSpan(from: from, to: to))
  }

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let begun = ContinuousClock.now
    var progress = ReadingProgress(trace)
    var isInterrupted = false
    var replay = TraceReplay<OwnersMarked>(reader, threads: threads, span: TraceSpan(from: from, to: to)) { count in
      progress.show("\(count) events compared")
      isInterrupted = isInterrupted || progress.isInterrupted
      return !isInterrupted
    }
    let report = replay.run()
    // Also where it came while a pipe gave nothing, and what there was has been taken for the end.
    isInterrupted = isInterrupted || progress.isInterrupted
    progress.clear()
    // A divergence that was found before stays one.
    guard !isInterrupted || report.verdict == .diverged else {
      TraceCommand.complain("interrupted; nothing is said of the trace")
      throw ExitCode(3)
    }
    let elapsed = ContinuousClock.now - begun
    switch format {
    case .text:
      let text = ReplayText(report, TraceVocabulary(reader.moduleTable), elapsed)
      print(text.text(isColored: StandardOutput.isColored))
    case .json: print(try ReplayText(report, TraceVocabulary(reader.moduleTable), elapsed).json())
    }
    switch report.verdict {
    case .identical: return
    case .diverged: throw ExitCode(1)
    case .inconclusive:
      if report.hasNoSuchPlace { TraceCommand.complain("\(trace): the trace ends before the place to begin at") }
      throw ExitCode(report.hasNoSuchPlace ? 2 : 3)
    }
  }
}

/// A replay's report for people and for machines.
struct ReplayText {
  private let report: ReplayReport
  private let vocabulary: TraceVocabulary
  private let seconds: Double

  init(_ report: ReplayReport, _ vocabulary: TraceVocabulary, _ elapsed: Duration) {
    self.report = report
    self.vocabulary = vocabulary
    seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  }

  func text(isColored: Bool) -> String {
    let colour = report.verdict == .identical ? "32" : report.verdict == .diverged ? "31" : "33"
    let verdict = isColored ? "\u{1B}[\(colour)m\(report.verdict.rawValue)\u{1B}[0m" : report.verdict.rawValue
    var lines = [
      "replay: \(verdict)",
      "  \(report.eventCount) events: \(report.inputCount) inputs, \(report.decisionCount) decisions and "
        + "\(report.observationCount) observations compared, \(report.keyframeCount) keyframes",
    ]
    if seconds > 0 { lines.append("  \(Int(Double(report.eventCount) / seconds)) events a second") }
    if let position = report.begunAt { lines.append("  begun at event \(position), with the state of its keyframe") }
    if let way = report.wholeWay {
      lines.append(
        "  compared from the beginning, for \(way.reason); \(way.askedCount) of the events are from --from on")
    }
    if report.isEndedEarly { lines.append("  ended where it was told to") }
    if report.uncomparedCount > 0 { lines.append("  \(report.uncomparedCount) events after losses not compared") }
    for doubt in report.doubts.prefix(5) { lines.append("  inconclusive: \(doubt)") }
    if let divergence = report.divergence { lines += describe(divergence) }
    return lines.joined(separator: "\n")
  }

  private func describe(_ divergence: Divergence) -> [String] {
    let width = max(6, vocabulary.partitions.map(\.columns).max() ?? 0)
    func line(_ event: TraceEvent, _ position: UInt64) -> String {
      EventDescription(event, position: position, vocabulary).line(partitionWidth: width)
    }
    var lines = ["first divergence, at event \(divergence.position): \(divergence.reason)"]
    lines.append("  recorded:   " + line(divergence.recorded, divergence.position))
    if var recomputed = divergence.recomputed {
      recomputed.time = divergence.recorded.time
      lines.append("  recomputed: " + line(recomputed, divergence.position))
    }
    if let kernel = report.kernelIdentity, kernel != 0 {
      // The core has no version of its own: who kept an old trace has to know whose decisions are compared.
      lines.append("recorded by kernel \(kernel.hexadecimalDigits): built from other sources than this command, it may")
      lines.append("decide otherwise and be right; then replay the trace by the command that was built with it")
    }
    lines.append("the events before it:")
    lines += divergence.before.map { "  " + line($0.event, $0.position) }
    return lines
  }

  func json() throws -> String {
    var object: [String: Any] = [
      "verdict": report.verdict.rawValue, "events": report.eventCount, "inputs": report.inputCount,
      "decisions": report.decisionCount, "observations": report.observationCount, "keyframes": report.keyframeCount,
      "adoptedKeyframes": report.adoptedKeyframeCount, "uncompared": report.uncomparedCount, "doubts": report.doubts,
      "seconds": seconds, "begunAt": report.begunAt ?? 0, "endedEarly": report.isEndedEarly,
    ]
    object["kernel"] = report.kernelIdentity?.hexadecimalDigits
    if let way = report.wholeWay {
      object["comparedFromBeginning"] = ["reason": way.reason, "eventsAsked": way.askedCount] as [String: Any]
    }
    if let divergence = report.divergence {
      var found: [String: Any] = [
        "kind": divergence.kind.rawValue, "position": divergence.position, "time_ns": divergence.recorded.time,
        "partition": divergence.recorded.partition, "reason": divergence.reason,
        "recorded": EventDescription(divergence.recorded, position: divergence.position, vocabulary).json,
      ]
      if let recomputed = divergence.recomputed {
        found["recomputed"] = EventDescription(recomputed, position: divergence.position, vocabulary).json
      }
      found["before"] = divergence.before.map {
        EventDescription($0.event, position: $0.position, vocabulary).json
      }
      object["divergence"] = found
    }
    let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }
}
