import APEXTypes
import ModuleConfiguration
import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Two oracles against each other: what the core decides in a random world, the verifier accepts.
@Suite struct SimulatedWorldTests {
  /// Claims about the partitions' own diligence, which this world's partitions do not have.
  static let ownAffair: Set<String> = [
    "process.deadline.Control.law", "budget.markToUpcall.0", "budget.markToUpcall.8",
  ]

  @Test func theCoreIsAccepted() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    for seed in first..<(first + 40) {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 150_000_000)
      let report = report(events, module, fileBytes: 1000)
      let failed = Set(report.identifiers(.fail)).subtracting(Self.ownAffair)
      #expect(failed.isEmpty, "seed \(seed): \(report.summary)")
      #expect(report.claim("upcall.order")!.checked > 10)
      #expect(report.claim("window.start.instant")!.worst?.value == 0)
      if !failed.isEmpty { break }
    }
  }

  /// Lineage L3's mixed indices, as a defective rule of marking: named by the claim on who is marked.
  @Test func mixedIndicesAreNamed() throws {
    let module = try SampleModule()
    let seed = TestSeed.draw()
    let events = SimulatedWorld<MixedMarks>(module, seed: seed).run(until: 100_000_000)
    let report = report(events, module)
    #expect(report.claim("interrupt.mark.registered")?.verdict == .fail, "seed \(seed)")
    #expect(report.claim("interrupt.mark.complete")?.verdict == .fail, "seed \(seed)")
  }
}

/// Marks the partition whose index is the line's ordinal among the owners, instead of the owner.
enum MixedMarks: MarkingRule {
  static func mark<Recorder: DecisionRecorder>(
    _ line: InterruptLine, owners: UInt32, in vcpus: VCPUTable, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    for ordinal in 0..<owners.nonzeroBitCount {
      let wrong = PartitionIndex(UInt8(ordinal + 2))
      let waiting = vcpus.mark(wrong, VirtualInterrupt(line))
      recorder.record(.mark, partition: wrong, detail: 0, operand: UInt32(line.vector), UInt64(waiting))
    }
  }
}
