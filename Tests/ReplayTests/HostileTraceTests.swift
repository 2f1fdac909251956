import APEXTypes
import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

/// Whatever a trace contains, the replayer answers: it never traps and never hangs.
@Suite struct HostileTraceTests {
  private static let kinds = Array(UInt8(1)...7) + Array(16...33) + Array(48...55) + [64, 65, 80, 81, 82]

  /// An event that nobody wrote: any kind, numbers that are small, odd or huge.
  private func event(_ generator: inout SeededGenerator, _ time: UInt64) -> TraceEvent {
    func number(_ limit: UInt64) -> UInt64 { generator.oneIn(4) ? generator.next() : generator.number(0...limit) }
    var event = TraceEvent(time: generator.oneIn(10) ? generator.next() : time, kind: 0)
    event.kind = generator.oneIn(30) ? UInt8(generator.number(0...255)) : Self.kinds.randomElement(using: &generator)!
    event.partition = generator.oneIn(3) ? 0xFF : UInt8(truncatingIfNeeded: number(4))
    event.detail = UInt8(truncatingIfNeeded: number(31))
    event.operand = UInt32(truncatingIfNeeded: number(80)) | UInt32(event.partition) << 16
    for index in 0..<8 { event.words[index] = number(100) }
    return event
  }

  /// A stretch of hostile events after a true beginning: losses, keyframes with true checksums and odd words, noise.
  private func stream(_ base: [TraceEvent], _ state: [UInt64], _ generator: inout SeededGenerator) -> [TraceEvent] {
    var result = generator.oneIn(6) ? [] : Array(base.prefix(Int(generator.number(0...60))))
    var time = result.last?.time ?? 0
    for _ in 0..<generator.number(1...12) {
      time += generator.number(0...100_000)
      switch generator.number(0...5) {
      case 0:
        result.append(TraceEvent(time: time, .loss, words: .init(3)))
        var words = generator.oneIn(8) ? (0..<generator.number(0...200)).map { _ in generator.next() } : state
        for _ in 0..<generator.number(0...3) where !words.isEmpty {
          let place = Int(generator.number(0...UInt64(words.count - 1)))
          words[place] = generator.oneIn(2) ? generator.next() : words[place] ^ 1 << generator.number(0...63)
        }
        result += RecordedWorld<OwnersMarked>.keyframe(words, at: time)
      case 1, 2:
        // True inputs in a false place.
        for _ in 0..<generator.number(1...6) {
          let from = base.randomElement(using: &generator)!
          if from.eventClass == .input { result.append(from) }
        }
      case 3: result.append(base.randomElement(using: &generator)!)
      default: result.append(event(&generator, time))
      }
    }
    return result
  }

  /// What the core itself would go on with after an adopted keyframe: inputs that pass for possible.
  private func continued(_ state: [UInt64], _ generator: inout SeededGenerator) -> [TraceEvent] {
    var words = state
    for _ in 0..<generator.number(0...4) {
      let place = Int(generator.number(0...UInt64(words.count - 1)))
      words[place] = generator.oneIn(2) ? generator.next() : words[place] ^ 1 << generator.number(0...63)
    }
    var result = [TraceEvent(time: 0, .loss, words: .init(1))]
    result += RecordedWorld<OwnersMarked>.keyframe(words, at: 0)
    let runs = UInt8(truncatingIfNeeded: words.count > 4 ? words[4] : 0)
    let snapshot = EntrySnapshot(
      partition: runs, flags: .init(rawValue: UInt8(generator.number(0...15))), addressSpace: runs,
      upcallsReturned: UInt16(truncatingIfNeeded: generator.next()))
    let time = generator.oneIn(2) ? generator.next() : generator.number(0...100_000_000)
    let input: CoreInput
    switch generator.number(0...5) {
    case 0: input = .interrupt(InterruptLine(UInt8(generator.number(0...15))), EntrySnapshot(flags: .isPulse))
    case 1: input = .interrupt(InterruptLine(UInt8(generator.number(0...15))), snapshot)
    case 2: input = .timer(snapshot)
    case 3: input = .exception(vector: UInt8(generator.number(0...31)), address: generator.next(), snapshot)
    default: input = .hypercall(GuestCalls.random(&generator, recent: generator.number(30...48)), snapshot)
    }
    result.append(input.event(at: time))
    return result
  }

  @Test func hostileStreamsNeverTrapTheReplayer() throws {
    let seed = TestSeed.draw()
    print("hostile trace seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let module = try SimulatedModule(.lively)
    // A world in which somebody soon stops the module would be too short a base: the next one is taken.
    var world = RecordedWorld<OwnersMarked>(module, seed: seed)
    var base = world.run(until: 30_000_000)
    for other in UInt64(1)..<50 where base.count <= 1000 {
      world = RecordedWorld<OwnersMarked>(module, seed: seed &+ other)
      base = world.run(until: 30_000_000)
    }
    #expect(base.count > 1000, "seed \(seed)")
    let state = world.bench.stateWords
    var adopted: UInt64 = 0
    var inputs: UInt64 = 0
    for number in 0..<24_000 {
      let events = number % 3 == 0 ? continued(state, &generator) : stream(base, state, &generator)
      let report = replay(events, module)
      adopted += report.adoptedKeyframeCount
      inputs += report.inputCount
    }
    #expect(adopted > 1000, "the streams reach the core, seed \(seed)")
    #expect(inputs > 20_000, "seed \(seed)")
  }

  /// Tables that open though no compiler would write them, with runs that go as far as they go.
  @Test func hostileTablesNeverTrapTheReplayer() throws {
    let seed = TestSeed.draw()
    print("hostile table seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let good = ModuleDescription.lively.sections
    var opened = 0
    while opened < 1500 {
      var sections = good
      for _ in 0..<generator.number(1...5) { damage(&sections, &generator) }
      guard let module = try? SimulatedModule(sections: sections) else { continue }
      opened += 1
      let world = RecordedWorld<OwnersMarked>(module, seed: generator.next())
      let leftOut = module.table.module.leftOutKinds
      let events = world.run(until: 20_000_000, inputs: 60).filter { !leftOut.contains(kind: $0.kind) }
      let report = replay(events, module)
      #expect(report.verdict != .diverged, "\(report.place), seed \(seed)")
      _ = replay(stream(events, world.bench.stateWords, &generator), module)
    }
  }

  private func damage(_ sections: inout [TableSection], _ generator: inout SeededGenerator) {
    let index = Int(generator.number(0...UInt64(sections.count - 1)))
    guard !sections[index].words.isEmpty else { return }
    let place = Int(generator.number(0...UInt64(sections[index].words.count - 1)))
    switch generator.number(0...4) {
    case 0: sections[index].words[place] = generator.next()
    case 1: sections[index].words[place] = generator.number(0...40)
    case 2: sections[index].words[place] = .max - generator.number(0...5000)
    case 3: sections[index].words[place] ^= 1 << generator.number(0...63)
    default:
      // A section cut short, at a record's end.
      let records = sections[index].words.count / sections[index].recordWords
      sections[index].words.removeLast(Int(generator.number(0...UInt64(records))) * sections[index].recordWords)
    }
  }
}
