import CommandFolder
import Foundation
import Testing
import TraceDamage
import TraceReading

/// `partita report`: its page, opened in a browser, says of a run what the other commands say.
///
/// Opened with `#selfcheck` the page counts what it shows and presses every way from a claim to its evidence; what it
/// found is read from the document that the browser prints.
@Suite struct ReportTests {
  @Test func pageOfAShortRunHasAllOfIt() throws {
    let page = try ReportPage(trace: SharedRuns.logged.get().trace)
    #expect(page.found.detailed == page.found.events, "a short run is on the page event by event")
    try expectAgreement(page)
  }

  @Test func pageOfALongRunIsBoundedAndHasItsEvidence() throws {
    let run = try SharedRuns.flight.get()
    let page = try ReportPage(trace: run.trace)
    #expect(page.found.events > 50_000)
    #expect(page.found.detailed <= 24_000)
    #expect(page.found.detailed > 5_000)
    #expect(page.byteCount < 10_000_000)
    try expectAgreement(page)
  }

  /// In so much haste that the trace is too long for its time, which its last event shows, and with a bound that a call
  /// seldom misses: more often than the page names the instants, and in few of its columns.
  @Test func pageOfFiveMillionEventsIsOneToWorkWith() throws {
    let folder = try CommandFolder()
    let module = try ModuleVariant.flightControl().replacing(
      "Subject=\"69\" BoundSeconds=\"0.000005\"", by: "Subject=\"69\" BoundSeconds=\"0.0000003\"")
    try Data(module.description.utf8).write(to: folder.url("module.xml"))
    let made = try folder.partita(
      "synthesize", "module.xml", "--images", BootImages.folder, "--events", "5000000", "--gap", "10", "--shuffled",
      "-o", "run.partita")
    #expect(made.status == 0, "\(made.text)")
    let page = try ReportPage(in: folder)
    let found = page.found
    #expect(found.events >= 5_000_000)
    #expect(found.detailed <= 24_000)
    #expect(page.byteCount < 10_000_000)
    // The rows of such a run, and one for each of the two claims.
    try expectAgreement(page, rows: 30)
    let told = try #require(found.jumps["violations"])
    #expect(try #require(found.sums["violation"]) > told)
    #expect(found.jumps["last"] == found.events - 1, "the end is the evidence of the trace's size")
    #expect(found.hidden == 0, "what is counted is to be seen, however far one has zoomed out")
    #expect(try #require(found.names["tried"]) > 10)
    #expect(found.names["shown"] == found.names["tried"], "close up a call has its name beside it")
    // A row has as many columns as pixels; those of the overview come to some six rows, and to nothing the events.
    #expect(found.drawn <= 1400 * (found.rows + 8))
    #expect(found.isAbsenceTold)
    #expect(found.followed < 10, "what is below a pointer is not drawn anew for it")
  }

  /// Ways from a claim to its evidence: to its worst case, and to each violation that is told.
  private func wayCount(of claim: [String: Any]) -> (all: Int, violations: Int) {
    let positions = ["first", "worstViolations"].map { key in
      (claim[key] as? [[String: Any]] ?? []).compactMap { $0["event"] as? Int }
    }
    let violations = positions[0].count + positions[1].filter { !positions[0].contains($0) }.count
    return (violations + (claim["worst"] == nil ? 0 : 1), violations)
  }

  /// Everything on the page that another command tells too.
  private func expectAgreement(_ page: ReportPage, rows: Int = 25) throws {
    let found = page.found
    #expect(found.problems == [])
    let statistics = try page.answer("stats")
    let kinds = try #require(statistics["kinds"] as? [String: Int])
    #expect(found.events == statistics["events"] as? Int)
    #expect(found.sums["interrupt"] == kinds["interrupt"])
    #expect(found.sums["mark"] == kinds["mark"])
    #expect(found.sums["upcall"] == kinds["upcallWritten"])
    #expect(found.sums["hypercall"] == kinds["hypercall"])
    #expect(found.frames == kinds["majorFrameStart"])
    let shares = try #require(statistics["ringThreeNs"] as? [String: Int])
    #expect(found.shares == shares)
    let others: Set = ["kernel and padding", "events missing"]
    #expect(found.sums["run"] == shares.filter { !others.contains($0.key) }.values.reduce(0, +))
    let measures = try #require(statistics["measures"] as? [[String: Any]])
    #expect(found.measures.map(\.measure) == measures.map { $0["measure"] as? String })
    #expect(found.measures.map(\.subject) == measures.map { $0["subject"] as? String })
    #expect(found.measures.map(\.total) == measures.map { $0["count"] as? Int })
    #expect(found.measures.map(\.max) == measures.map { $0["maximumNs"] as? Int })
    #expect(found.histogramsShown == measures.count)
    let claims = try #require(try page.answer("verify")["claims"] as? [[String: Any]])
    #expect(found.claims == claims.count)
    for verdict in ["pass", "fail", "unknown"] {
      let count = claims.count { $0["verdict"] as? String == verdict }
      #expect(found.verdicts[verdict] == count)
    }
    let ways = claims.map { wayCount(of: $0) }
    #expect(found.jumps["tried"] == ways.map(\.all).reduce(0, +))
    #expect(found.jumps["violations"] == ways.map(\.violations).reduce(0, +))
    #expect(found.sums["violation"] ?? 0 == claims.compactMap { $0["failures"] as? Int }.reduce(0, +))
    #expect(found.jumps["shown"] == found.jumps["tried"], "each leads to its event, in view and selected")
    // Of the module as it ships five partitions run, three lines interrupt, two partitions take upcalls.
    #expect(found.rows == rows)
    #expect(found.isWholeAgain)
    // What was drawn is no empty canvas, in the whole and close up.
    #expect(try #require(found.colours["whole"]) > 12)
    #expect(try #require(found.colours["close"]) > 8)
  }

