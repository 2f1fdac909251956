import Foundation
import Outputs

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
    if failure == nil, let reason = buffer.withUnsafeBytes({ DescriptorWriter.writeAll($0, to: descriptor) }) {
      failure = String(cString: strerror(reason))
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
