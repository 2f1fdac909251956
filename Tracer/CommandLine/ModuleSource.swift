import ArgumentParser
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

  /// Lends the module table of an image or of XML; one that is invalid ends the command with status 2.
  static func withTable(
    of module: String, imageDirectories: [String], _ body: (ModuleTable) throws -> Void
  ) throws {
    let image = try image(of: module, imageDirectories: imageDirectories)
    // Unsafe: a table is read where it lies, 8-byte aligned; the bytes outlive it.
    let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(image.count, 8), alignment: 8)
    defer { storage.deallocate() }
    storage.copyBytes(from: image)
    let table: ModuleTable
    do {
      table = try ModuleTable(UnsafeRawBufferPointer(rebasing: storage[..<image.count]))
    } catch {
      TraceCommand.complain("\(module): the module table is invalid: \(error)")
      throw ExitCode(2)
    }
    try body(table)
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
    guard (try? file.read(upToCount: magic.count)) == magic else { return nil }
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
