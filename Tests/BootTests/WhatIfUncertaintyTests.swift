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

    let folder = try CommandFolder()
    try folder.write(run.trace, to: "run.partita")
    try folder.write(Array(small.description.utf8), to: "small.xml")
    let text = try folder.partita(
      "what-if", "run.partita", "--module", "small.xml", "--images", BootImages.package + "/.build/images",
      "--format", "json"
    ).text
    let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    #expect(answer.verdict(claim) == "unknown")
    let sentence = try #require(answer.weaknesses.first { $0.contains("waited by the clock") })
    #expect(sentence.contains(claim) && sentence.contains("MinimalGuest"), "\(sentence)")
    // Nothing else of it is in doubt, and of the other partition nothing.
    #expect(answer.verdict("process.deadline.Sensors.acquire") == "pass")
    #expect(answer.verdict("budget.hypercall.69") == "pass")
  }
}
