import Testing
import TraceFormat

@Suite("Block encoder")
struct BlockEncoderTests {
  private static func record(_ time: UInt64, kind: UInt8, words: [UInt64] = [], claimed: Int? = nil) -> [UInt64] {
    let packed = RingRecord.packed(
      kind: kind, partition: 1, detail: 0, wordCount: claimed ?? words.count, operand: 0)
    return [time, packed] + words
  }

  /// Encodes one block of `words`; its progress and its header.
  private static func encode(
    _ words: [UInt64], limit: Int, maximumEvents: Int = 64, _ compression: BlockCompression = .lz4
  ) -> (BlockEncoder.Progress, BlockHeader?) {
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BlockEncoder.scratchBytes(maximumEvents: maximumEvents), alignment: 8)
    let output = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BlockEncoder.outputBytes(maximumEvents: maximumEvents), alignment: 8)
    defer {
      scratch.deallocate()
      output.deallocate()
    }
    var encoder = BlockEncoder(scratch: scratch, maximumEvents: maximumEvents)
    encoder.compression = compression
    let progress = words.withUnsafeBufferPointer { encoder.encodeEvents($0, limit: limit, into: output) }
    let header = progress.byteCount > 0 ? BlockHeader(UnsafeRawBufferPointer(output)) : nil
    return (progress, header)
  }

  @Test("A record cut off at the end is left for the next block")
  func partialRecord() {
    let words = Self.record(5, kind: 29, words: [1]) + Self.record(9, kind: 29, words: [2, 3])
    for count in 3...words.count {
      let (progress, header) = Self.encode(Array(words[0..<count]), limit: 10)
      #expect(progress.eventCount == (count == words.count ? 2 : 1))
      #expect(progress.wordCount == (count == words.count ? 7 : 3))
      #expect(header?.baseTime == 5)
    }
    for count in 0..<3 {
      let (progress, _) = Self.encode(Array(words[0..<count]), limit: 10)
      #expect(progress.byteCount == 0 && progress.wordCount == 0 && progress.eventCount == 0)
    }
  }

  @Test("No more events than asked for, and no more than memory was given for")
  func limits() {
    let words = (0..<100).flatMap { Self.record(UInt64($0), kind: 29, words: [UInt64($0)]) }
    #expect(Self.encode(words, limit: 10).0.eventCount == 10)
    #expect(Self.encode(words, limit: 1000).0.eventCount == 64)
    #expect(Self.encode(words, limit: 0).0.eventCount == 0)
  }

  @Test("What is not to be compressed is stored as it is, whatever it would come to")
  func stored() throws {
    let words = (0..<60).flatMap { Self.record(UInt64($0), kind: 29, words: [7, 7, 7]) }
    let compressed = try #require(Self.encode(words, limit: 60).1)
    let stored = try #require(Self.encode(words, limit: 60, .stored).1)
    #expect(compressed.compression == BlockCompression.lz4.rawValue)
    #expect(stored.compression == BlockCompression.stored.rawValue)
    #expect(stored.storedByteCount == stored.rawByteCount && stored.rawByteCount == compressed.rawByteCount)
    #expect(compressed.storedByteCount < stored.storedByteCount && stored.eventCount == 60)
  }

  @Test("Words beyond the eighth are passed over with their record")
  func longRecord() {
    let words = Self.record(1, kind: 200, words: Array(1...20)) + Self.record(2, kind: 29)
    let (progress, _) = Self.encode(words, limit: 10)
    #expect(progress.eventCount == 2)
    #expect(progress.wordCount == words.count)
  }

  @Test("More kinds of events than there can be groups end the block, not the encoder")
  func manyGroups() {
    var words: [UInt64] = []
    for index in 0..<2000 {
      words += Self.record(UInt64(index), kind: UInt8(index % 256), words: Array(repeating: 3, count: index / 256))
    }
    var first = 0
    var events = 0
    while first < words.count {
      let (progress, _) = Self.encode(Array(words[first...]), limit: 4096, maximumEvents: 4096)
      guard progress.eventCount > 0 else { break }
      first += progress.wordCount
      events += progress.eventCount
    }
    #expect(events == 2000)
  }

  @Test("A header comes back as it was written")
  func header() {
    var header = BlockHeader(type: .events)
    header.compression = 1
    header.cpu = 3
    header.reserved = 0x00AB_CDEF
    header.sequence = 0x1234_5678
    header.eventCount = 0x9ABC_DEF0
    header.firstEventIndex = 0x1122_3344_5566_7788
    header.baseTime = 0x99AA_BBCC_DDEE_FF00
    header.eventsLostBefore = 77
    header.rawByteCount = 0xFFFF_FFFF
    header.storedByteCount = 0xFFFF_FFFE
    header.chain = 0xCAFE
    header.checksum = 0xBEEF
    var bytes = [UInt8](repeating: 0, count: BlockHeader.byteCount)
    bytes.withUnsafeMutableBytes { header.write(to: $0) }
    #expect(bytes.withUnsafeBytes { BlockHeader($0) } == header)
    #expect(Array(bytes.prefix(8)) == Array("PARTITRC".utf8))
    bytes[0] ^= 1
    #expect(bytes.withUnsafeBytes { BlockHeader($0) } == nil)
  }

  @Test("The xxHash of known inputs is that of its specification")
  func knownHashes() {
    func hash(_ text: String) -> UInt64 { Array(text.utf8).withUnsafeBytes { XXH64.hash($0) } }
    #expect(hash("") == 0xEF46_DB37_51D8_E999)
    #expect(hash("abc") == 0x44BC_2CF5_AD77_0999)
    #expect(hash("Nobody inspects the spammish repetition") == 0xFBCE_A83C_8A37_8BF1)
  }
}
