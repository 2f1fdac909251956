import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// The partition's handlers of its own CPU exceptions.
///
/// An exception without a handler, inside a handler, or with a stack that cannot take the frame is the health
/// monitor's.
public enum ExceptionHandlers {
  /// The interrupted context, which comes back as the handler leaves it, with the exception's cause.
  public typealias Frame = partita_exception_frame
  /// Called with upcalls masked, on the interrupted stack; returning resumes the frame's context.
  ///
  /// Most exceptions leave the instruction pointer at the instruction: a handler that only returns executes it again.
  /// Breakpoints do so too, for the kernel's gates are closed to ring 3.
  public typealias Handler =
    @convention(c) (
      _ vector: UInt64, _ frame: UnsafeMutablePointer<Frame>?, _ errorCode: UInt64, _ faultAddress: UInt64
    ) -> Void

  /// Sets the handler of an exception, in place of an earlier one.
  ///
  /// - Parameter vector: 0 … 31 without 2, 8 and 18; 32 for the error handler.
  /// - Throws: `invalidParameter` for any other vector.
  public static func set(_ handler: Handler, vector: UInt64) throws(ReturnCode) {
    try Hypercall.call(.setExceptionHandler, vector, UInt64(FunctionAddress.of(handler)))
  }

  /// Removes the handler of an exception.
  ///
  /// - Throws: `noAction` where there is none.
  public static func remove(vector: UInt64) throws(ReturnCode) {
    try Hypercall.call(.setExceptionHandler, vector, 0)
  }
}
