// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Creates the partition's end of a configured queuing port, before NORMAL mode (ARINC 653 Part 1,
/// 3.6.2.2).
///
/// It is kept in `PortTable`: other services are given nothing but its number. INVALID_CONFIG for a direction or a
/// discipline that is none; for the rest what the kernel says.
@c @implementation
public func CREATE_QUEUING_PORT(
  _ name: UnsafeMutablePointer<CChar>!, _ maximumSize: MESSAGE_SIZE_TYPE, _ maximumCount: MESSAGE_RANGE_TYPE,
  _ direction: PORT_DIRECTION_TYPE, _ discipline: QUEUING_DISCIPLINE_TYPE,
  _ port: UnsafeMutablePointer<QUEUING_PORT_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let name = ObjectName(name)
    do throws(ReturnCode) {
      guard let way = PortDirection(rawValue: UInt8(clamping: direction.rawValue)),
        let discipline = QueuingDiscipline(discipline)
      else { throw .invalidConfiguration }
      let created = try QueuingPort(
        named: name, maximumMessageBytes: Int(maximumSize), maximumMessageCount: Int(maximumCount), direction: way,
        discipline: discipline)
      PortTable.keep(created, name)
      port.pointee = QUEUING_PORT_ID_TYPE(truncatingIfNeeded: created.identifier)
    } catch {
      // The standard asks first whether there is such a port already, the kernel last.
      throw error == .invalidConfiguration && PortTable.port(named: name) != nil ? .noAction : error
    }
  }
}

/// Sends a message to every destination; waits while one of them is full and does not discard.
///
/// A time-out that is none is refused before anything else, with INVALID_PARAM.
@c @implementation
public func SEND_QUEUING_MESSAGE(
  _ port: QUEUING_PORT_ID_TYPE, _ message: MESSAGE_ADDR_TYPE!, _ size: MESSAGE_SIZE_TYPE,
  _ timeOut: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    guard ServiceTime(timeOut).isTimeOut else { throw .invalidParameter }
    let own = try found(PortTable.port(port), or: .invalidParameter)
    // The standard tells what is longer than the port's messages from what no port takes, and asks for both before the
    // direction; the kernel does not.
    if Int(size) > own.maximumMessageBytes { throw .invalidConfiguration }
    if size <= 0 { throw .invalidParameter }
    try own.sendQueuingMessage(at: message, byteCount: Int(size), timeOut: ServiceTime(timeOut))
  }
}

/// Takes the oldest message; `size` is 0 where none has come.
///
/// INVALID_CONFIG means that the message is here, and that others were discarded before it. `message` must have room
/// for the port's longest.
@c @implementation
public func RECEIVE_QUEUING_MESSAGE(
  _ port: QUEUING_PORT_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ message: MESSAGE_ADDR_TYPE!,
  _ size: UnsafeMutablePointer<MESSAGE_SIZE_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  size.pointee = 0
  answer(status) { () throws(ReturnCode) in
    guard ServiceTime(timeOut).isTimeOut else { throw .invalidParameter }
    let own = try found(PortTable.port(port), or: .invalidParameter)
    let memory = UnsafeMutableRawBufferPointer(start: message, count: own.maximumMessageBytes)
    let reception = try own.receiveQueuingMessage(into: memory, timeOut: ServiceTime(timeOut))
    size.pointee = MESSAGE_SIZE_TYPE(truncatingIfNeeded: reception.byteCount)
    // Here it is, and others were discarded before.
    if reception.hasOverflowed { throw .invalidConfiguration }
  }
}

/// Finds a port by its name; INVALID_CONFIG where the partition has created none with it.
@c @implementation
public func GET_QUEUING_PORT_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ port: UnsafeMutablePointer<QUEUING_PORT_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(PortTable.port(named: ObjectName(name)))
    port.pointee = QUEUING_PORT_ID_TYPE(truncatingIfNeeded: own.identifier)
  }
}

/// Messages that wait, as the kernel counts them, beside what was said in creating the port.
///
/// WAITING_PROCESSES are those of this partition. INVALID_PARAM where it has not created the port.
@c @implementation
public func GET_QUEUING_PORT_STATUS(
  _ port: QUEUING_PORT_ID_TYPE, _ portStatus: UnsafeMutablePointer<QUEUING_PORT_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(PortTable.port(port), or: .invalidParameter)
    portStatus.pointee = QUEUING_PORT_STATUS_TYPE(
      NB_MESSAGE: MESSAGE_RANGE_TYPE(truncatingIfNeeded: try own.waitingMessageCount()),
      MAX_NB_MESSAGE: MESSAGE_RANGE_TYPE(truncatingIfNeeded: own.maximumMessageCount),
      MAX_MESSAGE_SIZE: MESSAGE_SIZE_TYPE(truncatingIfNeeded: own.maximumMessageBytes),
      PORT_DIRECTION: own.direction == .source ? SOURCE : DESTINATION,
      WAITING_PROCESSES: WAITING_RANGE_TYPE(truncatingIfNeeded: own.waitingProcessCount))
  }
}

/// Discards all that waits in a destination port; for a source it is INVALID_MODE.
@c @implementation
public func CLEAR_QUEUING_PORT(_ port: QUEUING_PORT_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try PortTable.any(port).clear() }
}
