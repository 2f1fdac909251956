/// Worst-case response times of the processes of one partition under its supply.
///
/// Fixed priorities; processes of equal priority delay each other, whichever came first. All periodic processes count
/// from one period start of their partition: each is released its offset after it, and then at its period, as ARINC 653
/// has it. Which period start that is depends on how long the partition took to start: each of a major frame
/// (`releaseOrigins`) is looked at, and the worst counts. The bound is taken over every release in a hyperperiod, by
/// busy periods: from each release of a process that matters, as much is computed as all releases since then ask for.
/// An offset is less than its period, so that who has not been released yet asks for as much from there on as ever
/// after, and the first hyperperiod is like the others. Where the hyperperiods have too many releases, the bound for
/// any phase is taken instead, which is never smaller.
///
/// Under cooperative scheduling one job of a less urgent process may have begun just before the busy period: the
/// longest capacity among them is added once (blocking). Only of those that may still be busy then: by its own bound a
/// process may be done before. Where phases are not looked at, all count.
public struct ResponseTimeAnalysis: Sendable {
  /// What can be said of a process.
  public enum Bound: Equatable, Sendable {
    /// The longest response in ns.
    case bounded(UInt64)
    /// No bound, and why.
    case unbounded(String)
  }

  let supply: SupplyFunction
  let processes: [PeriodicProcess]
  let scheduling: SchedulingDiscipline
  let releaseOrigins: [UInt64]
  /// By process; those of the less urgent ones are found first, for what they leave to the others.
  private var bounds: [Bound]

  /// Releases in the hyperperiods of all origins up to which each is looked at.
  static let maximumReleaseCount: UInt64 = 20_000
  /// Steps of a fixed point, and jobs of a busy period, before it is given up.
  private static let maximumStepCount = 10_000

  /// - Parameter releaseOrigins: the partition's period starts in a major frame, in ns; one or more.
  public init(
    supply: SupplyFunction, processes: [PeriodicProcess], scheduling: SchedulingDiscipline, releaseOrigins: [UInt64]
  ) {
    self.supply = supply
    self.processes = processes
    self.scheduling = scheduling
    self.releaseOrigins = releaseOrigins
    bounds = processes.map { _ in .unbounded("it is not known yet") }
    let order = processes.indices.sorted { (processes[$0].priority ?? 0) < (processes[$1].priority ?? 0) }
    for index in order { bounds[index] = findBound(of: index) }
  }

  /// The bound for the process at `index`.
  public func bound(of index: Int) -> Bound { bounds[index] }

  /// - Precondition: the bounds of the less urgent processes are found.
  private func findBound(of index: Int) -> Bound {
    guard let capacity = processes[index].capacity else { return .unbounded("it states no capacity") }
    guard let period = processes[index].period, period > 0 else {
      return .unbounded("it has no period, so that nothing bounds its releases")
    }
    guard supply.perFrame > 0 else { return .unbounded("its partition is sure of no time") }
    let own = PeriodicDemand(period: period, capacity: capacity, offset: processes[index].offset % period)
    let priority = processes[index].priority ?? 0
    var interference: [PeriodicDemand] = []
    var blockers: [Blocker] = []
    for (other, process) in processes.enumerated() where other != index {
      let isUrgent = (process.priority ?? 0) >= priority
      if !isUrgent && scheduling == .preemptive { continue }
      guard let otherCapacity = process.capacity else {
        return .unbounded("'\(process.name)' beside it states no capacity")
      }
      guard isUrgent else {
        var response: UInt64?
        if case .bounded(let longest) = bounds[other] { response = longest }
        blockers.append(
          Blocker(capacity: otherCapacity, period: process.period, offset: process.offset, response: response))
        continue
      }
      guard let otherPeriod = process.period, otherPeriod > 0 else {
        return .unbounded("'\(process.name)' beside it has no period")
      }
      interference.append(
        PeriodicDemand(period: otherPeriod, capacity: otherCapacity, offset: process.offset % otherPeriod))
    }
    guard isSustainable([own] + interference) else {
      return .unbounded("its partition is asked for more than its windows supply")
    }
    let demands = [own] + interference
    let worst =
      hyperperiod(demands, with: blockers).map { boundByRelease(own, interference, blockers, within: $0) }
      ?? hyperperiod(demands).map { boundByRelease(own, interference, blockers.map(\.unknown), within: $0) }
      ?? boundForAnyPhase(own, interference, blockers.map(\.capacity).max() ?? 0)
    return worst.map { .bounded($0) } ?? .unbounded("its busy period does not end")
  }

  /// What a process asks of its partition in each of its periods.
  struct PeriodicDemand {
    var period: UInt64
    var capacity: UInt64
    /// Less than the period.
    var offset: UInt64

    /// Jobs released in [`from`, `to`) when all count from `origin`.
    func releaseCount(from: UInt64, to: UInt64, origin: UInt64) -> UInt64 {
      let first = origin + offset
      func before(_ instant: UInt64) -> UInt64 { instant <= first ? 0 : (instant - first - 1) / period + 1 }
      return before(to) - before(from)
    }

    /// The most jobs released in an interval of this length, whatever the phase; one at least.
    func mostReleases(within length: UInt64) -> UInt64 { length == 0 ? 1 : (length - 1) / period + 1 }

    /// Its first release at `instant` or later.
    func release(from instant: UInt64, origin: UInt64) -> UInt64 {
      let first = origin + offset
      guard instant > first else { return first }
      let since = (instant - first) % period
      return since == 0 ? instant : instant + period - since
    }
  }

