import ModuleConfiguration
import Simulation
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Verification

/// Events missing anywhere in long runs of the core itself, where loss meets what no written story has: partitions that
/// are stopped, waits before windows that are interrupted, upcalls whose first instruction is.
@Suite struct LossyRunTests {
  struct Run {
    var seed: UInt64
    var module: SimulatedModule
    var events: [TraceEvent]

    init(_ description: ModuleDescription, eventCount: Int, meanCallGap: UInt64) throws {
      seed = TestSeed.draw()
      module = try SimulatedModule(description.named())
      var bytes: [UInt8] = []
      let world = Simulation.SimulatedWorld(
        module.table, SimulationOptions(seed: seed, meanCallGap: meanCallGap)
      ) { bytes.append(contentsOf: $0) }
      world.begin()
      while world.eventCount < UInt64(eventCount) { world.step() }
      world.end()
      events = []
      let reader = try TraceReader(bytes: bytes)
      while case .event(_, let event)? = reader.next() { events.append(event) }
    }

    func violated(without lost: [Range<Int>]) -> [String] {
      withExtendedLifetime(module) { LossyRunTests.violated(events, module.table, without: lost) }
    }
  }

  /// The claims that are violated where `lost` is missing.
  static func violated(_ events: [TraceEvent], _ table: ModuleTable, without lost: [Range<Int>]) -> [String] {
    var verifier = Verifier(table: table)
    for (position, event) in events.enumerated() where !lost.contains(where: { $0.contains(position) }) {
      if lost.contains(where: { $0.upperBound == position }) { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    return verifier.finish().identifiers(.fail)
  }

  /// Some events in a row, or twice some, anywhere.
  static func lost(of count: Int, _ generator: inout SeededGenerator) -> [Range<Int>] {
    (0..<Int(generator.number(1...2))).map { _ in
      let length = Int(generator.number(1...(1 << generator.number(0...10))))
      let first = Int(generator.number(1...UInt64(count - length - 1)))
      return first..<(first + length)
    }
  }

  @Test(arguments: [20_000, 100_000])
  func lossNeverFailsARun(_ meanCallGap: UInt64) throws {
    let run = try Run(.lively, eventCount: 4000, meanCallGap: meanCallGap)
    print("lossy run seed \(run.seed)")
    let whole = run.violated(without: [])
    var generator = SeededGenerator(seed: run.seed)
    for _ in 0..<1500 {
      let lost = Self.lost(of: run.events.count, &generator)
      let violated = run.violated(without: lost).filter { !whole.contains($0) }
      #expect(violated == [], "seed \(run.seed), without \(lost)")
      if violated != [] { return }
    }
  }
}
