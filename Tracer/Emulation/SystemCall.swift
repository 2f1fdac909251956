import Foundation
import Outputs

/// Thin wrappers of system calls that several types here need.
enum SystemCall {
  /// The text of the last system call's error.
  static var lastError: String { String(cString: strerror(errno)) }

  /// Repeats `call` while a signal interrupts it.
  static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Writes all of `bytes`.
  ///
  /// - Returns: false when the other side is gone or the medium is full; `lastError` tells which.
  static func writeAll(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Bool {
    let reason = Array(bytes).withUnsafeBytes { DescriptorWriter.writeAll($0, to: descriptor) }
    if let reason { errno = reason }
    return reason == nil
  }

  /// Waits until `descriptor` is ready for `events`, however many signals come meanwhile.
  ///
  /// - Returns: what `poll` reports; 0 when the time is over.
  static func ready(_ descriptor: Int32, for events: Int32, milliseconds: Int) -> Int32 {
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    var left = milliseconds
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, Int32(clamping: left))
      if count > 0 { return Int32(entry.revents) }
      guard count < 0, errno == EINTR else { return 0 }
      left = max(0, ContinuousClock.now.duration(to: end).wholeMilliseconds)
    }
  }

  /// A pipe whose ends no child inherits.
  static func makePipe() -> (reading: Int32, writing: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}
