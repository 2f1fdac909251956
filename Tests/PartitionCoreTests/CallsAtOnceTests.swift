import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// What the kernel decides the short way is what the core decides the long way, word of state for word of state.
@Suite struct CallsAtOnceTests {
  /// A core that is told what the world's core is told, the short way wherever the kernel would take it.
  private final class ShortCut {
    let bench: CoreBench<OwnersMarked>
    var calls = 0
    var marks = 0
    /// Sent and received.
    var messages = 0

    init(_ module: SimulatedModule) { bench = CoreBench(module) }

    func take(_ input: CoreInput, at instant: UInt64) -> [TraceEvent] {
      var log = EventLog()
      log.now = instant
      switch input {
      case .hypercall(let call, let snapshot):
        guard take(call, snapshot, at: instant, into: &log) else { break }
        calls += 1
        return log.events
      case .interrupt(let line, let snapshot):
        guard snapshot.partition != 0xFF, !snapshot.flags.contains(.isPulse), line.rawValue & 7 != 7,
          !bench.hasStopped
        else { break }
        bench.core.beginInterrupt(line, snapshot, into: &log)
        if bench.core.isQuietAfterMarks(at: instant) {
          marks += 1
        } else {
          bench.core.concludeInterrupt(at: SystemTime(nanoseconds: instant), into: &log)
        }
        return log.events
      default: break
      }
      return bench.take(input, at: instant)
    }

    private func take(_ call: Hypercall, _ snapshot: EntrySnapshot, at instant: UInt64, into log: inout EventLog)
      -> Bool
    {
      guard instant < bench.core.quietUntilNanoseconds else { return false }
      let flags = EntrySnapshot.Flags(
        rawValue: snapshot.flags.rawValue & PartitionCore<OwnersMarked>.flagsOfPartition)
      let number = HypercallNumber(rawValue: UInt16(truncatingIfNeeded: call.number))
      guard let number, call.number < 128,
        [
          .null, .note, .readTime, .writeSamplingMessage, .readSamplingMessage, .sendQueuingMessage,
          .receiveQueuingMessage,
        ].contains(number)
      else { return false }
      let isQueuing = number == .sendQueuingMessage || number == .receiveQueuingMessage
      guard !isQueuing || bench.core.queuesAtOnce,
        bench.core.learnAtOnce(flags, upcallsReturned: snapshot.upcallsReturned)
      else { return false }
      switch number {
      case .null, .note: bench.core.answerAtOnce(number, value: 0, into: &log)
      case .readTime: bench.core.answerAtOnce(number, value: instant, into: &log)
      case .sendQueuingMessage, .receiveQueuingMessage:
        let answer = bench.core.queueAtOnce(
          isSend: number == .sendQueuingMessage, port: call.arguments.0, address: call.arguments.1,
          byteCount: call.arguments.2, into: &log)
        if answer.port >= 0 { messages += 1 }
      default:
        _ = bench.core.sampleAtOnce(
          isWrite: number == .writeSamplingMessage, port: call.arguments.0, address: call.arguments.1,
          byteCount: call.arguments.2, at: SystemTime(nanoseconds: instant), into: &log)
      }
      return true
    }
  }

  @Test func shortAndLongWayAgree() throws {
    let first = UInt64.random(in: 0...UInt64.max / 2)
    print("calls at once, seed \(first)")
    let module = try SimulatedModule(.lively)
    var calls = 0
    var marks = 0
    var messages = 0
    for seed in first..<(first + 60) {
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      let short = ShortCut(module)
      var isSame = true
      var fromShort: [TraceEvent] = []
      world.onInput = { input, instant in fromShort = short.take(input, at: instant) }
      world.onDecisions = { decisions in
        isSame =
          isSame && decisions == fromShort && short.bench.stateWords == world.bench.stateWords
          && short.bench.core.quietUntilNanoseconds == world.bench.core.quietUntilNanoseconds
      }
      world.begin(until: 60_000_000)
      for _ in 0..<1500 where isSame {
        guard world.step() else { break }
      }
      #expect(isSame, "seed \(seed)")
      if !isSame { return }
      calls += short.calls
      marks += short.marks
      messages += short.messages
    }
    #expect(calls > 1000 && marks > 200, "\(calls) calls and \(marks) interrupts took the short way")
    #expect(messages > 100, "\(messages) messages were queued the short way")
  }
}
