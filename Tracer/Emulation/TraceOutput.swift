import Foundation

/// The file of a trace while it grows: beside its target, under another name until the capture is over.
public final class TraceOutput {
  public let target: String
  /// Where the emulator writes.
  public let growing: String
  private let mayReplace: Bool
  private var isDisposable = true

  /// Makes the growing file.
  ///
  /// - Throws: `fileExists` where `target` exists and `mayReplace` is false; `unwritable`.
  public init(target: String, mayReplace: Bool) throws(EmulationError) {
    guard mayReplace || access(target, F_OK) != 0 else { throw .fileExists(path: target) }
    let path = target as NSString
    let name = ".\(path.lastPathComponent).\(getpid()).part"
    growing = (path.deletingLastPathComponent as NSString).appendingPathComponent(name)
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
    guard mayReplace || access(target, F_OK) != 0 else { return growing }
    guard rename(growing, target) == 0 else { throw .unwritable(path: target, reason: SystemCall.lastError) }
    return target
  }

  deinit { if isDisposable { unlink(growing) } }
}
