import Foundation
import ModuleConfiguration
import ReferenceChecking
import TextForms
import TraceFormat
import TraceReading

/// Confirms a certificate against its trace, or says what in it is not so.
public enum CertificateAudit {
  /// So many events are judged anew unless told otherwise: some 40 MiB.
  public static let defaultLimit = 250_000
  /// What the reference checker holds of an event, by measurement.
  static let bytesPerEvent = 170

  /// What is being done.
  public enum Stage {
    case reading
    /// The share of it that is done, 0 … 1.
    case judging(Double)
  }

  /// - Parameters:
  ///   - bytes: the certificate's file.
  ///   - reader: the trace, nothing of it read yet.
  ///   - limit: how many events a trace may have that is judged anew: all are held in memory, `bytesPerEvent` each.
  ///   - onProgress: called now and then, with what is being done; false ends the audit.
  /// - Returns: nil where `onProgress` has ended it.
  public static func audit(
    _ bytes: [UInt8], _ reader: TraceReader, judgingUpTo limit: Int = defaultLimit,
    onProgress: (Stage) -> Bool = { _ in true }
  ) throws(AuditError) -> AuditReport? {
    let certificate = try decode(bytes)
    var auditor = Auditor(reader.moduleTable)
    var cited = CitedEvents(certificate)
    var gaps = 0
    var isOverwritten = false
    var kept: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      guard onProgress(.reading) else { return nil }
      switch batch {
      case .events(let first, let events):
        if auditor.events &+ UInt64(events.count) <= UInt64(limit) { kept += events } else { kept = [] }
        for index in events.indices {
          let position = first &+ UInt64(index)
          auditor.consume(events[index], position: position)
          cited.see(position, events[index].time)
        }
      case .gap(let gap):
        gaps += 1
        if auditor.events == 0, gap.defect.kind == .overwritten { isOverwritten = true }
      }
    }
    auditor.finish(fileBytes: reader.statistics.storedBytes)
    var report = AuditReport()
    report.events = auditor.events
    report.isRecorded = auditor.isRecorded
    report.objections = CertificateFields.objections(bytes) + identity(certificate, auditor, reader, gaps)
    if !reader.condition.isComplete, certificate.report.verdict != "fail" {
      report.fileDefect = reader.condition.description
    }
    let isLossy = gaps > 0 || auditor.lossCount > 0
    var violated: Set<String>?
    if isLossy || !auditor.hasEnd {
      report.reasonNotJudged =
        isLossy ? "events of the trace are lost, and what they were is not known" : "the trace has not its end"
    } else if kept.count < auditor.events {
      report.reasonNotJudged =
        "the trace has more than \(limit) events; '--judge-up-to \(auditor.events)' takes "
        + "\((auditor.events * UInt64(bytesPerEvent)) >> 20) MiB of memory"
    } else {
      violated = ReferenceChecker.violations(kept, reader.moduleTable) { onProgress(.judging($0)) }
      if violated == nil { return nil }
    }
    // Where all that is missing is what a flight recorder has overwritten, the rest is judged by what is there.
    let isLate = isOverwritten && gaps == 1 && auditor.lossCount == 0
    let judge = ClaimAudit(auditor: auditor, cited: cited, isLossy: isLossy, isLate: isLate, violated: violated)
    report.findings = certificate.report.claims.map { judge.finding($0) }
    report.objections += judge.strangers(in: certificate.report.claims)
    report.objections += judge.omissions(certificate.report.leftOut ?? [])
    report.leftOut = judge.leftOut.sorted()
    report.objections += verdict(certificate.report)
    return report
  }

  private static func decode(_ bytes: [UInt8]) throws(AuditError) -> AuditedCertificate {
    let certificate: AuditedCertificate
    do {
      certificate = try JSONDecoder().decode(AuditedCertificate.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw .notACertificate(reason(error))
    } catch {
      throw .notACertificate("it is not JSON")
    }
    guard certificate.form == AuditedCertificate.form else {
      throw .notACertificate("its form is '\(certificate.form)'")
    }
    return certificate
  }

  private static func reason(_ error: DecodingError) -> String {
    func path(_ keys: [CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }
    switch error {
    case .keyNotFound(let key, let context):
      return "'\(path(context.codingPath + [key]))' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "'\(path(context.codingPath))' is of another type"
    default: return "it is not JSON, or a number in it is out of range"
    }
  }

  /// Whether the certificate is about this trace and this module at all.
  private static func identity(
    _ certificate: AuditedCertificate, _ auditor: Auditor, _ reader: TraceReader, _ gaps: Int
  ) -> [String] {
    let table = reader.moduleTable
    var objections: [String] = []
    func compare<Value: Equatable>(_ what: String, _ said: Value, _ found: Value) {
      if said != found { objections.append("\(what) is \(found), and the certificate says \(said)") }
    }
    compare("the tool", certificate.tool.name, "partita")
    compare("the run's identity", certificate.trace.run, reader.runIdentity)
    compare("the trace's size", certificate.trace.bytes, reader.statistics.storedBytes)
    compare("whether the trace is complete", certificate.trace.complete, reader.condition.isComplete)
    compare("the module's name", certificate.module.name, name(table, table.module.name))
    compare("the module in the report", certificate.report.module, name(table, table.module.name))
    compare("the module table's checksum", certificate.module.table, table.checksum.hexadecimalDigits)
    compare("the image's identity", certificate.module.image, table.imageIdentity.hexadecimalDigits)
    compare("the kernel's build", certificate.module.kernel ?? "none", auditor.kernelBuild?.hexadecimalDigits ?? "none")
    let builds = (0..<table.partitionCount).map { index in
      let partition = table.record(PartitionRecord.self, index)
      return "\(name(table, partition.name)) \(partition.buildIdentity.hexadecimalDigits)"
    }
    compare("the partitions' builds", certificate.module.partitions.map { "\($0.name) \($0.build)" }, builds)
    compare("the number of events", certificate.report.events, auditor.events)
    compare("the first instant", certificate.report.firstTime, min(auditor.firstTime, auditor.last))
    compare("the last instant", certificate.report.lastTime, max(auditor.firstTime, auditor.last))
    compare("whether the trace has its end", certificate.report.hasEnd, auditor.hasEnd)
    // A certificate from before they told it is silent about it: of what a kernel recorded it may be.
    if certificate.report.recorded != nil || auditor.isRecorded == false {
      compare("whether a kernel recorded it", word(certificate.report.recorded), word(auditor.isRecorded))
    }
    compare("the number of gaps", certificate.report.gaps, UInt64(gaps) + auditor.lossCount)
    let condition = reader.condition
    compare("the file's defect", certificate.report.fileDefect, condition.isComplete ? "" : condition.description)
    return objections
  }

  private static func word(_ answer: Bool?) -> String { answer.map { "\($0)" } ?? "not known" }

  private static func verdict(_ report: AuditedCertificate.Report) -> [String] {
    let verdicts = report.claims.map(\.verdict)
    let expected =
      verdicts.contains("fail")
      ? "fail" : verdicts.isEmpty || verdicts.contains("unknown") || !report.fileDefect.isEmpty ? "unknown" : "pass"
    return report.verdict == expected
      ? [] : ["the verdict is \(report.verdict), and by the claims it is \(expected)"]
  }

  private static func name(_ table: ModuleTable, _ name: NameReference) -> String {
    String(decoding: table.name(name), as: UTF8.self)
  }
}

/// The events that a certificate cites, and when they were.
struct CitedEvents {
  private(set) var times: [UInt64: UInt64] = [:]
  private var awaited: Set<UInt64>

  init(_ certificate: AuditedCertificate) {
    awaited = []
    for claim in certificate.report.claims {
      for found in claim.cases ?? [] {
        awaited.insert(found.event)
        for share in (found.attribution ?? []) + (found.beyondBound ?? []) { awaited.insert(share.event) }
      }
      for violation in (claim.first ?? []) + (claim.worstViolations ?? []) { awaited.insert(violation.event) }
    }
  }

  mutating func see(_ position: UInt64, _ time: UInt64) {
    if !awaited.isEmpty, awaited.contains(position) { times[position] = time }
  }
}
