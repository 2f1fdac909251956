import Foundation
import ModuleCompiler

/// Finds ELF files by their build identity, whatever their names.
public struct BuildFinder {
  /// What a file is known by.
  struct Build: Equatable {
    /// In one of the folders.
    var path: String
    /// 0 for a file that has none, as the module table says it too.
    var identity: UInt64
  }

  private let folders: [String]
  private let builds: [Build]
  /// No image is larger.
  private static let largestFile = 1 << 28

  /// Looks into every file of the folders, not of those inside them.
  public init(folders: [String]) {
    self.folders = folders.filter { Self.names(in: $0) != nil }
    builds = self.folders.flatMap { folder in
      (Self.names(in: folder) ?? []).compactMap { name in
        let path = (folder as NSString).appendingPathComponent(name)
        return Self.read(path).map { Build(path: path, identity: PartitionImage.buildIdentity(elf: $0) ?? 0) }
      }
    }
  }

  private static func names(in folder: String) -> [String]? {
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted()
  }

  /// The bytes of an ELF file; nil for anything else.
  public static func read(_ path: String) -> [UInt8]? {
    var information = stat()
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG, information.st_size <= largestFile,
      let file = FileHandle(forReadingAtPath: path)
    else { return nil }
    defer { try? file.close() }
    let magic = Data([0x7F, 0x45, 0x4C, 0x46])
    guard (try? file.read(upToCount: 4)) == magic, let rest = try? file.readToEnd() else { return nil }
    return Array(magic + rest)
  }

  /// All files of this build, in the order of the folders.
  public func builds(of name: String, identity: UInt64) throws(RevisitError) -> [String] {
    let found = builds.filter { $0.identity == identity }.map(\.path)
    guard !found.isEmpty else {
      throw .noBuild(of: name, identity: identity, searched: folders.isEmpty ? ["no folder"] : folders)
    }
    return found
  }

  /// The kernel of this build: the file that was named, or one that is found.
  public func kernel(named path: String?, identity: UInt64) throws(RevisitError) -> String {
    guard let path else { return try builds(of: "the kernel", identity: identity)[0] }
    let found = Self.read(path).flatMap { PartitionImage.buildIdentity(elf: $0) }
    guard found == identity else {
      throw .otherBuild(path: path, of: "the kernel", wanted: identity, found: found)
    }
    return path
  }
}
