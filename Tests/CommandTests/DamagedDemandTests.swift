import CommandFolder
import Foundation
import Testing

/// `partita what-if` of a trace with a hole: what partitions did there is missing, and the answer says so.
@Suite struct DamagedDemandTests {
  @Test func aHoleIsToldAndNothingIsCertain() throws {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    #expect(try folder.run("synthesize", module, "--events", "60000", "-o", "whole").ending == .status(0))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("whole"))))
    let whole = try folder.run("what-if", "whole", "--module", module)
    #expect(!whole.output.contains("the recorded trace is"), "\(whole.output)")
    bytes[bytes.count / 2] ^= 0x10
    try folder.write(bytes, to: "damaged")
    for format in ["text", "json"] {
      let run = try folder.run("what-if", "damaged", "--module", module, "--format", format)
      #expect(run.output.contains("the recorded trace is damaged"), "\(run.output) \(run.errors)")
      #expect(run.ending == .status(3), "\(run.output)")
      guard format == "json" else { continue }
      // Under the same module the prediction knows no more than the run.
      let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
      for claim in answer.claims where claim.predictedVerdict != "unknown" {
        #expect(claim.predictedVerdict == claim.recordedVerdict, "\(claim)")
      }
    }
    let search = try folder.run("what-if", "damaged", "--schedule-search")
    #expect(search.errors.contains("the recorded trace is damaged"), "\(search.errors)")
    // A deadline that is missed with a hole in the run is missed for sure by nobody.
    #expect(search.ending == .status(3))
    #expect(!search.output.contains("a deadline does not hold"), "\(search.output)")
  }

  /// A run whose beginning is missing may be a right one: that is no violation, and no bad input.
  @Test(arguments: ["damaged", "cut off"]) func aMissingBeginningIsNoViolation(condition: String) throws {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    #expect(try folder.run("synthesize", module, "--events", "60000", "-o", "whole").ending == .status(0))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("whole"))))
    // In the first block of events, behind the module table.
    let place = bytes.count / 8
    if condition == "damaged" { bytes[place] ^= 0x10 } else { bytes.removeSubrange(place...) }
    try folder.write(bytes, to: "headless")
    for question in [["--module", module], ["--schedule-search"]] {
      let command = try RunningCommand(["what-if", "headless"] + question, in: folder)
      #expect(command.finish() == .status(3), "\(question)")
      #expect(command.errors.contains(condition), "\(command.errors)")
      #expect(command.errors.contains("its start is missing"), "\(command.errors)")
      #expect(command.output.isEmpty, "\(command.output)")
    }
  }
}