  /// A link to an event that is not on the page says so, and where it is to be seen.
  @Test func aLinkToAnEventThatIsNotThereIsAnswered() throws {
    let folder = try CommandFolder()
    let run = try SharedRuns.flight.get()
    try Data(run.trace).write(to: folder.url("run.partita"))
    #expect(try folder.partita("report", "run.partita", "-o", "page.html").status == 0)
    func notice(_ hash: String) throws -> String {
      let text = try folder.browse("page.html#\(hash)")
      guard let start = text.range(of: "class=\"notice absence\">") else { return "" }
      return String(text[start.upperBound...].prefix(200))
    }
    #expect(try notice("event=5") == "")
    #expect(try notice("event=99999999").hasPrefix("There is no event 99"))
    // A long run: some event in its midst is on no stretch.
    let middle = try (0..<40).lazy.map { run.events.count / 2 + $0 * 500 }.first { try !notice("event=\($0)").isEmpty }
    let absent = try #require(middle)
    #expect(try notice("event=\(absent)").contains("--from event:\(absent) --limit 20"))
  }

  @Test func damageIsOnThePageAndInTheStatus() throws {
    let whole = try SharedRuns.inSmallBlocks.get().trace
    let page = try ReportPage(trace: Array(whole.dropLast(whole.count / 3)), status: 3)
    #expect(page.found.problems == [])
    #expect(page.document.contains("The trace is not whole"))
    #expect(try #require(page.found.verdicts["unknown"]) > 0)
  }

  /// The time of what is missing is a row of its own on the page, as in `partita stats`, and not the kernel's.
  @Test func missingTimeIsNobodysOnThePageToo() throws {
    var surgery = BlockSurgery(try SharedRuns.inSmallBlocks.get().trace)
    surgery.blocks.removeSubrange(3..<surgery.blocks.count - 3)
    let page = try ReportPage(trace: surgery.bytes, status: 3)
    #expect(page.found.problems == [])
    let shares = try #require(try page.answer("stats")["ringThreeNs"] as? [String: Int])
    #expect(page.found.shares == shares)
    #expect(try #require(shares["events missing"]) > 10 * (try #require(shares["kernel and padding"])))
  }

  @Test func nothingIsOverwrittenOrLeftBehind() throws {
    let folder = try CommandFolder()
    try Data("precious".utf8).write(to: folder.url("page.html"))
    try Data("no trace".utf8).write(to: folder.url("foreign"))
    try Data(SharedRuns.inSmallBlocks.get().trace).write(to: folder.url("run.partita"))
    #expect(try folder.partita("report", "run.partita", "-o", "page.html").status == 2)
    #expect(try folder.partita("report", "foreign", "-o", "page.html", "--force").status == 2)
    #expect(try folder.partita("report", "-", "-o", "other.html").status == 2)
    #expect(try folder.partita("report", "run.partita", "-o", "nowhere/page.html").status == 2)
    #expect(try String(contentsOf: folder.url("page.html"), encoding: .utf8) == "precious")
    #expect(folder.names == ["foreign", "page.html", "run.partita"])
    #expect(try folder.partita("report", "run.partita", "-o", "page.html", "--force").status == 0)
    #expect(try Data(contentsOf: folder.url("page.html")).count > 100_000)
  }

  /// The command by itself, copied elsewhere, has the whole page in it.
  @Test func copiedCommandStillMakesPages() throws {
    let folder = try CommandFolder()
    try Data(SharedRuns.inSmallBlocks.get().trace).write(to: folder.url("run.partita"))
    try FileManager.default.copyItem(atPath: CommandFolder.command(), toPath: folder.file("copy"))
    let answer = try folder.run(folder.file("copy"), ["report", "run.partita", "-o", "page.html"])
    #expect(answer.status == 0, "\(answer.text)")
    let page = try String(contentsOf: folder.url("page.html"), encoding: .utf8)
    #expect(page.contains("function selfCheck(") && page.contains("--paper:") && !page.contains("{{"))
    #expect(OutsideLoads(of: page).found == [], "nothing is loaded from anywhere")
    // Nor may anything be, should a run's own names bring it in.
    #expect(page.contains("http-equiv=\"Content-Security-Policy\"") && page.contains("\"default-src 'none'; "))
  }

  /// The check above sees each way to load something, and takes a place in the page, or a name, for none.
  @Test(arguments: [
    "<script src=\"https://example.com/a.js\"></script>", "<script src=a.js></script>", "<a href='other.html'>",
    "<link rel=stylesheet>", "<img alt=x>", "@import 'a.css';", "background: url(a.png)", "await fetch(\"a\")",
    "import(name)", "import { a } from b", "new XMLHttpRequest()", "new WebSocket(a)", "navigator.sendBeacon(a)",
    "new Worker(a)", "const place = 'http://example.com/';", "image.src = name", "<meta http-equiv=refresh>",
  ]) func whatIsLoadedIsSeen(part: String) {
    let page = "<a href=\"#claims\"><svg xmlns=\"http://www.w3.org/2000/svg\">"
    #expect(OutsideLoads(of: page).found == [])
    #expect(OutsideLoads(of: page + part).found != [])
  }
}
