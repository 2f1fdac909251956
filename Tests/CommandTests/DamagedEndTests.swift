import CommandFolder
import Foundation
import Testing

/// A trace whose last bytes are not what was written: every command calls it damaged, and none calls it right or wrong.
@Suite struct DamagedEndTests {
  private static func folder() throws -> (folder: CommandFolder, trace: [UInt8]) {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    #expect(try folder.run("synthesize", module, "--events", "20000", "-o", "whole").ending == .status(0))
    return (folder, [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("whole")))))
  }

  @Test(arguments: [
    ["verify", "damaged"], ["replay", "damaged"], ["dump", "damaged"], ["stats", "damaged"],
    ["diff", "damaged", "whole"], ["audit", "certificate", "damaged"],
  ]) func theAnswerIsInconclusive(arguments: [String]) throws {
    let (folder, trace) = try Self.folder()
    var spoilt = trace
    // The seal is the last 72 bytes; before it the block ends that has the end event.
    spoilt[trace.count - 80] ^= 0x10
    spoilt[trace.count - 90] ^= 0x10
    for (name, bytes) in [("something behind it", trace + Array("x\n".utf8)), ("the last events", spoilt)] {
      try folder.write(bytes, to: "damaged")
      let certified = try folder.run("verify", "damaged", "--certificate", "certificate", "--force")
      #expect(certified.ending == .status(3), "\(name): \(certified.errors)")
      let command = try RunningCommand(arguments, in: folder)
      #expect(command.finish() == .status(3), "\(arguments), \(name): \(command.errors)")
      #expect(!command.errors.contains("contradicts"), "\(arguments), \(name): \(command.errors)")
    }
  }

  /// Behind its end nothing of a run can be missing.
  @Test func bytesBehindTheEndMakeNothingMissing() throws {
    let (folder, trace) = try Self.folder()
    try folder.write(trace + Array("x\n".utf8), to: "damaged")
    let verified = try folder.run("verify", "damaged")
    #expect(verified.ending == .status(3) && verified.output.contains("bytes follow"), "\(verified.output)")
    #expect(verified.output.contains("inconclusive: every claim holds, but the trace file is not as it was written"))
    #expect(!verified.output.contains("missing"), "\(verified.output)")
    let diff = try folder.run("diff", "damaged", "whole")
    #expect(diff.ending == .status(3) && diff.errors.contains("bytes follow"), "\(diff.errors)")
    #expect(!diff.errors.contains("missing"), "\(diff.errors)")
    let counted = try folder.run("diff", "whole", "damaged", "--format", "json")
    #expect(counted.output.contains("\"windowsNotCompared\":0"), "\(counted.output)")
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    let prediction = try folder.run("what-if", "damaged", "--module", module)
    #expect([.status(1), .status(3)].contains(prediction.ending), "\(prediction.errors)")
    #expect(prediction.output.contains("bytes follow"), "\(prediction.output)")
    #expect(prediction.output.contains("all that was recorded is there"), "\(prediction.output)")
    #expect(!prediction.output.contains("may be missing"), "\(prediction.output)")
    // A database of it says the same.
    #expect(try folder.run("export", "damaged", "-o", "run.db").ending == .status(3))
    let query = try folder.run("query", "run.db", "SELECT count(*) FROM event")
    #expect(query.ending == .status(3) && query.errors.contains("bytes follow"), "\(query.errors)")
    #expect(!query.errors.contains("missing"), "\(query.errors)")
  }

  @Test func theLastLineOfADumpNamesTheDamage() throws {
    let (folder, trace) = try Self.folder()
    var spoilt = trace
    spoilt[trace.count - 80] ^= 0x10
    try folder.write(spoilt, to: "damaged")
    let dump = try folder.run("dump", "damaged", "--kind", "end")
    let last = dump.errors.split(separator: "\n").last.map(String.init) ?? ""
    #expect(last.contains("checksum does not fit"), "\(dump.errors)")
  }
}
