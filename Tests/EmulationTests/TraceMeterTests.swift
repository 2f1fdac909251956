import APEXTypes
import Testing
import TraceFormat

@testable import Emulation

@Suite struct TraceMeterTests {
  private let trace =
    Blocks.events(1000, time: 5) + Blocks.events(24, time: 70, lost: 3, payload: 0) + Blocks.seal(time: 99)

  @Test(arguments: [1, 7, 71, 72, 73, 1000])
  func countsHoweverTheBytesAreCut(size: Int) {
    var meter = TraceMeter()
    for start in stride(from: 0, to: trace.count, by: size) {
      meter.consume(Array(trace[start..<min(start + size, trace.count)]))
    }
    #expect(meter.progress.events == 1024)
    #expect(meter.progress.blocks == 3)
    #expect(meter.progress.lost == 3)
    #expect(meter.progress.bytes == trace.count)
    #expect(meter.progress.virtualTime == SystemTime(nanoseconds: 99))
    #expect(meter.progress.hasEnded)
  }

  @Test func aBlockCountsOnlyWhenItIsWhole() {
    var meter = TraceMeter()
    meter.consume(Array(Blocks.events(10, time: 1).dropLast()))
    #expect(meter.progress.blocks == 0)
    meter.consume([0])
    #expect(meter.progress.blocks == 1)
  }

  @Test func garbageIsNoticed() {
    var meter = TraceMeter()
    meter.consume(Blocks.events(10, time: 1) + [UInt8](repeating: 0x55, count: 500))
    #expect(meter.progress.isGarbled)
    #expect(meter.progress.blocks == 1)
    #expect(!meter.progress.hasEnded)
  }

  @Test func anEndFollowedByMoreIsNone() {
    var meter = TraceMeter()
    meter.consume(Blocks.seal(time: 1) + Blocks.events(1, time: 2))
    #expect(!meter.progress.hasEnded)
  }
}
