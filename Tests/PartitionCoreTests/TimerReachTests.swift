import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Boundaries that are further away than the one-shot timer can count to.
@Suite struct TimerReachTests {
  /// What is recorded of the timer is when it comes; the boundary is passed L before it nevertheless.
  @Test func theTimerIsArmedForWhatItCanCountTo() throws {
    let second: UInt64 = 1_000_000_000
    var description = ModuleDescription()
    for _ in 0..<2 { description.addPartition(permitted: 0) }
    description.frame = 30 * second
    description.addWindow(0, 2_000_000, of: 0)
    description.addWindow(second, 14 * second, of: 1)
    let bench = try Bench(description)
    bench.start()
    let origin = bench.now
    var ends: [UInt64] = []
    var armings = 0
    while ends.count < 6 {
      let events = bench.fireTimer()
      for arming in events.of(.timerArmed) {
        armings += 1
        #expect(arming.words.w0 <= bench.now + 0xFFFF_FFFF && arming.words.w0 > bench.now)
        #expect(arming.words.w0 == bench.armed)
      }
      if !events.of(.windowEnd).isEmpty { ends.append(bench.now + description.allowance - origin) }
    }
    let frames = [0, 30 * second, 60 * second]
    #expect(ends == frames.flatMap { [$0 + 2_000_000, $0 + 15 * second] })
    // Three to the end of a window of 14 s, three to the next frame's start after another 15.
    #expect(armings >= 18)
  }
}
