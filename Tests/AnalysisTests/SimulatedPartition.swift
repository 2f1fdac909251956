import Analysis

/// A partition under a schedule, played tick by tick: the slow and simple truth that bounds are held against.
///
/// It shares nothing with the analysis but the description of windows and processes. One tick is one nanosecond of the
/// analysis; frames of some dozens of ticks are enough.
struct SimulatedPartition {
  let supply: SupplyFunction
  let processes: [PeriodicProcess]
  let scheduling: SchedulingDiscipline
  let releaseOrigin: UInt64

  private struct Job {
    var process: Int
    var release: UInt64
    var left: UInt64
    var hasBegun = false
  }

  /// The longest response of each process in `length` ticks.
  ///
  /// - Parameters:
  ///   - computation: how long a job of a process computes, at most its capacity.
  ///   - isStolen: whether a tick of a window goes to a foreign line; at most `stolen` of each window are taken.
  func longestResponses(
    length: UInt64, computation: (Int) -> UInt64, isStolen: () -> Bool
  ) -> [UInt64] {
    var worst = [UInt64](repeating: 0, count: processes.count)
    var jobs: [Job] = []
    var running: Int?
    var stolen: UInt64 = 0
    for tick in 0..<length {
      for (index, process) in processes.enumerated()
      where tick >= releaseOrigin + process.offset
        && (tick - releaseOrigin - process.offset).isMultiple(of: process.period!)
      {
        jobs.append(Job(process: index, release: tick, left: computation(index)))
      }
      let place = tick % supply.majorFrame
      guard let window = supply.windows.first(where: { place >= $0.start && place < $0.end }) else { continue }
      if place == window.start { stolen = 0 }
      if stolen < window.stolen, isStolen() {
        stolen += 1
        continue
      }
      if scheduling == .preemptive || running == nil { running = choose(jobs) }
      guard let chosen = running else { continue }
      jobs[chosen].left -= 1
      if jobs[chosen].left == 0 {
        worst[jobs[chosen].process] = max(worst[jobs[chosen].process], tick + 1 - jobs[chosen].release)
        jobs.remove(at: chosen)
        running = nil
      }
    }
    return worst
  }

  /// The most urgent job, the oldest among equals.
  private func choose(_ jobs: [Job]) -> Int? {
    jobs.indices.max { first, second in
      let (one, other) = (processes[jobs[first].process].priority!, processes[jobs[second].process].priority!)
      return one != other ? one < other : jobs[first].release > jobs[second].release
    }
  }
}
