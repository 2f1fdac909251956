import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// A keyframe holds all that influences a later decision.
@Suite struct KeyframeTests {
  /// Two cores that have gone different ways; after one has adopted the other's keyframe they can not be told apart.
  ///
  /// - Parameter isFresh: whether the adopting core is new, or has a past of its own, as a replayer's has after a loss.
  private func expectTwins(isFresh: Bool, seeds: Int) throws {
    let first = TestSeed.draw()
    print("keyframe seed \(first)")
    let module = try SimulatedModule(.lively)
    for seed in first..<(first + UInt64(seeds)) {
      var generator = SeededGenerator(seed: ~seed)
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      world.run(until: 60_000_000, inputs: Int(generator.number(1...800)))
      let other = RecordedWorld<OwnersMarked>(module, seed: seed ^ 0xFFFF)
      if !isFresh { other.run(until: 30_000_000, inputs: Int(generator.number(1...400))) }
      let twin = other.bench
      var words = world.bench.stateWords.makeIterator()
      #expect(twin.core.restore { words.next() })
      #expect(words.next() == nil)
      #expect(twin.stateWords == world.bench.stateWords)
      var isSame =
        twin.core.decision.successor == world.bench.core.decision.successor
        && twin.core.decision.notBefore == world.bench.core.decision.notBefore
      var fromTwin: [TraceEvent] = []
      world.onInput = { input, instant in fromTwin = twin.take(input, at: instant) }
      world.onDecisions = { decisions in
        isSame = isSame && decisions == fromTwin && Self.sameDecision(twin, world.bench)
      }
      for _ in 0..<300 where isSame {
        guard world.step() else { break }
      }
      isSame = isSame && twin.stateWords == world.bench.stateWords
      #expect(isSame, "seed \(seed)")
      if !isSame { return }
    }
  }

  private static func sameDecision(_ a: CoreBench<OwnersMarked>, _ b: CoreBench<OwnersMarked>) -> Bool {
    let (x, y) = (a.core.decision, b.core.decision)
    return x.successor == y.successor && x.notBefore == y.notBefore && x.isSwitch == y.isSwitch && x.timer == y.timer
      && x.lineMask == y.lineMask && x.acknowledge == y.acknowledge && x.answer == y.answer && x.effect == y.effect
      && x.upcall == y.upcall && x.hasPendingMarks == y.hasPendingMarks && x.isKeyframeDue == y.isKeyframeDue
      && x.hasStopped == y.hasStopped && x.exception == y.exception
  }

  @Test func aFreshCoreGoesOnFromAKeyframe() throws { try expectTwins(isFresh: true, seeds: 300) }

  @Test func aCoreWithAPastGoesOnFromAKeyframe() throws { try expectTwins(isFresh: false, seeds: 300) }

  /// The worlds of these tests do what can be done: else the tests above would prove little.
  @Test func theWorldIsLively() throws {
    let seed = TestSeed.draw()
    let module = try SimulatedModule(.lively)
    let events = (0..<60).flatMap { index in
      RecordedWorld<OwnersMarked>(module, seed: seed &+ index).run(until: 100_000_000)
    }
    let kinds: [EventKind] = [
      .kernelHandler, .mark, .upcall, .upcallsReturned, .hypercallResult, .partitionSwitch, .windowStart, .windowEnd,
      .majorFrameStart, .healthAction, .portOperation, .lineMask, .timerArmed, .idle, .spurious, .unclaimed,
      .acknowledged, .maskRead, .padded, .drained, .keyframe, .stimulus, .exception, .timerExpired, .eventRaised,
      .exceptionReflected,
    ]
    for kind in kinds { #expect(events.of(kind).count > 0, "\(kind), seed \(seed)") }
    #expect(events.of(.upcall).contains { $0.detail & 1 == 1 }, "seed \(seed)")
    #expect(events.of(.upcall).contains { $0.detail >> 1 > 1 }, "nested, seed \(seed)")
    for vector in [48, 64] as [UInt32] { #expect(events.of(.upcall).contains { $0.operand == vector }) }
    #expect(events.of(.timerExpired).contains { $0.operand > 1 }, "missed ticks, seed \(seed)")
    #expect(events.of(.timerExpired).contains { $0.words.w2 > 0 }, "dropped ticks, seed \(seed)")
    #expect(events.of(.upcall).count > 50, "seed \(seed)")
    for operation in 0...6 as ClosedRange<UInt8> {
      #expect(events.of(.portOperation).contains { $0.detail == operation }, "operation \(operation), seed \(seed)")
    }
    #expect(events.of(.mark).contains { $0.operand == UInt32(VirtualInterrupt.queuingPort.vector) }, "seed \(seed)")
  }

  // MARK: Words that no kernel writes

  /// Adopting words that name what the module does not have is refused, and never a trap, now or later.
  @Test func hostileWordsAreRefusedOrHarmless() throws {
    let seed = TestSeed.draw()
    print("hostile keyframe seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let module = try SimulatedModule(.lively)
    let source = RecordedWorld<OwnersMarked>(module, seed: seed)
    source.run(until: 40_000_000, inputs: 500)
    let good = source.bench.stateWords
    var adopted = 0
    for _ in 0..<2000 {
      let world = RecordedWorld<OwnersMarked>(module, seed: generator.next())
      world.begin(until: .max)
      var words = good
      for _ in 0..<generator.number(1...6) {
        let place = Int(generator.number(0...UInt64(words.count - 1)))
        words[place] = generator.oneIn(2) ? generator.next() : words[place] ^ 1 << generator.number(0...63)
      }
      if generator.oneIn(10) { words.removeLast(Int(generator.number(1...20))) }
      var iterator = words.makeIterator()
      guard world.bench.core.restore({ iterator.next() }) else { continue }
      adopted += 1
      let snapshot =
        world.bench.core.current.isNone
        ? EntrySnapshot()
        : EntrySnapshot(partition: world.bench.core.current.rawValue, flags: [.interruptsEnabled, .frameFits])
      for line in 0..<16 as Range<UInt8> {
        world.bench.take(.interrupt(InterruptLine(line), EntrySnapshot(flags: .isPulse)), at: world.bench.now + 5)
      }
      if world.bench.core.current.rawValue == snapshot.partition {
        world.bench.take(.timer(snapshot), at: world.bench.now)
      }
    }
    #expect(adopted > 100, "seed \(seed)")
  }
}
