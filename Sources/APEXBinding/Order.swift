// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

@c @implementation
public func SET_PRIORITY(
  _ process: PROCESS_ID_TYPE, _ priority: PRIORITY_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Process(process).setPriority(priority) }
}

@c @implementation
public func SUSPEND_SELF(_ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.suspendSelf(timeOut: ServiceTime(timeOut)) }
}

@c @implementation
public func SUSPEND(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).suspend() }
}

@c @implementation
public func RESUME(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).resume() }
}

@c @implementation
public func LOCK_PREEMPTION(
  _ level: UnsafeMutablePointer<LOCK_LEVEL_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  level.pointee = Process.lockLevel
  answer(status, in: level) { () throws(ReturnCode) in try Process.lockPreemption() }
}

@c @implementation
public func UNLOCK_PREEMPTION(
  _ level: UnsafeMutablePointer<LOCK_LEVEL_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  level.pointee = Process.lockLevel
  answer(status, in: level) { () throws(ReturnCode) in try Process.unlockPreemption() }
}

@c @implementation
public func TIMED_WAIT(_ delay: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.timedWait(ServiceTime(delay)) }
}

@c @implementation
public func PERIODIC_WAIT(_ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.periodicWait() }
}

@c @implementation
public func REPLENISH(_ budget: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process.replenish(ServiceTime(budget)) }
}
