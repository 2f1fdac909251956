import APEXTypes
import Foundation
import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// One way to break the sample module, and what must be said about it.
struct BrokenModule: CustomTestStringConvertible, Sendable {
  var rule: Rule
  /// What is replaced in the sample, and by what; the first occurrence.
  var edits: [(String, String)]
  /// A part of the line that the message must point at; nil for the whole file.
  var place: String?
  var status: Int32 = 1
  var severity = Diagnostic.Severity.error

  init(
    _ rule: Rule, _ old: String, _ new: String, at place: String?, status: Int32 = 1,
    severity: Diagnostic.Severity = .error, _ more: [(String, String)] = []
  ) {
    self.init(rule, [(old, new)] + more, at: place, status: status, severity: severity)
  }

  init(
    _ rule: Rule, _ edits: [(String, String)], at place: String?, status: Int32 = 1,
    severity: Diagnostic.Severity = .error
  ) {
    self.rule = rule
    self.edits = edits
    self.place = place
    self.status = status
    self.severity = severity
  }

  var testDescription: String { "\(rule): \(edits.map(\.1).joined(separator: " ").prefix(60))" }

  var text: String {
    var text = SampleModule.text
    for (old, new) in edits {
      guard let range = text.firstRange(of: old) else { fatalError("the sample has no '\(old)'") }
      text.replaceSubrange(range, with: new)
    }
    return text
  }
}

