import Testing
import TraceFormat

/// What-if under another interrupt policy, held against the machine: the recorded demand under the new policy is what
/// the machine does under it.
@Suite struct WhatIfPolicyTests {
  /// How a line of the module FlightControl is changed.
  struct Change: Sendable, CustomStringConvertible {
    var vector: UInt32
    var old: String
    var new: String
    /// Whether each partition does the same in the same order. Where line 0 is masked it does not: the first upcall of
    /// Maintenance comes while that starts, a window earlier or later.
    var isInOrder = true

    var description: String { "\(old) → \(new)" }
  }

  static let changes = [
    Change(
      vector: 40, old: "\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"8\"",
      new: "\"8\" Policy=\"MASKED_UNTIL_OWNER\""),
    Change(
      vector: 40, old: "\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"8\"",
      new: "\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"2\""),
    Change(
      vector: 32, old: "\"0\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"4\"",
      new: "\"0\" Policy=\"MASKED_UNTIL_OWNER\"", isInOrder: false),
  ]

  private static func plain() throws -> ModuleVariant {
    var module = try ModuleVariant.flightControl()
    module.stimulus = ""
    return module
  }

  private static let recorded: Result<CapturedRun, any Error> = Result {
    try CapturedRun.capture(plain(), milliseconds: 1_000)
  }

  /// Interrupts by vector; marks and upcalls by vector and partition.
  private static func counts(_ bytes: [UInt8]) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for event in try WhatIfTests.events(bytes) {
      let vector = event.operand & 0xFFFF
      switch event.knownKind {
      case .interrupt: counts["interrupt \(vector)", default: 0] += 1
      case .mark: counts["mark \(vector) of \(event.partition)", default: 0] += 1
      case .upcall: counts["upcall \(vector) of \(event.partition)", default: 0] += 1
      default: continue
      }
    }
    return counts
  }

  @Test(arguments: changes) func anotherPolicyIsPredictedAsItIsCaptured(change: Change) throws {
    let run = try Self.recorded.get()
    let other = try CapturedRun.capture(
      Self.plain().replacing(change.old, by: change.new), milliseconds: 1_000)
    let (predicted, doubts) = try WhatIfTests.predict(run.trace, under: other.trace)
    #expect(doubts.isEmpty, "\(doubts)")
    let (before, after) = (try Self.counts(run.trace), try Self.counts(other.trace))
    let foretold = try Self.counts(predicted)
    #expect(foretold == after, "\(change)")
    // The change is one that matters: many interrupts fewer, and for each of the others its marks and upcalls.
    let name = "interrupt \(change.vector)"
    #expect((after[name] ?? 0) > 30 && (after[name] ?? 0) * 5 < (before[name] ?? 0) * 4, "\(before), \(after)")
    #expect(after.count > 5, "\(after)")

    let (mine, its) = (try WhatIfTests.report(predicted), try WhatIfTests.report(other.trace))
    #expect(mine.claims.map(\.identifier) == its.claims.map(\.identifier))
    for claim in its.claims where change.isInOrder || claim.identifier.hasPrefix("process.") {
      #expect(mine.claim(claim.identifier)?.verdict == claim.verdict, "\(change): \(claim.identifier)")
    }
    if change.isInOrder {
      try WhatIfTests.expect(predicted, equals: other.trace, tolerance: 500)
    } else {
      for claim in its.claims where claim.identifier.hasPrefix("process.deadline.") {
        let difference = (mine.claim(claim.identifier)?.worst?.value ?? .max) - (claim.worst?.value ?? 0)
        #expect(difference.magnitude < 2000, "\(change): \(claim.identifier) by \(difference) ns")
      }
    }
  }
}
