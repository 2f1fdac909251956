import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import Simulation

/// A partition that has done all that was recorded of it: long before the recorded end, or shortly.
@Suite struct PredictionEndTests {
  private static func event(
    _ kind: EventKind, at time: UInt64, _ operand: UInt32 = 0, partition: UInt8 = 0, _ w0: UInt64 = 0, _ w1: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(time: time, kind: kind.rawValue, partition: partition, detail: 0, operand: operand, words: .init(w0, w1))
  }

  /// Partition 0 calls once and computes until its window ends at 2 ms; the recorded run goes on for so many frames.
  private static func prediction(frames: UInt64) throws -> (found: Prediction, frame: UInt64) {
    var other = ModuleDescription.standard
    other.windows = []
    other.addWindow(0, 9_000_000, of: 0)
    let (module, target) = (try SimulatedModule(.standard), try SimulatedModule(other))
    let table = module.table
    let frame = table.record(ScheduleRecord.self, Int(table.module.initialSchedule)).majorFrame.count
    let end = frame * frames + frame / 2
    var recorded = [
      event(.boot, at: 100, partition: 0xFF, 0, 1), event(.start, at: 1000, partition: 0xFF, .max),
      event(.hypercall, at: 1_000_000, UInt32(HypercallNumber.null.rawValue)),
      event(.hypercallResult, at: 1_000_100, UInt32(HypercallNumber.null.rawValue)),
      event(.timer, at: 2_000_000, 0xE0, 0, 99_900), event(.timer, at: end, 0xE0, partition: 0xFF),
    ][...]
    let found = try Prediction(
      recorded: table, under: target.table, source: { recorded.popFirst() }, sink: { _ in })
    #expect(found.run(isInterrupted: { false }) != nil)
    return (found, frame)
  }

  @Test func longBeforeTheEndNothingIsKnownOfIt() throws {
    let (found, _) = try Self.prediction(frames: 3)
    #expect(found.doubts.map(\.since).contains { $0 < 10_000_000 }, "\(found.doubts)")
    #expect(found.endings.allSatisfy { ending in found.doubts.contains { $0.partition == ending.partition } == false })
  }

  @Test func shortlyBeforeTheEndOnlyWhatItMissesIsInDoubt() throws {
    let (found, frame) = try Self.prediction(frames: 0)
    #expect(found.doubts.isEmpty, "\(found.doubts)")
    let ending = try #require(found.endings.first)
    #expect(ending.since > 1_000_000 && ending.since < frame, "\(ending)")
    #expect(ending.reached.contains(ending.partition))
    #expect(found.endings.count == 1)
  }
}
