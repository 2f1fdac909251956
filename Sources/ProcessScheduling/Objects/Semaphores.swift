import APEXTypes

/// A counting semaphore (ARINC 653 Part 1, 3.7.2.3).
struct Semaphore: NamedObject {
  let name: ObjectName
  var value: Int32
  let maximumValue: Int32
  let discipline: QueuingDiscipline
}

/// `SEMAPHORE_STATUS_TYPE`.
public struct SemaphoreStatus: Equatable, Sendable {
  /// CURRENT_VALUE: how many can be taken without waiting.
  public var value: Int32
  /// MAXIMUM_VALUE, as it was created with.
  public var maximumValue: Int32
  /// WAITING_PROCESSES: how many wait for one.
  public var waitingProcesses: Int32
}

extension ProcessScheduler {
  /// Creates a semaphore; `invalidParameter` where a value is out of range, or there is no discipline.
  public func createSemaphore(
    _ name: ObjectName, value: Int32, maximumValue: Int32, _ discipline: QueuingDiscipline?, _ moment: PartitionMoment
  ) -> Creation {
    let count = state.pointee.semaphoreCount
    let areRight =
      value >= 0 && value <= maximumValue && maximumValue > 0
      && maximumValue <= ProcessLimits.maximumSemaphoreValue
    let code = mayCreate(
      name, in: semaphores, count, of: ProcessLimits.semaphoreCount, areRight: areRight && discipline != nil, moment)
    guard code == .noError, let discipline else { return Creation(code) }
    (semaphores + Int(count)).initialize(
      to: Semaphore(name: name, value: value, maximumValue: maximumValue, discipline: discipline))
    state.pointee.semaphoreCount = count &+ 1
    return Creation(.noError, count &+ 1)
  }

  /// Takes one; waits while there is none.
  public func waitSemaphore(_ semaphore: Int32, _ timeOut: ServiceTime, _ moment: PartitionMoment) -> ServiceStep {
    guard let own = object(semaphore, in: semaphores, state.pointee.semaphoreCount), timeOut.isTimeOut else {
      return .done(.invalidParameter)
    }
    if own.pointee.value == 0 {
      return wait(at: .semaphore(semaphore), own.pointee.discipline, timeOut, moment)
    }
    own.pointee.value &-= 1
    return .done(.noError)
  }

  /// Gives one to who is first among those who wait, or back; `noAction` where all are there already.
  public func signalSemaphore(_ semaphore: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = object(semaphore, in: semaphores, state.pointee.semaphoreCount) else { return .invalidParameter }
    if !wakeFirst(at: .semaphore(semaphore), moment).isNone { return .noError }
    if own.pointee.value == own.pointee.maximumValue { return .noAction }
    own.pointee.value &+= 1
    return .noError
  }

  /// Its identifier; nil where there is none of this name.
  public func semaphore(named name: ObjectName) -> Int32? { find(name, in: semaphores, state.pointee.semaphoreCount) }

  /// What it is now; nil where there is none with this identifier.
  public func semaphoreStatus(_ semaphore: Int32) -> SemaphoreStatus? {
    guard let own = object(semaphore, in: semaphores, state.pointee.semaphoreCount) else { return nil }
    return SemaphoreStatus(
      value: own.pointee.value, maximumValue: own.pointee.maximumValue,
      waitingProcesses: waiterCount(at: .semaphore(semaphore)))
  }
}
