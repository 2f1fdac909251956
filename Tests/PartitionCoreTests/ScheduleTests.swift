import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// A schedule unrolled by brute force: every boundary of every frame as an instant of its own.
struct ScheduleReference {
  struct Boundary: Equatable {
    var instant: UInt64
    /// 0 window end, 1 frame start, 2 window start: the order in which boundaries of one instant are passed.
    var rank: Int
    var index: UInt32
    var partition: UInt8
  }
  let boundaries: [Boundary]

  init(_ module: ModuleDescription, origin: UInt64, frames: Int) {
    var all: [Boundary] = []
    for frame in 0..<frames {
      let start = origin + UInt64(frame) * module.frame
      all.append(Boundary(instant: start, rank: 1, index: UInt32(frame), partition: 0xFF))
      for (index, window) in module.windows.enumerated() {
        let begin = start + window.start.count
        let owner = window.partition.rawValue
        all.append(Boundary(instant: begin, rank: 2, index: UInt32(index), partition: owner))
        all.append(
          Boundary(instant: begin + window.duration.count, rank: 0, index: UInt32(index), partition: owner))
      }
    }
    boundaries = all.sorted { ($0.instant, $0.rank) < ($1.instant, $1.rank) }
  }

  /// The boundary that a recorded event tells of, if it is one.
  static func boundary(_ event: TraceEvent) -> Boundary? {
    let rank: Int
    switch event.knownKind {
    case .windowEnd: rank = 0
    case .majorFrameStart: rank = 1
    case .windowStart: rank = 2
    default: return nil
    }
    return Boundary(instant: event.words.w0, rank: rank, index: event.operand, partition: event.partition)
  }

  /// The first start of a window of `partition` later than `instant`, in frames repeated for ever.
  static func nextOwn(_ module: ModuleDescription, _ partition: UInt8, after instant: UInt64, origin: UInt64) -> UInt64
  {
    var best = UInt64.max
    for frame in 0..<3 {
      let first = origin + ((instant - origin) / module.frame + UInt64(frame)) * module.frame
      for window in module.windows where window.partition.rawValue == partition && first + window.start.count > instant
      {
        best = min(best, first + window.start.count)
      }
    }
    return best
  }
}

extension ModuleDescription {
  /// Up to eight windows of up to five partitions, with and without gaps between them.
  static func random(_ generator: inout SeededGenerator) -> ModuleDescription {
    var module = ModuleDescription()
    module.allowance = generator.number(1000...20_000)
    let count = generator.number(1...5)
    for _ in 0..<count { module.addPartition(permitted: 0xFFFF) }
    for line in 0..<16 { module.addLine(UInt64(line), .markedAtOnce, budget: 5) }
    var at: UInt64 = generator.oneIn(2) ? 0 : generator.number(0...200_000)
    for _ in 0..<generator.number(1...8) {
      let length = generator.number(3 * module.allowance...1_000_000)
      module.addWindow(at, length, of: UInt8(generator.number(0...count - 1)))
      at += length
      if generator.oneIn(2) { at += generator.number(0...300_000) }
    }
    module.frame = generator.oneIn(3) ? at : at + generator.number(1...500_000)
    if generator.oneIn(2) {
      module.drainer = PartitionIndex(UInt8(count))
      module.addPartition(permitted: 0)
    }
    return module
  }
}

/// The cyclic schedule against its brute-force unrolling.
@Suite struct ScheduleTests {
  /// The timer fires at its instant and partitions ask for services between: every boundary is passed exactly L before.
  @Test func everyBoundaryOfThousandsOfFramesIsPassedInTime() throws {
    let seed = TestSeed.draw()
    print("schedule seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<12 {
      let description = ModuleDescription.random(&generator)
      let frames = 1200
      let bench = try Bench(description)
      let origin = generator.number(0...1_000_000)
      let reference = ScheduleReference(description, origin: origin + description.allowance, frames: frames)
      var next = 0
      var isExact = true
      func check(_ events: [TraceEvent]) {
        for event in events {
          guard let passed = ScheduleReference.boundary(event), next < reference.boundaries.count else { continue }
          isExact = isExact && passed == reference.boundaries[next]
          isExact = isExact && bench.now == passed.instant - description.allowance
          if passed.rank == 2 {
            isExact =
              isExact
              && event.words.w1
                == passed.instant + description.windows[Int(passed.index)].duration.count
          }
          next += 1
        }
      }
      check(bench.take(.start(stop: .max), at: origin))
      var entries = 0
      while next < reference.boundaries.count, isExact {
        entries += 1
        isExact = entries < 20 * reference.boundaries.count
        if generator.oneIn(3), !bench.core.current.isNone {
          let instant = max(bench.now, bench.core.decision.notBefore.nanoseconds) + generator.number(1...400_000)
          if instant < bench.armed {
            bench.now = instant
            let call = Hypercall(number: 73, arguments: (0, 0, 0, 0, 0, 0), operand: 0)
            check(bench.take(.hypercall(call, bench.snapshot), at: instant))
            continue
          }
        }
        check(bench.fireTimer())
      }
      #expect(isExact, "boundary \(next) of \(reference.boundaries.count), seed \(seed)")
    }
  }

