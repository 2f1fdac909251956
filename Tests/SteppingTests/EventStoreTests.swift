import SimulatedModule
import Testing
import TraceFormat
import TraceReading

@testable import Stepping

/// The stepper's events of traces with blocks as large as the simulated world's.
@Suite struct EventStoreTests {
  /// What is kept decoded does not follow the length of blocks, and every event is found still.
  @Test func littleIsKeptOfLargeBlocks() throws {
    let module = try SimulatedModule(.lively)
    let blockEvents = 1 << 14
    let count = blockEvents * 45
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: blockEvents)
    for number in 0..<count {
      writer.append(TraceEvent(time: UInt64(number), .mark, words: .init(UInt64(number))))
    }
    let bytes = writer.finish()
    let store = try EventStore { try TraceReader(bytes: bytes) }
    try #require(store.eventCount == count && store.blocks.count == 45)
    var most = 0
    // To the end, some way back, to the beginning, and far ahead.
    for number in [count - 1, count - 100_000, count - 300_000, 5, count / 2, 0, count - 1] {
      #expect(try store.event(number).event.words.w0 == UInt64(number))
      most = max(most, store.keptCount)
    }
    for block in 0..<45 {
      _ = try store.event(block * blockEvents)
      most = max(most, store.keptCount)
    }
    #expect(most <= EventStore.keptEventCount && most > EventStore.keptOnTheWay, "\(most)")
  }
}
