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
    return try compiled(options.module, .init(imageDirectories: options.images, stimulusFile: options.stimulus))
  }

  /// Loads an image, or compiles XML, without a stimulus.
  static func image(of module: String, imageDirectories: [String]) throws -> [UInt8] {
    try packedImage(module) ?? compiled(module, .init(imageDirectories: imageDirectories))
  }

  private static func compiled(_ file: String, _ options: ModuleCompiler.Options) throws -> [UInt8] {
    let module = try ModuleCompiler.compile(file: file, options: options)
    for diagnostic in module.diagnostics { ModuleSession.say("\(diagnostic)\n", to: STDERR_FILENO) }
    return module.imageBytes
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
