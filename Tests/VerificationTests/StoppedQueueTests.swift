import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// A partition that goes to IDLE loses its queues, as one that starts does: a sender that a full one held back is told.
@Suite struct StoppedQueueTests {
  typealias Module = RichModule

  /// Whether the verifier and the reference checker find the claim violated where Master is marked for its queue while
  /// Worker's is full, and Worker stops or goes on.
  private func violated(stopping: Bool) throws -> [Bool] {
    var trace = try RichTrace()
    let events = trace.events
    let receipt = try #require(trace.firstIndex(of: .receive, by: Module.worker))
    let input = try #require(events[..<receipt].lastIndex { $0.knownKind?.eventClass == .input })
    let time = events[input - 1].time
    let call = UInt32(HypercallNumber.null.rawValue)
    let stop = TraceEvent(
      time: time, .modeChange, partition: Module.worker, detail: OperatingMode.idle.rawValue,
      operand: UInt32(OperatingMode.normal.rawValue))
    let mark = TraceEvent(time: time, .mark, partition: Module.master, operand: 66, words: .init(1))
    // As Worker's next entry tells of it, but for what it asks for.
    var begin = events[input]
    begin.time = time
    begin.operand = begin.operand & ~0xFFFF | call
    begin.words = .init(begin.words.w0)
    let end = TraceEvent(time: time, .hypercallResult, partition: Module.worker, operand: call)
    // The input that follows ends the step.
    trace.events = events[..<input] + [begin] + (stopping ? [stop] : []) + [mark, end, events[input]]
    return trace.violations(of: "queue.mark")
  }

  @Test func aStopMakesRoom() throws {
    let (going, stopping) = (try violated(stopping: false), try violated(stopping: true))
    #expect(going == [true, true])
    #expect(stopping == [false, false])
  }
}
