// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

@c @implementation
public func CREATE_BLACKBOARD(
  _ name: UnsafeMutablePointer<CChar>!, _ maximumSize: MESSAGE_SIZE_TYPE,
  _ blackboard: UnsafeMutablePointer<BLACKBOARD_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: blackboard) { () throws(ReturnCode) in
    try Blackboard(named: ObjectName(name), maximumMessageBytes: maximumSize).identifier
  }
}

@c @implementation
public func DISPLAY_BLACKBOARD(
  _ blackboard: BLACKBOARD_ID_TYPE, _ message: MESSAGE_ADDR_TYPE!, _ size: MESSAGE_SIZE_TYPE,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Blackboard(identifier: blackboard).display(at: message, byteCount: size)
  }
}

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

@c @implementation
public func CLEAR_BLACKBOARD(_ blackboard: BLACKBOARD_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Blackboard(identifier: blackboard).clear() }
}

@c @implementation
public func GET_BLACKBOARD_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ blackboard: UnsafeMutablePointer<BLACKBOARD_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: blackboard) { () throws(ReturnCode) in
    try found(Blackboard.named(ObjectName(name))).identifier
  }
}

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
