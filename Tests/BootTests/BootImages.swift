import Foundation

/// The bare-metal images that these tests boot, and the command that they run: built before, never skipped silently.
enum BootImages {
  /// The package's own folder, from where this file was compiled.
  static let package: String = {
    var folder = #filePath as NSString
    for _ in 0..<3 { folder = folder.deletingLastPathComponent as NSString }
    return folder as String
  }()

  /// Where Tools/build-images leaves its images.
  static let folder = package + "/.build/images"

  /// The path of an image of Tools/build-images.
  static func path(_ name: String) throws -> String {
    let path = "\(folder)/\(name).elf"
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw MissingForBoot(what: "the image \(path)", remedy: "run Tools/build-images")
    }
    return path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: try path(name)) else {
      throw MissingForBoot(what: "the image \(name)", remedy: "run Tools/build-images")
    }
    return Array(data)
  }

  /// A file of the package.
  static func file(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: package + "/" + path) else {
      throw MissingForBoot(what: path, remedy: "it is part of the package")
    }
    return Array(data)
  }

  /// The `partita` command, of the build that this test is of where that can be told.
  static func command() throws -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [
      (own as NSString).deletingLastPathComponent, package + "/.build/release", package + "/.build/debug",
    ].map { $0 + "/partita" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw MissingForBoot(what: "the partita command", remedy: "run swift build -c release")
    }
    return found
  }
}

/// Something that a boot needs and the host or the build does not have.
struct MissingForBoot: Error, CustomStringConvertible {
  var what: String
  var remedy: String

  var description: String { "\(what) is missing: \(remedy)" }
}
