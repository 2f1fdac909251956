// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Creates a counting semaphore, before NORMAL mode (ARINC 653 Part 1, 3.7.2.3).
///
/// INVALID_PARAM where the value is not in 0 … maximum, or the maximum not in 1 … MAX_SEMAPHORE_VALUE.
@c @implementation
public func CREATE_SEMAPHORE(
  _ name: UnsafeMutablePointer<CChar>!, _ value: SEMAPHORE_VALUE_TYPE, _ maximumValue: SEMAPHORE_VALUE_TYPE,
  _ discipline: QUEUING_DISCIPLINE_TYPE, _ semaphore: UnsafeMutablePointer<SEMAPHORE_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: semaphore) { () throws(ReturnCode) in
    try Semaphore(
      named: ObjectName(name), value: value, maximumValue: maximumValue, discipline: QueuingDiscipline(discipline)
    ).identifier
  }
}

/// Takes one; waits while there is none. NOT_AVAILABLE with the time-out 0, TIMED_OUT where none has come.
@c @implementation
public func WAIT_SEMAPHORE(
  _ semaphore: SEMAPHORE_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Semaphore(identifier: semaphore).wait(timeOut: ServiceTime(timeOut)) }
}

/// Gives one to who is first among those who wait, or back; NO_ACTION where all are there already.
@c @implementation
public func SIGNAL_SEMAPHORE(_ semaphore: SEMAPHORE_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Semaphore(identifier: semaphore).signal() }
}

/// Finds a semaphore by its name; INVALID_CONFIG where none has been created with it.
@c @implementation
public func GET_SEMAPHORE_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ semaphore: UnsafeMutablePointer<SEMAPHORE_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: semaphore) { () throws(ReturnCode) in
    try found(Semaphore.named(ObjectName(name))).identifier
  }
}

/// Value, maximum and waiting processes; INVALID_PARAM where there is none with this identifier.
@c @implementation
public func GET_SEMAPHORE_STATUS(
  _ semaphore: SEMAPHORE_ID_TYPE, _ semaphoreStatus: UnsafeMutablePointer<SEMAPHORE_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(Semaphore(identifier: semaphore).status, or: .invalidParameter)
    semaphoreStatus.pointee = SEMAPHORE_STATUS_TYPE(
      CURRENT_VALUE: own.value, MAXIMUM_VALUE: own.maximumValue, WAITING_PROCESSES: own.waitingProcesses)
  }
}
