import Testing

@testable import Verification

/// The list of claims, and how some of them are chosen.
@Suite struct ClaimListTests {
  @Test func everyClaimHasNameSentenceAndSource() throws {
    let module = try SampleModule()
    let claims = Verifier(table: module.table).claims
    #expect(Set(claims.map(\.identifier)).count == claims.count)
    #expect(claims.allSatisfy { !$0.title.isEmpty && !$0.source.isEmpty && $0.identifier.contains(".") })
    #expect(claims.first { $0.identifier == "window.start.instant" }?.bound == 10)
    // What the report judges is what the list has, in the same order.
    let report = Story(Scribe.story(of: module)).verify(module)
    #expect(report.claims.map(\.identifier) == claims.map(\.identifier))
  }

  @Test(arguments: [
    ("upcall", "upcall.order", true), ("upcall", "upcallx.order", false), ("upcall.order", "upcall.order", true),
    ("upcall.order", "upcall", false), ("*", "a.b", true), ("*.order", "upcall.order", true),
    ("up*.o?der", "upcall.order", true), ("up*.o?der", "upcall.oder", false), ("b*8", "budget.hypercall.68", true),
    ("b*8", "budget.hypercall.681", false), ("", "a", false), ("**", "", true), ("a?", "a", false),
  ])
  func patternsMatch(_ pattern: String, _ identifier: String, _ expected: Bool) {
    #expect(ClaimPattern(pattern).matches(identifier) == expected)
  }

  @Test func claimsAreChosenAndLeftOut() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    let chosen = report.limited(to: ["budget.*", "upcall"], except: ["*.8", "upcall.order"]).claims.map(\.identifier)
    #expect(chosen.contains("budget.interruptToMark.0") && chosen.contains("upcall.count"))
    #expect(!chosen.contains("budget.interruptToMark.8") && !chosen.contains("upcall.order"))
    #expect(report.limited(to: []).claims.count == report.claims.count)
    #expect(report.limited(to: [], except: ["*"]).claims.isEmpty)
  }
}
