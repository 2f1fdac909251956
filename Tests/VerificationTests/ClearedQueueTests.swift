import APEXTypes
import ModuleConfiguration
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// Who clears a queue may forget what was discarded at it: neither judge wants to see it told later.
@Suite struct ClearedQueueTests {
  typealias Module = RichModule

  /// Whether the verifier and the reference checker find the claim violated where Sink, which a message was discarded
  /// at, receives and is told nothing of that.
  private func violated(clearing: Bool) throws -> [Bool] {
    let module = try RichModule.make()
    var events = Story(RichStory.tell(of: module)).events
    let overflow = try #require(
      events.firstIndex {
        $0.kind == EventKind.portOperation.rawValue && $0.detail == PortOperation.overflow.rawValue
      })
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
    events = events[..<next] + clearing + receipt
    let verified = report(events, module).identifiers(.fail)
    return [
      verified.contains("queue.overflow"),
      ReferenceChecker.violations(events, module.table).contains("queue.overflow"),
    ]
  }

  @Test func clearingForgetsWhatWasDiscarded() throws {
    #expect(try violated(clearing: false) == [true, true])
    #expect(try violated(clearing: true) == [false, false])
  }
}
