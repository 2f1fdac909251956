import Emulation
import Foundation
import ModuleCompiler
import ModuleConfiguration

/// The image to boot: compiled in process from XML, or read where it is packed already.
enum ModuleSource {
  /// Loads what the command line names.
  ///
  /// Warnings about the module go to standard error; errors are thrown, all at once.
  static func load(_ options: EmulationOptions) throws -> [UInt8] {
    try ImageFolders.require(options.images)
    if let packed = try packedImage(options.module) {
      guard options.stimulus == nil else { throw ModuleSourceError.stimulusWithPackedImage(options.module) }
      return packed.bytes
    }
    return try compiled(options.module, .init(imageDirectories: options.images, stimulusFile: options.stimulus))
      .imageBytes
  }

  /// Lends the module table of an image or of XML, without a stimulus.
  static func withTable(
    of module: String, imageDirectories: [String], _ body: (ModuleTable) throws -> Void
  ) throws {
    if let packed = try packedImage(module) { return try packed.withTable(body) }
    try compiled(module, .init(imageDirectories: imageDirectories)).withTable(body)
  }

  private static func compiled(_ file: String, _ options: ModuleCompiler.Options) throws -> PackedModule {
    let module = try ModuleCompiler.compile(file: file, options: options)
    ModuleFindings.tell(module.diagnostics)
    return module
  }

  /// The image at `path` if it begins like one, nil if the file is something else. One that is damaged is refused: a
  /// run of it would be told of under the name of the undamaged one.
  static func packedImage(_ path: String) throws -> ModuleImage? {
    // Where it cannot be read, the compiler says why; what is no image is not read whole.
    guard let beginning = try? InputFile(path: path, atLeast: ModuleImage.tellingByteCount).bytes,
      ModuleImage.isMeant(by: beginning), let bytes = try? InputFile(path: path).bytes
    else { return nil }
    do throws(ModuleImage.Defect) {
      return try ModuleImage(bytes)
    } catch {
      throw ModuleSourceError.damagedImage(path, error)
    }
  }
}

/// What is wrong with a module, or with how it was named.
enum ModuleSourceError: Error, CustomStringConvertible {
  case stimulusWithPackedImage(String)
  case damagedImage(String, ModuleImage.Defect)

  var description: String {
    switch self {
    case .stimulusWithPackedImage(let path):
      "\(path) is packed already, and its stimulus with it. Give --stimulus to 'partita pack', or name the XML here."
    case .damagedImage(let path, let defect): "\(path): \(defect); pack the module again"
    }
  }
}
