// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Creates a mutex, before NORMAL mode; an owner runs with its priority (ARINC 653 Part 1, 3.7.2.5).
///
/// NO_ACTION where the name is taken, INVALID_CONFIG where there are as many as there can be.
@c @implementation
public func CREATE_MUTEX(
  _ name: UnsafeMutablePointer<CChar>!, _ priority: PRIORITY_TYPE, _ discipline: QUEUING_DISCIPLINE_TYPE,
  _ mutex: UnsafeMutablePointer<MUTEX_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: mutex) { () throws(ReturnCode) in
    try Mutex(
      named: ObjectName(name), priority: priority, discipline: QueuingDiscipline(discipline)
    ).identifier
  }
}

/// Waits while another process owns the mutex; an owner locks it once more.
///
/// INVALID_MODE for who owns another one, or has a greater priority than the mutex: the ceiling would not hold.
@c @implementation
public func ACQUIRE_MUTEX(
  _ mutex: MUTEX_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Mutex(identifier: mutex).acquire(timeOut: ServiceTime(timeOut)) }
}

/// Undoes one ACQUIRE_MUTEX; with the last, who is first among those who wait owns it. INVALID_MODE for
/// everybody but its owner.
@c @implementation
public func RELEASE_MUTEX(_ mutex: MUTEX_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Mutex(identifier: mutex).release() }
}

/// Takes the mutex from a process, however often that has locked it: also from one that was stopped.
///
/// INVALID_MODE where the process does not own it.
@c @implementation
public func RESET_MUTEX(
  _ mutex: MUTEX_ID_TYPE, _ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Mutex(identifier: mutex).reset(of: Process(process)) }
}

/// NO_MUTEX_OWNED and PREEMPTION_LOCK_MUTEX.
private let noMutexOwned: MUTEX_ID_TYPE = -2
private let preemptionLockMutex: MUTEX_ID_TYPE = -3

/// The mutex that a process owns; NO_MUTEX_OWNED, or PREEMPTION_LOCK_MUTEX where it has locked
/// preemption. INVALID_PARAM where there is no such process.
@c @implementation
public func GET_PROCESS_MUTEX_STATE(
  _ process: PROCESS_ID_TYPE, _ mutex: UnsafeMutablePointer<MUTEX_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    switch try found(Process(process).ownedMutex, or: .invalidParameter) {
    case .nothing: mutex.pointee = noMutexOwned
    case .mutex(let owned): mutex.pointee = owned
    case .preemptionLock: mutex.pointee = preemptionLockMutex
    }
  }
}

/// Finds a mutex by its name; INVALID_CONFIG where none has been created with it.
@c @implementation
public func GET_MUTEX_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ mutex: UnsafeMutablePointer<MUTEX_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: mutex) { () throws(ReturnCode) in try found(Mutex.named(ObjectName(name))).identifier }
}

/// Owner, priority, locks and waiting processes; MUTEX_OWNER is NULL_PROCESS_ID while it is AVAILABLE.
@c @implementation
public func GET_MUTEX_STATUS(
  _ mutex: MUTEX_ID_TYPE, _ mutexStatus: UnsafeMutablePointer<MUTEX_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(Mutex(identifier: mutex).status, or: .invalidParameter)
    mutexStatus.pointee = MUTEX_STATUS_TYPE(
      MUTEX_OWNER: own.owner?.rawValue ?? 0, MUTEX_STATE: own.owner == nil ? AVAILABLE : OWNED,
      MUTEX_PRIORITY: own.priority, LOCK_COUNT: own.lockCount, WAITING_PROCESSES: own.waitingProcesses)
  }
}
