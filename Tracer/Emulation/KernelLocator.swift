import Foundation

/// Finds the kernel image and the programs that a boot needs.
public struct KernelLocator: Sendable {
  /// The emulator, as PATH is searched for it.
  static let emulatorName = "qemu-system-x86_64"
  /// The kernel's image, as Tools/build-images calls it.
  static let kernelName = "partita-kernel.elf"

  /// Of these, `PATH` and `PARTITA_IMAGES` are looked at.
  var environment: [String: String]
  /// The running program's own path; the search for images walks up from its folder.
  public var executable: String

  /// For tests; the command takes `current`.
  public init(environment: [String: String], executable: String) {
    self.environment = environment
    self.executable = executable
  }

  /// The locator of this process.
  public static var current: KernelLocator {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return KernelLocator(
      environment: ProcessInfo.processInfo.environment, executable: link ?? CommandLine.arguments[0])
  }

  /// The path of `program` in PATH, or nil.
  public func program(_ program: String) -> String? {
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 && !Self.isFolder($0) }
  }

  /// A folder has the permission that a program has.
  private static func isFolder(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// The emulator's path.
  public func emulator() throws(EmulationError) -> String {
    guard let path = program(Self.emulatorName) else { throw .noEmulator(name: Self.emulatorName) }
    return path
  }

  /// The folders that may hold images, best first: `given`, what `PARTITA_IMAGES` lists, then `images` in each folder
  /// from the executable's upwards.
  public func imageFolders(given: [String]) -> [String] {
    var result = given
    result += (environment["PARTITA_IMAGES"] ?? "").split(separator: ":").map(String.init)
    var folder = (executable as NSString).deletingLastPathComponent
    while !folder.isEmpty {
      result.append((folder as NSString).appendingPathComponent("images"))
      if folder == "/" { break }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return result
  }

  /// The kernel image: `kernel` if given, which must be there then, else the first found in `imageFolders(given:)`.
  public func kernel(explicit kernel: String?, images: [String]) throws(EmulationError) -> String {
    if let kernel {
      guard access(kernel, R_OK) == 0 else {
        throw .unreadable(path: kernel.isEmpty ? "''" : kernel, reason: SystemCall.lastError)
      }
      return kernel
    }
    let candidates = imageFolders(given: images).map { ($0 as NSString).appendingPathComponent(Self.kernelName) }
    guard let found = candidates.first(where: { access($0, R_OK) == 0 }) else {
      throw .noKernel(searched: candidates)
    }
    return found
  }
}
