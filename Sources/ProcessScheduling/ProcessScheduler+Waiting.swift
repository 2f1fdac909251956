import APEXTypes

extension ProcessScheduler {
  /// Whether the caller is a process that may wait now: it owns neither a mutex nor the preemption lock, and is in no
  /// handler of an interrupt.
  func mayWait(_ moment: PartitionMoment) -> Bool {
    guard let own = runningBlock else { return false }
    return state.pointee.lockLevel == 0 && own.pointee.ownedMutex == 0 && !moment.isInUpcall
  }

  /// The running process waits until it is woken, or until an instant.
  func wait(
    _ own: UnsafeMutablePointer<ProcessControlBlock>, for reason: ProcessControlBlock.WaitReason, until: SystemTime
  ) -> ServiceStep {
    own.pointee.state = .waiting
    own.pointee.reason = reason
    own.pointee.wakeTime = until
    own.pointee.wasWoken = false
    return .waits
  }

  /// The running process waits for its turn at a place, on behalf of a service that was given a time-out.
  ///
  /// - Returns: `notAvailable` where that is 0, `invalidMode` where the caller may not wait.
  public func wait(
    at place: WaitingPlace, _ discipline: QueuingDiscipline, _ timeOut: ServiceTime, _ moment: PartitionMoment
  ) -> ServiceStep {
    if timeOut == .notAtAll { return .done(.notAvailable) }
    guard mayWait(moment), let own = runningBlock else { return .done(.invalidMode) }
    state.pointee.placeCount &+= 1
    own.pointee.place = place
    own.pointee.placePriority = discipline == .priority ? own.pointee.priority : 0
    own.pointee.placeOrder = state.pointee.placeCount
    return wait(own, for: .turn, until: moment.now.after(timeOut))
  }

  /// What the service answers whose caller has waited and runs again: `noError` where it was woken, else `timedOut`.
  public var endOfWait: ReturnCode { runningBlock?.pointee.wasWoken == true ? .noError : .timedOut }

  /// The process waits for nothing any more.
  func endWait(_ process: UnsafeMutablePointer<ProcessControlBlock>) {
    process.pointee.place = .none
    process.pointee.waitsForMutex = false
  }

  /// Who is served next at a place; nil if nobody waits there.
  private func firstBlock(at place: WaitingPlace) -> UnsafeMutablePointer<ProcessControlBlock>? {
    var first: UnsafeMutablePointer<ProcessControlBlock>?
    forEachProcess { process in
      guard process.pointee.place == place else { return }
      if let other = first {
        let (own, others) = (process.pointee.placePriority, other.pointee.placePriority)
        if own < others || (own == others && process.pointee.placeOrder > other.pointee.placeOrder) { return }
      }
      first = process
    }
    return first
  }

  /// The first queuing port behind this one at which somebody waits, by the kernel's numbers; nil if there is none.
  public func nextAwaitedPort(after port: Int32) -> Int32? {
    var next: Int32?
    forEachProcess { process in
      guard let own = process.pointee.place.port, own > port else { return }
      next = min(next ?? own, own)
    }
    return next
  }

  /// How many wait at a place.
  public func waiterCount(at place: WaitingPlace) -> Int32 {
    var count: Int32 = 0
    forEachProcess { if $0.pointee.place == place { count &+= 1 } }
    return count
  }

  /// Who is served next at a place, of those that are in time: whose time-out has passed waits no longer.
  private func firstInTime(
    at place: WaitingPlace, _ moment: PartitionMoment
  ) -> UnsafeMutablePointer<ProcessControlBlock>? {
    while let process = firstBlock(at: place) {
      if process.pointee.wakeTime > moment.now { return process }
      // Whoever could make it wait no longer than until now has computed since, and nobody has looked at the clock.
      endWait(process)
      makeReady(process)
    }
    return nil
  }

  /// The same, for whoever serves the place; `none` if nobody is there.
  public func firstInTime(at place: WaitingPlace, _ moment: PartitionMoment) -> ProcessIdentifier {
    let first: UnsafeMutablePointer<ProcessControlBlock>? = firstInTime(at: place, moment)
    return first.map(identifier) ?? .none
  }

  /// Takes the first in time at a place out and makes it ready: it gets what it waited for.
  func wakeFirst(
    at place: WaitingPlace, _ moment: PartitionMoment
  ) -> UnsafeMutablePointer<ProcessControlBlock>? {
    guard let process: UnsafeMutablePointer<ProcessControlBlock> = firstInTime(at: place, moment) else { return nil }
    process.pointee.wasWoken = true
    endWait(process)
    makeReady(process)
    return process
  }

  /// The same of a place whose things are somebody else's: a queuing port.
  @discardableResult
  public func wakeFirst(at place: WaitingPlace, _ moment: PartitionMoment) -> ProcessIdentifier {
    let woken: UnsafeMutablePointer<ProcessControlBlock>? = wakeFirst(at: place, moment)
    return woken.map(identifier) ?? .none
  }

  /// The running process is the last of its equals, and goes on when it is its turn.
  func standBehind(_ own: UnsafeMutablePointer<ProcessControlBlock>, _ moment: PartitionMoment) -> ServiceStep {
    makeReady(own)
    let isFirst = choose() == state.pointee.running
    let isLocked = state.pointee.lockLevel > 0
    if !isFirst, !isLocked, !moment.isInUpcall { return .givesWay }
    // Its equals go first when the lock is undone, or the handler is over.
    own.pointee.standsBehind = !isFirst
    if !isFirst, !isLocked { state.pointee.wantsTick = true }
    own.pointee.state = .running
    return .done(.noError)
  }

  // MARK: Messages

  /// What the running process lays ready for others to copy while it waits.
  public func layReady(_ exchange: MessageExchange) { runningBlock?.pointee.exchange = exchange }

  /// What has become of it.
  public var exchange: MessageExchange { exchange(of: running) }

  /// The same of any process; no address where there is none with this identifier.
  public func exchange(of process: ProcessIdentifier) -> MessageExchange {
    block(process)?.pointee.exchange ?? MessageExchange(nil, 0)
  }
}