  /// A boundary is passed from L before its instant on and not a nanosecond sooner, by whatever entry comes.
  @Test func aBoundaryIsDueFromTheAllowanceBeforeItOn() throws {
    for early in [1, 0] as [UInt64] {
      let bench = try Bench(.standard)
      bench.start()
      let due: UInt64 = 2_050_000 - 50_000
      bench.now = due - early - 10
      let events = bench.fire(5)
      #expect(events.of(.windowEnd).isEmpty == (early == 1))
      #expect(bench.core.current == PartitionIndex(early == 1 ? 0 : 1))
      #expect(bench.armed == (early == 1 ? due : 4_000_000))
    }
  }

  /// The successor's first instruction waits for the window's instant; after it nobody waits.
  @Test func aWindowsFirstInstructionWaitsForItsInstant() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.fireTimer()
    #expect(bench.core.decision.isSwitch)
    #expect(bench.core.decision.notBefore.nanoseconds == 2_050_000)
    #expect(bench.snapshot.partition == 0xFF, "till then the kernel waits")
    bench.fire(5)
    #expect(bench.core.decision.notBefore.nanoseconds == 2_050_000, "an interrupt within the pad changes nothing")
    #expect(!bench.core.decision.isSwitch)
    bench.settle()
    bench.call(.null)
    #expect(bench.core.decision.notBefore == .zero)
  }

  /// Late entries pass one boundary each and the timer is armed for what is over already, until all is made up for.
  @Test func overdueBoundariesAreMadeUpForOneByOne() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.now = 9_500_000
    let first = bench.fire(5)
    #expect(first.of(.windowStart).map(\.operand) == [1])
    var order: [UInt32] = []
    for _ in 0..<10 where bench.armed <= bench.now { order += bench.fireTimer().of(.windowStart).map(\.operand) }
    #expect(order == [2, 3])
    #expect(bench.armed == 10_000_000)
  }

  // MARK: Yield

  @Test func yieldAnswersTheNextOwnWindow() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      let description = ModuleDescription.random(&generator)
      let bench = try Bench(description)
      bench.start()
      for _ in 0..<30 {
        for _ in 0..<100 where bench.core.schedule.owner.isNone || bench.core.current != bench.core.schedule.owner {
          bench.fireTimer()
        }
        bench.settle()
        try #require(!bench.core.schedule.owner.isNone && bench.core.current == bench.core.schedule.owner)
        let caller = bench.core.current.rawValue
        let start =
          bench.core.schedule.frameStart
          + description.windows[bench.core.schedule.active].start.count
        let answer = bench.call(.yield)
        let expected = ScheduleReference.nextOwn(description, caller, after: start, origin: description.allowance)
        #expect(
          answer == HypercallAnswer(caller: PartitionIndex(caller), status: .noError, value: expected), "seed \(seed)")
        #expect(bench.core.current == description.drainer || bench.core.current.isNone)
        bench.fireTimer()
      }
    }
  }

  @Test func whoHasYieldedRunsAgainInItsNextWindow() throws {
    let bench = try Bench(.standard)
    bench.start()
    #expect(bench.call(.yield).value == 5_050_000)
    #expect(bench.core.current == PartitionIndex(3))
    #expect(bench.core.decision.isSwitch)
    #expect(bench.call(.yield).status == .noAction, "idle time has nothing to give up")
    bench.run(to: 1)
    bench.run(to: 0)
    #expect(bench.now == 5_050_000)
  }

  @Test func idleTimeIsTheDrainersOrTheIdleLoops() throws {
    for hasDrainer in [true, false] {
      var description = ModuleDescription.standard
      if !hasDrainer { description.drainer = .none }
      let bench = try Bench(description)
      bench.start()
      bench.fireTimer()
      let events = bench.fireTimer()
      #expect(events.of(.windowEnd).count == 1)
      let idle = try #require(events.of(.idle).first)
      #expect(idle.partition == (hasDrainer ? 3 : 0xFF))
      #expect(idle.words.w0 == 5_050_000)
      #expect(bench.core.decision.successor == (hasDrainer ? .partition(PartitionIndex(3)) : .idleLoop))
      #expect(bench.core.decision.notBefore == .zero)
      #expect(bench.armed == 5_000_000)
    }
  }

  @Test func adjacentWindowsOfOneOwnerNeedNoSwitch() throws {
    var description = ModuleDescription.standard
    description.windows = []
    description.addWindow(0, 2_000_000, of: 0)
    description.addWindow(2_000_000, 2_000_000, of: 0)
    let bench = try Bench(description)
    bench.start()
    let events = bench.fireTimer()
    #expect(events.map(\.knownKind) == [.windowEnd, .windowStart, .timerArmed])
    #expect(!bench.core.decision.isSwitch)
    #expect(bench.core.decision.notBefore.nanoseconds == 2_050_000)
  }

  @Test func keyframesAreDueAtTheirInterval() throws {
    for interval in [1, 3, 7] as [UInt64] {
      var description = ModuleDescription.standard
      description.keyframeInterval = interval
      let bench = try Bench(description)
      var due: [UInt64] = []
      var frames: UInt64 = 0
      func look(_ events: [TraceEvent]) {
        frames += UInt64(events.of(.majorFrameStart).count)
        if bench.core.decision.isKeyframeDue { due.append(frames) }
      }
      look(bench.take(.start(stop: .max), at: 0))
      for _ in 0..<1000 where frames < 21 { look(bench.fireTimer()) }
      #expect(due == Array(stride(from: interval, through: 21, by: Int(interval))))
    }
  }
}
