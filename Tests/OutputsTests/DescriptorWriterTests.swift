import Foundation
import Testing

@testable import Outputs

@Suite struct DescriptorWriterTests {
  @Test func aFullPipeThatDoesNotWaitIsWaitedFor() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    defer { close(reading) }
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    let writer = Thread {
      _ = bytes.withUnsafeBytes { DescriptorWriter.writeAll($0, to: writing) }
      close(writing)
    }
    writer.start()
    var found: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(reading, &piece, piece.count), count > 0 { found += piece[..<count] }
    #expect(found == bytes)
  }

  @Test func aFailureIsTold() {
    let bytes: [UInt8] = [1, 2, 3]
    let reason = bytes.withUnsafeBytes { DescriptorWriter.writeAll($0, to: -1) }
    #expect(reason == EBADF)
    let ofNothing = bytes[3...].withUnsafeBytes { DescriptorWriter.writeAll($0, to: -1) }
    #expect(ofNothing == nil)
  }
}
