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

  /// Writes lines of a whole block at once: a copy of them in the buffer would be of no use.
  mutating func write(_ lines: TextBytes) {
    flush()
    StandardOutput.write(lines.bytes)
  }

  private mutating func flushIfLarge() {
    if text.count >= 1 << 16 { flush() }
  }

  mutating func flush() {
    StandardOutput.write(text.bytes)
    text.removeAll()
  }
}
