import Testing

@testable import Verification

/// What the report's formats say, and how.
@Suite struct ReportFormatTests {
  /// Names in a trace that somebody else has made give no orders to a terminal, and make no lines of their own.
  @Test func namesAreVisible() throws {
    let module = try SampleModule()
    var report = Story(Scribe.story(of: module)).verify(module)
    report.moduleName = "a\u{1B}[2J"
    report.claims[0].identifier = "x\npass  forged"
    report.claims[0].title = "\u{9B}2J"
    let shown = report.visible
    #expect(shown.moduleName == "a\u{FFFD}[2J" && shown.claims[0].title == "\u{FFFD}2J")
    #expect(shown.claims[0].identifier == "x\u{FFFD}pass  forged")
    let text = shown.text(isColored: false)
    #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    #expect(!text.contains("\npass  forged"))
  }

  @Test func aFailIsExplainedInEveryFormat() throws {
    let module = try SampleModule()
    var story = Story(Scribe.story(of: module))
    story.drop(.upcallWritten, 2)
    let report = story.verify(module).limited(to: ["upcall"])
    #expect(report.claims.allSatisfy { $0.identifier.hasPrefix("upcall.") })
    let text = report.text(isColored: false)
    #expect(text.contains("fail  upcall.written"))
    #expect(text.contains("its frame was not written"))
    #expect(report.text(isColored: true).contains("\u{1B}[31m"))
    #expect(!report.text(isColored: false, isQuiet: true).contains("upcall.order"))
    #expect(report.json.contains("\"id\": \"upcall.written\""))
    #expect(report.json.contains("\"verdict\": \"fail\""))
    #expect(report.junit.contains("<failure message=\"event "))
    #expect(report.junit.contains("failures=\"1\" errors=\"0\""))
  }

  @Test func namesFromTheTableAreEscaped() throws {
    let module = try SampleModule()
    var report = Story(Scribe.story(of: module)).verify(module)
    report.moduleName = "a\"<b>&\u{1}\\"
    #expect(report.json.contains("\"module\": \"a\\\"<b>&\\u0001\\\\\""))
    #expect(report.junit.contains("name=\"a&quot;&lt;b&gt;&amp; \\\""))
  }

  /// A partition's first window after a start is not judged, and whoever reads the claim is told so.
  @Test func theClaimSaysWhatItLeavesOut() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    let start = try #require(report.claim("window.start.instant"))
    #expect(start.title.hasSuffix(", unless its memory is made anew"))
    #expect(report.explanation(of: start).contains(start.title))
  }

  @Test func marginsHaveTheRightSign() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    let start = try #require(report.claim("window.start.instant"))
    #expect(start.margin == 10 && start.worst?.value == 0)
    let pad = try #require(report.claim("padding.margin"))
    #expect(pad.isFloor && pad.bound == 1 && pad.margin! > 0 && pad.margin! == pad.worst!.value - 1)
    let deadline = try #require(report.claim("process.deadline.Control.law"))
    #expect(deadline.worst?.value == 1_000_000 && deadline.bound == 1_800_000 && deadline.margin == 800_000)
  }
}
