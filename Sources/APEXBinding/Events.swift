// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Creates an event, which is DOWN, before NORMAL mode (ARINC 653 Part 1, 3.7.2.4).
///
/// NO_ACTION where the name is taken, INVALID_CONFIG where there are as many as there can be.
@c @implementation
public func CREATE_EVENT(
  _ name: UnsafeMutablePointer<CChar>!, _ event: UnsafeMutablePointer<EVENT_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: event) { () throws(ReturnCode) in try Event(named: ObjectName(name)).identifier }
}

/// The event is UP, and all who wait for it are ready.
@c @implementation
public func SET_EVENT(_ event: EVENT_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Event(identifier: event).set() }
}

/// The event is DOWN: who waits for it from now on waits for the next SET_EVENT.
@c @implementation
public func RESET_EVENT(_ event: EVENT_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Event(identifier: event).reset() }
}

/// Waits while the event is DOWN. NOT_AVAILABLE with the time-out 0, TIMED_OUT where it has not come UP.
@c @implementation
public func WAIT_EVENT(
  _ event: EVENT_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Event(identifier: event).wait(timeOut: ServiceTime(timeOut)) }
}

/// Finds an event by its name; INVALID_CONFIG where none has been created with it.
@c @implementation
public func GET_EVENT_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ event: UnsafeMutablePointer<EVENT_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: event) { () throws(ReturnCode) in try found(Event.named(ObjectName(name))).identifier }
}

/// UP or DOWN, and how many wait; INVALID_PARAM where there is none with this identifier.
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
