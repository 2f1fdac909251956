import Foundation
import Outputs

/// The file of a trace while it grows: beside its target, under another name until the capture is over.
public final class TraceOutput {
  /// Where the trace shall be, as the user spells it.
  public let target: String
  /// The same with links followed.
  private let place: String
  /// Where the emulator writes.
  public let growing: String
  private let mayReplace: Bool
  private var isDisposable = true

  /// Makes the growing file.
  ///
  /// - Throws: `fileExists` where `target` exists and `mayReplace` is false; `unwritable`, also for a target that is no
  ///   ordinary file.
  public init(target: String, mayReplace: Bool) throws(EmulationError) {
    do throws(OutputPath.Refusal) {
      let path = try OutputPath(file: target, mayReplace: mayReplace)
      (place, growing) = (path.path, path.growing)
    } catch {
      switch error {
      case .exists(let path): throw .fileExists(path: path)
      case .notReplaceable(let path, let reason), .unwritable(let path, let reason):
        throw .unwritable(path: path, reason: reason)
      }
    }
    self.target = target
    self.mayReplace = mayReplace
    let descriptor = open(growing, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .unwritable(path: target, reason: SystemCall.lastError) }
    close(descriptor)
  }

  /// Gives the file its name. An empty one is not worth keeping and goes.
  ///
  /// - Returns: where the trace is now: `target`, or `growing` where a file of another came to be at `target`
  ///   meanwhile; nil if there is none.
  public func keep() throws(EmulationError) -> String? {
    var information = stat()
    guard stat(growing, &information) == 0, information.st_size > 0 else { return nil }
    isDisposable = false
    switch OutputPath.place(growing, at: place, mayReplace: mayReplace) {
    case nil: return target
    case EEXIST: return growing
    case let reason?:
      throw .unwritable(
        path: target, reason: "\(String(cString: strerror(reason))); what was written is \(growing)")
    }
  }

  deinit { if isDisposable { unlink(growing) } }
}
