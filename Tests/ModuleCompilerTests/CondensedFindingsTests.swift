import Testing

@testable import ModuleCompiler

/// What a person is told of many findings.
@Suite struct CondensedFindingsTests {
  private static func finding(
    _ line: Int, _ message: String, _ severity: Diagnostic.Severity = .warning
  ) -> Diagnostic {
    Diagnostic(.systemState, severity: severity, file: "m.xml", line: line, message: message, advice: "leave it out")
  }

  @Test func aWarningOfManyLinesIsToldThreeTimesAndCounted() {
    let findings =
      (1...9).map { Self.finding($0 * 10, "state 7 is unknown") } + [Self.finding(95, "state 8 is unknown")]
    let condensed = CondensedFindings(findings)
    #expect(condensed.told.map(\.line) == [10, 20, 30, 95])
    #expect(
      condensed.counts == [
        "m.xml: warning: the same 6 times more, in lines 40 to 90: state 7 is unknown [\(Rule.systemState.rawValue)]"
      ])
  }

  @Test func oneMoreIsToldWithItsLine() {
    let condensed = CondensedFindings((1...4).map { Self.finding($0, "state 7 is unknown") })
    #expect(condensed.told.map(\.line) == [1, 2, 3])
    #expect(condensed.counts.count == 1 && condensed.counts[0].contains("the same in line 4: state 7"))
  }

  @Test func errorsAreAllTold() {
    let findings = (1...9).map { Self.finding($0, "state 7 is unknown", .error) }
    let condensed = CondensedFindings(findings)
    #expect(condensed.told == findings && condensed.counts.isEmpty)
  }
}
