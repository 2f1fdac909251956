import Foundation

/// Writes to a descriptor that may be anything: a file, or a pipe whose reader does not read.
///
/// Into a pipe it writes no more at a time than fits once there is room at all, and waits for room in between. So
/// whoever wants to stop can, however long the other side sleeps; a plain write would go on waiting after every signal.
public struct DescriptorWriter: Sendable {
  private let descriptor: Int32
  /// Whether a write may have to wait for somebody.
  private let isStream: Bool
  /// What a pipe with any room at all takes at once.
  private static let pieceBytes = Int(PIPE_BUF)

  /// The caller keeps the descriptor open, and closes it.
  public init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var information = stat()
    isStream = fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT != S_IFREG
  }

  /// What became of a write.
  public enum Outcome: Equatable, Sendable {
    case written
    /// `errno` of the write that failed.
    case failed(Int32)
    /// `isGivenUp` has answered true.
    case givenUp
  }

  /// Writes all bytes.
  ///
  /// - Parameter isGivenUp: asked some times a second while the other side keeps us waiting.
  public func write(_ bytes: UnsafeRawBufferPointer, isGivenUp: () -> Bool) -> Outcome {
    guard isStream else {
      return Self.writeAll(bytes, to: descriptor).map(Outcome.failed) ?? .written
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      while poll(&entry, 1, 200) <= 0 {
        if isGivenUp() { return .givenUp }
      }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceBytes))
      let count = Foundation.write(descriptor, piece.baseAddress, piece.count)
      if count > 0 {
        rest.removeFirst(count)
      } else if count == 0 || errno != EINTR && errno != EAGAIN {
        return .failed(count == 0 ? EIO : errno)
      }
    }
    return .written
  }

  /// Writes all bytes, for whoever has nothing to stop for meanwhile: signals and a full pipe are waited through.
  ///
  /// - Returns: `errno` of the write that failed; nil where all is written.
  public static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = Foundation.write(descriptor, piece.baseAddress, piece.count)
      if count > 0 {
        rest.removeFirst(count)
      } else if count < 0, errno == EAGAIN {
        // Somebody else has made it a descriptor that does not wait.
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, 1000)
      } else if count == 0 || errno != EINTR {
        return count == 0 ? EIO : errno
      }
    }
    return nil
  }
}
