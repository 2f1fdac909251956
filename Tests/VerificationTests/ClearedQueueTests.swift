import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// Who clears a queue may forget what was discarded at it: neither judge wants to see it told later.
@Suite struct ClearedQueueTests {
  typealias Module = RichModule

  /// Whether the verifier and the reference checker find the claim violated where Sink, which a message was discarded
  /// at, receives and is told nothing of that.
  private func violated(clearing: Bool) throws -> [Bool] {
    var trace = try RichTrace()
    let events = trace.events
    let overflow = try #require(trace.firstIndex(of: .overflow))
    let next = try #require(
      events[overflow...].firstIndex { $0.knownKind?.eventClass == .input && $0.time > events[overflow].time })
    let time = events[next - 1].time
    func call(_ number: HypercallNumber, _ operation: PortOperation, _ words: TraceEvent.Words) -> [TraceEvent] {
      [
        TraceEvent(time: time, .hypercall, partition: Module.sink, operand: UInt32(number.rawValue)),
        TraceEvent(
          time: time, .portOperation, partition: Module.sink, detail: operation.rawValue, operand: Module.sinkQueue,
          words: words),
        TraceEvent(time: time, .hypercallResult, partition: Module.sink, operand: UInt32(number.rawValue)),
      ]
    }
    let receipt = call(.receiveQueuingMessage, .receive, .init(31, 1, 0))
    let clearing = clearing ? call(.clearQueuingPort, .clear, .init(0, 2)) : []
    // What comes later in the story fills its queue as if nobody had cleared it.
    trace.events = events[..<next] + clearing + receipt
    return trace.violations(of: "queue.overflow")
  }

  @Test func clearingForgetsWhatWasDiscarded() throws {
    #expect(try violated(clearing: false) == [true, true])
    #expect(try violated(clearing: true) == [false, false])
  }
}
