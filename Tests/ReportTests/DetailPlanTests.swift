import Testing

@testable import Report

/// Which stretches a page carries event by event.
@Suite struct DetailPlanTests {
  private func count(_ plan: DetailPlan) -> UInt64 {
    plan.ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 }
  }

  @Test func littleIsCarriedWhole() {
    let plan = DetailPlan(evidence: [5], lastPosition: 23_999)
    #expect(plan.ranges == [0...23_999])
  }

  @Test func muchIsBoundedAndHasItsEvidence() {
    let worst = (0..<300).map { UInt64($0) * 33_000 + 40_000 }
    let plan = DetailPlan(evidence: worst, lastPosition: 10_000_000)
    #expect(count(plan) <= DetailPlan.maximumEventCount)
    for position in worst + [0, 10_000_000] { #expect(plan.ranges.contains { $0.contains(position) }) }
    for (rank, margin) in [(0, DetailPlan.margin), (299, DetailPlan.leastMargin)] {
      let surroundings = worst[rank] - margin...worst[rank] + margin
      #expect(plan.ranges.contains { $0.lowerBound <= surroundings.lowerBound && $0.contains(surroundings.upperBound) })
    }
    for (one, next) in zip(plan.ranges, plan.ranges.dropFirst()) { #expect(one.upperBound + 1 < next.lowerBound) }
  }

  @Test func whatThereIsNoRoomForIsTheLast() {
    let worst = (0..<3000).map { UInt64($0) * 3_300 + 40_000 }
    let plan = DetailPlan(evidence: worst, lastPosition: 10_000_000)
    #expect(count(plan) <= DetailPlan.maximumEventCount)
    #expect(worst.prefix(1000).allSatisfy { position in plan.ranges.contains { $0.contains(position) } })
    #expect(!plan.ranges.contains { $0.contains(worst[2999]) })
  }

  @Test func roomThatIsLeftGoesToTheBeginning() {
    let plan = DetailPlan(evidence: [], lastPosition: 1_000_000)
    #expect(count(plan) == DetailPlan.maximumEventCount)
    #expect(plan.ranges.count == 2)
  }

  @Test func evidenceAtTheEndOfNumbersIsNoTrap() {
    let plan = DetailPlan(evidence: [.max, .max - 5, 3], lastPosition: .max)
    #expect(!plan.ranges.isEmpty)
  }
}
