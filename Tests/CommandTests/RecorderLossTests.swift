import CommandFolder
import Foundation
import StoredTraces
import Testing
import TraceDamage

/// What the kernel's recorder lost is no defect of the trace: all that there is is shown, and the loss is told.
@Suite struct RecorderLossTests {
  private static let sentence = "note: the recorder lost 7 events before event 15, at 0.000008300 s: its ring was full"

  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(SmallStory.file(SmallStory.lossy), to: "lossy")
    try folder.write(SmallStory.file(SmallStory.whole), to: "whole")
    return folder
  }

  @Test(arguments: [
    ["dump", "@"], ["dump", "@", "--kind", "mark"], ["dump", "@", "--from", "event:3"],
    ["dump", "@", "--format", "json"], ["dump", "@", "--to", "event:15"],
    ["stats", "@"], ["stats", "@", "--format", "json"],
    ["stats", "whole", "--compare", "@"], ["query", "@", "SELECT 1"], ["export", "@", "-o", "out.csv"],
    ["export", "@", "-o", "out.vcd", "--from", "event:3"],
  ]) func itIsToldWithoutDoubt(arguments: [String]) throws {
    let folder = try Self.folder()
    let lossy = try folder.run(arguments.map { $0 == "@" ? "lossy" : $0 })
    #expect(lossy.ending == .status(0), "\(lossy.errors)")
    #expect(lossy.errors == "partita: lossy: \(Self.sentence)\n", "\(lossy.errors)")
    let force = arguments.contains("-o") ? ["--force"] : []
    let whole = try folder.run(arguments.map { $0 == "@" ? "whole" : $0 } + force)
    #expect(whole.ending == .status(0) && whole.errors == "", "\(whole.errors)")
  }

  /// So do those that need a true module.
  @Test(arguments: [["report", "@", "-o", "out.html"], ["step", "@"], ["top", "@"]])
  func itIsToldOfARun(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LossyTrace.losing(5000..<5007, of: LongTrace.short.get()), to: "lossy")
    let run = try folder.run(arguments.map { $0 == "@" ? "lossy" : $0 })
    #expect(run.ending == .status(0), "\(run.errors)")
    #expect(run.errors.contains("lossy: note: the recorder lost 7 events before event 5000, at "), "\(run.errors)")
  }

  /// A database tells it as the trace does that it was made of.
  @Test func aDatabaseTellsItToo() throws {
    let folder = try Self.folder()
    #expect(try folder.run("export", "lossy", "-o", "out.db").ending == .status(0))
    let query = try folder.run("query", "out.db", "SELECT count(*) FROM event")
    #expect(query.ending == .status(0) && query.errors == "partita: out.db: \(Self.sentence)\n", "\(query.errors)")
  }

  /// The events before the loss and right behind it are of 8.3 µs and 1.98 ms: what was lost may be of any instant
  /// between them.
  @Test(arguments: [
    (["--to", "event:14"], false), (["--from", "event:16"], false), (["--from", "1980050ns"], false),
    (["--to", "8200ns"], false), (["--from", "8400ns"], true), (["--from", "8300ns"], true),
    (["--to", "8300ns"], true),
    (["--from", "event:14", "--limit", "1"], false), (["--from", "event:15", "--limit", "1"], true),
  ]) func aPartTellsOfItsOwnLoss(options: [String], isTold: Bool) throws {
    let folder = try Self.folder()
    let dump = try folder.run(["dump", "lossy"] + options)
    #expect(dump.ending == .status(0) && dump.errors.contains(Self.sentence) == isTold, "\(options): \(dump.errors)")
    guard !options.contains("--limit") else { return }
    let export = try folder.run(["export", "lossy", "-o", "out.csv"] + options)
    #expect(export.ending == .status(0), "\(options): \(export.errors)")
    #expect(export.errors.contains(Self.sentence) == isTold, "\(options): \(export.errors)")
  }

  /// Who concludes something from the trace says that it is not certain.
  @Test(arguments: [["replay", "lossy"], ["verify", "lossy"], ["diff", "lossy", "whole"]])
  func conclusionsAreDoubtful(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "whole")
    try folder.write(LossyTrace.losing(5000..<5007, of: LongTrace.short.get()), to: "lossy")
    let run = try folder.run(arguments)
    #expect(run.ending != .status(0) && run.ending != .status(2), "\(run.output)\(run.errors)")
  }
}
