import Foundation
import Outputs
import TraceReading

/// A trace that still grows, as a stream that waits for more: `TraceReader` reads it as it reads any pipe.
///
/// One thread carries what is appended to the file into a pipe; whoever reads the pipe's end is held up until there is
/// more, or until `end` has been called and all is through.
public final class TraceFollower: @unchecked Sendable {
  /// To be opened with `TraceReader(path:)`.
  public let path: String
  private let reading: Int32
  private let writing: Int32
  private let file: Int32
  private let lock = NSLock()
  private var isOver = false

  /// Begins to follow; nil where the file or a pipe cannot be opened.
  public init?(path file: String) {
    self.file = open(file, O_RDONLY | O_CLOEXEC)
    var ends: [Int32] = [-1, -1]
    guard self.file >= 0, pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
    path = "/dev/fd/\(reading)"
    signal(SIGPIPE, SIG_IGN)
    let carrier = Thread { [self] in carry() }
    carrier.start()
  }

  /// The file has got all that it will get.
  public func end() { lock.withLock { isOver = true } }

  private func carry() {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // Asked before the read: what was appended before the end is still read.
      let isLast = lock.withLock { isOver }
      let count = read(file, &bytes, bytes.count)
      if count > 0 {
        let reason = bytes[..<count].withUnsafeBytes { DescriptorWriter.writeAll($0, to: writing) }
        guard reason == nil else { break }
      } else if count == 0 || errno != EINTR {
        if isLast || count < 0 { break }
        usleep(50_000)
      }
    }
    close(writing)
    close(file)
  }
}
