// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Creates a queue of messages between processes, before NORMAL mode (ARINC 653 Part 1, 3.7.2.1).
///
/// INVALID_CONFIG where all buffers and blackboards together have not so much room left.
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

/// Sends a message; waits while the buffer is full. INVALID_PARAM where it is empty or too long.
@c @implementation
public func SEND_BUFFER(
  _ buffer: BUFFER_ID_TYPE, _ message: MESSAGE_ADDR_TYPE!, _ size: MESSAGE_SIZE_TYPE, _ timeOut: SYSTEM_TIME_TYPE,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    try Buffer(identifier: buffer).send(at: message, byteCount: size, timeOut: ServiceTime(timeOut))
  }
}

/// Takes the oldest message; waits while there is none. `size` is 0 where none has come.
///
/// `message` must have room for the buffer's longest: the standard passes no capacity.
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

/// Finds a buffer by its name; INVALID_CONFIG where none has been created with it.
@c @implementation
public func GET_BUFFER_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ buffer: UnsafeMutablePointer<BUFFER_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: buffer) { () throws(ReturnCode) in try found(Buffer.named(ObjectName(name))).identifier }
}

/// Messages, sizes, and how many wait to send or to receive; INVALID_PARAM where there is none with
/// this identifier.
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
