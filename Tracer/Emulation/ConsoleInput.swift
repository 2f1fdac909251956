import Foundation

/// Carries live input from a descriptor of ours to the emulator's standard input.
///
/// Bytes are handed on as fast as the module takes them; what it has not taken yet waits here, and no more is read
/// meanwhile.
final class ConsoleInput {
  private let source: Int32
  /// The emulator's standard input, till it has been started.
  private(set) var reading: Int32
  private let writing: Int32
  private var waiting: [UInt8] = []
  private var isSourceOpen = true

  /// Opens the way. `source` stays the caller's to close.
  init(source: Int32) throws(EmulationError) {
    guard let ends = SystemCall.makePipe() else {
      throw .notStarted(program: "console input", reason: SystemCall.lastError)
    }
    self.source = source
    (reading, writing) = ends
    _ = fcntl(writing, F_SETFL, O_NONBLOCK)
  }

  /// To be called once the emulator has its end, so that its death is noticed.
  func closeReadingEnd() {
    close(reading)
    reading = -1
  }

  /// What to wait for: room where bytes wait, else more bytes; nothing once the source has ended.
  var pollEntry: pollfd {
    if !waiting.isEmpty { return pollfd(fd: writing, events: Int16(POLLOUT), revents: 0) }
    return pollfd(fd: isSourceOpen ? source : -1, events: Int16(POLLIN), revents: 0)
  }

  /// Moves what can be moved without waiting; call it when `pollEntry` is ready.
  func pump() {
    if waiting.isEmpty {
      let limit = 256
      waiting = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        count = max(0, SystemCall.retrying { read(source, buffer.baseAddress, limit) })
      }
      // The pipe stays open: its end would close the console for the emulator.
      isSourceOpen = !waiting.isEmpty
    }
    guard !waiting.isEmpty else { return }
    let written = waiting.withUnsafeBytes { raw in SystemCall.retrying { write(writing, raw.baseAddress, raw.count) } }
    if written > 0 {
      waiting.removeFirst(written)
    } else if errno != EAGAIN {
      // Nobody reads any more.
      waiting = []
      isSourceOpen = false
    }
  }

  deinit {
    if reading >= 0 { close(reading) }
    close(writing)
  }
}
