import Foundation
import Testing

/// The published virtual-interrupt contract: each of its sentences names tests, each of those exists and says that it
/// holds the sentence, and no test says so of a sentence that does not name it.
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
    let tests = try Self.tests()
    #expect(tests.values.filter { !$0.isEmpty }.count > 100)
    let defects = contract.defects(tests: tests, sections: Self.sections)
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

  static let soundTests: [String: Set<Int>] = ["A.one": [1, 2], "B.two": [2], "B.other": []]

  @Test func aSoundContractPasses() {
    #expect(Contract(Self.sound).defects(tests: Self.soundTests, sections: ["Mask"]) == [])
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
    #expect(Contract(broken).defects(tests: Self.soundTests, sections: ["Mask"]) != [], "\(what)")
  }

  @Test(
    arguments: [
      ("A.one", [1], "a test does not know of a sentence that names it"), ("B.two", [], "nor does this one"),
      ("B.two", [1, 2], "a test claims a sentence that does not name it"),
      ("B.other", [2], "a test claims a sentence that names others only"),
      ("B.other", [3], "a test claims a sentence that is not there"), ("B.other", [0], "nor is this"),
    ] as [(String, Set<Int>, String)]) func aTestThatClaimsWronglyIsSeen(
      _ test: String, _ claims: Set<Int>, _ what: String
    )
  {
    var tests = Self.soundTests
    tests[test] = claims
    #expect(Contract(Self.sound).defects(tests: tests, sections: ["Mask"]).count == 1, "\(what)")
  }

  @Test func testsAreFoundAsTheyAreWritten() {
    let source = """
      @Suite struct A {
        /// Words.
        // Contract 7, 12.
        @Test func one() {}
        // Contract 8.
        func helper() {}
        @Test(
          arguments: [1])
        func two(_ n: Int) {}
        @Test(.disabled("later")) func three() {}
      }
      extension B {
        /// @Test of nothing.
        private func four() {}
        // Contract 3.
        @Test func five() {}
        @Test func six() {}
      }
      """
    #expect(Self.tests(in: source) == ["A.one": [7, 12], "A.two": [], "B.five": [3], "B.six": []])
  }

  @Test(arguments: ["Contract 7", "Contract 7 12.", "Contract .", "Contract x."]) func aSlipInAClaimIsSeen(
    _ text: String
  ) {
    let source = "@Suite struct A {\n  // \(text)\n  @Test func one() {}\n}\n"
    #expect(Self.tests(in: source) == ["A.one": [-1]])
  }

  // MARK: The tests that there are

  /// All tests of the package as `Suite.function`, each with the sentences that it says it holds.
  static func tests() throws -> [String: Set<Int>] {
    let folder = package.appendingPathComponent("Tests")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: [String: Set<Int>] = [:]
    for case let file as URL in files
    where file.pathExtension == "swift" && file.lastPathComponent != "InterruptContractTests.swift" {
      found.merge(tests(in: try String(contentsOf: file, encoding: .utf8))) { $0.union($1) }
    }
    return found
  }

  static func tests(in source: String) -> [String: Set<Int>] {
    var found: [String: Set<Int>] = [:]
    var suite = ""
    /// The attribute above a function, as far as it has been read; empty where there is none.
    var attribute = ""
    var claims: Set<Int> = []
    for line in source.split(separator: "\n") {
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("// Contract ") { claims = Self.claims(in: text) }
      if text.hasPrefix("//") { continue }
      if let match = line.firstMatch(of: /^(?:@Suite(?:\([^)]*\))? )?(?:struct|extension) (\w+)/) {
        suite = String(match.1)
      }
      if text.hasPrefix("@Test") { attribute = text } else if !attribute.isEmpty { attribute += text }
      guard let match = line.firstMatch(of: /\bfunc (\w+)\(/) else { continue }
      if !attribute.isEmpty, !attribute.contains(".disabled(") { found["\(suite).\(match.1)"] = claims }
      attribute = ""
      claims = []
    }
    return found
  }

  /// The numbers of `// Contract 7, 12.`; −1, which no sentence has, where it is written otherwise.
  private static func claims(in text: String) -> Set<Int> {
    guard let match = text.wholeMatch(of: /\/\/ Contract (\d+(?:, \d+)*)\./) else { return [-1] }
    return Set(match.1.components(separatedBy: ", ").compactMap { Int($0) })
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
  func defects(tests: [String: Set<Int>], sections expected: [String]) -> [String] {
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
        if !test.hasPrefix("`") || tests[name] == nil {
          defects.append("sentence \(number): there is no test \(test)")
        } else if tests[name]?.contains(number) == false {
          defects.append("sentence \(number): \(name) does not say that it holds it")
        }
      }
    }
    return defects + unfounded(tests)
  }

  /// Claims of tests that the article does not know of.
  private func unfounded(_ tests: [String: Set<Int>]) -> [String] {
    let named = Dictionary(sentences.map { ($0.number, $0.tests) }) { $0 + $1 }
    return tests.flatMap { name, claims in
      claims.filter { named[$0]?.contains("`\(name)`") != true }
        .map { "\(name) says that it holds sentence \($0), which does not name it" }
    }.sorted()
  }
}
