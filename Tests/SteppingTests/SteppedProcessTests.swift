import APEXTypes
import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import Terminal
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Stepping

/// Which process of a partition has the processor, as its scheduler tells, wherever one comes from.
@Suite struct SteppedProcessTests {
  private static let names = ["navigation", "guidance\u{1B}"]
  let seed: UInt64
  let module: SimulatedModule
  let events: [TraceEvent]

  /// A run whose notes are made tells: the core does nothing because of either.
  init() throws {
    var description = ModuleDescription.lively.named()
    for name in Self.names {
      let reference = NameReference(offset: description.names.count, length: name.utf8.count)
      description.names += Array(name.utf8)
      description.processes += (0..<description.partitions.count).map {
        ProcessRecord(
          partition: PartitionIndex(UInt8($0)), name: reference, period: Nanoseconds(0), capacity: Nanoseconds(0),
          deadline: Nanoseconds(.max), priority: 1, completion: .told)
      }
    }
    module = try SimulatedModule(description)
    let note = UInt32(HypercallNumber.note.rawValue)
    var run: [TraceEvent]
    (seed, run) = RecordedWorld<OwnersMarked>.run(
      module, after: TestSeed.draw(), until: 400_000_000, inputs: 8_000
    ) { run in run.count { $0.knownKind == .hypercall && $0.operand & 0xFFFF == note } > 30 }
    let keys = Self.names.map { name in Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0).rawValue } }
    let choices = keys + [0, 0xBAD]
    for index in run.indices {
      guard [.hypercall, .hypercallResult].contains(run[index].knownKind), run[index].operand & 0xFFFF == note else {
        continue
      }
      run[index].operand += UInt32(HypercallNumber.tellProcess.rawValue) - note
      guard run[index].knownKind == .hypercall else { continue }
      run[index].words.w3 = UInt64(choices[index % choices.count]) << 32
      (run[index].words.w4, run[index].words.w5) = (1, UInt64(bitPattern: .min))
    }
    events = run
  }

  /// By event: the partitions' processes after it, told from the events one by one.
  private var expected: [[UInt8: Int]] {
    var known: [UInt8: Int] = [:]
    var call: TraceEvent?
    return events.map { event in
      switch event.knownKind {
      case .hypercall: call = event
      case .hypercallResult:
        guard let told = call, event.operand & 0xFFFF == UInt32(HypercallNumber.tellProcess.rawValue) else { break }
        let telling = ProcessTelling((told.words.w3, told.words.w4, told.words.w5))
        // A start, or another deadline, leaves the processor where it is.
        guard telling.isDispatch else { break }
        let to = telling.to
        let place = Self.names.firstIndex { name in Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) } == to }
        known[event.partition] = place.map { $0 * vocabulary.partitions.count + Int(event.partition) }
      case .restart, .initialised: known[event.partition] = nil
      case .modeChange where event.detail == 0: known[event.partition] = nil
      case .loss: known = [:]
      default: break
      }
      return known
    }
  }

  private var vocabulary: TraceVocabulary { TraceVocabulary(module.table) }

  @Test func everyEventHasOneProcessWhateverTheWayToIt() throws {
    let trace = SteppingTests.trace(of: events, module)
    let stepper = try TraceStepper { try TraceReader(bytes: trace) }
    let expected = expected
    try #require(expected.contains { $0.count > 1 }, "seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let target = Int(generator.next() % UInt64(events.count))
      try stepper.go(to: target)
      for partition in 0..<UInt8(vocabulary.partitions.count) {
        #expect(stepper.process(of: partition) == expected[target][partition], "event \(target), seed \(seed)")
      }
    }
  }

  @Test func thePartitionTableNamesIt() throws {
    let trace = SteppingTests.trace(of: events, module)
    let session = StepSession(try TraceStepper { try TraceReader(bytes: trace) })
    let expected = expected
    let start = try #require(events.firstIndex { $0.knownKind == .start })
    for name in Self.names.indices {
      let count = vocabulary.partitions.count
      let place = try #require(
        events.indices.first { index in index > start && expected[index].contains { $0.value / count == name } })
      try session.stepper.go(to: place)
      let lines = try StepScreen(session, width: 120, height: 60).lines(status: StyledLine()).map(\.text)
      let shown = ["process navigation ", "process guidance\u{FFFD} "][name]
      let owner = try #require(expected[place].first { $0.value / count == name }?.key)
      #expect(lines.contains { $0.dropFirst(3).hasPrefix("Partition \(owner)") && $0.contains(shown) }, "\(lines)")
    }
  }
}
