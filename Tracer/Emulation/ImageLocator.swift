import Foundation

/// Finds the programs and images that a boot needs.
public struct ImageLocator: Sendable {
  public static let emulatorName = "qemu-system-x86_64"
  public static let kernelName = "partita-kernel.elf"

  public var environment: [String: String]
  /// The running program's own path; the search for images walks up from its folder.
  public var executable: String

  public init(environment: [String: String], executable: String) {
    self.environment = environment
    self.executable = executable
  }

  /// The locator of this process.
  public static var current: ImageLocator {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ImageLocator(
      environment: ProcessInfo.processInfo.environment, executable: link ?? CommandLine.arguments[0])
  }

  /// The path of `program` in PATH, or nil.
  public func program(_ program: String) -> String? {
    let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  /// The emulator's path.
  public func emulator() throws(EmulationError) -> String {
    guard let path = program(Self.emulatorName) else { throw .noEmulator(name: Self.emulatorName) }
    return path
  }

  /// The folders that may hold images, best first: what `PARTITA_IMAGES` names, then `images` in each folder from the
  /// executable's upwards. A folder named by `explicit` is the only one.
  public func imageFolders(explicit: String?) -> [String] {
    if let explicit { return [explicit] }
    var result: [String] = []
    if let named = environment["PARTITA_IMAGES"], !named.isEmpty { result.append(named) }
    var folder = (executable as NSString).deletingLastPathComponent
    while !folder.isEmpty {
      result.append((folder as NSString).appendingPathComponent("images"))
      if folder == "/" { break }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return result
  }

  /// The kernel image: `kernel` if given, else the first found in `imageFolders(explicit:)`.
  public func kernel(explicit kernel: String?, images: String?) throws(EmulationError) -> String {
    let candidates =
      kernel.map { [$0] }
      ?? imageFolders(explicit: images).map { ($0 as NSString).appendingPathComponent(Self.kernelName) }
    guard let found = candidates.first(where: { access($0, R_OK) == 0 }) else {
      throw .noKernel(searched: candidates)
    }
    return found
  }

  /// The folder of the partitions' images: `images` if given, else the first of `imageFolders(explicit:)` that exists.
  public func imageFolder(explicit images: String?) -> String? {
    imageFolders(explicit: images).first { folder in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) && isFolder.boolValue
    }
  }
}
