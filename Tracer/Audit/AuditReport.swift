import Foundation

/// What an audit found out about a certificate.
public struct AuditReport: Sendable {
  /// How far a claim was confirmed.
  public enum Depth: String, Sendable, CaseIterable {
    /// Measured anew from the trace: verdict, bound, counts and worst cases are what the certificate says.
    case measured
    /// The reference checker, with the whole trace before it, finds the claim violated or not as the certificate says;
    /// the events cited are there, and where an event stands for an instance, the instances were counted anew.
    case judged
    /// Instances were counted anew, and the events cited are there; the instances were not judged anew.
    case counted
    /// The events cited are there, and the entry does not contradict itself; no more is said.
    case evidence
  }
  /// What comes of an audit.
  public enum Outcome: String, Sendable {
    case confirmed
    /// Something in the certificate is not so.
    case refused
    /// Nothing contradicts the certificate, and not all that it says could be judged or measured anew.
    case unconfirmed

    /// Of the command.
    public var exitStatus: Int32 {
      switch self {
      case .confirmed: 0
      case .refused: 1
      case .unconfirmed: 3
      }
    }
  }
  /// What was found out about a claim's entry in the certificate.
  public struct Finding: Sendable {
    /// Of the claim, as the certificate has it.
    public var identifier: String
    /// The certificate's own word; one that is no verdict is an objection.
    public var verdict: String
    /// How far the entry could be held against the trace.
    public var depth: Depth
    /// How often it was judged and violated was counted anew, too.
    public var isCounted = false
    /// Why the entry is refused; empty if it is not.
    public var objections: [String]

    /// The entry says something that was neither measured nor judged anew; one that is unknown says nothing.
    public var isUnconfirmed: Bool {
      objections.isEmpty && verdict != "unknown" && (depth == .counted || depth == .evidence)
    }
  }
  /// Objections to the certificate as a whole: another trace, another module, a contradiction.
  public var objections: [String] = []
  /// By claim, in the certificate's order.
  public var findings: [Finding] = []
  /// How many events of the trace were read.
  public var events: UInt64 = 0
  /// Identifiers of claims that the module file leaves out, by the trace itself: of them nothing is confirmed.
  public var leftOut: [String] = []
  /// Whether the trace is one that a kernel recorded, and none that partita made; nil where nobody knows.
  public var isRecorded: Bool?
  /// Why nothing was judged anew; nil if it was.
  public var reasonNotJudged: String?
  /// What is wrong with the trace's file, so that no certificate of it is confirmed; nil where nothing is, and where
  /// the certificate tells of a violation: that stays one.
  public var fileDefect: String?

  /// Refused for any objection; else confirmed, unless there is something `unconfirmed` or a `fileDefect`.
  public var outcome: Outcome {
    guard objections.isEmpty, findings.allSatisfy({ $0.objections.isEmpty }) else { return .refused }
    return unconfirmed.isEmpty && fileDefect == nil ? .confirmed : .unconfirmed
  }
  /// Whether the certificate holds as a whole.
  public var isConfirmed: Bool { outcome == .confirmed }
  /// Passes and fails that nothing contradicts and that were not judged anew.
  public var unconfirmed: [String] { findings.filter(\.isUnconfirmed).map(\.identifier) }

  /// How many entries were confirmed just so far; those that are refused count nowhere.
  public func count(_ depth: Depth) -> Int { findings.count { $0.depth == depth && $0.objections.isEmpty } }

  /// What a certificate says beyond what is confirmed of any.
  private var notAudited: [String] {
    let uncounted = findings.count { !$0.isCounted }
    return [
      "explanations and remarks", "the tool's version", "who took the time of the worst cases",
      "where and how far claims were violated otherwise than by measured values alone",
    ] + (uncounted > 0 ? ["how often \(uncounted) claims were judged or violated"] : [])
  }

  /// For a reader: every objection, then what was confirmed and how far.
  public var text: String {
    var lines = objections.map { "refused: \($0)" }
    for finding in findings {
      lines += finding.objections.map { "refused: \(finding.identifier): \($0)" }
    }
    if let fileDefect { lines.append("the trace file is \(fileDefect)") }
    if let reasonNotJudged { lines.append("not judged anew: \(reasonNotJudged)") }
    for (depth, name) in [(Depth.counted, "only counted anew"), (.evidence, "only by evidence")] {
      let claims = findings.filter { $0.depth == depth && $0.objections.isEmpty }.map(\.identifier)
      if !claims.isEmpty { lines.append("\(name): " + claims.joined(separator: " ")) }
    }
    lines.append("not part of what is confirmed: " + notAudited.joined(separator: "; "))
    if isRecorded == false {
      lines.append("this trace is not recorded from a kernel but made by partita: its boot event names no kernel")
    } else if isRecorded == nil {
      lines.append("which kernel recorded this trace is not known: its boot event is missing")
    }
    if !leftOut.isEmpty {
      lines.append("left out by the module file: \(leftOut.joined(separator: ", "))")
    }
    lines.append("")
    lines.append(
      sentence
        + ": \(count(.measured)) claims measured anew, \(count(.judged)) judged anew, \(count(.counted)) only counted "
        + "anew, \(count(.evidence)) only by evidence; \(events) events")
    return lines.joined(separator: "\n") + "\n"
  }

  private var sentence: String {
    switch outcome {
    case .confirmed: "the certificate is confirmed"
    case .refused: "the certificate is refused"
    case .unconfirmed where unconfirmed.isEmpty:
      "the certificate is not confirmed: nothing contradicts it, but of a file that is not whole nothing is certain"
    case .unconfirmed:
      "the certificate is not confirmed: nothing contradicts it, but \(unconfirmed.count) verdicts of "
        + "\(findings.count) were not judged anew"
    }
  }

  /// For programs: `JSONAnswers.md` says what each key means.
  public var json: String {
    get throws {
      let claims = findings.map {
        [
          "id": $0.identifier, "verdict": $0.verdict, "depth": $0.depth.rawValue, "counted": $0.isCounted,
          "objections": $0.objections,
        ] as [String: Any]
      }
      var object: [String: Any] = [
        "confirmed": isConfirmed, "outcome": outcome.rawValue, "objections": objections, "events": events,
        "claims": claims, "unconfirmed": unconfirmed, "leftOut": leftOut, "notAudited": notAudited,
      ]
      object["recorded"] = isRecorded.map { $0 as Any } ?? NSNull()
      object["notJudged"] = reasonNotJudged
      object["fileDefect"] = fileDefect
      let data = try JSONSerialization.data(
        withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
      return String(decoding: data, as: UTF8.self)
    }
  }
}

/// Why there is nothing to audit.
public enum AuditError: Error, CustomStringConvertible {
  case notACertificate(String)

  /// What is wrong with it, to follow the file's name and a colon.
  public var description: String {
    switch self {
    case .notACertificate(let reason):
      "this is no certificate of form '\(AuditedCertificate.form)' ('partita verify --certificate' writes them): "
        + reason
    }
  }
}
