import CallersMemory
import Glibc
import Testing

/// Memory that a waiting process has laid ready is looked at page by page, so that a fault comes where it is its own.
@Suite struct CallersMemoryTests {
  private static let page = 4096

  /// Which of `count` fresh pages have been touched when so many bytes have been, from this one on.
  private static func touched(_ count: Int, from first: Int, _ bytes: Int, isWritten: Bool) throws -> [Int] {
    let memory = try #require(mmap(nil, count * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { munmap(memory, count * page) }
    // Neighbours of one kind become one stretch, which the system may fill by pages of 2 MiB.
    try #require(madvise(memory, count * page, MADV_NOHUGEPAGE) == 0)
    partita_touch(memory + first, bytes, isWritten)
    var states = [UInt8](repeating: 0, count: count)
    try #require(mincore(memory, count * page, &states) == 0)
    return states.indices.filter { states[$0] & 1 != 0 }
  }

  @Test(arguments: [false, true]) func everyPageIsTouchedAndNoOther(_ isWritten: Bool) throws {
    for (first, bytes, pages) in [
      (4096, 1, 1...1), (4096, 4096, 1...1), (4096, 4097, 1...2), (8191, 1, 1...1), (8191, 2, 1...2),
      (4096 + 4000, 200, 1...2), (4097, 3 * 4096, 1...4), (4096, 3 * 4096, 1...3),
    ] {
      let touched = try Self.touched(6, from: first, bytes, isWritten: isWritten)
      #expect(touched == Array(pages), "\(bytes) bytes from \(first)")
    }
  }

  /// What is to be copied to must be writable: it is written to, and stays what it was.
  @Test func whatIsWrittenStaysWhatItWas() {
    var bytes = (0..<9000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let before = bytes
    bytes.withUnsafeMutableBytes { partita_touch($0.baseAddress!, $0.count, true) }
    #expect(bytes == before)
  }
}
