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
  public struct Finding: Sendable {
    public var identifier: String
    public var verdict: String
    public var depth: Depth
    /// Why the entry is refused; empty if it is not.
    public var objections: [String]
  }
  /// Objections to the certificate as a whole: another trace, another module, a contradiction.
  public var objections: [String] = []
  public var findings: [Finding] = []
  public var events: UInt64 = 0
  /// Why nothing was judged anew; nil if it was.
  public var reasonNotJudged: String?

  public var isConfirmed: Bool { objections.isEmpty && findings.allSatisfy { $0.objections.isEmpty } }

  public func count(_ depth: Depth) -> Int { findings.count { $0.depth == depth && $0.objections.isEmpty } }

  /// For a reader: every objection, then what was confirmed and how far.
  public var text: String {
    var lines = objections.map { "refused: \($0)" }
    for finding in findings {
      lines += finding.objections.map { "refused: \(finding.identifier): \($0)" }
    }
    if let reasonNotJudged { lines.append("not judged anew: \(reasonNotJudged)") }
    let evidence = findings.filter { $0.depth == .evidence && $0.objections.isEmpty }.map(\.identifier)
    if !evidence.isEmpty { lines += ["only by evidence: " + evidence.joined(separator: " "), ""] }
    lines.append(
      (isConfirmed ? "the certificate is confirmed" : "the certificate is refused")
        + ": \(count(.measured)) claims measured anew, \(count(.judged)) judged anew, \(count(.counted)) only counted "
        + "anew, \(evidence.count) only by evidence; \(events) events")
    return lines.joined(separator: "\n") + "\n"
  }

  public var json: String {
    get throws {
      let claims = findings.map {
        ["id": $0.identifier, "verdict": $0.verdict, "depth": $0.depth.rawValue, "objections": $0.objections]
          as [String: Any]
      }
      var object: [String: Any] = [
        "confirmed": isConfirmed, "objections": objections, "events": events, "claims": claims,
      ]
      object["notJudged"] = reasonNotJudged
      let data = try JSONSerialization.data(
        withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
      return String(decoding: data, as: UTF8.self)
    }
  }
}

/// Why there is nothing to audit.
public enum AuditError: Error, CustomStringConvertible {
  case notACertificate(String)

  public var description: String {
    switch self {
    case .notACertificate(let reason):
      "this is no certificate of form '\(AuditedCertificate.form)' ('partita verify --certificate' writes them): "
        + reason
    }
  }
}
