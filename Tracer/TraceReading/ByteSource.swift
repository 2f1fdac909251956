import Foundation

/// A file, or bytes in memory, seen through a window that only moves forward.
///
/// The window holds what is being looked at (a block at most), so that memory does not follow the file's size, and
/// pipes work.
final class ByteSource {
  private static let readBytes = 1 << 18

  private let descriptor: Int32
  /// What is read, for reads at any place; nil where bytes come when they come: from no regular file.
  let anywhere: RandomAccessBytes?
  /// Unsafe: this object's own; valid bytes are `start ..< end`, and `end` is at most `capacity`.
  private var buffer: UnsafeMutableRawPointer
  private var capacity: Int
  /// Where in `buffer` the window begins, and where it ends.
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// Where in the file the window begins.
  private(set) var position: UInt64 = 0
  /// `errno` of the read that failed; reading ends there.
  private(set) var failure: Int32?

  init(bytes: [UInt8]) {
    descriptor = -1
    anywhere = RandomAccessBytes(bytes)
    capacity = Self.readBytes
    buffer = .allocate(byteCount: capacity, alignment: 16)
  }

  /// - Parameter path: a file, or "-" for standard input.
  init(path: String) throws(TraceOpenError) {
    let opened = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
    var information = stat()
    guard fstat(opened, &information) != 0 || information.st_mode & S_IFMT != S_IFDIR else {
      close(opened)
      throw .cannotOpen(path: path, reason: "it is a folder")
    }
    descriptor = opened
    // Who hands over a file may have read its beginning.
    anywhere = RandomAccessBytes(opened, from: UInt64(clamping: lseek(opened, 0, SEEK_CUR)))
    capacity = Self.readBytes
    buffer = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Bytes in the window.
  var available: Int { end - start }

  /// Makes the window at least `count` bytes long, if the file is; returns how long it is.
  @discardableResult
  func ensure(_ count: Int) -> Int {
    while available < count, !isAtEnd { fill(toward: count) }
    return available
  }

  private func fill(toward count: Int) {
    // Never more than a piece beyond what is wanted, so that a length that lies takes no memory.
    let wanted = min(max(Self.readBytes, count - available), 1 << 20)
    if capacity - end < wanted { makeRoom(available + wanted) }
    guard waitForPipe() else {
      isAtEnd = true
      return
    }
    var got = 0
    repeat {
      got =
        anywhere?.readSome(
          into: UnsafeMutableRawBufferPointer(start: buffer + end, count: wanted), at: position + UInt64(available))
        ?? read(descriptor, buffer + end, wanted)
    } while got < 0 && errno == EINTR
    if got < 0 { failure = errno }
    if got <= 0 { isAtEnd = true }
    end += max(0, got)
  }

  /// Waits for a pipe to have something, or its end; false where nobody wants to wait any more.
  private func waitForPipe() -> Bool {
    guard anywhere == nil else { return true }
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&entry, 1, 200) <= 0 {
      if PipeWaiting.hasEnded { return false }
    }
    return true
  }

  /// Moves the window to the buffer's beginning, in a larger buffer where it has to be.
  private func makeRoom(_ count: Int) {
    // What is moved is less than what was read since the last time, while the window is not huge.
    if count > capacity - (count > 1 << 23 ? capacity / 4 : capacity / 2) {
      capacity = count + (count > 1 << 23 ? count / 2 : count * 2)
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      larger.copyMemory(from: buffer + start, byteCount: available)
      buffer.deallocate()
      buffer = larger
    } else {
      memmove(buffer, buffer + start, available)
    }
    end -= start
    start = 0
  }

  /// Which file it is, and in which state.
  var identity: TraceFileIdentity { TraceFileIdentity(descriptor: descriptor) }

  /// Whether bytes may come late: neither a regular file nor bytes in memory.
  var isPipe: Bool { anywhere == nil }

  /// Moves the window to another place; false where that is not possible.
  func seek(to offset: UInt64) -> Bool {
    guard anywhere != nil else { return false }
    start = 0
    end = 0
    position = offset
    isAtEnd = false
    return true
  }

  /// Moves the window's beginning forward, beyond what has been read of a file that can be read anywhere.
  ///
  /// - Precondition: `count` is at most `available` where the source is a pipe.
  func skip(_ count: Int) {
    if count <= available { return advance(count) }
    precondition(seek(to: position + UInt64(count)))
  }

  /// Moves the window's beginning forward.
  ///
  /// - Precondition: `count` is at most `available`.
  func advance(_ count: Int) {
    precondition(count <= available)
    start += count
    position += UInt64(count)
  }

  /// Calls `body` with the first `count` bytes of the window.
  ///
  /// - Precondition: `count` is at most `available`.
  func withBytes<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    precondition(count <= available)
    return try body(UnsafeRawBufferPointer(start: buffer + start, count: count))
  }

  /// Calls `body` with `count` bytes of the window, beginning `offset` bytes after its start.
  ///
  /// - Precondition: `offset + count` is at most `available`.
  func withBytes<Result>(from offset: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    precondition(offset >= 0 && offset + count <= available)
    return body(UnsafeRawBufferPointer(start: buffer + start + offset, count: count))
  }

  /// Moves forward to the next place where `pattern` begins, or to the end; whether it was found.
  func advance(toNext pattern: [UInt8]) -> Bool {
    while ensure(pattern.count) >= pattern.count {
      let found = withBytes(available) { Self.firstIndex(of: pattern, in: $0) }
      if let found {
        advance(found)
        return true
      }
      advance(available - (pattern.count - 1))
    }
    advance(available)
    return false
  }

  private static func firstIndex(of pattern: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, bytes.count >= pattern.count else { return nil }
    var from = 0
    while from <= bytes.count - pattern.count {
      let rest = bytes.count - pattern.count + 1 - from
      guard let hit = memchr(base + from, Int32(pattern[0]), rest) else { return nil }
      let index = UnsafeRawPointer(hit) - base
      if memcmp(hit, pattern, pattern.count) == 0 { return index }
      from = index + 1
    }
    return nil
  }
}
