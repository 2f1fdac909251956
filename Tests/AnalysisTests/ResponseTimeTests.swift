import TestSeeds
import Testing

@testable import Analysis

/// Bounds against brute force: thousands of small partitions played tick by tick.
@Suite struct ResponseTimeTests {
  /// A random schedule, a process set that its windows can bear, and the partition's period starts in a frame.
  private static func world(_ random: inout SeededGenerator) -> (SupplyFunction, [PeriodicProcess], [UInt64]) {
    let frame: UInt64 = 24
    var windows: [SupplyFunction.Window] = []
    var at = UInt64.random(in: 0..<4, using: &random)
    while at + 3 < frame, windows.count < 3 {
      let end = min(at + UInt64.random(in: 2..<9, using: &random), frame)
      let stolen = Bool.random(using: &random) ? 0 : UInt64.random(in: 0..<2, using: &random)
      windows.append(SupplyFunction.Window(start: at, end: end, stolen: stolen))
      at = end + UInt64.random(in: 1..<8, using: &random)
    }
    let supply = SupplyFunction(windows: windows, majorFrame: frame)
    let processes = (0..<Int.random(in: 1..<4, using: &random)).map { index in
      let period: UInt64 = [12, 24, 24, 48, 72].randomElement(using: &random)!
      // In the middle of windows too, and later than the partition's next period starts.
      let offset = Bool.random(using: &random) ? 0 : UInt64.random(in: 0..<period, using: &random)
      return PeriodicProcess(
        name: "process \(index)", period: period, capacity: UInt64.random(in: 1..<7, using: &random), deadline: nil,
        priority: UInt64.random(in: 1..<4, using: &random), offset: offset)
    }
    let origin = supply.windows.first?.start ?? 0
    return (supply, processes, Bool.random(using: &random) ? [origin] : [origin, origin + 12])
  }

  /// The longest responses, whichever period start the processes begin with.
  private static func longestResponses(
    _ partitions: [SimulatedPartition], length: UInt64, computation: (Int) -> UInt64, isStolen: () -> Bool
  ) -> [UInt64] {
    partitions.map { $0.longestResponses(length: length, computation: computation, isStolen: isStolen) }
      .reduce([UInt64](repeating: 0, count: partitions[0].processes.count)) { zip($0, $1).map(max) }
  }

  @Test(arguments: SchedulingDiscipline.allCases)
  func noResponseIsLongerThanItsBound(_ scheduling: SchedulingDiscipline) {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    var compared = 0
    var tight = 0
    for _ in 0..<600 {
      let (supply, processes, origins) = Self.world(&random)
      let analysis = ResponseTimeAnalysis(
        supply: supply, processes: processes, scheduling: scheduling, releaseOrigins: origins)
      let partitions = origins.map {
        SimulatedPartition(supply: supply, processes: processes, scheduling: scheduling, releaseOrigin: $0)
      }
      // Once at full capacity with everything stolen at once, then at random.
      var seen = Self.longestResponses(
        partitions, length: 24 * 40, computation: { processes[$0].capacity! }, isStolen: { true })
      for _ in 0..<3 {
        let again = Self.longestResponses(
          partitions, length: 24 * 40, computation: { UInt64.random(in: 1...processes[$0].capacity!, using: &random) },
          isStolen: { Bool.random(using: &random) })
        seen = zip(seen, again).map(max)
      }
      for index in processes.indices {
        guard case .bounded(let bound) = analysis.bound(of: index) else { continue }
        compared += 1
        if seen[index] == bound { tight += 1 }
        #expect(seen[index] <= bound, "seed \(seed): \(scheduling), \(supply), \(processes), process \(index)")
      }
    }
    #expect(compared > 300, "seed \(seed)")
    // Preemptive bounds of distinct priorities are exact; equal priorities and blocking cost the rest.
    #expect(tight * (scheduling == .preemptive ? 2 : 4) > compared, "seed \(seed): \(tight) of \(compared) reached")
  }

