import Foundation
import Testing

/// The published virtual-interrupt contract: each of its sentences names tests, and all of those exist.
@Suite struct InterruptContractTests {
  static let package: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()
  static let article = Result {
    let file = package.appendingPathComponent("Sources/PartitionCore/PartitionCore.docc/VirtualInterruptContract.md")
    return try String(contentsOf: file, encoding: .utf8)
  }
  /// What a contract of virtual interrupts has to speak of.
  static let sections = [
    "Ask", "Mask", "Pend", "Count", "Coalesce", "Order", "Direct and marked delivery", "Nest", "Overflow", "Stack",
    "End", "Return", "Timer and missed ticks", "Event channels", "Lines and strangers", "Exceptions",
  ]

  @Test func everySentenceHasItsTests() throws {
    let contract = try Contract(Self.article.get())
    #expect(contract.sentences.count >= 60)
    let defects = contract.defects(tests: try Self.tests(), sections: Self.sections)
    #expect(defects == [], "\(defects.joined(separator: "\n"))")
  }

  // MARK: The check itself can fail

  static let sound = """
    # Title
    ## Overview
    Words.
    ## Mask
    **1.** It is so.
    Tests: `A.one`

    **2.** It is so,
    and so.
    Tests: `A.one`, `B.two`
    """

  @Test func aSoundContractPasses() {
    #expect(Contract(Self.sound).defects(tests: ["A.one", "B.two"], sections: ["Mask"]) == [])
    #expect(Contract(Self.sound).sentences.map(\.text) == ["It is so.", "It is so, and so."])
  }

  @Test(arguments: [
    ("**2.**", "**3.**", "a number is missing"), ("**2.**", "**1.**", "a number is doubled"),
    ("\nTests: `A.one`\n", "\n", "a sentence has no test"), ("`B.two`", "`B.three`", "a test does not exist"),
    ("`B.two`", "`two`", "a test without its suite"), ("## Mask", "## Mast", "a section is missing"),
    ("and so.", "and so. And this.", "two sentences under one number"), ("**2.** ", "", "a sentence without a number"),
    ("## Mask\n", "## Mask\n**0.** Nothing.\nTests: `A.one`\n\n", "it does not begin with 1"),
    ("It is so.", "", "no sentence at all"),
  ]) func aBrokenContractIsSeen(_ old: String, _ new: String, _ what: String) {
    let broken = Self.sound.replacingOccurrences(of: old, with: new)
    #expect(broken != Self.sound)
    #expect(Contract(broken).defects(tests: ["A.one", "B.two"], sections: ["Mask"]) != [], "\(what)")
  }

  @Test func testsAreFoundAsTheyAreWritten() {
    let source = """
      @Suite struct A {
        @Test func one() {}
        func helper() {}
        @Test(
          arguments: [1])
        func two(_ n: Int) {}
        @Test(.disabled("later")) func three() {}
      }
      extension B {
        /// @Test of nothing.
        private func four() {}
        @Test func five() {}
      }
      """
    #expect(Self.tests(in: source) == ["A.one", "A.two", "B.five"])
  }

  // MARK: The tests that there are

  /// All tests of the package as `Suite.function`.
  static func tests() throws -> Set<String> {
    let folder = package.appendingPathComponent("Tests")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      found.formUnion(tests(in: try String(contentsOf: file, encoding: .utf8)))
    }
    return found
  }

  static func tests(in source: String) -> Set<String> {
    var found: Set<String> = []
    var suite = ""
    /// The attribute above a function, as far as it has been read; empty where there is none.
    var attribute = ""
    for line in source.split(separator: "\n") {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("//") { continue }
      if let match = line.firstMatch(of: /^(?:@Suite(?:\([^)]*\))? )?(?:struct|extension) (\w+)/) {
        suite = String(match.1)
      }
      if text.hasPrefix("@Test") { attribute = text } else if !attribute.isEmpty { attribute += text }
      guard let match = line.firstMatch(of: /\bfunc (\w+)\(/) else { continue }
      if !attribute.isEmpty, !attribute.contains(".disabled(") { found.insert("\(suite).\(match.1)") }
      attribute = ""
    }
    return found
  }
}

/// The article as far as it binds: its sections and numbered sentences with the tests that they name.
struct Contract {
  struct Sentence {
    var number: Int
    var text: String
    var tests: [String]
  }
  private(set) var sections: [String] = []
  private(set) var sentences: [Sentence] = []
  /// Paragraphs behind the overview that are no numbered sentence.
  private(set) var loose: [String] = []

  init(_ article: String) {
    var paragraph = ""
    for line in article.components(separatedBy: "\n") + [""] {
      if line.hasPrefix("#") || line.isEmpty {
        close(&paragraph)
        if line.hasPrefix("## ") { sections.append(String(line.dropFirst(3))) }
      } else {
        paragraph += (paragraph.isEmpty ? "" : " ") + line
      }
    }
  }

  private mutating func close(_ paragraph: inout String) {
    defer { paragraph = "" }
    guard !paragraph.isEmpty, let section = sections.last, section != "Overview" else { return }
    guard let match = paragraph.wholeMatch(of: /\*\*(\d+)\.\*\* (.*?) ?(?:Tests: (.*))?/),
      let number = Int(match.1)
    else { return loose.append(paragraph) }
    let tests = match.3.map { $0.components(separatedBy: ", ") } ?? []
    sentences.append(Sentence(number: number, text: String(match.2), tests: tests))
  }

  /// What is wrong with the article, in words; empty where it binds.
  func defects(tests: Set<String>, sections expected: [String]) -> [String] {
    var defects: [String] = []
    for section in expected where !sections.contains(section) { defects.append("there is no section \(section)") }
    defects += loose.map { "no number: \($0.prefix(60))" }
    if sentences.isEmpty { defects.append("there is no sentence") }
    for (index, sentence) in sentences.enumerated() {
      let number = sentence.number
      if number != index + 1 { defects.append("number \(number) stands where \(index + 1) belongs") }
      if sentence.tests.isEmpty { defects.append("sentence \(number) has no test") }
      if sentence.text.isEmpty || sentence.text.last != "." || sentence.text.dropLast().contains(". ") {
        defects.append("number \(number) is not one sentence: \(sentence.text)")
      }
      for test in sentence.tests {
        let name = test.trimmingCharacters(in: ["`"])
        if !test.hasPrefix("`") || !tests.contains(name) {
          defects.append("sentence \(number): there is no test \(test)")
        }
      }
    }
    return defects
  }
}
