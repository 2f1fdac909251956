import Foundation

/// Lines for standard output, written in large pieces.
struct OutputBuffer {
  private var bytes: [UInt8] = []

  mutating func write(line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(10)
    if bytes.count >= 1 << 16 { flush() }
  }

  mutating func flush() {
    FileHandle.standardOutput.write(Data(bytes))
    bytes.removeAll(keepingCapacity: true)
  }
}
