import Foundation
import Testing

/// `partita analyse` beside a trace.
@Suite struct AnalyseCommandTests {
  /// A process that computes longer than its module file says is seen beyond its bound, and that is told: something
  /// that the analysis assumed does not hold.
  @Test func aResponseBeyondItsBoundIsInconclusive() throws {
    let folder = try CommandFolder()
    try Data(SharedRuns.flight.get().trace).write(to: folder.file("run.partita"))
    let module = try ModuleVariant.flightControl()
    let capacity = "p:PeriodSeconds=\"0.020\" p:TimeCapacitySeconds=\"0.004\""
    let modest = try module.replacing(capacity, by: "p:PeriodSeconds=\"0.020\" p:TimeCapacitySeconds=\"0.000000001\"")
    for (name, variant, status) in [("right.xml", module, Int32(0)), ("modest.xml", modest, 3)] {
      try Data(variant.description.utf8).write(to: folder.file(name))
      let answer = try folder.partita("analyse", name, "run.partita")
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.text.contains("BOUND EXCEEDED") == (status == 3), "\(answer.text)")
    }
  }
}
