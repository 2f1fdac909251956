import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing

@testable import PartitionCore

/// A partition's memory is its own segments and its stack, and nothing of the partition that is next in the table.
///
/// Partition 1 has its segments elsewhere than partition 0: where all lie alike, what is a stranger's does not show.
@Suite struct OwnMemoryTests {
  private typealias Module = ModuleDescription
  private static let distance: UInt64 = 0x10_0000

  private func bench() throws -> Bench {
    var description = ModuleDescription()
    for _ in 0..<2 { description.addPartition(permitted: 0) }
    for index in 3..<6 { description.segments[index].virtualAddress += Self.distance }
    description.partitions[1].entryPoint += Self.distance
    description.addWindow(0, 5_000_000, of: 0)
    description.addWindow(5_000_000, 4_000_000, of: 1)
    let bench = try Bench(description)
    bench.start()
    return bench
  }

  /// The least and the last bytes of each segment of a partition.
  private static func ends(of partition: UInt8) -> [UInt64] {
    let shift = UInt64(partition) * distance
    return [Module.text, Module.constants - 8, Module.constants, Module.data - 8, Module.data, Module.dataEnd - 8].map {
      $0 + shift
    }
  }

  @Test func wordsAndBytesAreTheCallersOwn() throws {
    let bench = try bench()
    for partition in [0, 1] as [UInt8] {
      bench.run(to: partition)
      for address in Self.ends(of: partition) {
        #expect(bench.call(.noteWords, address, 1).status == .noError, "\(partition) has \(address)")
        #expect(bench.call(.writeConsole, address, 8, operand: 8).status == .noError)
      }
      for address in Self.ends(of: 1 - partition) {
        #expect(bench.call(.noteWords, address, 1).status == .invalidParameter, "\(partition) has not \(address)")
        #expect(bench.call(.writeConsole, address, 8, operand: 8).status == .invalidParameter)
      }
    }
  }

  @Test func handlersLieInTheCallersOwnText() throws {
    let bench = try bench()
    let vector = UInt64(VirtualInterrupt.timer.vector)
    for partition in [0, 1] as [UInt8] {
      bench.run(to: partition)
      let texts = [Module.handler, Module.handler + Self.distance]
      #expect(bench.call(.registerHandler, vector, texts[1 - Int(partition)]).status == .invalidParameter)
      #expect(bench.call(.registerHandler, vector, texts[Int(partition)]).status == .noError)
    }
  }

  /// The same of notes that are answered at once, whose last segment is remembered.
  @Test func notesAtOnceAreTheCallersOwn() throws {
    let bench = try bench()
    var log = EventLog()
    for partition in [0, 1, 0] as [UInt8] {
      bench.run(to: partition)
      let caller = bench.core.caller(bench.core.current)
      for owner in [partition, 1 - partition] {
        for address in Self.ends(of: owner) {
          let isGranted = bench.core.noteAtOnce(address, 1, of: caller, into: &log) != nil
          #expect(isGranted == (owner == partition), "\(partition), \(address)")
        }
      }
    }
  }
}
