import Emulation
import Foundation
import ModuleCompiler
import ModuleConfiguration

/// The bytes to boot: compiled in process from XML, or read where they are packed already.
enum ModuleSource {
  static func load(_ options: EmulationOptions) throws -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: options.module) else {
      throw EmulationError.unreadable(path: options.module, reason: String(cString: strerror(errno)))
    }
    return Array(bytes)
  }
}
