// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

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

@c @implementation
public func WAIT_SEMAPHORE(
  _ semaphore: SEMAPHORE_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Semaphore(identifier: semaphore).wait(timeOut: ServiceTime(timeOut)) }
}

@c @implementation
public func SIGNAL_SEMAPHORE(_ semaphore: SEMAPHORE_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Semaphore(identifier: semaphore).signal() }
}

@c @implementation
public func GET_SEMAPHORE_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ semaphore: UnsafeMutablePointer<SEMAPHORE_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: semaphore) { () throws(ReturnCode) in
    try found(Semaphore.named(ObjectName(name))).identifier
  }
}

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
