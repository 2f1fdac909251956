import CommandFolder
import Foundation
import StoredTraces
import Testing
import TraceDamage
import TraceReading

/// `partita verify` with one thread and with several: the same answer, byte for byte.
@Suite struct VerifyCommandTests {
  /// A whole trace, one that takes several threads more than a stretch each, one with a hole and without its end, and
  /// one that violates a claim in many places.
  static let traces = ["whole", "long", "damaged", "violated"]

  private static func bytes(_ name: String) throws -> [UInt8] {
    switch name {
    case "whole": try WorldTraces.file(seed: 4711)
    case "long": try long()
    case "damaged": try WorldTraces.damagedFile(seed: 4711)
    default: try ViolatingTrace.miscounted(long())
    }
  }

  private static func long() throws -> [UInt8] {
    let bytes = try WorldTraces.file(seed: 4711, inputs: 20_000, until: 10_000_000_000)
    let reader = try TraceReader(bytes: bytes)
    while reader.nextColumns() != nil {}
    try #require(reader.statistics.eventCount > 40_000)
    return bytes
  }

  @Test(arguments: traces, [["--format", "json"], ["--format", "junit"], ["--evidence"]])
  func theAnswerIsThatOfOneThread(name: String, options: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(Self.bytes(name), to: "run.partita")
    func run(_ threads: Int) throws -> (ending: RunningCommand.Ending, output: String, errors: String) {
      try folder.run(["verify", "run.partita", "--threads", "\(threads)"] + options)
    }
    let alone = try run(1)
    // The random world keeps no schedule that a judge would pass: what counts is that every thread finds the same.
    #expect(alone.ending == .status(1), "\(alone.errors)")
    #expect(alone.output.count > 1000)
    for threads in [2, 4] {
      let together = try run(threads)
      #expect(together.ending == alone.ending)
      #expect(together.output == alone.output)
      #expect(together.errors == alone.errors)
    }
  }

  /// Whatever is shown beside it.
  @Test func aCertificateIsOfAllClaims() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run")
    let shown = try folder.run("verify", "run", "--explain", "frame.regular", "--certificate", "explained")
    #expect(shown.output.contains("frame.regular") && !shown.output.contains("window.order"), "\(shown.output)")
    let whole = try folder.run("verify", "run", "--quiet", "--certificate", "whole")
    #expect(shown.ending == whole.ending)
    let explained = try Data(contentsOf: folder.url("explained"))
    #expect(try explained == Data(contentsOf: folder.url("whole")))
    let audited = try folder.run("audit", "explained", "run")
    #expect(audited.ending == .status(0), "\(audited.output)\(audited.errors)")
  }

  @Test func noThreadsAreRefused() throws {
    let folder = try CommandFolder()
    try folder.write(WorldTraces.file(seed: 3), to: "run.partita")
    for count in ["0", "-1", "257", "many"] {
      let run = try folder.run("verify", "run.partita", "--threads=\(count)")
      #expect(run.ending == .status(2), "\(count): \(run.ending)")
      #expect(run.errors.contains("threads"))
    }
  }

  /// A certificate is read to its end, however far behind it something follows that is none of it.
  @Test func nothingFollowsACertificateUnseen() throws {
    let folder = try CommandFolder()
    try folder.write(Self.bytes("whole"), to: "run.partita")
    _ = try folder.run(["verify", "run.partita", "--certificate", "certificate"])
    var certificate = [UInt8](try Data(contentsOf: folder.url("certificate")))
    let audited = try folder.run(["audit", "certificate", "run.partita"])
    #expect(audited.ending != .status(2), "\(audited.errors)")
    certificate += [UInt8](repeating: UInt8(ascii: " "), count: 64 << 20) + Array("{}".utf8)
    try folder.write(certificate, to: "certificate")
    let other = try folder.run(["audit", "certificate", "run.partita"])
    #expect(other.ending == .status(2) && other.errors.contains("longer than any certificate"), "\(other.errors)")
  }
}
