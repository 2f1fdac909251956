import CommandFolder
import Foundation
import TraceDamage
import Testing

/// `verify` and `query` of a part of a trace.
@Suite struct VerifiedPartTests {
  private struct Answer: Decodable {
    struct Part: Decodable {
      var firstEvent: Int?
      var lastEvent: Int?
      var firstKnown: Int
    }
    struct Claim: Decodable {
      var id: String
      var verdict: String
      var checked: Int
      var first: [Place]?
    }
    struct Place: Decodable { var event: Int }
    var verdict: String
    var events: Int
    var part: Part?
    var claims: [Claim]

    init(_ output: String) throws { self = try JSONDecoder().decode(Answer.self, from: Data(output.utf8)) }

    func places(_ claim: String) -> [Int] { claims.first { $0.id == claim }?.first?.map(\.event) ?? [] }
  }

  private static let from = 60_000
  private static let to = 70_000
  private static let part = ["--from", "event:\(from)", "--to", "event:\(to)"]

  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(LongTrace.ofSomeBlocks.get(), to: "run")
    try folder.write(ViolatingTrace.miscounted(LongTrace.ofSomeBlocks.get()), to: "violated")
    return folder
  }

  private static func piped(
    _ arguments: [String], _ name: String, in folder: CommandFolder
  ) throws -> (ending: RunningCommand.Ending, output: String, errors: String) {
    let command = try RunningCommand(
      arguments, in: folder, through: ["sh", "-c", "cat \(name) | \"$0\" \"$@\""])
    return (command.finish(), command.output, command.errors)
  }

  @Test func whatWentBeforeIsUnknownAtBest() throws {
    let folder = try Self.folder()
    let run = try folder.run(["verify", "run", "--format", "json"] + Self.part)
    let answer = try Answer(run.output)
    let part = try #require(answer.part)
    #expect(part.firstEvent == Self.from && part.lastEvent == Self.to)
    #expect(part.firstKnown > 0 && part.firstKnown < Self.from)
    #expect(answer.events == Self.to - Self.from + 1)
    #expect(answer.claims.contains { $0.id == "window.start.instant" && $0.verdict == "unknown" && $0.checked > 10 })
    #expect(answer.claims.contains { $0.id == "trace.time" && $0.verdict == "pass" && $0.checked == answer.events })
    #expect(run.ending == .status(3) && answer.verdict == "unknown", "\(run.errors)")
    let text = try folder.run(["verify", "run"] + Self.part)
    #expect(text.output.contains("only events \(Self.from) to \(Self.to) were judged"), "\(text.output.suffix(400))")
    #expect(text.output.contains(" claims: what went before event \(Self.from) is not known"), "\(text.output)")
    #expect(text.output.split(separator: "\n").count < answer.claims.count + 30)
    for threads in ["1", "4"] {
      #expect(try folder.run(["verify", "run", "--threads", threads] + Self.part).output == text.output)
    }
  }

  /// Through a pipe all that went before is read: what holds is certain, up to what the part's end leaves open.
  @Test func throughAPipeTheHistoryIsKnown() throws {
    let folder = try Self.folder()
    let claims = ["--claim", "window.start", "--claim", "trace.time"]
    let run = try Self.piped(["verify", "-", "--format", "json"] + claims + Self.part, "run", in: folder)
    let answer = try Answer(run.output)
    #expect(run.ending == .status(0) && answer.verdict == "pass", "\(run.output) \(run.errors)")
    #expect(answer.part?.firstKnown == 0 && answer.part?.firstEvent == Self.from)
    // As many instances as in the part alone.
    let whole = try Answer(folder.run("verify", "run", "--format", "json", "--claim", "window.start").output)
    for claim in answer.claims where claim.id != "trace.time" {
      let all = whole.claims.first { $0.id == claim.id }?.checked ?? 0
      #expect(claim.checked > all / 20 && claim.checked < all / 5, "\(claim.checked) of \(all)")
    }
    // The beginning is a part whose history is known, in a file too.
    let beginning = try folder.run(["verify", "run", "--to", "event:\(Self.to)"] + claims)
    #expect(beginning.ending == .status(0), "\(beginning.output)")
    #expect(beginning.output.contains("only events 0 to \(Self.to) were judged"), "\(beginning.output)")
    let all = try folder.run("verify", "run", "--to", "event:\(Self.to)")
    #expect(all.ending == .status(3) && all.output.contains("the part ends before the trace does"), "\(all.output)")
  }

  /// A file's history is read where it is asked for: the answer is that through a pipe, and its evidence is there too.
  @Test func theHistoryIsReadWhereItIsAskedFor() throws {
    let folder = try Self.folder()
    for name in ["run", "violated"] {
      for arguments in [["--claim", "window"], ["--format", "json"], []] {
        let run = try folder.run(["verify", name, "--with-history"] + arguments + Self.part)
        let piped = try Self.piped(["verify", "-"] + arguments + Self.part, name, in: folder)
        #expect(run.output == piped.output && run.ending == piped.ending, "\(name) \(arguments): \(run.output)")
      }
    }
    let claim = "window.start.instant"
    let held = try folder.run(["verify", "run", "--with-history", "--claim", claim, "--evidence"] + Self.part)
    #expect(held.ending == .status(0) && held.output.contains("the worst cases:"), "\(held.output)")
    // To the end of a run of which all holds, all holds: the boot too, which is no event of the part.
    let rest = try folder.run("verify", "run", "--with-history", "--from", "event:\(Self.to)")
    let whole = try folder.run("verify", "run")
    #expect(rest.ending == whole.ending && whole.ending == .status(0), "\(rest.output) \(whole.output)")
    let without = try folder.run("verify", "run", "--with-history", "--to", "event:\(Self.to)")
    #expect(without.ending == .status(2) && without.errors.contains("--from"), "\(without.errors)")
  }

  /// The violations of a part are those that the whole trace has there.
  @Test func whatIsViolatedIsFound() throws {
    let folder = try Self.folder()
    let run = try folder.run(["verify", "violated", "--format", "json"] + Self.part)
    let answer = try Answer(run.output)
    #expect(run.ending == .status(1) && answer.verdict == "fail", "\(run.errors)")
    let piped = try Answer(Self.piped(["verify", "-", "--format", "json"] + Self.part, "violated", in: folder).output)
    let failed = answer.claims.filter { $0.verdict == "fail" }
    let worst = try #require(failed.first?.id)
    for claim in failed {
      let places = answer.places(claim.id)
      #expect(places.allSatisfy { (Self.from...Self.to).contains($0) }, "\(claim.id): \(places)")
      #expect(places == piped.places(claim.id), "\(claim.id)")
    }
    let explained = try folder.run(["verify", "violated", "--explain", worst] + Self.part)
    let place = try #require(answer.places(worst).first)
    #expect(explained.ending == .status(1) && explained.output.contains("event \(place)"), "\(explained.output)")
  }

  /// What is amiss elsewhere is no defect of the part; within it, it is.
  @Test func damageElsewhereDoesNotCount() throws {
    let folder = try Self.folder()
    var bytes = try LongTrace.ofSomeBlocks.get()
    bytes[bytes.count - 2000] ^= 0x10
    try folder.write(bytes, to: "damaged")
    let clean = try folder.run(["verify", "damaged"] + Self.part)
    #expect(try clean.output == folder.run(["verify", "run"] + Self.part).output)
    let open = try folder.run(["verify", "damaged", "--from", "event:\(Self.from)"])
    #expect(open.ending == .status(3) && open.output.contains("checksum"), "\(open.output.suffix(600))")
  }

  @Test func placesThatThereAreNotAreTold() throws {
    let folder = try Self.folder()
    for place in ["event:99999999", "frame:99999999", "9999s"] {
      for arguments in [["verify", "run"], ["query", "run", "SELECT 1"]] {
        let run = try folder.run(arguments + ["--from", place])
        #expect(run.ending == .status(2) && run.output == "", "\(arguments): \(run.output)")
        #expect(run.errors.contains("run: the trace ends before the place to begin at"), "\(run.errors)")
      }
    }
    for arguments in [
      ["verify", "run", "--from", "2s", "--to", "1s"], ["query", "run", "SELECT 1", "--from", "2s", "--to", "1s"],
      ["verify", "run", "--certificate", "c", "--to", "1s"], ["query", "--schema", "--from", "1s"],
    ] { #expect(try folder.run(arguments).ending == .status(2), "\(arguments)") }
  }

  @Test func aQueryAsksThePart() throws {
    let folder = try Self.folder()
    let sql = "SELECT min(position), max(position), count(*) FROM events"
    let run = try folder.run(["query", "run", sql, "--format", "csv"] + Self.part)
    #expect(run.ending == .status(0), "\(run.errors)")
    let answer = run.output.split(whereSeparator: \.isNewline).last.map(String.init)
    #expect(answer == "\(Self.from),\(Self.to),\(Self.to - Self.from + 1)")
    let export = try folder.run(["export", "run", "-o", "run.db"] + Self.part)
    #expect(export.ending == .status(0))
    #expect(try folder.run("query", "run.db", sql, "--format", "csv").output == run.output)
    let database = try folder.run(["query", "run.db", sql] + Self.part)
    #expect(database.ending == .status(2) && database.errors.contains("WHERE time_ns"), "\(database.errors)")
  }

  /// That no kernel recorded the run is told of a part too, whose own events do not say so: the boot is read apart.
  @Test func aPartOfAPredictionIsNoRecordedRuns() throws {
    let folder = try Self.folder()
    struct Origin: Decodable {
      var recorded: Bool?
      var part: Answer.Part
    }
    for history in [[], ["--with-history"]] {
      let run = try folder.run(["verify", "run", "--format", "json"] + Self.part + history)
      let origin = try JSONDecoder().decode(Origin.self, from: Data(run.output.utf8))
      #expect(origin.recorded == false && (origin.part.firstKnown > 0) == history.isEmpty, "\(origin)")
    }
    let text = try folder.run(["verify", "run"] + Self.part)
    #expect(text.output.contains("not recorded from a kernel but made by partita"), "\(text.output.suffix(400))")
  }
}
