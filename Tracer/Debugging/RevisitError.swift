import TextForms
import TraceReading

/// Where a trace ends.
public struct LastEvent: Equatable, Sendable {
  /// Its number in the run, from 0.
  public var position: UInt64
  /// In ns.
  public var time: UInt64
  /// The last major frame that begins in the trace.
  public var frame: UInt32?
}

/// Why an event's instruction cannot be gone to. Each description says what, where, and what to do.
public enum RevisitError: Error, Equatable, CustomStringConvertible {
  /// No file in the folders has this build identity.
  case noBuild(of: String, identity: UInt64, searched: [String])
  /// A file that was named has another.
  case otherBuild(path: String, of: String, wanted: UInt64, found: UInt64?)
  /// A file of the right identity whose contents are not what the trace's module was packed from.
  case otherContents(path: String, partition: String)
  /// The trace's module table asks for what no image can be.
  case unfitTable(reason: String)
  /// The trace ends before the place; the doubts say why it may have gone on.
  case beyondEnd(place: TracePlace, last: LastEvent?, doubts: [String])
  /// What is at the place is missing, or may be: the trace goes on with the next event behind it.
  case missing(place: TracePlace, next: UInt64, reason: String?)
  /// No event stands for what was found out about a claim.
  case noCase(of: String, finding: String, doubts: [String])
  /// The trace is of a run that no other can be like.
  case unrepeatable(reason: String)
  /// The module ran once more, and otherwise.
  case differs(position: UInt64, recorded: String, repeated: String)
  case endsEarly(count: UInt64, reason: String)
  /// The ring never had the event, or not where it should.
  case notFound(reason: String)
  /// The folder for a recording is used for something else.
  case notARecording(path: String, reason: String)
  /// The recording that was kept cannot be replayed.
  case spoiltRecording(path: String, reason: String)
  case interrupted
  case debuggerFailed(status: Int32)

  /// Whether nothing is wrong with what was asked: another run simply did not come out as the recorded one, or the
  /// event may have been where the trace has a gap or is cut off.
  public var isInconclusive: Bool {
    switch self {
    case .differs, .endsEarly, .notFound, .interrupted, .missing: true
    case .beyondEnd(_, _, let doubts), .noCase(_, _, let doubts): !doubts.isEmpty
    default: false
    }
  }

  /// What the command prints.
  public var description: String {
    switch self {
    case .noBuild(let name, let identity, let searched):
      "no image of \(name) with build identity \(identity.hexadecimalDigits) is in "
        + "\(searched.joined(separator: ", ")). Name the folder of the images that were captured by --images DIR."
    case .otherBuild(let path, let name, let wanted, let found):
      "\(path) is not the build of \(name) that was captured: its identity is "
        + "\(found?.hexadecimalDigits ?? "none"), the trace's \(wanted.hexadecimalDigits)."
    case .otherContents(let path, let partition):
      "\(path) has the build identity of \(partition), but not the contents that the trace's module was packed from."
    case .unfitTable(let reason): "the trace's module table cannot be made an image again: \(reason)."
    case .beyondEnd(let place, let last, let doubts): Self.absence(of: place, last, doubts)
    case .missing(let place, let next, let reason):
      "\(Self.text(place)) is in a gap of the trace: nothing is known of it"
        + (reason.map { " (\($0))." } ?? ".") + " The trace goes on with event \(next)."
    case .noCase(let claim, let finding, let doubts):
      "\(claim) \(finding), and no event of the trace stands for that"
        + (doubts.isEmpty ? ": there is no case to go to. Name an event." : ": \(doubts.joined(separator: "; ")).")
    case .unrepeatable(let reason): "this run cannot be repeated: \(reason)."
    case .differs(let position, let recorded, let repeated):
      "the module ran once more, and its trace differs first at event \(position):\n  recorded \(recorded)\n"
        + "  repeated \(repeated)\nWas it captured with --input, with --transport memory (say so here too), or by "
        + "another emulator? What follows a Ctrl-C cannot be repeated either."
    case .endsEarly(let count, let reason):
      "the module ran once more and ended after \(count) events, before the one that is wanted: \(reason)."
    case .notFound(let reason): "the event's instruction was not found: \(reason)."
    case .notARecording(let path, let reason):
      "\(path.isEmpty ? "''" : path) cannot take a recording: \(reason). Name a folder that is new, empty, or has "
        + "one of 'goto --keep'."
    case .spoiltRecording(let path, let reason):
      "the recording in \(path) cannot be replayed: something has changed its files, or another emulator made them. "
        + "Remove that folder, and the run is recorded anew. The emulator's part: \(reason)"
    case .interrupted: "interrupted."
    case .debuggerFailed(let status): "gdb ended with status \(status)."
    }
  }

  private static func text(_ place: TracePlace) -> String {
    switch place {
    case .event(let position): "event \(position)"
    case .instant(let instant): "the instant \(EventField.seconds(instant)) s"
    case .frame(let number): "the start of frame \(number)"
    }
  }

  private static func absence(of place: TracePlace, _ last: LastEvent?, _ doubts: [String]) -> String {
    let doubt = doubts.first.map { " (\($0))" } ?? ""
    guard let last else { return "the trace has no event at all\(doubt)." }
    let end = "event \(last.position), at \(EventField.seconds(last.time)) s\(doubt). Name a place up to there."
    return switch place {
    case .event(let position): "the trace has no event \(position): its last is \(end)"
    case .instant(let instant):
      "the trace has nothing at \(EventField.seconds(instant)) s or later: its last is \(end)"
    case .frame(let number):
      "the trace has no frame \(number): "
        + (last.frame.map { "its last is frame \($0), which ends with " } ?? "no frame begins in it, and its last is ")
        + end
    }
  }
}
