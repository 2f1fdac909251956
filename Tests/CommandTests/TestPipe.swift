import Foundation
import Testing

/// A pipe whose ends no child gets unasked.
struct TestPipe {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let isMade = Self.lock.withLock {
      let isMade = pipe(&ends) == 0
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return isMade
    }
    try #require(isMade)
    (reading, writing) = (ends[0], ends[1])
  }

  /// No child may be started between a pipe's beginning and its mark that it is no child's.
  static let lock = NSLock()

  /// Fills it up, so that the next write has to wait.
  func fill() {
    let flags = fcntl(writing, F_GETFL)
    _ = fcntl(writing, F_SETFL, flags | O_NONBLOCK)
    let bytes = [UInt8](repeating: 10, count: 4096)
    while write(writing, bytes, bytes.count) > 0 {}
    while write(writing, bytes, 1) > 0 {}
    _ = fcntl(writing, F_SETFL, flags)
  }

  func close() {
    for end in [reading, writing] { Glibc.close(end) }
  }
}
