import Foundation
import TraceFormat

/// Bytes that several threads can read at any place at a time: those of a regular file, or of memory.
final class RandomAccessBytes: Sendable {
  private enum Store {
    /// The descriptor is this object's own; what is asked for begins at `start` of the file.
    case file(descriptor: Int32, start: UInt64)
    case memory([UInt8])
  }

  private let store: Store

  /// - Parameters:
  ///   - descriptor: stays the caller's; nil is answered where it is no regular file.
  ///   - start: where in the file the first byte is.
  init?(_ descriptor: Int32, from start: UInt64) {
    var information = stat()
    guard descriptor >= 0, fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    let copy = dup(descriptor)
    guard copy >= 0 else { return nil }
    store = .file(descriptor: copy, start: start)
  }

  init(_ bytes: [UInt8]) { store = .memory(bytes) }

  deinit { if case .file(let descriptor, _) = store { close(descriptor) } }

  /// How many there are, as it is now.
  var count: UInt64 {
    switch store {
    case .file(let descriptor, let start):
      var information = stat()
      guard fstat(descriptor, &information) == 0 else { return 0 }
      let size = UInt64(clamping: information.st_size)
      return size > start ? size - start : 0
    case .memory(let bytes): return UInt64(bytes.count)
    }
  }

  /// Fills `target` from `offset` on; false where there are fewer bytes, or they cannot be read.
  func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Bool {
    var done = 0
    while done < target.count {
      let part = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let count = readSome(into: part, at: offset &+ UInt64(done))
      if count > 0 { done += count } else if count == 0 || errno != EINTR { return false }
    }
    return true
  }

  /// Reads as many bytes as there are at once; 0 at the end, and less than that with `errno` where it cannot be done.
  func readSome(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Int {
    switch store {
    case .file(let descriptor, let start):
      return pread(descriptor, target.baseAddress, target.count, off_t(clamping: start &+ offset))
    case .memory(let bytes):
      guard offset < UInt64(bytes.count) else { return 0 }
      let count = min(target.count, bytes.count - Int(offset))
      bytes.withUnsafeBytes {
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<(Int(offset) + count)]))
      }
      return count
    }
  }

  /// The header at `offset`, whatever it says; nil where there is none.
  func header(at offset: UInt64) -> BlockHeader? {
    withUnsafeTemporaryAllocation(byteCount: BlockHeader.byteCount, alignment: 8) { space in
      read(into: space, at: offset) ? BlockHeader(UnsafeRawBufferPointer(space)) : nil
    }
  }
}
