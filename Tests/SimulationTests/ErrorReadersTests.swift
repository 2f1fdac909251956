import APEXTypes
import ModuleConfiguration
import Testing

@testable import Simulation

/// Which calls show a partition, here 2, what the health monitor does about others.
@Suite struct ErrorReadersTests {
  private static func readers(_ number: HypercallNumber, _ first: UInt64, _ second: UInt64) -> ErrorReaders {
    var call = GuestCall(number)
    call.arguments = (first, second, 0, 0)
    var readers = ErrorReaders()
    readers.note(
      RecordedDeed(
        computation: 1, act: .call(call), wasOn: false, isOn: false, instant: 0, kernelTime: nil, status: nil),
      of: 2)
    return readers
  }
  private static func readers(_ selector: StatisticSelector, _ argument: UInt64 = 0) -> ErrorReaders {
    readers(.readStatistic, selector.rawValue, argument)
  }

  @Test func numbersOfErrorsAreAnsweredToEverybody() {
    for selector in [StatisticSelector.errorLogCount, .droppedErrorCount] {
      #expect(Self.readers(selector).ofCounts == [2])
    }
    // Its own alone.
    #expect(Self.readers(.repeatedErrorCount).ofCounts.isEmpty)
  }

  @Test func theLogIsAnsweredToEverybody() {
    for field in UInt64(0)...3 {
      let readers = Self.readers(.readErrorLog, 0, field)
      #expect(readers.ofLog == [2] && readers.ofCounts.isEmpty && readers.ofModes.isEmpty)
    }
    // A field that there is not is refused, whatever the log has.
    #expect(Self.readers(.readErrorLog, 0, 4).ofLog.isEmpty)
  }

  @Test func aModeIsThatOfTheArgument() {
    #expect(Self.readers(.operatingMode, 1).ofModes == [1: [2]])
    for other in [2, 256, .max] as [UInt64] { #expect(Self.readers(.operatingMode, other).ofModes.isEmpty) }
  }

  /// Numbers show everybody's errors, and so does the log: to who is no system partition by the numbers of its own
  /// entries, and by which of these are kept. A mode is that of one partition. Whom nobody sees leaves no other
  /// partition in doubt.
  @Test func whatIsReadIsSeen() {
    #expect(Self.readers(.errorLogCount).sees(2, 0))
    #expect(!Self.readers(.errorLogCount).sees(1, 0))
    #expect(Self.readers(.operatingMode, 1).sees(2, 1))
    #expect(!Self.readers(.operatingMode, 1).sees(2, 0))
    #expect(!Self.readers(.operatingMode, 1).sees(0, 1))
    #expect(Self.readers(.readErrorLog, 0, 0).sees(2, 0))
    #expect(!Self.readers(.readErrorLog, 0, 0).sees(1, 0))
  }
}
