import APEXTypes
import ModuleConfiguration
import Testing

@testable import ModuleCompiler

/// What each rule lets pass just so: the module is changed to the last value that is allowed, and the rule is silent.
///
/// That the next one is refused `BrokenModule` has. A rule may be silent where another one speaks.
@Suite struct GreatestAllowedTests {
  struct Allowed: CustomTestStringConvertible, Sendable {
    var rule: Rule
    var edits: [(String, String)]

    init(_ rule: Rule, _ edits: (String, String)...) { (self.rule, self.edits) = (rule, edits) }

    var testDescription: String { "\(rule): \(edits.map(\.1).joined(separator: " ").prefix(60))" }
  }

  private static func check(_ edits: [(String, String)]) -> CheckReport {
    var text = SampleModule.text
    for (old, new) in edits {
      guard let range = text.firstRange(of: old) else { fatalError("the sample has no '\(old)'") }
      text.replaceSubrange(range, with: new)
    }
    return SampleModule.check(text)
  }

  private static func lines(_ range: Range<Int>, _ line: (Int) -> String) -> String {
    range.map { line($0) + "\n" }.joined()
  }

  private static func claims(_ content: String) -> (String, String) { ("<p:Clocks", BrokenModule.choosing(content)) }

  private static let name = String(repeating: "n", count: 32)

  static let claims: [Allowed] = [
    Allowed(
      .claimName,
      ("<p:Clocks", BrokenModule.claiming(BrokenModule.soundClaim.replacing("in.after-out_1", with: name)))),
    Allowed(
      .tooManyClaims,
      claims(lines(0..<64) { "<p:Claim Name=\"c\($0)\" Form=\"NEVER\"><p:Event Kind=\"exception\"/></p:Claim>" })),
    Allowed(.claimChoice, claims("<p:Choose Claims=\"upcall\(String(repeating: "*", count: 122))\"/>")),
    Allowed(.claimChoice, claims(lines(0..<64) { _ in "<p:Choose Claims=\"upcall\"/>" })),
  ]

  static let trace: [Allowed] = [
    Allowed(.clockRate, ("IntervalTimerHertz=\"100\"", "IntervalTimerHertz=\"19\"")),
    Allowed(.clockRate, ("IntervalTimerHertz=\"100\"", "IntervalTimerHertz=\"10000\"")),
    Allowed(.clockRate, ("RealTimeClockHertz=\"64\"", "RealTimeClockHertz=\"2\"")),
    Allowed(.clockRate, ("RealTimeClockHertz=\"64\"", "RealTimeClockHertz=\"8192\"")),
    Allowed(.traceSize, ("RingBytes=\"65536\"", "RingBytes=\"268435456\"")),
    Allowed(.traceSize, ("KeyframeIntervalFrames=\"10\"", "KeyframeIntervalFrames=\"1\"")),
    Allowed(.traceSize, ("KeyframeIntervalFrames=\"10\"", "KeyframeIntervalFrames=\"1000000\"")),
    Allowed(.traceSize, ("EventsPerBlock=\"100\"", "EventsPerBlock=\"16\"")),
    Allowed(.traceSize, ("EventsPerBlock=\"100\"", "EventsPerBlock=\"65536\"")),
    Allowed(.lineBudget, ("BudgetPerWindow=\"2\"", "BudgetPerWindow=\"1\"")),
    Allowed(.lineBudget, ("BudgetPerWindow=\"2\"", "BudgetPerWindow=\"1000\"")),
  ]

  static let partitions: [Allowed] = [
    Allowed(
      .tooManyPartitions,
      (
        "<Partition PartitionIdentifier=\"30\"",
        lines(100..<129) { "<Partition PartitionIdentifier=\"\($0)\"/>" } + "<Partition PartitionIdentifier=\"30\""
      )),
    Allowed(.numberOutOfRange, ("PartitionIdentifier=\"20\"", "PartitionIdentifier=\"2147483647\"")),
    Allowed(.nameTooLong, ("\"Beta\"", "\"\(name)\"")),
    Allowed(.stackTooLarge, ("StackSize=\"5000\"", "StackSize=\"16777216\"")),
    Allowed(.stackTooLarge, ("StackSize=\"5000\"", "StackSize=\"1\"")),
    Allowed(.upcallDepth, ("p:MaximumUpcallDepth=\"7\"", "p:MaximumUpcallDepth=\"1\"")),
    Allowed(.upcallDepth, ("p:MaximumUpcallDepth=\"7\"", "p:MaximumUpcallDepth=\"16\"")),
    Allowed(.processPriority, ("p:Priority=\"7\"", "p:Priority=\"1\"")),
    Allowed(.processPriority, ("p:Priority=\"7\"", "p:Priority=\"239\"")),
    Allowed(
      .processTiming, ("p:TimeCapacitySeconds=\"0.001\"", "p:TimeCapacitySeconds=\"0.005\" p:DeadlineSeconds=\"0.005\"")
    ),
    Allowed(
      .processTiming,
      ("p:Priority=\"7\"", "p:ReleaseOffsetSeconds=\"0.004999999\" p:Completion=\"TOLD\" p:Priority=\"7\"")),
    Allowed(.portGrantRange, ("First=\"0x3F8\"", "First=\"\(ModuleLimits.grantablePortCount - 8)\"")),
  ]

