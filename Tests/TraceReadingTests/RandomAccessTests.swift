import Foundation
import TemporaryFolder
import Testing
import TraceFormat

@testable import TraceReading

/// Threads read a file where they want to; what the reader says is what one pass from its beginning would say.
@Suite("Reading a file at any place")
struct RandomAccessTests {
  private static let trace = EventStreams.trace(
    EventStreams.whole(EventStreams.random(count: 6000, seed: 5)), eventsPerBlock: 100)

  /// What a reader says from here to the end.
  private static func rest(_ reader: TraceReader) -> [String] {
    var said: [String] = []
    while let batch = reader.nextBatch() { said.append("\(batch)") }
    return said + ["\(reader.condition) \(reader.defectCount) \(reader.runIdentity) \(reader.statistics)"]
  }

  @Test("A file is read like the same bytes in memory", arguments: [0, 1, 3])
  func fileLikeMemory(threads: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.trace, to: "trace")
    let reader = try TraceReader(path: path)
    reader.decodeAhead(threads: threads)
    #expect(Self.rest(reader) == Self.rest(try TraceReader(bytes: Self.trace)))
  }

  @Test("The file of a descriptor begins where the descriptor stands")
  func beginsAtTheDescriptorsPlace() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([UInt8](0..<200), to: "bytes")
    let descriptor = open(path, O_RDONLY)
    defer { close(descriptor) }
    let bytes = try #require(RandomAccessBytes(descriptor, from: 50))
    #expect(bytes.count == 150)
    var found = [UInt8](repeating: 0, count: 20)
    #expect(found.withUnsafeMutableBytes { bytes.read(into: $0, at: 130) })
    #expect(found == [UInt8](180..<200))
    #expect(!found.withUnsafeMutableBytes { bytes.read(into: $0, at: 131) }, "one byte is missing")
    #expect(lseek(descriptor, 0, SEEK_CUR) == 0, "the descriptor stands where it stood")
  }

  @Test("A pipe cannot be read anywhere")
  func noPipe() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    #expect(RandomAccessBytes(ends[0], from: 0) == nil)
  }

  @Test("Bytes in memory end where they end")
  func memoryEnds() {
    let bytes = RandomAccessBytes([1, 2, 3])
    var two: [UInt8] = [0, 0]
    #expect(two.withUnsafeMutableBytes { bytes.read(into: $0, at: 1) })
    #expect(two == [2, 3])
    #expect(!two.withUnsafeMutableBytes { bytes.read(into: $0, at: 2) })
    #expect(!two.withUnsafeMutableBytes { bytes.read(into: $0, at: .max) })
  }

  @Test("A file that is cut while it is read gives the events before the cut and says so", arguments: [0, 2])
  func cutMeanwhile(threads: Int) throws {
    let total = 40_000
    let trace = EventStreams.trace(
      EventStreams.whole(EventStreams.random(count: total, seed: 6)), eventsPerBlock: 100)
    let folder = try TemporaryFolder()
    let path = try folder.write(trace, to: "trace")
    let reader = try TraceReader(path: path)
    reader.decodeAhead(threads: threads)
    var count = 0
    if case .events(_, let events)? = reader.nextBatch() { count += events.count }
    // Far behind what may have been read by then: the window holds 256 KiB, and threads six blocks.
    let length = trace.count - 1000
    #expect(length > 1 << 19)
    #expect(truncate(path, off_t(length)) == 0)
    while case .events(let first, let events)? = reader.nextBatch() {
      #expect(first == UInt64(count))
      count += events.count
    }
    guard case .truncated(let byte) = reader.condition else {
      Issue.record("\(reader.condition)")
      return
    }
    #expect(byte > UInt64(length) / 2 && byte <= UInt64(length))
    #expect(count > total / 2 && count < total)
  }

  @Test("A block that is another one when a thread reads it is looked at by the reader itself")
  func changedMeanwhile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.trace, to: "trace")
    let source = try ByteSource(path: path)
    let anywhere = try #require(source.anywhere)
    let second = try #require(TraceReader(path: path).makeIndex()).entries[1]
    let stretch = BlockStretch(number: 0, anywhere)
    stretch.begin(after: nil, nil)
    stretch.append(second.header, at: second.offset)
    // A byte of the payload changes after the header has been seen.
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seek(toOffset: second.offset + UInt64(BlockHeader.byteCount) + 5)
    try handle.write(contentsOf: [Self.trace[Int(second.offset) + BlockHeader.byteCount + 5] ^ 1])
    var decoded = 0
    stretch.decode(into: EventColumns()) { decoded += $0.eventCount }
    #expect(decoded == 0)
    #expect(stretch.outcomes.map(\.isValid) == [false])
  }
}
