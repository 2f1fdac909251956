import APEXTypes

/// A mutex with the priority of a ceiling (ARINC 653 Part 1, 3.7.2.5): an owner runs with the mutex's priority.
struct Mutex: NamedObject {
  let name: ObjectName
  let priority: Int32
  let discipline: QueuingDiscipline
  var owner: ProcessIdentifier
  var lockCount: Int32
}

/// `MUTEX_STATUS_TYPE`.
public struct MutexStatus: Equatable, Sendable {
  /// Nil while it is available.
  public var owner: ProcessIdentifier?
  /// MUTEX_PRIORITY: its ceiling.
  public var priority: Int32
  /// LOCK_COUNT: how often the owner has locked it; 0 while it is available.
  public var lockCount: Int32
  /// WAITING_PROCESSES: how many wait to own it.
  public var waitingProcesses: Int32
}

/// What a process owns that keeps others away, GET_PROCESS_MUTEX_STATE.
public enum OwnedMutex: Equatable, Sendable {
  case nothing
  case mutex(Int32)
  case preemptionLock
}

extension ProcessScheduler {
  /// Creates a mutex, which nobody owns; `invalidParameter` where the priority is out of range, or there is no
  /// discipline.
  public func createMutex(
    _ name: ObjectName, priority: Int32, _ discipline: QueuingDiscipline?, _ moment: PartitionMoment
  ) -> Creation {
    let count = state.pointee.mutexCount
    let isRight = priority >= ProcessLimits.minimumPriority && priority <= ProcessLimits.maximumPriority
    let code = mayCreate(
      name, in: mutexes, count, of: ProcessLimits.mutexCount, areRight: isRight && discipline != nil, moment)
    guard code == .noError, let discipline else { return Creation(code) }
    (mutexes + Int(count)).initialize(
      to: Mutex(name: name, priority: priority, discipline: discipline, owner: .none, lockCount: 0))
    state.pointee.mutexCount = count &+ 1
    return Creation(.noError, count &+ 1)
  }

  /// Waits while another process owns it; an owner locks it once more. `invalidMode` for who owns another one, or whose
  /// current priority is greater than the mutex's.
  public func acquireMutex(_ mutex: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> ServiceStep {
    guard let own = object(mutex, in: mutexes, state.pointee.mutexCount), timeOut.isTimeOut else {
      return .done(.invalidParameter)
    }
    guard let caller = runningBlock, state.pointee.lockLevel == 0 else { return .done(.invalidMode) }
    if own.pointee.owner == state.pointee.running {
      if own.pointee.lockCount == ProcessLimits.maximumLockLevel { return .done(.invalidConfiguration) }
      own.pointee.lockCount &+= 1
      return .done(.noError)
    }
    if caller.pointee.ownedMutex != 0 || caller.pointee.priority > own.pointee.priority {
      return .done(.invalidMode)
    }
    if own.pointee.owner.isNone {
      give(mutex, to: caller)
      return .done(.noError)
    }
    let step = wait(at: .mutex(mutex), own.pointee.discipline, timeOut, moment)
    caller.pointee.waitsForMutex = step == .waits
    return step
  }

  private func give(_ mutex: Int32, to owner: UnsafeMutablePointer<ProcessControlBlock>) {
    guard let own = object(mutex, in: mutexes, state.pointee.mutexCount) else { return }
    own.pointee.owner = identifier(owner)
    own.pointee.lockCount = 1
    owner.pointee.ownedMutex = mutex
    // `setPriority` may have raised it beyond while it waited.
    owner.pointee.priority = max(owner.pointee.priority, own.pointee.priority)
  }

  /// Its owner owns it no longer, and is the first of its equals; who is first among those who wait owns it.
  private func release(_ mutex: Int32, _ own: UnsafeMutablePointer<Mutex>, _ moment: PartitionMoment) {
    if let owner = block(own.pointee.owner) {
      owner.pointee.ownedMutex = 0
      owner.pointee.priority = owner.pointee.retainedPriority
      owner.pointee.readyOrder = 0
    }
    own.pointee.owner = .none
    own.pointee.lockCount = 0
    let next: UnsafeMutablePointer<ProcessControlBlock>? = wakeFirst(at: .mutex(mutex), moment)
    if let next { give(mutex, to: next) }
    state.pointee.wantsTimer = true
  }

  /// Undoes one `acquireMutex`; with the last, who is first among those who wait owns it.
  public func releaseMutex(_ mutex: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = object(mutex, in: mutexes, state.pointee.mutexCount) else { return .invalidParameter }
    guard runningBlock != nil, own.pointee.owner == state.pointee.running else { return .invalidMode }
    own.pointee.lockCount &-= 1
    if own.pointee.lockCount == 0 { release(mutex, own, moment) }
    return .noError
  }

  /// Takes it from a process, however often that has locked it.
  public func resetMutex(_ mutex: Int32, of process: ProcessIdentifier, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = object(mutex, in: mutexes, state.pointee.mutexCount), block(process) != nil else {
      return .invalidParameter
    }
    guard own.pointee.owner == process else { return .invalidMode }
    release(mutex, own, moment)
    return .noError
  }

  /// What a process owns; nil where there is no such process.
  public func ownedMutex(of process: ProcessIdentifier) -> OwnedMutex? {
    guard let asked = block(process) else { return nil }
    if process == state.pointee.lockOwner { return .preemptionLock }
    return asked.pointee.ownedMutex == 0 ? OwnedMutex.nothing : .mutex(asked.pointee.ownedMutex)
  }

  /// Its identifier; nil where there is none of this name.
  public func mutex(named name: ObjectName) -> Int32? { find(name, in: mutexes, state.pointee.mutexCount) }

  /// What it is now; nil where there is none with this identifier.
  public func mutexStatus(_ mutex: Int32) -> MutexStatus? {
    guard let own = object(mutex, in: mutexes, state.pointee.mutexCount) else { return nil }
    return MutexStatus(
      owner: own.pointee.owner.isNone ? nil : own.pointee.owner, priority: own.pointee.priority,
      lockCount: own.pointee.lockCount,
      waitingProcesses: waiterCount(at: .mutex(mutex)))
  }
}
