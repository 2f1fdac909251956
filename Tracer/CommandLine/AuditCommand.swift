import ArgumentParser
import Audit
import Foundation
import TraceReading

/// `partita audit`: a second, small checker for what `verify` has certified.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Confirms a certificate against its trace, without the code that wrote it.",
    discussion: """
      Measured claims are measured anew, and the others judged anew by the reference checker: slow, simple, and \
      without a line in common with 'partita verify'. It holds the whole trace in memory, so that it judges traces of \
      --judge-up-to events at most; of longer ones, instances are counted anew where an event stands for one, and the \
      events cited are looked up. The answer says how far each claim was confirmed.

      A certificate is confirmed if each claim that passes or fails was measured or judged anew. Of a trace with lost \
      events or without its end, and of one longer than --judge-up-to, that cannot be said, nor of a damaged file that \
      no claim is violated: such a certificate is refused where it contradicts the trace, and else not confirmed. \
      Of a trace that 'synthesize' or 'what-if' made the answer says that no kernel recorded it, and so must the \
      certificate; where the boot event is missing, that nobody knows which kernel did.

      Exit status: 0 confirmed, 1 refused, 2 bad usage or input, 3 not confirmed, or interrupted.

      Examples:
        partita verify run.partita --certificate run.certificate.json
        partita audit run.certificate.json run.partita
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The certificate.", completion: .file())
  var certificate: String

  @Argument(help: "The trace that it is about, or - for standard input.", completion: .file())
  var trace: String

  @Option(help: "The most events that a trace may have to be judged anew; each takes some 170 bytes and 6 µs.")
  var judgeUpTo = CertificateAudit.defaultLimit

  @Option(help: "text or json.")
  var format = Format.text

  func validate() throws {
    if judgeUpTo < 0 { throw ValidationError("--judge-up-to is a number of events: 0 or more") }
  }

  func run() throws {
    guard let bytes = Self.bytes(of: certificate) else {
      let reason = errno == 0 ? "" : " (\(String(cString: strerror(errno))))"
      let name = certificate.isEmpty ? "''" : certificate
      TraceCommand.complain("\(name): cannot be read\(reason): name a certificate that 'partita verify' wrote")
      throw ExitCode(2)
    }
    guard !bytes.isEmpty else {
      TraceCommand.complain("\(certificate): the file is empty; name a certificate that 'partita verify' wrote")
      throw ExitCode(2)
    }
    guard bytes.count <= Self.mostBytes else {
      TraceCommand.complain("\(certificate): it is longer than any certificate: \(Self.mostBytes >> 20) MiB at most")
      throw ExitCode(2)
    }
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let report: AuditReport
    do {
      report = try audit(bytes, reader)
    } catch let error as AuditError {
      TraceCommand.complain("\(certificate): \(error)")
      throw ExitCode(2)
    }
    switch format {
    case .text: print(report.text, terminator: "")
    case .json: print(try report.json)
    }
    if report.outcome != .confirmed { throw ExitCode(report.outcome.exitStatus) }
  }

  private static let mostBytes = 64 << 20

  /// What a certificate has; of what does not begin as one the beginning only, for which it will be refused, and of
  /// what is longer than any a little more than they may have.
  ///
  /// - Returns: nil where it cannot be read; `errno` says why, if it is not 0.
  private static func bytes(of path: String) -> [UInt8]? {
    errno = 0
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    // At the end of a file, where an empty one begins, there is no data, and no failure either.
    guard var data = try? file.read(upToCount: 4096) ?? Data() else { return nil }
    let first = data.first { !" \t\r\n".utf8.contains($0) }
    if first == UInt8(ascii: "{"), let rest = try? file.read(upToCount: mostBytes) { data += rest }
    return Array(data)
  }

  /// Audits with a line that tells how far; Ctrl-C ends the command.
  private func audit(_ certificate: [UInt8], _ reader: TraceReader) throws -> AuditReport {
    var progress = ReadingProgress(trace)
    defer { progress.clear() }
    let report = try CertificateAudit.audit(certificate, reader, judgingUpTo: judgeUpTo) { stage in
      switch stage {
      case .reading: progress.show(reader)
      case .judging(let share): progress.show("judging anew  \(Int(share * 100)) %")
      }
      return !progress.isInterrupted
    }
    // Also where it came while a pipe gave nothing, and what there was has been taken for the end.
    if let report, !progress.isInterrupted { return report }
    progress.clear()
    TraceCommand.complain("interrupted; nothing is confirmed")
    throw ExitCode(3)
  }
}
