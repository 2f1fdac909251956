import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// A step may pass a boundary behind what it has decided: what was to be done for a partition that stops or starts anew
/// there is not done, and what waits at a return comes on its frame all the same.
@Suite struct OvertakenActTests {
  typealias Module = RichModule

  private static func stop(_ partition: UInt8, at time: UInt64) -> TraceEvent {
    TraceEvent(
      time: time, .modeChange, partition: partition, detail: OperatingMode.idle.rawValue,
      operand: UInt32(OperatingMode.normal.rawValue))
  }

  /// Whether the judges find the claim violated where `act`, of a step that has decided `decision`, is left out, or
  /// comes behind a stop of its partition.
  private func violated(
    _ claim: String, _ decision: EventKind, _ act: EventKind, isStopped: Bool, isDone: Bool
  ) throws -> [Bool] {
    var trace = try RichTrace()
    let decided = try #require(trace.events.firstIndex { $0.knownKind == decision })
    let done = try #require(trace.events[decided...].firstIndex { $0.knownKind == act })
    let event = trace.events[done]
    let stop = isStopped ? [Self.stop(event.partition, at: event.time)] : []
    trace.events = trace.events[..<done] + stop + (isDone ? [event] : []) + trace.events[(done + 1)...]
    return trace.violations(of: claim)
  }

  @Test func anExceptionIsNotWrittenForWhoStops() throws {
    let claim = "exception.written"
    func violated(isStopped: Bool, isDone: Bool) throws -> [Bool] {
      try self.violated(claim, .exceptionReflected, .exceptionWritten, isStopped: isStopped, isDone: isDone)
    }
    #expect(try violated(isStopped: false, isDone: true) == [false, false])
    #expect(try violated(isStopped: false, isDone: false) == [true, true])
    #expect(try violated(isStopped: true, isDone: false) == [false, false])
    #expect(try violated(isStopped: true, isDone: true) == [true, true])
  }

  @Test func aCallbackOfWhoStopsHasNoRegisters() throws {
    func violated(isStopped: Bool) throws -> [Bool] {
      try self.violated("restart.context", .callback, .contextReset, isStopped: isStopped, isDone: false)
    }
    #expect(try violated(isStopped: false) == [true, true])
    #expect(try violated(isStopped: true) == [false, false])
  }

  /// A partition completes no callback, and one begins in the same step, for a mark found no room.
  @Test func aCallbackThatBeginsIsNotTheOneCompleted() throws {
    var trace = try RichTrace()
    let begun = try #require(trace.events.firstIndex { $0.knownKind == .callback })
    let input = try #require(trace.events[..<begun].lastIndex { $0.knownKind?.eventClass == .input })
    let partition = trace.events[begun].partition
    let call = UInt32(HypercallNumber.completeCallback.rawValue)
    trace.events[input] = TraceEvent(
      time: trace.events[input].time, .hypercall, partition: partition, operand: UInt32(partition) << 16 | call,
      words: .init(trace.events[input].words.w0, 0))
    let answer = TraceEvent(
      time: trace.events[begun].time, .hypercallResult, partition: partition, detail: ReturnCode.noAction.rawValue,
      operand: call)
    trace.events.insert(answer, at: input + 1)
    #expect(trace.violations(of: "health.callback") == [false, false])
  }

  /// Whether both judges find that an upcall of Worker comes on the frame of a return that it must not be on.
  private func isWrong(windowEnds: Bool, isUsable: Bool) throws -> [Bool] {
    var trace = try RichTrace()
    let upcall = try #require(
      trace.events.firstIndex { $0.knownKind == .upcall && $0.partition == Module.worker && $0.detail & 1 == 0 })
    let input = try #require(trace.events[..<upcall].lastIndex { $0.knownKind?.eventClass == .input })
    let time = trace.events[input].time
    let call = UInt32(HypercallNumber.returnFromUpcall.rawValue)
    let begin = TraceEvent(
      time: time, .hypercall, partition: Module.worker, operand: UInt32(Module.worker) << 16 | call,
      words: .init(0, 0, isUsable ? 3 : 0))
    let end = TraceEvent(time: time, .windowEnd, partition: Module.worker, words: .init(time))
    let answer = TraceEvent(
      time: time, .hypercallResult, partition: Module.worker,
      detail: isUsable ? ReturnCode.noError.rawValue : ReturnCode.invalidParameter.rawValue, operand: call)
    // What delivers it then is the idle loop's.
    trace.events[input].partition = 0xFF
    trace.events[upcall].detail |= 1
    trace.events.insert(contentsOf: [begin, answer] + (windowEnds ? [end] : []), at: input)
    return trace.violations(of: "upcall.frame")
  }

  @Test func whatWaitsAtAReturnComesOnItsFrame() throws {
    #expect(try isWrong(windowEnds: true, isUsable: true) == [false, false])
    #expect(try isWrong(windowEnds: false, isUsable: true) == [true, true])
    #expect(try isWrong(windowEnds: true, isUsable: false) == [true, true])
  }
}
