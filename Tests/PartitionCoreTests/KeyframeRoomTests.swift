import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// When a keyframe is made that the recorder wants because it has lost events: never so that a window begins late.
@Suite struct KeyframeRoomTests {
  // What the parts of L take in these worlds, as long as they may; L is their sum.
  private static let call: UInt64 = 3000
  private static let turn: UInt64 = 2000
  private static let keyframe: UInt64 = 20_000
  private static let allowance = call + turn + keyframe

  /// Windows and gaps as `check` lets them be: hardly longer than L at the least.
  private static func module(_ generator: inout SeededGenerator) -> ModuleDescription {
    var module = ModuleDescription()
    module.allowance = allowance
    module.keyframeInterval = generator.number(1...3)
    let count = generator.number(2...4)
    for _ in 0..<count { module.addPartition(permitted: 0) }
    func length(_ most: UInt64) -> UInt64 {
      allowance + (generator.oneIn(2) ? generator.number(1...allowance) : generator.number(1...most))
    }
    var at = generator.oneIn(2) ? 0 : length(200_000)
    for _ in 0..<generator.number(1...8) {
      let duration = length(600_000)
      module.addWindow(at, duration, of: UInt8(generator.number(0...count - 1)))
      at += duration
      if generator.oneIn(2) { at += length(300_000) }
    }
    module.frame = generator.oneIn(2) ? at : at + length(300_000)
    module.drainer = PartitionIndex(UInt8(count))
    module.addPartition(permitted: 0)
    return module
  }

  /// A kernel whose every act takes as long as L allows for, and whose ring has always just lost events; partitions
  /// give up their windows whenever they like, most of all right before the timer.
  private struct SlowKernel {
    let bench: Bench
    /// Until when the last input keeps the kernel.
    var busyUntil: UInt64 = 0
    var wanted = 0
    var due = 0
    var isLate = false

    mutating func take(_ input: CoreInput, at instant: UInt64, for cost: UInt64) {
      let events = bench.take(input, at: instant)
      busyUntil = instant + cost
      if bench.core.decision.isKeyframeDue || bench.core.hasRoomForKeyframe {
        busyUntil += KeyframeRoomTests.keyframe
        if bench.core.decision.isKeyframeDue { due += 1 } else { wanted += 1 }
      }
      for event in events where event.kind == EventKind.windowStart.rawValue {
        isLate = isLate || busyUntil > event.words.w0
      }
    }

    mutating func step(_ generator: inout SeededGenerator) {
      let ready = max(busyUntil, bench.core.decision.notBefore.nanoseconds)
      let armed = max(bench.armed, busyUntil)
      var instant = ready + generator.number(1...400_000)
      if generator.oneIn(2), armed > KeyframeRoomTests.allowance {
        instant = armed - generator.number(1...KeyframeRoomTests.allowance)
      }
      bench.now = max(instant, ready)
      if !bench.core.current.isNone, instant >= ready, instant < bench.armed {
        let call = Hypercall(
          number: UInt64(HypercallNumber.yield.rawValue), arguments: (0, 0, 0, 0, 0, 0), operand: 0)
        take(.hypercall(call, bench.snapshot), at: instant, for: KeyframeRoomTests.call)
      } else {
        bench.now = armed
        take(.timer(bench.snapshot), at: armed, for: KeyframeRoomTests.turn)
      }
    }
  }

  @Test func noWindowBeginsLateForAWantedKeyframe() throws {
    let seed = TestSeed.draw()
    print("keyframe room seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var (wanted, due) = (0, 0)
    for round in 0..<60 {
      let bench = try Bench(Self.module(&generator))
      bench.start()
      var kernel = SlowKernel(bench: bench, busyUntil: bench.now)
      for _ in 0..<2000 where !kernel.isLate { kernel.step(&generator) }
      #expect(!kernel.isLate, "round \(round), seed \(seed)")
      wanted += kernel.wanted
      due += kernel.due
    }
    #expect(wanted > 1000 && due > 1000, "\(wanted) wanted and \(due) due, seed \(seed)")
  }

  /// A frame's start always has room, so that a loss is followed by a keyframe within a major frame.
  @Test func aFramesStartHasRoom() throws {
    var description = ModuleDescription.standard
    description.keyframeInterval = 1000
    let bench = try Bench(description)
    bench.start()
    for _ in 0..<100 {
      let events = bench.fireTimer()
      if !events.of(.majorFrameStart).isEmpty {
        let (hasRoom, isDue) = (bench.core.hasRoomForKeyframe, bench.core.decision.isKeyframeDue)
        #expect(hasRoom && !isDue)
      }
      bench.settle()
    }
  }

  /// Whoever yields right before the timer gets none; with twice L left there is time for it.
  @Test(arguments: [100_000, 99_999] as [UInt64]) func aYieldHasRoomWithTwiceTheAllowanceLeft(_ left: UInt64) throws {
    let bench = try Bench(.standard)
    bench.start()
    let end: UInt64 = 2_050_000
    bench.now = end - left - 10
    bench.call(.yield)
    let (isSwitch, hasRoom) = (bench.core.decision.isSwitch, bench.core.hasRoomForKeyframe)
    #expect(isSwitch && hasRoom == (left == 100_000))
    bench.call(.null)
    let hasRoomWithoutSwitch = bench.core.hasRoomForKeyframe
    #expect(!hasRoomWithoutSwitch)
  }

  /// When the module is over no boundary can become late.
  @Test func whoeverGetsTheRestAfterTheStopHasRoom() throws {
    let bench = try Bench(.standard)
    bench.start(stop: 1_995_000)
    let events = bench.fireTimer()
    let (isSwitch, hasRoom) = (bench.core.decision.isSwitch, bench.core.hasRoomForKeyframe)
    #expect(bench.hasStopped && bench.now == 1_995_000 && isSwitch && hasRoom)
    // Nor has anybody idle time any more.
    #expect(events.of(.idle).isEmpty)
  }
}
