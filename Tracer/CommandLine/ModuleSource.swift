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
    if let packed = try packedImage(options.module) {
      guard options.stimulus == nil else { throw ModuleSourceError.stimulusWithPackedImage(options.module) }
      return packed
    }
    let compiled = try ModuleCompiler.compile(
      file: options.module,
      options: .init(imageDirectories: options.images, stimulusFile: options.stimulus))
    for diagnostic in compiled.diagnostics { ModuleSession.say("\(diagnostic)\n", to: STDERR_FILENO) }
    return compiled.imageBytes
  }

  /// The bytes of `path` if a module table heads them, nil if the file is something else.
  private static func packedImage(_ path: String) throws -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    let magic = withUnsafeBytes(of: ModuleTableLayout.magic.littleEndian) { Data($0) }
    guard try file.read(upToCount: magic.count) == magic else { return nil }
    return try Array(magic + (file.readToEnd() ?? Data()))
  }
}

/// What is wrong with how a module was named.
enum ModuleSourceError: Error, CustomStringConvertible {
  case stimulusWithPackedImage(String)

  var description: String {
    switch self {
    case .stimulusWithPackedImage(let path):
      "\(path) is packed already, and its stimulus with it. Give --stimulus to 'partita pack', or name the XML here."
    }
  }
}
