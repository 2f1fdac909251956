import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing

@testable import Simulation

/// Which calls show a partition what the health monitor does about others.
@Suite struct ErrorReadersTests {
  private static func readers(
    _ number: HypercallNumber, _ first: UInt64, _ second: UInt64, by partition: Int = 2
  ) -> ErrorReaders {
    var call = GuestCall(number)
    call.arguments = (first, second, 0, 0)
    var readers = ErrorReaders()
    readers.note(
      RecordedDeed(
        computation: 1, act: .call(call), wasOn: false, isOn: false, instant: 0, kernelTime: nil, status: nil),
      of: partition)
    return readers
  }
  private static func readers(
    _ selector: StatisticSelector, _ argument: UInt64 = 0, by partition: Int = 2
  ) -> ErrorReaders {
    readers(.readStatistic, selector.rawValue, argument, by: partition)
  }

  @Test func numbersOfErrorsAreAnsweredToEverybody() {
    for selector in [StatisticSelector.errorLogCount, .droppedErrorCount] {
      #expect(Self.readers(selector).ofCounts == [2])
    }
    // Its own alone.
    #expect(Self.readers(.repeatedErrorCount).ofCounts.isEmpty)
  }

  @Test func theLogIsForSystemPartitions() {
    let readers = Self.readers(.readErrorLog, 0, 0)
    #expect(readers.ofLog == [2] && readers.ofCounts.isEmpty && readers.ofModes.isEmpty)
  }

  @Test func aModeIsThatOfTheArgument() {
    #expect(Self.readers(.operatingMode, 1).ofModes == [1: [2]])
    for other in [2, 256, .max] as [UInt64] { #expect(Self.readers(.operatingMode, other).ofModes.isEmpty) }
  }

  /// Numbers show everybody's errors, a mode that of one partition, and the log those of others to system partitions
  /// alone, of which 1 is the only one here: whom nobody sees leaves no other partition in doubt.
  @Test func whatIsReadIsSeen() throws {
    let module = try SimulatedModule(.standard)
    withExtendedLifetime(module) {
      #expect(Self.readers(.errorLogCount).sees(2, 0, in: module.table))
      #expect(!Self.readers(.errorLogCount).sees(1, 0, in: module.table))
      #expect(Self.readers(.operatingMode, 1).sees(2, 1, in: module.table))
      #expect(!Self.readers(.operatingMode, 1).sees(2, 0, in: module.table))
      #expect(!Self.readers(.operatingMode, 1).sees(0, 1, in: module.table))
      #expect(Self.readers(.readErrorLog, 0, 0, by: 1).sees(1, 0, in: module.table))
      #expect(!Self.readers(.readErrorLog, 0, 0, by: 2).sees(2, 0, in: module.table))
      #expect(!Self.readers(.readErrorLog, 0, 0, by: 2).sees(1, 0, in: module.table))
    }
  }
}
