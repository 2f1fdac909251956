import APEXTypes
import ProcessScheduling

/// What is true of a partition whatever its processes do, by the module's own account, without the reference.
struct Invariants {
  /// How many have been given to a semaphore or were there from the start, and how many have been taken.
  private var given: [Int32]
  private var taken: [Int32]
  private var stopCount: Int32 = 0
  private var seen = 0

  init(_ plan: WorldPlan) {
    given = plan.semaphores.map(\.value)
    taken = plan.semaphores.map { _ in 0 }
  }

  /// What is not as it must be; nil where all is.
  mutating func broken<Side>(_ layer: ActingLayer<Side>, _ scheduler: ProcessScheduler) -> String? {
    count(layer)
    return order(scheduler) ?? mutexes(scheduler) ?? semaphores(layer, scheduler)
  }

  private mutating func count<Side>(_ layer: ActingLayer<Side>) {
    while seen < layer.finished.count {
      let finished = layer.finished[seen]
      seen += 1
      guard finished.answer.code == .noError else { continue }
      switch finished.call {
      case .signalSemaphore(let semaphore): given[Int(semaphore) - 1] += 1
      case .waitSemaphore(let semaphore, _): taken[Int(semaphore) - 1] += 1
      case .stop: stopCount += 1
      default: break
      }
    }
  }

  /// Whoever runs has the greatest priority, or locks preemption; where nobody runs nobody is ready.
  private func order(_ scheduler: ProcessScheduler) -> String? {
    let blocks = (1...max(scheduler.processCount, 1)).compactMap { scheduler.status(of: ProcessIdentifier($0)) }
    if blocks.filter({ $0.state == .running }).count != (scheduler.running.isNone ? 0 : 1) {
      return "not one process runs"
    }
    guard let greatest = blocks.filter({ $0.state == .ready }).map(\.priority).max() else { return nil }
    guard let own = scheduler.status(of: scheduler.running) else { return "nobody runs, and somebody is ready" }
    if own.state != .running { return "who runs is \(own.state)" }
    if scheduler.lockLevel == 0, own.priority < greatest { return "\(own.priority) runs, and \(greatest) is ready" }
    return nil
  }

  /// A mutex has one owner, which owns nothing else and has its priority at least.
  private func mutexes(_ scheduler: ProcessScheduler) -> String? {
    var identifier: Int32 = 1
    while let status = scheduler.mutexStatus(identifier) {
      defer { identifier += 1 }
      if (status.owner == nil) != (status.lockCount == 0) { return "mutex \(identifier) is half owned: \(status)" }
      if status.owner == nil, status.waitingProcesses > 0 { return "mutex \(identifier) is nobody's, and awaited" }
      let owners = (1...max(scheduler.processCount, 1)).filter {
        scheduler.ownedMutex(of: ProcessIdentifier($0)) == .mutex(identifier)
      }
      if owners != (status.owner.map { [$0.rawValue] } ?? []) {
        return "mutex \(identifier) is owned by \(owners): \(status)"
      }
      if let owner = status.owner.flatMap({ scheduler.status(of: $0) }), owner.priority < status.priority {
        return "the owner of mutex \(identifier) has priority \(owner.priority)"
      }
    }
    return nil
  }

  /// What is given is taken once, or still there; or it was given to somebody who has not run since, or was stopped.
  private func semaphores<Side>(_ layer: ActingLayer<Side>, _ scheduler: ProcessScheduler) -> String? {
    for index in given.indices {
      let identifier = Int32(index + 1)
      guard let status = scheduler.semaphoreStatus(identifier) else { return "there is no semaphore \(identifier)" }
      if status.value < 0 || status.value > status.maximumValue { return "semaphore \(identifier): \(status)" }
      let underWay = given[index] - taken[index] - status.value
      let inService = layer.pending.values.filter {
        if case .waitSemaphore(identifier, _) = $0 { true } else { false }
      }
      let bound = Int32(inService.count) - status.waitingProcesses + stopCount
      if underWay < 0 || underWay > bound { return "semaphore \(identifier) has lost or made \(underWay): \(status)" }
      if status.value > 0, status.waitingProcesses > 0 { return "semaphore \(identifier) is there, and awaited" }
    }
    return nil
  }
}
