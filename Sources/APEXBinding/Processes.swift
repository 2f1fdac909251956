// The names are the standard's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import APEXTypes
import CAPEX
import PartitionKit
import ProcessScheduling

extension Process {
  /// The process with this identifier, whether there is one or not.
  init(_ identifier: PROCESS_ID_TYPE) { self.init(identifier: ProcessIdentifier(identifier)) }
}

extension ProcessAttributes {
  init(_ attributes: PROCESS_ATTRIBUTE_TYPE) {
    let name = withUnsafeBytes(of: attributes.NAME) { bytes in
      // Unsafe: characters are bytes, and there are 32 of them.
      bytes.baseAddress.map { ObjectName($0.assumingMemoryBound(to: UInt8.self)) } ?? ObjectName()
    }
    self.init(
      name: name, period: ServiceTime(attributes.PERIOD), timeCapacity: ServiceTime(attributes.TIME_CAPACITY),
      entry: UInt(bitPattern: attributes.ENTRY_POINT), stackBytes: attributes.STACK_SIZE,
      basePriority: attributes.BASE_PRIORITY, deadline: attributes.DEADLINE == HARD ? .hard : .soft)
  }
}

/// Creates a process, which is DORMANT, before NORMAL mode (ARINC 653 Part 1, 3.3.2).
///
/// With it SET_PARTITION_MODE(NORMAL) becomes the begin of the processes: from then on it does not come back.
@c @implementation
public func CREATE_PROCESS(
  _ attributes: UnsafeMutablePointer<PROCESS_ATTRIBUTE_TYPE>!, _ process: UnsafeMutablePointer<PROCESS_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: process) { () throws(ReturnCode) in
    let created = try Process(ProcessAttributes(attributes.pointee)).identifier.rawValue
    partita_begin_normal_mode_with { Process.run() }
    return created
  }
}

/// Finds a process by its name; INVALID_CONFIG where none has been created with it.
@c @implementation
public func GET_PROCESS_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ process: UnsafeMutablePointer<PROCESS_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: process) { () throws(ReturnCode) in
    try found(Process.named(ObjectName(name))).identifier.rawValue
  }
}

/// Attributes, state, current priority and deadline; INVALID_PARAM where there is no such process.
///
/// DEADLINE_TIME is an instant of the module's clock, −1 where there is no deadline.
@c @implementation
public func GET_PROCESS_STATUS(
  _ process: PROCESS_ID_TYPE, _ processStatus: UnsafeMutablePointer<PROCESS_STATUS_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    let own = try found(Process(process).status, or: .invalidParameter)
    // Field by field: a structure of so many bytes need not lie on the caller's stack twice.
    processStatus.pointee.DEADLINE_TIME = own.deadline == .never ? -1 : Int64(bitPattern: own.deadline.nanoseconds)
    processStatus.pointee.CURRENT_PRIORITY = own.priority
    // While the error handler runs no process does: the one whose place it has taken is ready.
    let isPreempted = own.state == .running && Process.current == nil
    processStatus.pointee.PROCESS_STATE = isPreempted ? READY : PROCESS_STATE_TYPE(rawValue: UInt32(own.state.rawValue))
    processStatus.pointee.ATTRIBUTES.PERIOD = own.attributes.period.rawValue
    processStatus.pointee.ATTRIBUTES.TIME_CAPACITY = own.attributes.timeCapacity.rawValue
    processStatus.pointee.ATTRIBUTES.ENTRY_POINT = UnsafeMutableRawPointer(bitPattern: own.attributes.entry)
    processStatus.pointee.ATTRIBUTES.STACK_SIZE = own.attributes.stackBytes
    processStatus.pointee.ATTRIBUTES.BASE_PRIORITY = own.attributes.basePriority
    processStatus.pointee.ATTRIBUTES.DEADLINE = own.attributes.deadline == .hard ? HARD : SOFT
    own.attributes.name.withBytes { name in
      withUnsafeMutableBytes(of: &processStatus.pointee.ATTRIBUTES.NAME) { $0.copyMemory(from: name) }
    }
  }
}

/// The caller's identifier; NULL_PROCESS_ID and INVALID_MODE in `main` and in the error handler.
@c @implementation
public func GET_MY_ID(
  _ process: UnsafeMutablePointer<PROCESS_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  process.pointee = Process.current?.identifier.rawValue ?? 0
  status.pointee = Process.current == nil ? INVALID_MODE : NO_ERROR
}

/// The caller's place among the processes, from 0, in the order of creation; INVALID_MODE outside a
/// process. Source: ARINC 653 Part 1, 3.3.2.
@c @implementation
public func GET_MY_INDEX(
  _ index: UnsafeMutablePointer<PROCESS_INDEX_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: index) { () throws(ReturnCode) in
    try found(Process.current, or: .invalidMode).identifier.rawValue &- 1
  }
}

/// Starts a process: a periodic one is released with the partition's next period, others are ready at once.
///
/// NO_ACTION where it is started already, INVALID_CONFIG where its deadline would be out of range.
@c @implementation
public func START(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).start() }
}

/// The same, so many nanoseconds later; INVALID_PARAM where a periodic process's delay is not below its
/// period.
@c @implementation
public func DELAYED_START(
  _ process: PROCESS_ID_TYPE, _ delay: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Process(process).start(after: ServiceTime(delay)) }
}

/// Stops another process, wherever it waits. A mutex that it owns remains its own, until RESET_MUTEX.
///
/// INVALID_PARAM for the caller itself, NO_ACTION where the process is not started.
@c @implementation
public func STOP(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).stop() }
}

/// Ends the caller: a process, or the error handler. It comes back where neither calls.
@c @implementation
public func STOP_SELF() { Process.stopSelf() }

/// Checks what it is given and does nothing: there is one core, 0.
///
/// INVALID_CONFIG for another one, unless it is CORE_AFFINITY_NO_PREFERENCE; INVALID_MODE in NORMAL mode.
@c @implementation
public func INITIALIZE_PROCESS_CORE_AFFINITY(
  _ process: PROCESS_ID_TYPE, _ core: PROCESSOR_CORE_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in
    if !Process(process).exists { throw .invalidParameter }
    if core != 0, core != noCorePreferred { throw .invalidConfiguration }
    if Partition.mode == .normal { throw .invalidMode }
  }
}

/// CORE_AFFINITY_NO_PREFERENCE.
let noCorePreferred: PROCESSOR_CORE_ID_TYPE = -1

/// Always core 0, and NO_ERROR: there is one.
@c @implementation
public func GET_MY_PROCESSOR_CORE_ID(
  _ core: UnsafeMutablePointer<PROCESSOR_CORE_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  core.pointee = 0
  status.pointee = NO_ERROR
}

/// Enters NORMAL mode, where `main` has not, and lets the processes run, for ever
/// (`partita_process.h`).
@c @implementation
public func partita_run_processes() -> Never { Process.run() }