  @Test func preemptiveBoundsOfDistinctPrioritiesAreReached() {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    var compared = 0
    for _ in 0..<600 {
      var (supply, processes, origins) = Self.world(&random)
      for index in processes.indices { processes[index].priority = UInt64(index + 1) }
      let analysis = ResponseTimeAnalysis(
        supply: supply, processes: processes, scheduling: .preemptive, releaseOrigins: origins)
      let seen = Self.longestResponses(
        origins.map {
          SimulatedPartition(supply: supply, processes: processes, scheduling: .preemptive, releaseOrigin: $0)
        }, length: 24 * 60, computation: { processes[$0].capacity! }, isStolen: { true })
      // A job that was released in the middle of a window may lose the window's stolen time once more.
      let isPlain = supply.windows.allSatisfy { $0.stolen == 0 }
      for index in processes.indices {
        guard case .bounded(let bound) = analysis.bound(of: index), isPlain else { continue }
        compared += 1
        #expect(seen[index] == bound, "seed \(seed): \(supply), \(processes), process \(index)")
      }
    }
    #expect(compared > 100, "seed \(seed)")
  }

  @Test func theBoundForAnyPhaseCoversEveryPhase() {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let (supply, _, _) = Self.world(&random)
      guard supply.perFrame > 0 else { continue }
      let demand = UInt64.random(in: 1..<30, using: &random)
      let bound = supply.longestTime(toSupply: demand)!
      let seen = (0..<supply.majorFrame).map { supply.completion(of: demand, from: $0)! - $0 }.max()!
      #expect(bound == seen, "seed \(seed): \(supply), demand \(demand)")
    }
  }

  @Test func completionCountsTickByTick() {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let (supply, _, _) = Self.world(&random)
      let plain = SupplyFunction(
        windows: supply.windows.map { SupplyFunction.Window(start: $0.start, end: $0.end) },
        majorFrame: supply.majorFrame)
      guard plain.perFrame > 0 else { continue }
      let begin = UInt64.random(in: 0..<60, using: &random)
      let demand = UInt64.random(in: 1..<70, using: &random)
      var left = demand
      var tick = begin
      while left > 0 {
        let place = tick % plain.majorFrame
        if plain.windows.contains(where: { place >= $0.start && place < $0.end }) { left -= 1 }
        tick += 1
      }
      #expect(plain.completion(of: demand, from: begin) == tick, "seed \(seed): \(plain), \(demand) from \(begin)")
    }
  }

  /// A less urgent process blocks only where it may be busy: here it is done 6 ns before the next release, and with
  /// twice the period and another 2 ns to compute it runs over the window's end into the next, beside a release.
  @Test func whoIsDoneBeforeTheReleaseBlocksNobody() {
    func bounds(_ period: UInt64, _ capacity: UInt64) -> [ResponseTimeAnalysis.Bound] {
      let urgent = PeriodicProcess(name: "urgent", period: 10, capacity: 1, deadline: nil, priority: 2)
      let other = PeriodicProcess(name: "other", period: period, capacity: capacity, deadline: nil, priority: 1)
      let analysis = ResponseTimeAnalysis(
        supply: SupplyFunction(windows: [.init(start: 0, end: 4)], majorFrame: 10), processes: [urgent, other],
        scheduling: .cooperative, releaseOrigins: [0])
      return [analysis.bound(of: 0), analysis.bound(of: 1)]
    }
    #expect(bounds(10, 3) == [.bounded(1), .bounded(4)])
    // Of 5 ns, 3 are over when the urgent one is released again; the bound counts them all.
    #expect(bounds(20, 5) == [.bounded(12), .bounded(13)])
  }

  @Test func whatHasNoBoundSaysWhy() {
    let supply = SupplyFunction(windows: [.init(start: 0, end: 10)], majorFrame: 20)
    func bound(_ processes: [PeriodicProcess], _ scheduling: SchedulingDiscipline = .preemptive) -> [Bool] {
      let analysis = ResponseTimeAnalysis(
        supply: supply, processes: processes, scheduling: scheduling, releaseOrigins: [0])
      return processes.indices.map { if case .bounded = analysis.bound(of: $0) { true } else { false } }
    }
    let urgent = PeriodicProcess(name: "urgent", period: 20, capacity: 4, deadline: 10, priority: 9)
    let open = PeriodicProcess(name: "open", period: nil, capacity: nil, deadline: nil, priority: 1)
    let greedy = PeriodicProcess(name: "greedy", period: 20, capacity: 8, deadline: 20, priority: 5)
    #expect(bound([urgent, open]) == [true, false])
    #expect(bound([urgent, open], .cooperative) == [false, false])
    #expect(bound([urgent, greedy]) == [true, false])
    #expect(bound([greedy]) == [true])
  }
}
