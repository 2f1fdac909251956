import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// Partitions that take upcalls, and lines that fire at any time, as a window ends above all: what an interrupt's
/// snapshot leaves out of the frame, nobody asks for later.
@Suite struct FramesLeftOutTests {
  /// Two cores that are told the same, but the second what the kernel tells of interrupts that it marks at once.
  private final class Twins {
    let long: Bench
    let short: Bench
    var generator: SeededGenerator
    /// Upcalls that have returned, by partition: each has by the next entry.
    var returned: [UInt16] = [0, 0, 0, 0]
    var isSame = true
    var upcalls = 0
    /// Windows that an interrupt has ended.
    var endings = 0
    var framesLeftOut = 0

    init(seed: UInt64) throws {
      generator = SeededGenerator(seed: seed)
      long = try Self.started()
      short = try Self.started()
    }

    /// Partitions 0, 1 and 2 have lines 3, 4 and 5, and their interrupts on.
    private static func started() throws -> Bench {
      let bench = try Bench(.standard)
      bench.start()
      for partition in 0..<3 as Range<UInt8> {
        bench.run(to: partition)
        bench.publishEntry()
        bench.takeLine(35 + UInt64(partition))
      }
      return bench
    }

    func step() {
      let ready = max(long.now, long.core.decision.notBefore.nanoseconds)
      long.now = ready + generator.number(1...300_000)
      let isDue = long.now >= long.armed
      if isDue { long.now = max(ready, long.armed) }
      var snapshot = long.snapshot
      if snapshot.partition != 0xFF { snapshot.upcallsReturned = returned[Int(snapshot.partition)] }
      if isDue, generator.oneIn(2) {
        tell(.timer(snapshot))
      } else if isDue || snapshot.partition > 2 || !generator.oneIn(3) {
        tell(.interrupt(InterruptLine(UInt8(generator.number(0...6))), snapshot))
      } else {
        let vector = 35 + UInt64(snapshot.partition)
        let call = Hypercall(
          number: UInt64(HypercallNumber.acknowledgeInterrupt.rawValue), arguments: (vector, 0, 0, 0, 0, 0),
          operand: 0)
        tell(.hypercall(call, snapshot))
      }
    }

    private func tell(_ input: CoreInput) {
      let instant = long.now
      let decided = long.take(input, at: instant)
      for upcall in decided.of(.upcall) { returned[Int(upcall.partition)] &+= 1 }
      upcalls += decided.of(.upcall).count
      guard case .interrupt(let line, let snapshot) = input, snapshot.partition != 0xFF else {
        isSame = isSame && short.take(input, at: instant) == decided
        return
      }
      endings += decided.of(.windowEnd).count
      isSame = isSame && mark(line, snapshot, at: instant) == decided
    }

    /// As `Kernel.markAtOnce` does it.
    private func mark(_ line: InterruptLine, _ snapshot: EntrySnapshot, at instant: UInt64) -> [TraceEvent] {
      var log = EventLog()
      log.now = instant
      var flags = snapshot.flags
      if !short.core.needsFrame(for: line, at: instant) {
        flags = .interruptsEnabled
        framesLeftOut += 1
      }
      let interrupted = short.core.caller(PartitionIndex(snapshot.partition))
      short.core.beginInterrupt(
        line, flags, upcallsReturned: snapshot.upcallsReturned, of: interrupted, into: &log)
      if !short.core.isQuietAfterMarks(at: instant, of: interrupted) {
        short.core.concludeInterrupt(at: SystemTime(nanoseconds: instant), into: &log)
      }
      return log.events
    }
  }

  @Test func whoIsParkedByAnInterruptIsParkedWithItsFrame() throws {
    let seed = TestSeed.draw()
    print("frames of the parked, seed \(seed)")
    let twins = try Twins(seed: seed)
    for _ in 0..<20_000 where twins.isSame { twins.step() }
    #expect(twins.isSame, "seed \(seed)")
    #expect(
      twins.endings > 500 && twins.framesLeftOut > 1000 && twins.upcalls > 500,
      "\(twins.endings) windows, \(twins.framesLeftOut) frames, \(twins.upcalls) upcalls, seed \(seed)")
  }
}
