import Foundation
import Testing

@testable import ModuleCompiler

/// What processes ask for together, held against what is sure.
@Suite struct ProcessorDemandTests {
  private static func demand(_ processes: [(capacity: UInt64, period: UInt64)]) -> ProcessorDemand {
    ProcessorDemand(processes.map { .init(capacity: $0.capacity, period: $0.period) })
  }

  /// Three thirds are one, and a nanosecond more in a day is too much.
  @Test func nothingIsRounded() {
    let thirds = [(1, 3), (2, 6), (3, 9)].map { (capacity: UInt64($0.0), period: UInt64($0.1)) }
    #expect(!Self.demand(thirds).exceeds(7, in: 7))
    #expect(Self.demand(thirds).exceeds(6, in: 7))
    #expect(Self.demand(thirds + [(capacity: 1, period: 86_400_000_000_000)]).exceeds(7, in: 7))
    #expect(!Self.demand([]).exceeds(0, in: 7))
  }

  /// Beyond 128 bits less than a nanosecond a process and frame is let pass, and no more than that.
  @Test func periodsWithoutCommonMeasureAreJudgedToo() {
    let periods: [UInt64] = [99_999_999_999_973, 99_999_999_999_971, 99_999_999_999_959, 99_999_999_999_947]
    let tasks = periods.map { (capacity: $0 / 8, period: $0) }
    // Just below a half of 20 ms.
    #expect(!Self.demand(tasks).exceeds(10_000_000, in: 20_000_000))
    #expect(Self.demand(tasks).exceeds(9_999_990, in: 20_000_000))
  }

  /// Of a partition that asks for too much it is said by how much; of a process that does alone, it is said of that.
  @Test func theMessageHasBothFigures() throws {
    let other = "<Process Name=\"other\" StackSize=\"2000\" p:PeriodSeconds=\"0.005\" p:TimeCapacitySeconds=\"0.001\"/>"
    let text = SampleModule.text.replacing("<Process Name=\"main\"", with: other + "\n<Process Name=\"main\"")
    let error = try #require(SampleModule.check(text).errors.first)
    #expect(error.rule == .demandExceedsSupply)
    #expect(error.message.contains("need 0.004 s together in each 0.01 s of schedule 4"), "\(error.message)")
    let alone = SampleModule.check(text.replacing("\"0.001\"/>", with: "\"0.002\"/>"))
    #expect(alone.errors.map(\.rule) == [.capacityExceedsSupply])
  }
}
