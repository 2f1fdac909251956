import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// What one input makes the core record fits where the kernel lays it down.
@Suite struct RecordedWordsTests {
  /// Counts the words of a ring that records take, as the kernel's batch lays them down.
  private struct WordCounter: DecisionRecorder {
    var words = 0
    mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) { words += 2 }
    mutating func record(
      _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
    ) { words += 3 }
    mutating func record(
      _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
    ) { words += 4 }
    mutating func record(
      _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
      _ w2: UInt64
    ) { words += 5 }
  }
  /// A record of the core's has two words and up to three of its own.
  private static let wordsOfARecord = 5

  @Test func noInputRecordsMoreThanTheLimit() throws {
    let first = TestSeed.draw()
    print("recorded words, seed \(first)")
    let module = try SimulatedModule(.lively)
    let limit = PartitionCore<OwnersMarked>.recordedWordLimit(module.table)
    var most = 0
    for seed in first..<(first + 60) {
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      world.onDecisions = { most = max(most, $0.count * Self.wordsOfARecord) }
      world.begin(until: 60_000_000)
      for _ in 0..<1500 {
        guard world.step() else { break }
      }
    }
    #expect(most <= limit, "seed \(first)")
    // The worlds do not only pass trifles.
    #expect(most > 40, "seed \(first)")
    print("recorded words: \(most) of \(limit)")
  }

  // MARK: Full queues

  private static let channelCount: UInt64 = 21
  private static let destinationCount: UInt64 = 5

  /// Partition 0 receives from 1 through as many queuing ports as a module may have, each of one message.
  private static func crowded() -> ModuleDescription {
    var module = ModuleDescription()
    for _ in 0..<2 { module.addPartition(permitted: 0) }
    module.addWindow(0, 2_000_000, of: 0)
    module.addWindow(2_000_000, 2_000_000, of: 1)
    for _ in 0..<channelCount {
      module.addQueuingChannel(
        from: 1, to: Array(repeating: .init(0, count: 1), count: Int(destinationCount)), bytes: 8)
    }
    module.healthActions = [
      HealthActionRecord(partition: PartitionIndex(0), error: .numericError, action: .coldStart),
      HealthActionRecord(partition: PartitionIndex(0), error: .memoryViolation, action: .idle),
      HealthActionRecord(
        partition: PartitionIndex(0), error: .illegalRequest, action: .ignore, level: .module, moduleAction: .reset),
    ]
    return module
  }

  /// Every queue is full, the sender has asked to be told, and the receiver is in the processor.
  private static func filled() throws -> Bench {
    let bench = try Bench(crowded())
    bench.start()
    func create(_ port: UInt64, direction: UInt64) -> ReturnCode {
      bench.initialising {
        bench.call(.createQueuingPort, ModuleDescription.constants, 8, 1, direction, operand: port).status
      }
    }
    let stride = destinationCount + 1
    for port in 1...channelCount * stride where port % stride != 1 {
      #expect(create(port, direction: 1) == .noError)
    }
    bench.run(to: 1)
    #expect(bench.call(.registerVCPU, UInt64(VirtualInterrupt.queuingPort.vector)).status == .noError)
    for channel in 0..<channelCount {
      let port = channel * stride + 1
      #expect(create(port, direction: 0) == .noError)
      #expect(bench.call(.sendQueuingMessage, port, ModuleDescription.data, 8).status == .noError)
    }
    bench.run(to: 0)
    return bench
  }

  /// Whoever ends what it was, by whatever way, frees room in all queues that it received from, and marks the sender
  /// for each of them.
  @Test(arguments: [
    CoreEnding.call(.coldStart), .call(.idle), .exception(0), .exception(14), .exception(6),
  ])
  func whoEndsWithFullQueuesRecordsNoMoreThanTheLimit(_ ending: CoreEnding) throws {
    let bench = try Self.filled()
    let limit = PartitionCore<OwnersMarked>.recordedWordLimit(bench.module.table)
    var counter = WordCounter()
    let now = SystemTime(nanoseconds: bench.now + 10)
    switch ending {
    case .call(let mode):
      let call = Hypercall(
        number: UInt64(HypercallNumber.setPartitionMode.rawValue), arguments: (UInt64(mode.rawValue), 0, 0, 0, 0, 0),
        operand: 0)
      bench.core.hypercall(call, bench.snapshot, at: now, into: &counter)
    case .exception(let vector):
      bench.core.exception(
        vector: vector, errorCode: 0, address: 0, exceptionsReturned: 0, bench.snapshot, at: now, into: &counter)
    }
    let marks = 3 * Int(Self.channelCount * Self.destinationCount)
    #expect(counter.words > marks, "every full queue's sender is marked")
    #expect(counter.words <= limit)
  }

  /// How the receiver's life ends.
  enum CoreEnding: Sendable {
    case call(OperatingMode)
    /// Numeric error: a start; page fault: idle; illegal request: a reset of the module.
    case exception(UInt8)
  }
}
