// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import CallersMemory
import PartitionKit
import ProcessScheduling

/// Creates the partition's error handler, once, before NORMAL mode (ARINC 653 Part 1, 3.8).
///
/// NO_ACTION where there is one, INVALID_CONFIG where there is no room for its stack.
@c @implementation
public func CREATE_ERROR_HANDLER(
  _ entry: SYSTEM_ADDRESS_TYPE!, _ stackSize: STACK_SIZE_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    try ErrorHandler.create(address: UInt(bitPattern: entry), stackBytes: stackSize)
  }
}

/// The error that the handler runs for, which is told once: NO_ACTION afterwards, INVALID_CONFIG
/// outside the handler. FAILED_PROCESS_ID is NULL_PROCESS_ID where no process has failed.
@c @implementation
public func GET_ERROR_STATUS(
  _ errorStatus: UnsafeMutablePointer<ERROR_STATUS_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let failure = try ErrorHandler.takeFailure()
    errorStatus.pointee.FAILED_ADDRESS = UnsafeMutableRawPointer(bitPattern: UInt(failure.address))
    errorStatus.pointee.FAILED_PROCESS_ID = failure.process.rawValue
    errorStatus.pointee.ERROR_CODE = ERROR_CODE_TYPE(rawValue: UInt32(failure.code.rawValue))
    errorStatus.pointee.LENGTH = ERROR_MESSAGE_SIZE_TYPE(failure.messageByteCount)
    ErrorHandler.withMessage { message in
      withUnsafeMutableBytes(of: &errorStatus.pointee.MESSAGE) { $0.copyMemory(from: message) }
    }
  }
}

/// Gives an APPLICATION_ERROR to the health monitor, with a message of at most 128 bytes.
///
/// INVALID_PARAM for every other code: those are for the kernel to find.
@c @implementation
public func RAISE_APPLICATION_ERROR(
  _ code: ERROR_CODE_TYPE, _ message: MESSAGE_ADDR_TYPE!, _ length: ERROR_MESSAGE_SIZE_TYPE,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    if code != APPLICATION_ERROR { throw .invalidParameter }
    try ErrorHandler.raiseApplicationError(message, Int(length))
  }
}

/// Writes a message of 0 … MAX_ERROR_MESSAGE_SIZE bytes to the console, as a line of its own.
@c @implementation
public func REPORT_APPLICATION_MESSAGE(
  _ message: MESSAGE_ADDR_TYPE!, _ size: MESSAGE_SIZE_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    guard size >= 0, size <= MAX_ERROR_MESSAGE_SIZE, size == 0 || message != nil else { throw .invalidParameter }
    // The console takes nothing of memory that the caller may not read, and does not tell: the fault is the caller's.
    if size > 0 { partita_touch(message, Int(size), false) }
    Console.write(UnsafeRawBufferPointer(start: message, count: Int(size)))
    Console.write("\r\n")
  }
}

/// Checks what it is given and does nothing: with one core, no process runs beside the handler.
///
/// INVALID_CONFIG where there is no handler yet, INVALID_MODE in NORMAL mode.
@c @implementation
public func CONFIGURE_ERROR_HANDLER(
  _ concurrency: ERROR_HANDLER_CONCURRENCY_CONTROL_TYPE, _ core: PROCESSOR_CORE_ID_TYPE,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    guard concurrency == PROCESSES_PAUSE || concurrency == PROCESSES_SCHEDULED else { throw .invalidParameter }
    if core != 0, core != noCorePreferred { throw .invalidParameter }
    if Partition.mode == .normal { throw .invalidMode }
    if !ErrorHandler.isCreated { throw .invalidConfiguration }
  }
}
