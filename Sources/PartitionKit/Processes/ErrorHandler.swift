import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessMemory
import ProcessScheduling

/// The partition's handler of errors of process level, in place of the health monitor's action (ARINC 653 Part 1, 3.8).
///
/// It takes the place of whatever runs, on a stack of its own, and is not interrupted by processes. It may stop and
/// start processes, the failed one among them, but not wait. An error inside it is one of partition level.
public enum ErrorHandler {
  /// An error that the handler runs for, `ERROR_STATUS_TYPE`.
  public struct Failure: Sendable {
    /// What has happened, ERROR_CODE.
    public var code: ErrorCode
    /// `none` where no process has failed.
    public var process: ProcessIdentifier
    /// Of a memory violation the address that was meant, else that of the instruction; 0 for a missed deadline.
    public var address: UInt64
    /// Bytes of the message of an application error.
    public var messageByteCount: Int
  }

  private static let minimumStackBytes: UInt = 4096

  // Unsafe: all written with upcalls masked, or before there are processes.
  nonisolated(unsafe) private static var entry: UInt = 0
  nonisolated(unsafe) private static var stackTop: UInt = 0
  nonisolated(unsafe) private static var raisedByteCount = 0
  nonisolated(unsafe) private static var isUnread = false
  nonisolated(unsafe) private static var failure = Failure(
    code: .applicationError, process: .none, address: 0, messageByteCount: 0)

  /// Whether there is one.
  public static var isCreated: Bool { entry != 0 }

  /// Creates the handler, before the partition is in NORMAL mode, once.
  ///
  /// It ends by returning or by `Process.stopSelf`; the failed process then goes on, unless the handler has stopped it:
  /// where it failed by a CPU exception, with the same instruction.
  /// - Throws: `noAction` where there is one, `invalidMode` in NORMAL mode, `invalidConfiguration` where there is no
  ///   room for its stack.
  public static func create(stackBytes: UInt32 = 4096, entry: Process.Entry) throws(ReturnCode) {
    try create(address: FunctionAddress.of(entry), stackBytes: stackBytes)
  }

  /// The same by the address of a C function; `invalidConfiguration` for 0.
  public static func create(address: UInt, stackBytes: UInt32) throws(ReturnCode) {
    if isCreated { throw .noAction }
    if Partition.mode == .normal { throw .invalidMode }
    // Looked at first: a stack is never given back.
    guard address != 0, let stack = StackPool.newStack(max(UInt(stackBytes), minimumStackBytes)) else {
      throw .invalidConfiguration
    }
    entry = address
    stackTop = UInt(bitPattern: stack.top)
    partita_use_processes()
    try ExceptionHandlers.set(
      { ErrorHandler.take($1, UInt64($2), $3) }, vector: UInt64(ErrorHandler.vector))
  }

  /// The vector by which the kernel brings errors of process level.
  private static let vector: UInt8 = 32

  /// Where the kernel brings an error: on the stack of the code that failed, masked.
  private static func take(
    _ frame: UnsafeMutablePointer<ExceptionHandlers.Frame>?, _ code: UInt64, _ address: UInt64
  ) {
    let errorCode = ErrorCode(rawValue: UInt8(truncatingIfNeeded: code)) ?? .applicationError
    let isTold = ProcessMachine.scheduler.isTelling
    failure.process = ProcessMachine.scheduler.beginErrorHandling()
    failure.code = errorCode
    // Of a memory violation 0 is an address like others: nothing is meant more often by mistake.
    let isAddressMeant = errorCode == .memoryViolation || (errorCode == .stackOverflow && address != 0)
    failure.address = isAddressMeant ? address : frame?.pointee.rip ?? 0
    // Of what the scheduler has found, while nobody ran.
    if errorCode == .deadlineMissed || (errorCode == .stackOverflow && isTold) { failure.address = 0 }
    failure.messageByteCount = errorCode == .applicationError ? raisedByteCount : 0
    partita_error_message()?.copyMemory(
      from: partita_raised_message(), byteCount: failure.messageByteCount)
    isUnread = true
    let begin: @convention(c) () -> Void = { ErrorHandler.run() }
    partita_flow_switch(
      partita_flow_pointer(Int32(partita_interrupted_flow)),
      partita_flow_prepare(UnsafeMutableRawPointer(bitPattern: stackTop), begin))
  }

  private static func run() {
    // Unsafe: the address that the handler was created with.
    unsafeBitCast(entry, to: Process.Entry.self)()
    end()
  }

  /// The handler does not go on.
  static func end() -> Never {
    isUnread = false
    if ProcessMachine.scheduler.endErrorHandling() {
      // What the handler has started is looked at now: in it there was nobody to be preempted.
      if ProcessMachine.scheduler.isOutranked { ProcessMachine.tickAtOnce() } else { ProcessMachine.armTimer() }
      partita_flow_switch(
        partita_flow_pointer(Int32(partita_handler_flow)),
        partita_flow_pointer(Int32(partita_interrupted_flow))?.pointee)
    }
    // The process was stopped: nobody returns through its frame, so the kernel is told here that the handler is done.
    // So is an upcall that was being handled. Upcalls stay masked, as the scheduler wants it.
    partita_count_exception_return()
    partita_forget_upcalls()
    ProcessMachine.abandon()
  }

  /// The error that the handler runs for, once.
  ///
  /// - Throws: `invalidConfiguration` outside the handler, `noAction` where it was taken before.
  public static func takeFailure() throws(ReturnCode) -> Failure {
    guard ProcessMachine.scheduler.isInErrorHandler else { throw .invalidConfiguration }
    guard isUnread else { throw .noAction }
    isUnread = false
    return failure
  }

  /// The message of the error that the handler runs for.
  public static func withMessage<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(start: partita_error_message(), count: failure.messageByteCount))
  }

  /// Gives an application error to the health monitor. The handler gets a copy of the message; callback and log get its
  /// address.
  ///
  /// - Throws: what the kernel says: `invalidParameter` where the message is longer than 128 bytes.
  public static func raiseApplicationError(_ message: UnsafeRawBufferPointer) throws(ReturnCode) {
    try raiseApplicationError(message.baseAddress, message.count)
  }

  /// The same from an address; a negative length is one that the kernel refuses.
  public static func raiseApplicationError(_ message: UnsafeRawPointer?, _ byteCount: Int) throws(ReturnCode) {
    try ProcessMachine.try { _, _ in
      raisedByteCount = 0
      if let message, byteCount > 0, byteCount <= ProcessLimits.errorMessageBytes {
        partita_raised_message()?.copyMemory(from: message, byteCount: byteCount)
        raisedByteCount = byteCount
      }
      // Masked until the handler has its copy: another process may raise one, too.
      let answer = partita_hypercall3(
        UInt64(HypercallNumber.raiseApplicationError.rawValue), UInt64(ErrorCode.applicationError.rawValue),
        UInt64(UInt(bitPattern: message)), UInt64(bitPattern: Int64(byteCount)))
      return .done(ReturnCode(rawValue: UInt8(truncatingIfNeeded: answer.status)) ?? .invalidConfiguration)
    }
  }
}
