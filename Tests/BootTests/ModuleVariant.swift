import APEXTypes
import Emulation
import Foundation
import ModuleCompiler

/// A module of Kernel/Modules, changed in one respect for a test.
struct ModuleVariant: Sendable {
  var description: String
  var stimulus: String
  /// Partition images used instead of those that Tools/build-images made, by name.
  var images: [String: [UInt8]] = [:]

  /// The module as it ships, with its stimulus.
  static func flightControl() throws -> ModuleVariant { try shipped("FlightControl") }

  /// A module of Kernel/Modules as it ships, with its stimulus if it has one.
  static func shipped(_ name: String) throws -> ModuleVariant {
    let folder = BootImages.package + "/Kernel/Modules/" + name
    let stimulus = folder + "/stimulus.txt"
    return ModuleVariant(
      description: try String(contentsOfFile: folder + "/module.xml", encoding: .utf8),
      stimulus: FileManager.default.fileExists(atPath: stimulus)
        ? try String(contentsOfFile: stimulus, encoding: .utf8) : "")
  }

  /// The arena of the attacks: two witnesses and `image`, whose offence comes at `due`.
  ///
  /// - Parameter action: what the health monitor does with the attacker, whatever its error.
  static func arena(
    attacker image: String, due: UInt64, action: PartitionRecoveryAction = .idle
  ) throws -> ModuleVariant {
    let file = BootImages.package + "/Kernel/Modules/Arena/module.xml"
    var module = ModuleVariant(description: try String(contentsOfFile: file, encoding: .utf8), stimulus: "")
    module = try module.replacing("p:Image=\"NeverYield\"", by: "p:Image=\"\(image)\"")
    module.images[image] = try HostileImage.bytes(image, due: due)
    if action == .ignore {
      module = try module.replacing(
        "\"IDLE\"", by: "\"IGNORE\"", from: "<Partition_HM_Table PartitionIdentifier=\"3\"",
        through: "</Partition_HM_Table>")
    }
    return module
  }

  /// The module with another partition image in Loader's place.
  static func flightControl(loader image: String) throws -> ModuleVariant {
    try flightControl().replacing("p:Image=\"Loader\"", by: "p:Image=\"\(image)\"")
  }

  /// The module without any partition in Loader's place: its windows are idle time.
  static func flightControlWithoutLoader() throws -> ModuleVariant {
    try flightControl()
      .removing(from: "<Partition PartitionIdentifier=\"4\"", through: "</Partition>")
      .removing(from: "<Partition_Schedule PartitionIdentifier=\"4\"", through: "</Partition_Schedule>")
      .removing(from: "<Partition_HM_Table PartitionIdentifier=\"4\"", through: "</Partition_HM_Table>")
      .removing(from: "<p:Budget Quantity=\"PARTITION_SUPPLY\" Subject=\"4\"", through: "/>")
  }

  /// The module as a flight recorder: its ring, of the smallest size, is nobody's to drain.
  static func flightRecorder() throws -> ModuleVariant {
    try flightControl()
      .removing(from: "<Partition PartitionIdentifier=\"5\"", through: "</Partition>")
      .removing(from: "<Partition_Schedule PartitionIdentifier=\"5\"", through: "</Partition_Schedule>")
      .removing(from: "<Partition_HM_Table PartitionIdentifier=\"5\"", through: "</Partition_HM_Table>")
      .replacing("RingBytes=\"0x100000\"", by: "RingBytes=\"0x10000\" Policy=\"FLIGHT_RECORDER\"")
  }

  /// - Throws: `UnfitVariant` where `old` is not there exactly once: the module has changed, and the test must follow.
  func replacing(_ old: String, by new: String) throws -> ModuleVariant {
    guard description.components(separatedBy: old).count == 2 else { throw UnfitVariant(text: old) }
    var result = self
    result.description = description.replacingOccurrences(of: old, with: new)
    return result
  }

  /// The same for every `old` between two texts.
  func replacing(
    _ old: String, by new: String, from first: String, through last: String
  ) throws -> ModuleVariant {
    guard let begin = description.range(of: first),
      let end = description.range(of: last, range: begin.upperBound..<description.endIndex)
    else { throw UnfitVariant(text: first) }
    var result = self
    let range = begin.lowerBound..<end.upperBound
    result.description.replaceSubrange(
      range, with: description[range].replacingOccurrences(of: old, with: new))
    return result
  }

  func removing(from first: String, through last: String) throws -> ModuleVariant {
    guard description.components(separatedBy: first).count == 2, let begin = description.range(of: first),
      let end = description.range(of: last, range: begin.upperBound..<description.endIndex)
    else { throw UnfitVariant(text: first) }
    var result = self
    result.description.removeSubrange(begin.lowerBound..<end.upperBound)
    return result
  }

  func compile() throws -> PackedModule {
    let folder = try PrivateDirectory()
    try description.write(toFile: folder.file("module.xml"), atomically: false, encoding: .utf8)
    try stimulus.write(toFile: folder.file("stimulus.txt"), atomically: false, encoding: .utf8)
    // The module's own folder is searched first.
    for (name, bytes) in images {
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name + ".elf")))
    }
    _ = try BootImages.path("Loader")
    return try ModuleCompiler.compile(
      file: folder.file("module.xml"),
      options: .init(imageDirectories: [BootImages.folder], stimulusFile: folder.file("stimulus.txt")))
  }
}

/// The module file has not the text that a variant changes.
struct UnfitVariant: Error, CustomStringConvertible {
  var text: String

  var description: String { "the module file has not exactly one \(text)" }
}
