import Foundation

/// Writes a long file in large pieces, and remembers what went wrong.
final class FileWriter {
  private static let pieceBytes = 1 << 18

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private(set) var byteCount: UInt64 = 0
  /// Why a write failed; nothing is written after it.
  private(set) var failure: String?

  init(path: String) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { failure = String(cString: strerror(errno)) }
    buffer.reserveCapacity(Self.pieceBytes * 2)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func write(_ bytes: UnsafeRawBufferPointer) {
    buffer.append(contentsOf: bytes)
    byteCount += UInt64(bytes.count)
    if buffer.count >= Self.pieceBytes { flush() }
  }

  /// Writes what waits; whether all has been written.
  func finish() -> Bool {
    flush()
    return failure == nil
  }

  private func flush() {
    var written = 0
    while failure == nil, written < buffer.count {
      let count = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        failure = String(cString: strerror(errno))
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
