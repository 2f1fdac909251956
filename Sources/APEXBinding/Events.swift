// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

@c @implementation
public func CREATE_EVENT(
  _ name: UnsafeMutablePointer<CChar>!, _ event: UnsafeMutablePointer<EVENT_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: event) { () throws(ReturnCode) in try Event(named: ObjectName(name)).identifier }
}

@c @implementation
public func SET_EVENT(_ event: EVENT_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Event(identifier: event).set() }
}

@c @implementation
public func RESET_EVENT(_ event: EVENT_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Event(identifier: event).reset() }
}

@c @implementation
public func WAIT_EVENT(
  _ event: EVENT_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Event(identifier: event).wait(timeOut: ServiceTime(timeOut)) }
}

@c @implementation
public func GET_EVENT_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ event: UnsafeMutablePointer<EVENT_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: event) { () throws(ReturnCode) in try found(Event.named(ObjectName(name))).identifier }
}

@c @implementation
public func GET_EVENT_STATUS(
  _ event: EVENT_ID_TYPE, _ eventStatus: UnsafeMutablePointer<EVENT_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(Event(identifier: event).status, or: .invalidParameter)
    eventStatus.pointee = EVENT_STATUS_TYPE(EVENT_STATE: own.isUp ? UP : DOWN, WAITING_PROCESSES: own.waitingProcesses)
  }
}
