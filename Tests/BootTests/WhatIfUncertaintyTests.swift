import CommandFolder
import Foundation
import Testing

/// What nobody can know from a trace is told as unknown, and not as what the machine then does otherwise.
@Suite struct WhatIfUncertaintyTests {
  private struct Answer: Decodable {
    struct Claim: Decodable {
      var claim: String
      var predictedVerdict: String?
    }
    var claims: [Claim]
    var weaknesses: [String]

    func verdict(_ identifier: String) -> String? { claims.first { $0.claim == identifier }?.predictedVerdict }
  }

  /// What the command predicts of a recorded run under another module file.
  private static func answer(of trace: [UInt8], under module: ModuleVariant) throws -> Answer {
    let folder = try CommandFolder()
    try folder.write(trace, to: "run.partita")
    try folder.write(Array(module.description.utf8), to: "other.xml")
    let text = try folder.partita(
      "what-if", "run.partita", "--module", "other.xml", "--images", BootImages.package + "/.build/images",
      "--format", "json"
    ).text
    return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
  }

  /// MinimalGuest with its interrupts off waits for 1.5 ms by the clock. In windows of 0.3 ms the time goes by between
  /// them; were it computing, a mark would wait for several.
  @Test func aWaitByTheClockMayHaveBeenAComputation() throws {
    let budgets = """
      <p:Budgets><p:Budget Quantity="MARK_TO_UPCALL" Subject="8" BoundSeconds="0.000005"/>
      <p:Budget Quantity="HYPERCALL" Subject="69" BoundSeconds="0.000005"/></p:Budgets>
      """
    var guest = try ModuleVariant.shipped("Guest").replacing("</p:Interrupts>", by: "</p:Interrupts>" + budgets)
    guest.stimulus = ""
    let small = try guest.replacing(
      "\"201\" WindowStartSeconds=\"0.002\" WindowDurationSeconds=\"0.005\"",
      by: "\"201\" WindowStartSeconds=\"0.002\" WindowDurationSeconds=\"0.0003\""
    ).replacing(
      "PartitionIdentifier=\"2\" PeriodSeconds=\"0.010\" PeriodDurationSeconds=\"0.005\"",
      by: "PartitionIdentifier=\"2\" PeriodSeconds=\"0.010\" PeriodDurationSeconds=\"0.0003\"")
    let run = try CapturedRun.capture(guest, milliseconds: 150)
    let other = try CapturedRun.capture(small, milliseconds: 150)
    let claim = "budget.markToUpcall.8"
    #expect(try WhatIfTests.report(other.trace).claim(claim)?.verdict == .pass)
    let (predicted, _) = try WhatIfTests.predict(run.trace, under: other.trace)
    #expect(try WhatIfTests.report(predicted).claim(claim)?.verdict == .fail)

    let answer = try Self.answer(of: run.trace, under: small)
    #expect(answer.verdict(claim) == "unknown")
    let sentence = try #require(answer.weaknesses.first { $0.contains("waited by the clock") })
    #expect(sentence.contains(claim) && sentence.contains("MinimalGuest"), "\(sentence)")
    // Of the other partition nothing is in doubt. Of this one budgets are: its worker is ready in another window, and
    // what its scheduler does there nobody knows.
    #expect(answer.verdict("process.deadline.Sensors.acquire") == "pass")
    #expect(answer.weaknesses.contains { $0.hasPrefix("processes of MinimalGuest are ready in other windows") })
    #expect(answer.verdict("budget.hypercall.69") == "unknown")
  }

  /// In windows that are too small Sensors is behind, and the recorded run ends before it has come to its last period:
  /// nothing tells that it would have missed that in larger ones.
  @Test func whatIsMissedWhenAllIsDoneIsNotCertain() throws {
    let capacity = "\"acquire\" StackSize=\"0x10000\" p:PeriodSeconds=\"0.010\" p:TimeCapacitySeconds="
    let supply = "PartitionIdentifier=\"1\" PeriodSeconds=\"0.010\" PeriodDurationSeconds="
    let plain = try ModuleVariant.flightControl()
    var small = try plain.replacing(capacity + "\"0.001\"", by: capacity + "\"0.000000001\"").replacing(
      supply + "\"0.002\"", by: supply + "\"0.000033\"")
    for window in ["101\" WindowStartSeconds=\"0.000\"", "102\" WindowStartSeconds=\"0.010\""] {
      let head = window + " WindowDurationSeconds="
      small = try small.replacing(head + "\"0.002\"", by: head + "\"0.000033\"")
    }
    small.stimulus = ""
    let run = try CapturedRun.capture(small, milliseconds: 200)
    let claim = "process.deadline.Sensors.acquire"
    let answer = try Self.answer(of: run.trace, under: plain)
    #expect(answer.verdict(claim) == "unknown", "\(answer)")
    #expect(answer.weaknesses.contains { $0.hasPrefix(claim + " is violated shortly before the end") }, "\(answer)")
    // Under its own module the recorded verdict stands, wherever it ends.
    let same = try Self.answer(of: run.trace, under: small)
    #expect(try same.verdict(claim) == WhatIfTests.report(run.trace).claim(claim)?.verdict.rawValue, "\(same)")
  }
}
