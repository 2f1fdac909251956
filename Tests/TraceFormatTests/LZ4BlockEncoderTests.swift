import Testing
import TraceFormat
import TraceReading

/// The encoder is ours and the decoder is liblz4's: each of these is a test of interoperability.
@Suite("LZ4 block encoder")
struct LZ4BlockEncoderTests {
  @Test("Every small size comes back, whatever the bytes", arguments: 0..<6)
  func smallSizes(shape: Int) throws {
    for count in 1...300 {
      let source = Samples.bytes(count, shape: shape, seed: UInt64(count))
      try expectRoundTrip(source, "shape \(shape), \(count) bytes")
    }
  }

  @Test("Large sources come back", arguments: 0..<6)
  func largeSizes(shape: Int) throws {
    for count in [4095, 65535, 65536, 65537, 70_000, 300_001] {
      let source = Samples.bytes(count, shape: shape, seed: UInt64(count))
      try expectRoundTrip(source, "shape \(shape), \(count) bytes")
    }
  }

  @Test("Lengths about the limits of the token's four bits and their extension bytes come back")
  func lengthBoundaries() throws {
    for literals in [0, 1, 14, 15, 16, 268, 269, 270, 271, 524, 525] {
      for match in [4, 5, 18, 19, 20, 272, 273, 274, 275, 528, 529] {
        var source = Samples.bytes(literals, shape: 0, seed: 1)
        source += [UInt8](repeating: 7, count: match + 1) + Samples.bytes(20, shape: 0, seed: 2)
        try expectRoundTrip(source, "\(literals) literals, match of \(match)")
      }
    }
  }

  @Test("A match at the greatest distance is found, and none beyond it")
  func distances() throws {
    for distance in [65534, 65535, 65536] {
      let pattern = Samples.bytes(64, shape: 0, seed: 5)
      let filler = [UInt8](repeating: 0, count: distance - 64)
      try expectRoundTrip(pattern + filler + pattern + Samples.bytes(16, shape: 0, seed: 6), "distance \(distance)")
    }
  }

  @Test("Output that does not fit is refused, and nothing is written past the target's end", arguments: 0..<6)
  func capacity(shape: Int) throws {
    let source = Samples.bytes(700, shape: shape, seed: 9)
    let whole = try #require(Self.encode(source, capacity: 2000))
    for capacity in 0...(whole.count + 3) {
      let encoded = Self.encode(source, capacity: capacity)
      // The bound on a sequence is a byte or two above what it takes.
      if capacity < whole.count { #expect(encoded == nil, "capacity \(capacity)") }
      if capacity >= whole.count + 3 { #expect(encoded == whole) }
      if let encoded { #expect(encoded == whole) }
    }
  }

  @Test("A match that saves next to nothing is left to the literals")
  func shortMatches() throws {
    let filler = Samples.bytes(40, shape: 0, seed: 3)
    for length in 4...16 {
      let pattern = Samples.bytes(length, shape: 0, seed: 4)
      let source = pattern + filler + pattern + Samples.bytes(20, shape: 0, seed: 5)
      let encoded = try #require(Self.encode(source, capacity: 200))
      // A block without a match is its source with a token and a byte of length.
      #expect((encoded.count < source.count + 2) == (length >= 8), "\(length) bytes")
    }
  }

  @Test("What repeats becomes small, and what does not grows by less than half a per cent")
  func ratio() throws {
    let zeros = try #require(Self.encode([UInt8](repeating: 0, count: 100_000), capacity: 200_000))
    #expect(zeros.count < 420)
    let noise = try #require(Self.encode(Samples.bytes(100_000, shape: 0, seed: 4), capacity: 200_000))
    #expect(noise.count < 100_500)
  }

  private func expectRoundTrip(_ source: [UInt8], _ what: String) throws {
    let encoded = try #require(Self.encode(source, capacity: source.count + source.count / 255 + 16), "\(what)")
    let decoded = encoded.withUnsafeBytes { LZ4Block.decode($0, count: source.count) }
    #expect(decoded == source, "\(what)")
    // The end rules, which liblz4's decoder does not insist on in every case: the last sequence is literals only.
    #expect(Self.trailingLiterals(encoded) >= min(5, source.count), "\(what)")
  }

  /// Encodes into a target of `capacity` bytes with guard bytes behind it.
  private static func encode(_ source: [UInt8], capacity: Int) -> [UInt8]? {
    let guardByte: UInt8 = 0xA5
    var target = [UInt8](repeating: guardByte, count: capacity + 64)
    // Garbage in the table must not matter.
    var table = [UInt32](repeating: 0xFFFF_FFFF, count: LZ4BlockEncoder.tableEntryCount)
    let count = source.withUnsafeBytes { bytes in
      target.withUnsafeMutableBytes { output in
        table.withUnsafeMutableBufferPointer {
          LZ4BlockEncoder.encode(bytes, into: UnsafeMutableRawBufferPointer(rebasing: output[0..<capacity]), table: $0)
        }
      }
    }
    #expect(target[capacity...].allSatisfy { $0 == guardByte })
    return count.map { Array(target[0..<$0]) }
  }

  /// Literals of the last sequence, read by the format's description.
  private static func trailingLiterals(_ block: [UInt8]) -> Int {
    var position = 0
    func length(_ nibble: Int) -> Int {
      var total = nibble
      guard nibble == 15 else { return total }
      while true {
        total += Int(block[position])
        position += 1
        if block[position - 1] != 255 { return total }
      }
    }
    while true {
      let token = Int(block[position])
      position += 1
      let literals = length(token >> 4)
      position += literals
      if position >= block.count { return literals }
      position += 2
      _ = length(token & 15)
    }
  }
}

/// Bytes of several shapes, from noise to constant.
private enum Samples {
  static func bytes(_ count: Int, shape: Int, seed: UInt64) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    return (0..<count).map { index in
      switch shape {
      case 0: UInt8(truncatingIfNeeded: random() >> 20)
      case 1: 0
      case 2: UInt8(truncatingIfNeeded: index % 7)
      case 3: UInt8(truncatingIfNeeded: random() >> 20) & 1
      case 4: random() % 50 == 0 ? UInt8(truncatingIfNeeded: random()) : UInt8(truncatingIfNeeded: index / 100)
      default: UInt8(truncatingIfNeeded: (index % 100) * (index % 100) / (1 + index / 5000))
      }
    }
  }
}
