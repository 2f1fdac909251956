import ModuleConfiguration
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

/// Budgets that no `check` lets through: of numbers that no service has, of lines that there are not, and two of one
/// thing. Both judges make the same claims of them.
@Suite struct ForeignBudgetTests {
  private static func judge(
    _ budgets: [BudgetRecord], _ change: (inout Story) -> Void = { _ in }
  ) throws -> VerificationReport {
    let module = try SampleModule.bounded(budgets)
    var story = Story(Scribe.story(of: module))
    change(&story)
    let trace = TraceFileTests.write(story.events, module)
    let audited = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(audited.isConfirmed, "\(audited.text)")
    return report(story.events, module)
  }

  private static func budget(_ quantity: BudgetRecord.Quantity, _ subject: UInt64, _ bound: UInt64) -> BudgetRecord {
    BudgetRecord(quantity: quantity, subject: subject, bound: bound)
  }

  /// The number of every call of nothing, and of its result, is another one.
  private static func renumber(_ story: inout Story, to number: UInt32) {
    let null = UInt32(HypercallNumber.null.rawValue)
    for index in story.lines.indices {
      let event = story.lines[index].event
      guard [.hypercall, .hypercallResult].contains(event.knownKind), event.operand & 0xFFFF == null else { continue }
      story.lines[index].event.operand = event.operand & ~0xFFFF | number
    }
  }

  @Test(arguments: [128, 200, 65535, 65536, 65536 + 73, UInt64(Int64.max) + 1, .max])
  func aCallThatNobodyMakesIsAClaimWithoutEvidence(number: UInt64) throws {
    let judged = try Self.judge([Self.budget(.hypercall, number, 1)])
    let claim = try #require(judged.claim("budget.hypercall.\(number)"))
    #expect(claim.verdict == .unknown && claim.checked == 0 && claim.title.contains("(unknown)"), "\(claim)")
    #expect(judged.claim("budget.hypercall.73")?.checked ?? 0 > 0)
  }

  /// A partition may call any number, and the budget is about how long that takes.
  @Test(arguments: [128, 200, 65535] as [UInt32]) func aCallOfNoServiceIsMeasured(number: UInt32) throws {
    for (bound, verdict) in [(1, Verdict.fail), (1_000_000, .pass)] as [(UInt64, Verdict)] {
      let judged = try Self.judge([Self.budget(.hypercall, UInt64(number), bound)]) { Self.renumber(&$0, to: number) }
      let claim = try #require(judged.claim("budget.hypercall.\(number)"))
      #expect(claim.checked > 0 && claim.verdict == verdict, "\(claim)")
    }
  }

  /// Vector 64, the timer's, is no line's, though it is 32 beyond the first one.
  @Test(arguments: [16, 32, 256, 1 << 40] as [UInt64]) func aLineThatIsNotThereIsAClaimWithoutEvidence(
    line: UInt64
  ) throws {
    let judged = try Self.judge([Self.budget(.interruptToMark, line, 1), Self.budget(.markToUpcall, line, 1)])
    for name in ["interruptToMark", "markToUpcall"] {
      let claim = try #require(judged.claim("budget.\(name).\(line)"))
      #expect(claim.verdict == .unknown && claim.checked == 0, "\(claim)")
    }
  }

  @Test func ofTwoTheLaterCounts() throws {
    let judged = try Self.judge([
      Self.budget(.hypercall, 73, 1), Self.budget(.hypercall, 73, 12345), Self.budget(.kernelTimePerFrame, 9, 54321),
      Self.budget(.windowOverrun, 9, 777), Self.budget(.padMargin, 1 << 40, 2),
    ])
    for (identifier, bound) in [
      ("budget.hypercall.73", 12345), ("budget.kernelTime", 54321), ("window.end.instant", 777), ("padding.margin", 2),
    ] {
      let claims = judged.claims.filter { $0.identifier == identifier }
      #expect(claims.map(\.bound) == [Int64(bound)] && claims.first?.checked ?? 0 > 0, "\(claims)")
    }
  }

  /// Partition 256 is not partition 0.
  @Test func aPartitionThatIsNotThereTakesNobodysSupply() throws {
    let plain = try Self.judge([])
    let judged = try Self.judge([Self.budget(.partitionSupply, 256, 0)])
    let supplies = judged.claims.filter { $0.identifier.hasPrefix("partition.supply.") }
    #expect(!supplies.isEmpty)
    for claim in supplies { #expect(plain.claim(claim.identifier)?.worst?.value == claim.worst?.value, "\(claim)") }
  }
}
