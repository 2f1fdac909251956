import APEXTypes
import SimulatedModule
import Testing

@testable import PartitionCore

/// The first entry of a window, where it is served at once: the core knows then what `conclude` would have found out.
@Suite struct WindowBegunTests {
  /// Partition 0 waits for its window's instant, 50 us; the next boundary is passed at 2 ms.
  private func waiting(stop: UInt64 = .max) throws -> Bench {
    let bench = try Bench(.standard)
    bench.start(stop: stop)
    #expect(bench.core.decision.notBefore.nanoseconds == 50_000 && bench.armed == 2_000_000)
    return bench
  }

  @Test func theWindowBeginsWithItsInstant() throws {
    let bench = try waiting()
    let isEarly = bench.core.noteWindowBegun(at: 49_999)
    #expect(!isEarly && bench.core.decision.notBefore.nanoseconds == 50_000)
    let hasBegun = bench.core.noteWindowBegun(at: 50_000)
    #expect(hasBegun)
    // Nobody waits for it any more, and calls are served at once until the timer is due.
    #expect(bench.core.decision.notBefore == .zero && bench.core.quietUntilNanoseconds == 2_000_000)
    let beginsAgain = bench.core.noteWindowBegun(at: 50_001)
    #expect(!beginsAgain)
    let (other, call) = (try waiting(), Hypercall(number: 64, arguments: (0, 0, 0, 0, 0, 0), operand: 0))
    other.take(.hypercall(call, other.snapshot), at: 50_000)
    #expect(other.stateWords == bench.stateWords && other.core.decision.notBefore == .zero)
    #expect(other.core.quietUntilNanoseconds == 2_000_000)
  }

  /// From the timer's instant on boundaries are due: no call is served before they are passed.
  @Test(arguments: [(1_999_999, true), (2_000_000, false), (2_000_001, false)] as [(UInt64, Bool)])
  func nothingIsServedAtOnceFromTheTimerOn(_ instant: UInt64, _ isServed: Bool) throws {
    let bench = try waiting()
    let begins = bench.core.noteWindowBegun(at: instant)
    #expect(begins == isServed)
  }
}
