import Testing

@testable import Analysis

/// What is just in time, just valid or just has room is so: bounds and limits may be equal.
@Suite struct JustInTimeTests {
  private static func process(
    bound: UInt64? = nil, deadline: UInt64? = 1_000, observed: UInt64? = nil
  ) -> AnalysedModule.Process {
    AnalysedModule.Process(
      name: "own", periodNanoseconds: 2_000, capacityNanoseconds: 10, deadlineNanoseconds: deadline,
      boundNanoseconds: bound, observedNanoseconds: observed)
  }

  @Test(arguments: [(999, true), (1_000, true), (1_001, false)] as [(UInt64, Bool)])
  func aDeadlineIsMetByItsInstant(_ time: UInt64, _ isMet: Bool) {
    #expect(Self.process(bound: time).meetsDeadline == isMet)
    #expect(Self.process(observed: time).wasMissed == !isMet)
    #expect(Self.process(bound: 1_000, observed: time).isRefuted == !isMet)
  }

  @Test(arguments: [(1_999, false), (2_000, false), (2_001, true)] as [(UInt64, Bool)])
  func whoIsDoneByItsNextReleaseIsNotLate(_ bound: UInt64, _ isLate: Bool) {
    for own in [2_000, 0] as [UInt64] {
      let partition = AnalysedModule.Partition(
        name: "P", identifier: 1, periodNanoseconds: own, suppliedPerPeriodNanoseconds: 100, demandMillionths: 0,
        supplyMillionths: 0, processes: [Self.process(bound: bound)])
      #expect(partition.isLate == isLate)
    }
  }

  /// One whose period is no multiple of its partition's may be released with that; others never sooner than their own.
  @Test(arguments: [(2_000, 1_000, 2_000), (2_000, 1_500, 1_500), (2_000, 3_000, 2_000), (2_000, 0, 2_000)])
  func releasesLieAPeriodApart(_ period: UInt64, _ own: UInt64, _ least: UInt64) {
    #expect(AnalysedModule.Partition.leastBetweenReleases(period, of: own) == least)
  }

  @Test(arguments: [(7, true), (8, true), (9, false)] as [(UInt64, Bool)])
  func limitsOfPortsMayBeReached(_ value: UInt64, _ isRight: Bool) {
    let sampling = AnalysedModule.Port(
      channel: 1, source: "A.OUT", destination: "B.IN", worstAgeNanoseconds: value, refreshNanoseconds: 8)
    let queuing = AnalysedModule.Port(
      channel: 1, source: "A.OUT", destination: "B.IN", mostWaiting: value, capacity: 8)
    #expect(sampling.holds == isRight && queuing.holds == isRight)
    let seen = AnalysedModule.Port(
      channel: 1, source: "A.OUT", destination: "B.IN", worstAgeNanoseconds: 8, refreshNanoseconds: 8,
      observedAgeNanoseconds: value)
    #expect(seen.wasExceeded == !isRight && seen.isRefuted == !isRight)
  }

  /// Writers and readers that meet at one instant: what is written by the end of a window is there at that end, and a
  /// message sent right after the reader has taken all waits.
  @Test func atOneInstantBothMayHappen() {
    func activity(_ first: UInt64, _ last: UInt64) -> PartitionActivity {
      PartitionActivity(spans: [PartitionActivity.Span(first: first, last: last)], majorFrame: 100)
    }
    let writer = activity(0, 10)
    #expect(writer.worstAge(readBy: activity(10, 20)) == 20)
    #expect(writer.worstAge(readBy: activity(10, 10)) == 10)
    #expect(writer.mostWaiting(for: activity(10, 20), perPeriod: 1) == 2)
    #expect(writer.mostWaiting(for: activity(11, 20), perPeriod: 1) == 1)
  }

  /// Who is alone in its partition completes by itself where it gives up its window: a longer response refutes its
  /// bound.
  @Test func whoIsAloneCompletesByItself() throws {
    let partition = """
      <Partition PartitionIdentifier="1" PartitionName="Alone">
        <Process Name="only" p:PeriodSeconds="0.01" p:TimeCapacitySeconds="0.001"/>
      </Partition>
      """
    let windows = ModuleFile.partition(1, periodSeconds: "0.01", durationSeconds: "0.004", [("0", "0.004", true)])
    let file = ModuleFile(partitions: partition, schedules: [ModuleFile.schedule(frameSeconds: "0.01", [windows])])
    let analysed = ModuleAnalyst(try file.description(), scheduling: .preemptive).analyse()
    var only = try #require(analysed.first?.partitions.first?.processes.first)
    #expect(!only.completesWithOthers && only.boundNanoseconds == 1_000_000)
    only.observedNanoseconds = 1_000_001
    #expect(only.isRefuted)
  }
}