@Suite struct DiagnosticTests {
  @Test func sampleHolds() {
    let report = SampleModule.check(SampleModule.text, strict: true)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics)")
    #expect(report.exitStatus == 0)
  }

  @Test(arguments: BrokenModule.all)
  func isReported(_ broken: BrokenModule) {
    let text = broken.text
    let report = SampleModule.check(text)
    let found = report.diagnostics.filter { $0.rule == broken.rule }
    let line = broken.place.map { SampleModule.line(of: $0, in: text) } ?? 0
    #expect(
      found.contains { $0.line == line && $0.severity == broken.severity },
      "line \(line): \(report.diagnostics.map(\.description))")
    #expect(found.allSatisfy { !$0.message.isEmpty && !$0.advice.isEmpty && $0.file.hasSuffix("module.xml") })
    #expect(report.exitStatus == broken.status, "\(report.diagnostics.map(\.description))")
    if broken.severity == .warning {
      #expect(SampleModule.check(text, strict: true).exitStatus != 0)
    }
  }

  /// Rules that a broken module file alone cannot break have tests of their own.
  @Test func everyRuleHasATest() {
    let elsewhere: Set<Rule> = [
      .unreadableFile, .imageBesideModule, .defectiveImage, .stimulusSyntax, .stimulusOverlap,
    ]
    let covered = Set(BrokenModule.all.map(\.rule)).union(elsewhere)
    #expect(Set(Rule.allCases).subtracting(covered).isEmpty)
  }

  @Test func allErrorsComeAtOnce() {
    let text = SampleModule.text
      .replacing("Direction=\"SOURCE\"", with: "Direction=\"OUT\"")
      .replacing("WindowStartSeconds=\"0.002\"", with: "WindowStartSeconds=\"0.001\"")
      .replacing("IntervalTimerHertz=\"100\"", with: "IntervalTimerHertz=\"5\"")
    let report = SampleModule.check(text)
    #expect(Set(report.errors.map(\.rule)) == [.schemaViolation, .windowsOverlap, .clockRate])
    #expect(report.errors.map(\.line) == report.errors.map(\.line).sorted())
    #expect(report.exitStatus == 2)
  }

  /// A window of exactly L has no time of its own; a nanosecond more is a window. A gap of exactly L is enough.
  @Test func allowanceIsTheLimit() throws {
    let sample = try #require(SampleModule.check(SampleModule.text).description)
    let allowance = SwitchAllowance(sample).total.count
    func rules(_ old: String, _ new: String, _ nanoseconds: UInt64) -> Set<Rule> {
      let text = DecimalSeconds.format(Nanoseconds(nanoseconds))
      return Set(SampleModule.check(SampleModule.text.replacing(old, with: new + "=\"\(text)\"")).errors.map(\.rule))
    }
    let duration = "WindowStartSeconds=\"0.002\" WindowDurationSeconds"
    #expect(rules(duration + "=\"0.002\"", duration, allowance).contains(.windowTooShort))
    #expect(!rules(duration + "=\"0.002\"", duration, allowance + 1).contains(.windowTooShort))
    let start = "WindowStartSeconds"
    #expect(rules(start + "=\"0.002\"", start, 2_000_000 + allowance - 1) == [.gapTooShort])
    #expect(rules(start + "=\"0.002\"", start, 2_000_000 + allowance).isEmpty)
    #expect(rules(start + "=\"0.002\"", start, 1_999_999) == [.windowsOverlap])
  }

  /// A major frame of exactly 2 L is enough.
  @Test func aFrameHasTwoAllowances() throws {
    func check(_ nanoseconds: UInt64) -> CheckReport {
      let frame = DecimalSeconds.format(Nanoseconds(nanoseconds))
      let text = SampleModule.text.replacing(
        "<Partition_HM_Table", with: "<Module_Schedule MajorFrameSeconds=\"\(frame)\"/>\n<Partition_HM_Table")
      return SampleModule.check(text)
    }
    func tooShort(_ nanoseconds: UInt64) -> [Diagnostic] {
      check(nanoseconds).errors.filter { $0.rule == .majorFrameTooShort }
    }
    let least = 2 * SwitchAllowance(try #require(check(1_000_000_000).description)).total.count
    #expect(tooShort(least).isEmpty)
    let found = tooShort(least - 1)
    #expect(found.map(\.advice) == ["make it \(DecimalSeconds.format(Nanoseconds(least))) s or longer"])
  }

  /// What is wrong once is told once: of two processes of one name, and of a period that does not fit.
  @Test func nothingIsToldTwice() {
    func rules(_ old: String, _ new: String) -> [Rule] {
      SampleModule.check(SampleModule.text.replacing(old, with: new)).diagnostics.map(\.rule)
        .filter { $0 == .duplicateProcess || $0 == .processTiming }
    }
    let process = "<Process Name=\"second\" p:PeriodSeconds=\"0.01\" p:TimeCapacitySeconds=\"0.001\""
    let told = process + " p:Completion=\"TOLD\""
    #expect(rules(process, told + "/>\n" + told) == [.duplicateProcess])
    #expect(rules(process, process.replacing("\"0.01\"", with: "\"0.015\"")) == [.processTiming])
  }

  @Test func unreadableFile() {
    let report = ModuleCompiler.check(file: "/nowhere/module.xml")
    #expect(report.diagnostics.map(\.rule) == [.unreadableFile])
    #expect(report.exitStatus == 2)
    let large = SampleModule.check(String(repeating: " ", count: ModuleDocument.maximumBytes + 1))
    #expect(large.diagnostics.map(\.rule) == [.unreadableFile])
  }

  /// What is there and is no module file is not told to exist; and a pipe is not waited for.
  @Test func theTrueReasonIsTold() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    for (path, reason, advice) in [
      ("/nowhere/module.xml", "No such file or directory", "name a file that exists"),
      (folder.path, "it is a folder", "name a file"), ("/", "it is a folder", "name a file"),
      (pipe, "it is no ordinary file", "write it to one first"),
      ("/dev/zero", "it is no ordinary file", "write it to one first"),
      ("/proc/self/mem", "Input/output error", "name another"),
    ] {
      let module = ModuleCompiler.check(file: path).diagnostics
      #expect(module.map(\.rule) == [.unreadableFile] && module.map(\.advice) == [advice])
      #expect(module.map(\.message) == ["the module file cannot be read: \(reason)"])
      let file = try folder.write(SampleModule.text, to: "module.xml")
      let report = ModuleCompiler.check(file: file, options: .init(stimulusFile: path))
      #expect(report.errors.map(\.message) == ["the stimulus file cannot be read: \(reason)"])
    }
  }

  @Test func anImageThatIsThereIsNotToldToBeMissing() {
    let text = SampleModule.text.replacing("p:Image=\"Tiny.elf\"", with: "p:Image=\"/proc/self/mem\"")
    let found = SampleModule.check(text).diagnostics.filter { $0.rule == .imageNotFound }
    #expect(
      found.map(\.message) == ["the image '/proc/self/mem' of 'Beta' cannot be read: Input/output error"])
    #expect(found.map(\.advice) == ["name another"])
  }

  /// The superuser may read everything.
  @Test(.enabled(if: geteuid() != 0)) func aFileThatIsNotOursIsToldAsThat() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(SampleModule.text, to: "module.xml")
    #expect(chmod(file, 0) == 0)
    let found = ModuleCompiler.check(file: file).diagnostics
    #expect(found.map(\.message) == ["the module file cannot be read: Permission denied"])
    #expect(found.map(\.advice) == ["name one that you may read"])
  }

  /// It is not read, so bytes that are no text count as those that they are.
  @Test func aStimulusThatIsTooLong() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](repeating: 0xFF, count: StimulusScript.maximumBytes + 1)
    let options = ModuleCompiler.Options(stimulusFile: try folder.write(bytes, to: "stimulus.txt"))
    let report = ModuleCompiler.check(file: "/nowhere/module.xml", options: options)
    #expect(report.diagnostics.map(\.rule) == [.unreadableFile, .unreadableFile])
    let said = report.diagnostics.map { "\($0)" }
    #expect(said.contains { $0.contains("the stimulus file has \(bytes.count) bytes") }, "\(said)")
  }

  @Test func defectiveImage() {
    let report = SampleModule.check(SampleModule.text, image: [UInt8](repeating: 0x20, count: 128))
    #expect(report.errors.map(\.rule) == [.defectiveImage, .defectiveImage, .defectiveImage])
    #expect(
      report.errors.map(\.line)
        == ["\"Alpha\"", "\"Beta\"", "\"Drain\""].map {
          SampleModule.line(of: $0, in: SampleModule.text)
        })
    #expect(report.exitStatus == 2)
  }

  @Test func messageForm() {
    let diagnostic = Diagnostic(.lineRecipe, file: "m.xml", line: 7, message: "wrong", advice: "do right")
    #expect(diagnostic.description == "m.xml:7: error: wrong — do right [lineRecipe]")
  }
}
