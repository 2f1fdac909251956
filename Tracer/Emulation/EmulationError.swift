import Outputs

/// What stands in the way of an emulation before it has begun, or of keeping its trace.
///
/// Each description says what, where, and what to do about it.
public enum EmulationError: Error, Equatable, CustomStringConvertible {
  case noEmulator(name: String)
  /// Another program that is needed, and the package that brings it.
  case noProgram(name: String, package: String)
  case noKernel(searched: [String])
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// No folder for what is needed meanwhile can be made there.
  case noTemporaryFolder(path: String, reason: String)
  case fileExists(path: String)
  case notStarted(program: String, reason: String)
  case monitor(reason: String)
  case interrupted

  /// What the command prints.
  public var description: String {
    switch self {
    case .noEmulator(let name):
      "\(name) is not in PATH. Install it (Debian: apt-get install qemu-system-x86, or run Tools/setup)."
    case .noProgram(let name, let package):
      "\(name) is not in PATH. Install it (Debian: apt-get install \(package), or run Tools/setup)."
    case .noKernel(let searched):
      "no kernel image; looked for \(searched.joined(separator: ", ")). "
        + "Build it with Tools/build-images, or name it with --kernel FILE."
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason)."
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason)."
    case .noTemporaryFolder(let path, let reason):
      "\(path): no temporary folder can be made there: \(reason). Name another place by TMPDIR."
    case .fileExists(let path):
      OutputPath.sentence(existing: path)
    case .notStarted(let program, let reason):
      "\(program) could not be started: \(reason)."
    case .monitor(let reason):
      "the emulator's monitor did not answer as it should: \(reason)."
    case .interrupted:
      "interrupted; nothing is kept"
    }
  }
}
