import Foundation

/// Finds partition images: beside the module file, in given directories, in PARTITA_IMAGES, or in `.build/images`.
struct ImageLocator: Sendable {
  /// Directories to look in, in order.
  var directories: [String]
  /// Those of them that the command line names.
  var given: [String] = []

  /// The search path of the `partita` command.
  ///
  /// - Parameters:
  ///   - moduleFile: the module file; its own directory comes first.
  ///   - given: directories of the command line.
  init(moduleFile: String, given: [String]) {
    // Foundation's own way to take paths apart traps on names of one character.
    let folder = moduleFile.lastIndex(of: "/").map { moduleFile[..<$0] } ?? "."
    var list = [folder.isEmpty ? "/" : String(folder)] + given
    if let path = ProcessInfo.processInfo.environment["PARTITA_IMAGES"] {
      list += path.split(separator: ":").map(String.init)
    }
    directories = list + Self.buildDirectories
    self.given = given
  }

  /// The folders `images` beside those that the executable lies in, the nearest first, as the kernel is looked for
  /// (`KernelLocator`): `.build/images` after a build.
  static let buildDirectories: [String] = {
    guard let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return []
    }
    var found: [String] = []
    var folder = (executable as NSString).deletingLastPathComponent
    while folder.count > 1 {
      let candidate = folder + "/images"
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), isDirectory.boolValue {
        found.append(candidate)
      }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return found
  }()

  /// Where `name` was looked for, for a message. A list like `PARTITA_IMAGES` may name folders that are not there, and
  /// that is worth a word only where nothing was found.
  func places(of name: String) -> String {
    guard !name.hasPrefix("/") else { return "" }
    return " in "
      + directories.map { folder in
        var isDirectory: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory) && isDirectory.boolValue
        return "'\(folder)'" + (isThere ? "" : " (no folder)")
      }.joined(separator: ", ")
  }

  /// The path of the image called `name`, tried as it is and with `.elf`; nil where there is none.
  func path(of name: String) -> String? {
    path(of: name, in: directories)
  }

  /// The path of the image called `name` in a directory of the command line, where it is taken from beside the module
  /// file all the same.
  func passedOver(_ name: String) -> String? {
    guard !name.hasPrefix("/"), path(of: name, in: Array(directories.prefix(1))) != nil else { return nil }
    return path(of: name, in: given)
  }

  private func path(of name: String, in directories: [String]) -> String? {
    let candidates = name.hasPrefix("/") ? [name] : directories.map { $0 + "/" + name }
    for candidate in candidates {
      for path in [candidate, candidate + ".elf"] {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
          return path
        }
      }
    }
    return nil
  }
}
