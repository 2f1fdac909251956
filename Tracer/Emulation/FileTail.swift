import Foundation

/// Reads what another process appends to a file.
///
/// A file and not a pipe stands between emulator and host: a full pipe would hold the emulator up at instants that
/// depend on the host, a file never does.
struct FileTail: ~Copyable {
  private let descriptor: Int32
  private(set) var offset = 0

  /// Opens `path`, which must exist.
  init(path: String) throws(EmulationError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: SystemCall.lastError) }
  }

  /// The bytes appended since the last call, at most `limit` of them.
  mutating func read(limit: Int = 1 << 16) -> [UInt8] {
    let position = offset
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = max(0, SystemCall.retrying { pread(descriptor, buffer.baseAddress, limit, position) })
    }
    offset += bytes.count
    return bytes
  }

  deinit { close(descriptor) }
}
