// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Changes a process's current priority, of a mutex's owner with the release (ARINC 653 Part 1, 3.3.2).
///
/// INVALID_PARAM for a priority beyond 1 … 239, INVALID_MODE for a process that is not started.
@c @implementation
public func SET_PRIORITY(
  _ process: PROCESS_ID_TYPE, _ priority: PRIORITY_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Process(process).setPriority(priority) }
}

/// The caller waits until it is resumed, or for so long (ARINC 653 Part 1, 3.3.2).
///
/// TIMED_OUT where nobody has resumed it; INVALID_MODE where it may not wait, or is periodic.
@c @implementation
public func SUSPEND_SELF(_ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.suspendSelf(timeOut: ServiceTime(timeOut)) }
}

/// Another process does not run until it is resumed (ARINC 653 Part 1, 3.3.2).
///
/// INVALID_PARAM for the caller itself, INVALID_MODE for a periodic process and one that owns or waits for a mutex.
@c @implementation
public func SUSPEND(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).suspend() }
}

/// Ends another process's suspension: it goes on, or goes on waiting for what it waited for before (ARINC 653
/// Part 1, 3.3.2). NO_ACTION where it is not suspended.
@c @implementation
public func RESUME(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).resume() }
}

/// Keeps the processor for the caller until it has unlocked as often (ARINC 653 Part 1, 3.3.2).
///
/// `level` is the one that holds afterwards, also where the lock is refused: NO_ACTION outside a process,
/// INVALID_CONFIG beyond 16 times.
@c @implementation
public func LOCK_PREEMPTION(
  _ level: UnsafeMutablePointer<LOCK_LEVEL_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  level.pointee = Process.lockLevel
  answer(status, in: level) { () throws(ReturnCode) in try Process.lockPreemption() }
}

/// Undoes one LOCK_PREEMPTION (ARINC 653 Part 1, 3.3.2).
///
/// `level` is the one that holds afterwards, 0 where others may run again; NO_ACTION where nothing was locked.
@c @implementation
public func UNLOCK_PREEMPTION(
  _ level: UnsafeMutablePointer<LOCK_LEVEL_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  level.pointee = Process.lockLevel
  answer(status, in: level) { () throws(ReturnCode) in try Process.unlockPreemption() }
}

/// The caller waits so many nanoseconds; with 0 its equals go first (ARINC 653 Part 1, 3.4).
///
/// INVALID_PARAM for a negative delay, an infinite one too; INVALID_MODE where the caller may not wait.
@c @implementation
public func TIMED_WAIT(_ delay: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.timedWait(ServiceTime(delay)) }
}

/// The caller's job is complete: it waits for its next release point (ARINC 653 Part 1, 3.4).
///
/// INVALID_MODE for an aperiodic process, and where it may not wait.
@c @implementation
public func PERIODIC_WAIT(_ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.periodicWait() }
}

/// Moves the caller's deadline to so many nanoseconds from now (ARINC 653 Part 1, 3.4).
///
/// INVALID_MODE where that is beyond a periodic process's next release point.
@c @implementation
public func REPLENISH(_ budget: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.replenish(ServiceTime(budget)) }
}
