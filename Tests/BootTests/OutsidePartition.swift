import CommandFolder
import Foundation
import Testing

/// Partitions that `Tools/build-partition` builds in a folder of their own, outside the tree.
enum OutsidePartition {
  /// Calls the script; what it says by standard error is in the text too.
  static func build(_ arguments: String..., in folder: CommandFolder) throws -> (status: Int32, text: String) {
    try build(arguments, in: folder)
  }

  static func build(_ arguments: [String], in folder: CommandFolder) throws -> (status: Int32, text: String) {
    let script = CommandFolder.package + "/Tools/build-partition"
    return try folder.run("/bin/bash", ["-c", "exec \"$0\" \"$@\" 2>&1", script] + arguments)
  }

  /// A folder with the template's module in `nav`, and `source` in the place of the template's main.c.
  static func folder(_ source: String? = nil) throws -> CommandFolder {
    let folder = try CommandFolder()
    let begun = try build("--new", "Nav", "nav", in: folder)
    try #require(begun.status == 0, "\(begun.text)")
    if let source { try folder.write(Array(source.utf8), to: "nav/main.c") }
    return folder
  }

  /// Builds the partition Nav of `words`, and boots the template's module with it.
  static func boot(_ folder: CommandFolder, words: [String], milliseconds: UInt64) throws -> CapturedRun {
    let built = try build(["--name", "Nav"] + words, in: folder)
    try #require(built.status == 0, "\(built.text)")
    var module = ModuleVariant(
      description: try String(contentsOfFile: folder.file("nav/module.xml"), encoding: .utf8), stimulus: "")
    module.images["Nav"] = Array(try Data(contentsOf: folder.url("Nav.elf")))
    return try CapturedRun.capture(module, milliseconds: milliseconds)
  }
}