  /// A less urgent process, of which one job may be under way when a busy period begins.
  private struct Blocker {
    var capacity: UInt64
    var period: UInt64?
    var offset: UInt64
    /// The longest of its own responses; nil where there is no bound.
    var response: UInt64?

    /// The same when nobody knows how long it takes.
    var unknown: Blocker { Blocker(capacity: capacity, period: nil, offset: 0, response: nil) }

    /// What it can take from what is released at `begin`: nothing where the job before is done by then.
    func blocking(at begin: UInt64, origin: UInt64) -> UInt64 {
      guard let period, period > 0, let response else { return capacity }
      // Before its first release it counts as if it had been released before: in later hyperperiods it has.
      let since = (begin - origin + period - offset % period) % period
      return response <= (since == 0 ? period : since) ? 0 : capacity
    }
  }

  /// Demand must stay below supply in the long run, else a backlog grows for ever.
  private func isSustainable(_ demands: [PeriodicDemand]) -> Bool {
    // Σ C/T ≤ S/F, in 128 bits over the common denominator T₁ … but pair by pair in floating point it is near enough:
    // where both are equal to within a billionth the busy period is left to find its end.
    let demand = demands.reduce(0.0) { $0 + Double($1.capacity) / Double($1.period) }
    return demand <= Double(supply.perFrame) / Double(supply.majorFrame) * (1 + 1e-9)
  }

  /// After how long demands and windows come round again; nil where there are too many releases in it.
  private func hyperperiod(_ demands: [PeriodicDemand], with blockers: [Blocker] = []) -> UInt64? {
    var hyperperiod = supply.majorFrame
    for period in demands.map(\.period) + blockers.compactMap(\.period) where period > 0 {
      let (product, overflow) = (hyperperiod / gcd(hyperperiod, period)).multipliedReportingOverflow(by: period)
      if overflow || product > 1 << 60 { return nil }
      hyperperiod = product
    }
    let most = Self.maximumReleaseCount / UInt64(max(releaseOrigins.count, 1))
    guard demands.reduce(0, { $0 + hyperperiod / $1.period }) <= most else { return nil }
    return hyperperiod
  }

  /// Every instant at which one of the demands is released, from `origin` on.
  private static func releases(_ demands: [PeriodicDemand], from origin: UInt64, within hyperperiod: UInt64) -> [UInt64]
  {
    var all = Set<UInt64>()
    for demand in demands {
      let first = origin + demand.offset
      for instant in stride(from: first, to: origin + hyperperiod, by: Int(demand.period)) { all.insert(instant) }
    }
    return all.sorted()
  }

  private func boundByRelease(
    _ own: PeriodicDemand, _ others: [PeriodicDemand], _ blockers: [Blocker], within hyperperiod: UInt64
  ) -> UInt64? {
    var worst: UInt64 = 0
    for origin in releaseOrigins {
      for begin in Self.releases([own] + others, from: origin, within: hyperperiod) {
        let blocking = blockers.reduce(0) { max($0, $1.blocking(at: begin, origin: origin)) }
        guard let response = busyPeriod(own, others, blocking, from: begin, origin: origin) else { return nil }
        worst = max(worst, response)
      }
    }
    return worst
  }

  /// The longest response of a job of `own` in the busy period that begins with the releases at `begin`.
  ///
  /// - Parameter origin: the period start from which all count.
  private func busyPeriod(
    _ own: PeriodicDemand, _ others: [PeriodicDemand], _ blocking: UInt64, from begin: UInt64, origin: UInt64
  ) -> UInt64? {
    var release = own.release(from: begin, origin: origin)
    var worst: UInt64 = 0
    for job in 1...UInt64(Self.maximumStepCount) {
      guard
        let end = fixedPoint(
          from: begin,
          { end in
            others.reduce(blocking + job * own.capacity) { sum, other in
              sum + other.releaseCount(from: begin, to: end, origin: origin) * other.capacity
            }
          })
      else { return nil }
      // What has been asked for was computed before this job's release: the busy period had ended.
      if end <= release, job > 1 { return worst }
      worst = max(worst, end > release ? end - release : 0)
      release += own.period
      if end <= release { return worst }
    }
    return nil
  }

  private func boundForAnyPhase(_ own: PeriodicDemand, _ others: [PeriodicDemand], _ blocking: UInt64) -> UInt64? {
    var worst: UInt64 = 0
    for job in 1...UInt64(Self.maximumStepCount) {
      var length: UInt64 = 0
      var steps = 0
      while true {
        let demand = others.reduce(blocking + job * own.capacity) { sum, other in
          sum + other.mostReleases(within: length) * other.capacity
        }
        guard let next = supply.longestTime(toSupply: demand) else { return nil }
        steps += 1
        if next == length { break }
        guard steps < Self.maximumStepCount else { return nil }
        length = next
      }
      worst = max(worst, length - min(length, (job - 1) * own.period))
      if length <= job * own.period { return worst }
    }
    return nil
  }

  /// The earliest instant at which all that has been asked for up to it is supplied.
  private func fixedPoint(from begin: UInt64, _ demand: (UInt64) -> UInt64) -> UInt64? {
    var end = begin + 1
    for _ in 0..<Self.maximumStepCount {
      guard let next = supply.completion(of: demand(end), from: begin) else { return nil }
      if next <= end { return next }
      end = next
    }
    return nil
  }
}

/// The greatest common divisor of two numbers that are not both zero.
func gcd(_ first: UInt64, _ second: UInt64) -> UInt64 { second == 0 ? first : gcd(second, first % second) }
