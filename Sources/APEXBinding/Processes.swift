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

@c @implementation
public func GET_PROCESS_ID(
  _ name: UnsafeMutablePointer<CChar>!, _ process: UnsafeMutablePointer<PROCESS_ID_TYPE>!,
  _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: process) { () throws(ReturnCode) in
    try found(Process.named(ObjectName(name))).identifier.rawValue
  }
}

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
    processStatus.pointee.PROCESS_STATE = PROCESS_STATE_TYPE(rawValue: UInt32(own.state.rawValue))
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

@c @implementation
public func GET_MY_ID(
  _ process: UnsafeMutablePointer<PROCESS_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  process.pointee = Process.current?.identifier.rawValue ?? 0
  status.pointee = Process.current == nil ? INVALID_MODE : NO_ERROR
}

@c @implementation
public func GET_MY_INDEX(
  _ index: UnsafeMutablePointer<PROCESS_INDEX_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status, in: index) { () throws(ReturnCode) in
    try found(Process.current, or: .invalidMode).identifier.rawValue &- 1
  }
}

@c @implementation
public func START(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).start() }
}

@c @implementation
public func DELAYED_START(
  _ process: PROCESS_ID_TYPE, _ delay: SYSTEM_TIME_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  answer(status) { () throws(ReturnCode) in try Process(process).start(after: ServiceTime(delay)) }
}

@c @implementation
public func STOP(_ process: PROCESS_ID_TYPE, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!) {
  answer(status) { () throws(ReturnCode) in try Process(process).stop() }
}

@c @implementation
public func STOP_SELF() { Process.stopSelf() }

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

@c @implementation
public func GET_MY_PROCESSOR_CORE_ID(
  _ core: UnsafeMutablePointer<PROCESSOR_CORE_ID_TYPE>!, _ status: UnsafeMutablePointer<RETURN_CODE_TYPE>!
) {
  core.pointee = 0
  status.pointee = NO_ERROR
}

@c @implementation
public func partita_run_processes() -> Never { Process.run() }
