/// How many processes and objects a partition can create, and the ranges of their attributes.
///
/// The standard leaves the numbers to the system (ARINC 653 Part 1, Appendix D: SYSTEM_LIMIT_…); the ranges are the
/// binding's. The headers of `CAPEX` have the same values, which a test compares.
public enum ProcessLimits {
  /// Processes, `main` and the error handler not among them.
  public static var processCount: Int32 { 32 }
  /// MAX_NUMBER_OF_SEMAPHORES.
  public static var semaphoreCount: Int32 { 32 }
  /// MAX_NUMBER_OF_EVENTS.
  public static var eventCount: Int32 { 32 }
  /// MAX_NUMBER_OF_MUTEXES.
  public static var mutexCount: Int32 { 32 }
  /// MAX_NUMBER_OF_BUFFERS; their messages have to fit `messageBytes` as well.
  public static var bufferCount: Int32 { 16 }
  /// MAX_NUMBER_OF_BLACKBOARDS; their messages have to fit `messageBytes` as well.
  public static var blackboardCount: Int32 { 16 }
  /// Identifiers of a partition's ports are at most this (`ModuleLimits.maximumPortCount`).
  public static var portCount: Int32 { 128 }
  /// Bytes for the messages of all buffers and blackboards together.
  public static var messageBytes: Int { 16_384 }
  /// Bytes for the stacks of all processes, and of the error handler.
  public static var stackBytes: UInt { 131_072 }
  /// MIN_PRIORITY_VALUE: the least urgent.
  public static var minimumPriority: Int32 { 1 }
  /// MAX_PRIORITY_VALUE.
  public static var maximumPriority: Int32 { 239 }
  /// MAX_LOCK_LEVEL, of the preemption lock and of a mutex.
  public static var maximumLockLevel: Int32 { 16 }
  /// MAX_SEMAPHORE_VALUE.
  public static var maximumSemaphoreValue: Int32 { 32_767 }
  /// Bytes of the message that comes with an application error.
  public static var errorMessageBytes: Int { 128 }
}
