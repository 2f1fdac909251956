import Foundation

/// A folder that goes with the object.
final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("outputs-" + UUID().uuidString).path

  init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
