import Foundation
import TraceReading

/// Lines for standard output, written in large pieces.
struct OutputBuffer {
  private var text = TextBytes()

  mutating func write(line: String) {
    text.put(line)
    text.put(byte: 10)
    flushIfLarge()
  }

  /// Writes what `body` puts.
  mutating func write(_ body: (inout TextBytes) -> Void) {
    body(&text)
    flushIfLarge()
  }

  private mutating func flushIfLarge() {
    if text.count >= 1 << 16 { flush() }
  }

  mutating func flush() {
    StandardOutput.write(text.bytes)
    text.removeAll()
  }
}
