/// The status that every service and hypercall answers with.
///
/// Values are those of ARINC 653 Part 1, `RETURN_CODE_TYPE`; they travel in `rax` from kernel to partition and in the
/// trace's `hypercallResult` events.
public enum ReturnCode: UInt8, Error, Equatable, Sendable, BitwiseCopyable {
  /// The request was carried out.
  case noError = 0
  /// The system's state makes the request meaningless; nothing was done.
  case noAction = 1
  /// The request cannot be carried out just now.
  case notAvailable = 2
  /// A parameter is outside its range.
  case invalidParameter = 3
  /// The request contradicts the module configuration.
  case invalidConfiguration = 4
  /// The request does not fit the caller's mode.
  case invalidMode = 5
  /// The time-out passed first.
  case timedOut = 6
}
