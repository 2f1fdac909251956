import CommandFolder
import Foundation
import Testing

/// A trace whose boot event is missing does not tell which kernel recorded it, and everybody says so.
@Suite struct UnknownKernelTests {
  private static let sentence = "which kernel recorded this trace is not known: its boot event is missing"

  @Test func aCertificateNamesNoKernelThatNobodyKnows() throws {
    let folder = try CommandFolder()
    var bytes = try LongTrace.ofSomeBlocks.get()
    let starts = bytes.indices.filter { bytes[$0...].starts(with: bytes.prefix(8)) }
    try #require(starts.count > 3)
    bytes[(starts[1] + starts[2]) / 2] ^= 0x10
    try folder.write(bytes, to: "run")
    let verified = try folder.run("verify", "run", "--quiet", "--certificate", "certificate")
    #expect(verified.ending == .status(3) && verified.output.contains(Self.sentence), "\(verified.errors)")
    let certificate = try String(contentsOf: folder.url("certificate"), encoding: .utf8)
    #expect(certificate.contains("\"kernel\": null") && certificate.contains("\"recorded\": null"))
    let audited = try folder.run("audit", "certificate", "run")
    #expect(audited.ending == .status(3) && audited.output.contains(Self.sentence), "\(audited.output)")
    // Nothing in the trace speaks for a kernel that is named.
    for (place, forgery, objection) in [
      ("\"kernel\": null", "\"kernel\": \"00000000deadbeef\"", "the kernel's build is none"),
      ("\"recorded\": null", "\"recorded\": true", "whether a kernel recorded it is not known"),
    ] {
      try folder.write(Array(certificate.replacingOccurrences(of: place, with: forgery).utf8), to: "forged")
      let forged = try folder.run("audit", "forged", "run")
      #expect(forged.ending == .status(1) && forged.output.contains(objection), "\(forged.output)")
    }
    #expect(try folder.run("stats", "run").output.contains("the boot event is missing"))
    let report = try folder.run("report", "run", "-o", "run.html")
    #expect(report.ending == .status(3), "\(report.errors)")
    let page = try String(contentsOf: folder.url("run.html"), encoding: .utf8)
    #expect(page.contains("\"recorded\":null") && page.contains("Which kernel recorded this trace is not known"))
  }
}
