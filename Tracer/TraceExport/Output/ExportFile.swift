import Foundation
import Outputs
import TraceReading

/// A file that is written from its beginning to its end, in large pieces.
///
/// A write that fails is remembered instead of thrown, so that exporters need not ask after every number; whoever
/// drives them asks `failure` now and then.
public final class ExportFile {
  private static let pieceBytes = 1 << 18

  /// For messages: the file's, or `standard output`.
  public let path: String
  /// The first write that failed; what comes after it goes nowhere.
  public private(set) var failure: ExportFailure?
  /// Whether some of it is there already, for whoever reads it.
  public private(set) var hasWritten = false
  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let writer: DescriptorWriter
  private var buffer = TextBytes()

  /// Makes a new file.
  public init(creating path: String) throws(ExportFailure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    // The writer asks the system too, and would put its own reason in the place of this one.
    let reason = errno
    ownsDescriptor = true
    writer = DescriptorWriter(descriptor)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(reason))) }
    buffer.reserve(Self.pieceBytes)
  }

  /// Writes to standard output.
  public init() {
    path = "standard output"
    descriptor = STDOUT_FILENO
    ownsDescriptor = false
    writer = DescriptorWriter(descriptor)
  }

  deinit {
    if ownsDescriptor, descriptor >= 0 { Foundation.close(descriptor) }
  }

  /// Writes a byte, at the latest with the next `flush`.
  public func write(_ byte: UInt8) { write { $0.put(byte: byte) } }
  /// The same with a text, in UTF-8.
  public func write(_ text: String) { write { $0.put(text) } }
  /// The same with bytes as they are.
  public func write(_ bytes: [UInt8]) { write { $0.put(bytes) } }

  /// Writes what `body` puts.
  public func write(_ body: (inout TextBytes) -> Void) {
    body(&buffer)
    if buffer.count >= Self.pieceBytes { flush() }
  }

  /// Hands everything to the operating system.
  public func flush() {
    defer { buffer.removeAll() }
    guard failure == nil, buffer.count > 0 else { return }
    hasWritten = true
    let outcome = buffer.bytes.withUnsafeBytes { writer.write($0, isGivenUp: { PipeWaiting.hasEnded }) }
    switch outcome {
    case .written: break
    case .givenUp: failure = .interrupted
    case .failed(EPIPE): failure = .readerGone
    case .failed(let reason): failure = .unwritable(path: path, reason: String(cString: strerror(reason)))
    }
  }
}
