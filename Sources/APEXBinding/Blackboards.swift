// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

/// Creates a blackboard, which is EMPTY, before NORMAL mode (ARINC 653 Part 1, 3.7.2.2).
///
/// INVALID_CONFIG where all buffers and blackboards together have not so much room left.
@c @implementation
public func CREATE_BLACKBOARD(
  _ name: UnsafeMutablePointer<CChar>!, _ maximumSize: MESSAGE_SIZE_TYPE,
  _ blackboard: UnsafeMutablePointer<BLACKBOARD_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: blackboard) { () throws(ReturnCode) in
    try Blackboard(named: ObjectName(name), maximumMessageBytes: maximumSize).identifier
  }
}

/// Replaces the message, and gives it to all who wait for one. INVALID_PARAM where it is empty or too
/// long.
@c @implementation
public func DISPLAY_BLACKBOARD(
  _ blackboard: BLACKBOARD_ID_TYPE, _ message: MESSAGE_ADDR_TYPE!, _ size: MESSAGE_SIZE_TYPE,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Blackboard(identifier: blackboard).display(at: message, byteCount: size)
  }
}

/// Copies the message, which stays; waits while there is none. `size` is 0 where none has come.
///
/// `message` must have room for the blackboard's longest: the standard passes no capacity.
@c @implementation
public func READ_BLACKBOARD(
  _ blackboard: BLACKBOARD_ID_TYPE, _ timeOut: SYSTEM_TIME_TYPE, _ message: MESSAGE_ADDR_TYPE!,
  _ size: UnsafeMutablePointer<MESSAGE_SIZE_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  size.pointee = 0
  answer(status, in: size) { () throws(ReturnCode) in
    try Blackboard(identifier: blackboard).read(at: message, timeOut: ServiceTime(timeOut))
  }
}

/// The blackboard is EMPTY: who reads it from now on waits for the next message.
@c @implementation
public func CLEAR_BLACKBOARD(_ blackboard: BLACKBOARD_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Blackboard(identifier: blackboard).clear() }
}

/// Finds a blackboard by its name; INVALID_CONFIG where none has been created with it.
@c @implementation
public func GET_BLACKBOARD_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ blackboard: UnsafeMutablePointer<BLACKBOARD_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: blackboard) { () throws(ReturnCode) in
    try found(Blackboard.named(ObjectName(name))).identifier
  }
}

/// EMPTY or OCCUPIED, its size, and how many wait; INVALID_PARAM where there is none with this
/// identifier.
@c @implementation
public func GET_BLACKBOARD_STATUS(
  _ blackboard: BLACKBOARD_ID_TYPE, _ blackboardStatus: UnsafeMutablePointer<BLACKBOARD_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(Blackboard(identifier: blackboard).status, or: .invalidParameter)
    blackboardStatus.pointee = BLACKBOARD_STATUS_TYPE(
      EMPTY_INDICATOR: own.isEmpty ? EMPTY : OCCUPIED, MAX_MESSAGE_SIZE: own.maximumMessageBytes,
      WAITING_PROCESSES: own.waitingProcesses)
  }
}
