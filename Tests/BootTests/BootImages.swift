import CommandFolder
import Foundation

/// The bare-metal images that these tests boot: built before, never skipped silently.
enum BootImages {
  static let package = CommandFolder.package

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
}

/// Something that a boot needs and the host or the build does not have.
struct MissingForBoot: Error, CustomStringConvertible {
  var what: String
  var remedy: String

  var description: String { "\(what) is missing: \(remedy)" }
}