  static let ports: [Allowed] = [
    Allowed(
      .tooManyPorts,
      (
        "<Sampling_Port Name=\"OUT\"",
        lines(0..<126) { "<Sampling_Port Name=\"P\($0)\" MaxMessageSize=\"1\" Direction=\"SOURCE\"/>" }
          + "<Sampling_Port Name=\"OUT\""
      )),
    Allowed(.messageSize, ("MaxMessageSize=\"64\"", "MaxMessageSize=\"8192\"")),
    Allowed(.messageSize, ("MaxMessageSize=\"64\"", "MaxMessageSize=\"1\"")),
    Allowed(
      .tooManyEventChannels,
      (
        "</p:Event_Channels>",
        lines(2..<64) {
          "<p:EventChannel Identifier=\"\(100 + $0)\" SourcePartition=\"10\" "
            + "DestinationPartition=\"20\" Vector=\"48\"/>"
        } + "</p:Event_Channels>"
      )),
    Allowed(
      .tooManyWindows,
      (
        "<Window_Schedule WindowIdentifier=\"9\"",
        lines(100..<353) {
          "<Window_Schedule WindowIdentifier=\"\($0)\" WindowStartSeconds=\"0.009\" WindowDurationSeconds=\"0.0001\"/>"
        } + "<Window_Schedule WindowIdentifier=\"9\""
      )),
    Allowed(.durationExceedsPeriod, ("PeriodDurationSeconds=\"0.002\"", "PeriodDurationSeconds=\"0.01\"")),
  ]

  private static func second(_ attributes: String = "") -> (String, String) {
    (
      "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\" \(attributes)") + "<Partition_HM_Table"
    )
  }

  /// What a rule is not about, though it is near.
  static let others: [Allowed] = [
    Allowed(.refreshPeriod, (" RefreshRateSeconds=\"0.01\"", "")),
    Allowed(
      .duplicateSchedule, ("ScheduleName=\"only\"", "InitialModuleSchedule=\"true\""), second(),
      ("ScheduleName=\"second\"", "")),
    // A period that the initial frame is no multiple of: when the schedule changes decides where it begins.
    Allowed(
      .periodsShifted, BrokenModule.initial, second(),
      ("p:PeriodSeconds=\"0.005\"", "p:Completion=\"TOLD\" p:PeriodSeconds=\"0.02\"")),
    // Who starts anew counts from there.
    Allowed(
      .periodsShifted, BrokenModule.initial, second("ScheduleChangeAction=\"WARM_START\""),
      ("MajorFrameSeconds=\"0.02\"", "MajorFrameSeconds=\"0.01\""),
      ("\"10\" PeriodSeconds=\"0.02\"", "\"10\" PeriodSeconds=\"0.01\""),
      ("p:PeriodSeconds=\"0.005\"", "p:Completion=\"TOLD\" p:PeriodSeconds=\"0.01\"")),
  ]

  @Test(arguments: claims + trace + partitions + ports + others) func isLetPass(_ allowed: Allowed) {
    let report = Self.check(allowed.edits)
    #expect(report.description != nil && report.exitStatus != 2, "\(report.diagnostics)")
    #expect(!report.diagnostics.contains { $0.rule == allowed.rule }, "\(report.diagnostics)")
  }

  /// What depends on L and on what an interrupt takes: a nanosecond decides.
  @Test func costsDecideByTheNanosecond() throws {
    let sample = try #require(Self.check([]).description)
    let supply = GuaranteedSupply(module: sample, allowance: SwitchAllowance(sample).total)
    let schedule = try #require(sample.schedules.first)
    let own = try #require(schedule.partitions.first { $0.partitionIdentifier == 20 })
    let sure = supply.perPeriod(own, majorFrame: schedule.majorFrame).count
    #expect(sure > 1_000_000)
    func has(_ rule: Rule, _ old: String, _ new: String, _ nanoseconds: UInt64) -> Bool {
      let text = DecimalSeconds.format(Nanoseconds(nanoseconds))
      return Self.check([(old, new + "=\"\(text)\"")]).diagnostics.contains { $0.rule == rule }
    }
    let budget = "Quantity=\"PARTITION_SUPPLY\" Subject=\"20\" BoundSeconds"
    let another = "Quantity=\"HYPERCALL\" Subject=\"65\" BoundSeconds=\"0.000005\""
    #expect(!has(.capacityExceedsSupply, another, budget, sure))
    #expect(has(.capacityExceedsSupply, another, budget, sure + 1))
    let process = "Name=\"second\" p:PeriodSeconds=\"0.01\" p:TimeCapacitySeconds"
    let (old, new) = (process + "=\"0.001\" p:DeadlineSeconds=\"0.004\"", process)
    #expect(!has(.capacityExceedsSupply, old, new, sure))
    #expect(has(.capacityExceedsSupply, old, new, sure + 1))
    let cost = SwitchAllowance.interruptCost(ownerCount: 1).count
    let stolen = "StolenTimeSeconds"
    #expect(!has(.stolenTime, stolen + "=\"0.000003\"", stolen, cost))
    #expect(has(.stolenTime, stolen + "=\"0.000003\"", stolen, cost - 1))
  }
}
