import CommandFolder
import Foundation
import StoredTraces
import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// What is wrong with a trace is told up to ten times, then counted; and what contradicts itself is no recorded run.
@Suite struct DefectListTests {
  /// A block for each event, and every other one of those in the middle spoilt; so many defects it has.
  private static func spoilt() throws -> (bytes: [UInt8], count: Int) {
    var surgery = BlockSurgery(SmallStory.file(SmallStory.whole, eventsPerBlock: 1))
    for index in stride(from: 2, to: surgery.blocks.count - 3, by: 2) {
      surgery.blocks[index][surgery.blocks[index].count - 1] ^= 1
    }
    let reader = try TraceReader(bytes: surgery.bytes)
    while reader.nextBatch() != nil {}
    return (surgery.bytes, reader.defectCount)
  }

  @Test(arguments: [
    ["verify", "run"], ["stats", "run"], ["dump", "run"], ["export", "run", "-o", "out.vcd"],
    ["export", "run", "-o", "out.vcd", "--from", "event:1"], ["query", "run", "SELECT 1"],
    ["query", "run", "SELECT 1", "--from", "event:1"],
  ]) func tenAreToldAndTheOthersCounted(arguments: [String]) throws {
    let (bytes, count) = try Self.spoilt()
    #expect(count > 11)
    let folder = try CommandFolder()
    try folder.write(bytes, to: "run")
    let run = try folder.run(arguments)
    let lines = run.errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("partita: run: ") }
    #expect(lines.count == 11 && lines.last == "partita: run: and \(count - 10) defects more", "\(run.errors)")
    #expect(Set(lines).count == 11)
    // Small as it is, it violates nothing that is judged without what is missing.
    #expect(run.ending == .status(3) || arguments[0] == "verify" && run.ending == .status(1), "\(run.errors)")
  }

  @Test func tenAreToldAndNoMoreCounted() throws {
    var surgery = BlockSurgery(SmallStory.file(SmallStory.whole, eventsPerBlock: 1))
    surgery.blocks[4][surgery.blocks[4].count - 1] ^= 1
    let folder = try CommandFolder()
    try folder.write(surgery.bytes, to: "run")
    for arguments in [["verify", "run"], ["stats", "run"], ["export", "run", "-o", "out.vcd", "--from", "event:1"]] {
      let run = try folder.run(arguments)
      #expect(run.errors.contains("partita: run: ") && !run.errors.contains("more"), "\(run.errors)")
    }
  }

  /// Blocks that are each as they were written, of two runs.
  @Test func aFileThatContradictsItselfIsNoRun() throws {
    var events = SmallStory.whole
    events[events.count - 1].words.w0 += 1
    let folder = try CommandFolder()
    try folder.write(SmallStory.file(events), to: "run")
    try folder.write(SmallStory.file(SmallStory.whole), to: "whole")
    let sentence = "partita: run: the file contradicts itself, so this is not the run that was recorded\n"
    for arguments in [["verify", "run"], ["verify", "run", "--quiet"], ["verify", "run", "--from", "event:3"]] {
      let run = try folder.run(arguments)
      #expect(run.ending == .status(2) && run.errors.contains(sentence), "\(arguments): \(run.errors)")
      let whole = try folder.run(arguments.map { $0 == "run" ? "whole" : $0 })
      #expect(whole.ending != .status(2) && !whole.errors.contains("contradicts"), "\(whole.errors)")
    }
    // Of a part that ends before it nothing is contradicted.
    let part = try folder.run("verify", "run", "--to", "event:3")
    #expect(part.ending != .status(2) && !part.errors.contains("contradicts"), "\(part.errors)")
  }
}
