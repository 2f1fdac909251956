import Testing

@testable import ModuleCompiler

/// `PartitionPeriodStart` where no window has it.
@Suite struct PeriodStartTests {
  private func periodStarts(_ text: String) -> (marked: [[Bool]], report: CheckReport) {
    let report = SampleModule.check(text)
    let schedules = report.description?.schedules ?? []
    return (schedules.flatMap(\.partitions).map { $0.windows.map(\.isPeriodStart) }, report)
  }

  private static let unmarked = SampleModule.text.replacing(/\s+PartitionPeriodStart="\w+"/, with: "")

  @Test func oneWindowAPeriodBeginsIt() {
    let (marked, report) = periodStarts(Self.unmarked)
    #expect(marked == [[true], [true, true]] && report.diagnostics.isEmpty, "\(report.diagnostics)")
  }

  /// Two windows in the first period and one in the other: only the first of the two has one a period after it.
  @Test func theStartsMayAllowOneChoiceOnly() {
    let text = Self.unmarked.replacing(
      "<Window_Schedule WindowIdentifier=\"9\"",
      with: "<Window_Schedule WindowIdentifier=\"19\" WindowStartSeconds=\"0.004\" WindowDurationSeconds=\"0.0005\"/>"
        + "<Window_Schedule WindowIdentifier=\"9\"")
    let (marked, report) = periodStarts(text)
    #expect(marked == [[true], [true, false, true]] && report.diagnostics.isEmpty, "\(report.diagnostics)")
  }

  /// Two windows in each: who knows which.
  @Test func wherePeriodStartsAreInDoubtTheyMustBeWritten() {
    let more = [("19", "0.004"), ("29", "0.009")].map {
      "<Window_Schedule WindowIdentifier=\"\($0.0)\" WindowStartSeconds=\"\($0.1)\" WindowDurationSeconds=\"0.0005\"/>"
    }
    let text = Self.unmarked.replacing(
      "<Window_Schedule WindowIdentifier=\"9\"",
      with: more.joined() + "<Window_Schedule WindowIdentifier=\"9\"")
    let (marked, report) = periodStarts(text)
    #expect(marked == [[true], [false, false, false, false]])
    #expect(report.errors.map(\.rule) == [.periodStart])
    #expect(report.errors.allSatisfy { $0.advice.contains("PartitionPeriodStart=\"true\"") })
  }

  @Test func oneMarkSpeaksForAllWindows() {
    for value in ["false", "true"] {
      let text = Self.unmarked.replacing(
        "WindowIdentifier=\"8\"", with: "WindowIdentifier=\"8\" PartitionPeriodStart=\"\(value)\"")
      let (marked, report) = periodStarts(text)
      #expect(marked == [[true], [value == "true", false]])
      #expect(report.errors.map(\.rule) == [.periodStart], "\(report.errors)")
    }
  }

  @Test func whatIsNoPeriodGetsNoStart() {
    for period in ["0", "0.003", "0.000000001"] {
      let (marked, report) = periodStarts(
        Self.unmarked.replacing("PeriodSeconds=\"0.005\" PeriodD", with: "PeriodSeconds=\"\(period)\" PeriodD"))
      #expect(marked == [[true], [false, false]] && report.exitStatus == 1, "\(period)")
    }
  }
}
