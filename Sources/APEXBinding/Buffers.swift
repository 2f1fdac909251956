// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

@c @implementation
public func CREATE_BUFFER(
  _ name: UnsafeMutablePointer<CChar>!, _ maximumSize: MESSAGE_SIZE_TYPE, _ maximumCount: MESSAGE_RANGE_TYPE,
  _ discipline: QUEUING_DISCIPLINE_TYPE, _ buffer: UnsafeMutablePointer<BUFFER_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: buffer) { () throws(ReturnCode) in
    try Buffer(
      named: ObjectName(name), maximumMessageBytes: maximumSize, maximumMessageCount: maximumCount,
      discipline: QueuingDiscipline(discipline)
    ).identifier
  }
}

@c @implementation
public func SEND_BUFFER(
  _ buffer: BUFFER_ID_TYPE, _ message: MESSAGE_ADDR_TYPE!, _ size: MESSAGE_SIZE_TYPE, _ timeOut: SYSTEM_TIME_TYPE,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    try Buffer(identifier: buffer).send(at: message, byteCount: size, timeOut: ServiceTime(timeOut))
  }
}

@c @implementation
public func RECEIVE_BUFFER(
  _ buffer: BUFFER_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ message: MESSAGE_ADDR_TYPE!,
  _ size: UnsafeMutablePointer<MESSAGE_SIZE_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  size.pointee = 0
  answer(status, in: size) { () throws(ReturnCode) in
    try Buffer(identifier: buffer).receive(at: message, timeOut: ServiceTime(timeOut))
  }
}

@c @implementation
public func GET_BUFFER_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ buffer: UnsafeMutablePointer<BUFFER_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: buffer) { () throws(ReturnCode) in try found(Buffer.named(ObjectName(name))).identifier }
}

@c @implementation
public func GET_BUFFER_STATUS(
  _ buffer: BUFFER_ID_TYPE, _ bufferStatus: UnsafeMutablePointer<BUFFER_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(Buffer(identifier: buffer).status, or: .invalidParameter)
    bufferStatus.pointee = BUFFER_STATUS_TYPE(
      NB_MESSAGE: own.messageCount, MAX_NB_MESSAGE: own.maximumMessageCount, MAX_MESSAGE_SIZE: own.maximumMessageBytes,
      WAITING_PROCESSES: own.waitingProcesses)
  }
}
