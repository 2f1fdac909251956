import CommandFolder
import Foundation
import StoredTraces
import Testing

/// What is wrong is said in words that are true of it, with the status that all commands have, and where it belongs.
@Suite struct ComplaintTests {
  /// An empty file may be the beginning of a trace too.
  @Test(arguments: [0, 5, 40, 200]) func claimsTellsACutTraceAsOthersDo(byteCount: Int) throws {
    let folder = try CommandFolder()
    try folder.write(Array(LongTrace.short.get().prefix(byteCount)), to: "cut")
    let claims = try folder.run("claims", "cut")
    #expect(claims.ending == .status(3) && claims.output == "", "\(claims.errors)")
    let reason = "cut: the file ends at byte \(byteCount), within its first block"
    #expect(claims.errors.contains(reason), "\(claims.errors)")
    #expect(try folder.run("dump", "cut").errors == claims.errors)
  }

  /// A packed module carries its claims as its file does.
  @Test func claimsReadsAPackedModule() throws {
    let folder = try CommandFolder()
    let packed = try folder.run("pack", OtherModule.path, "-o", "module.img")
    try #require(packed.ending == .status(0), "\(packed.errors)")
    let claims = try ["module.img", OtherModule.path].map { try folder.run("claims", $0) }
    #expect(claims.allSatisfy { $0.ending == .status(0) }, "\(claims[0].errors)")
    #expect(claims[0].output == claims[1].output)
    var bytes = [UInt8](try Data(contentsOf: folder.url("module.img")))
    bytes[bytes.count / 2] ^= 1
    try folder.write(bytes, to: "damaged.img")
    let damaged = try folder.run("claims", "damaged.img")
    #expect(damaged.ending == .status(2) && damaged.errors.contains("pack the module again"), "\(damaged.errors)")
  }

  @Test func anEmptyCertificateIsCalledSo() throws {
    let folder = try CommandFolder()
    try folder.write([], to: "certificate")
    try folder.write(LongTrace.short.get(), to: "run")
    let audit = try folder.run("audit", "certificate", "run")
    #expect(audit.ending == .status(2) && audit.errors.contains("certificate: the file is empty; "), "\(audit.errors)")
  }

  @Test func whereNoKernelWasThereIsNoRunToGoTo() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run")
    let run = try folder.run("goto", "run", "5", "--batch")
    #expect(run.ending == .status(2) && run.errors.contains("no kernel recorded this trace"), "\(run.errors)")
  }

  /// A list like PATH may name folders that are not there; where an image is not found, all are named.
  @Test func whereAnImageWasLookedForIsTold() throws {
    let folder = try CommandFolder()
    let url = URL(fileURLWithPath: CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml")
    let text = try String(contentsOf: url, encoding: .utf8)
    try folder.write(
      Array(text.replacingOccurrences(of: "p:Image=\"Loader\"", with: "p:Image=\"Nobody\"").utf8), to: "module.xml")
    let command = try RunningCommand(
      ["pack", "module.xml", "-o", "module.img"], in: folder, through: ["env", "PARTITA_IMAGES=/nonexistent:/tmp"])
    #expect(command.finish() == .status(2))
    let place = "the image 'Nobody' of 'Loader' is not found in '.', '/nonexistent' (no folder), '/tmp'"
    #expect(command.errors.contains(place), "\(command.errors)")
  }

  /// One file for both: what is said of an answer follows it.
  @Test func aMessageDoesNotBreakTheAnswer() throws {
    let folder = try CommandFolder()
    try folder.write(SmallStory.file(SmallStory.lossy), to: "lossy")
    let parted = try folder.run("stats", "lossy")
    let command = try RunningCommand(
      ["stats", "lossy"], in: folder, through: ["sh", "-c", "exec \"$@\" 2>&1", "sh"])
    #expect(command.finish() == .status(0))
    #expect(parted.errors != "" && command.output == parted.output + parted.errors, "\(command.output)")
  }
}
