/// Compresses bytes to one block of the LZ4 block format (version 1.6.x of its description), without heap.
///
/// The search is greedy, with one hash table in the caller's memory: cheap, and the periodic columns of a trace give
/// it long matches. Output obeys the format's end rules (the last five bytes are literals, the last match begins
/// twelve bytes or more before the end), so that every conforming decoder takes it.
public enum LZ4BlockEncoder {
  @usableFromInline static let hashBits: UInt32 = 13
  /// Entries of the hash table that `encode` wants.
  public static let tableEntryCount = 1 << 13
  static let minimumMatch = 4
  /// A shorter match is left to the literals: each costs a decoder as much as dozens of literals do, saves a few bytes
  /// at most, and often hides a longer one that begins right after it.
  ///
  /// Of irregular traces, matches of six bytes save seven hundredths of the file and cost a twelfth of its decoding; of
  /// captured ones two hundredths, and nothing that could be measured.
  static let worthwhileMatch = 8
  /// No match begins in the last twelve bytes, and none reaches into the last five.
  static let matchMargin = 12
  static let literalTail = 5
  static let maximumDistance = 65535

  /// Compresses `source` into `target`.
  ///
  /// - Parameter table: scratch of `tableEntryCount` entries; its contents do not matter.
  /// - Returns: the bytes written, or nil where they would not fit: then nothing in `target` is of use.
  /// - Precondition: `source` is shorter than 2³² bytes.
  public static func encode(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    table: UnsafeMutableBufferPointer<UInt32>
  ) -> Int? {
    precondition(table.count >= tableEntryCount && source.count <= Int(UInt32.max))
    guard let output = target.baseAddress, target.count > 0 else { return nil }
    var sequence = SequenceWriter(output: output, capacity: target.count)
    guard let input = source.baseAddress, let positions = table.baseAddress, source.count > matchMargin else {
      return sequence.finish(source.baseAddress, count: source.count) ? sequence.count : nil
    }
    positions.update(repeating: 0, count: tableEntryCount)
    let lastStart = source.count &- matchMargin
    let matchEnd = source.count &- literalTail
    var anchor = 0
    var position = 0
    var misses = 0
    while position <= lastStart {
      let four = load32(input, position)
      let slot = hash(four)
      var candidate = Int(positions[slot])
      positions[slot] = UInt32(truncatingIfNeeded: position)
      guard candidate < position, position &- candidate <= maximumDistance, load32(input, candidate) == four else {
        // The longer nothing matches, the larger the steps.
        misses &+= 1
        position &+= 1 &+ misses &>> 6
        continue
      }
      var start = position
      while start > anchor, candidate > 0, byte(input, start &- 1) == byte(input, candidate &- 1) {
        start &-= 1
        candidate &-= 1
      }
      let end = matchLimit(input, from: position &+ minimumMatch, distance: start &- candidate, limit: matchEnd)
      guard end &- start >= worthwhileMatch else {
        position &+= 1
        continue
      }
      misses = 0
      guard sequence.put(input + anchor, literals: start &- anchor, distance: start &- candidate, match: end &- start)
      else { return nil }
      position = end
      anchor = end
      if end <= lastStart {
        positions[hash(load32(input, end &- 2))] = UInt32(truncatingIfNeeded: end &- 2)
      }
    }
    return sequence.finish(input + anchor, count: source.count &- anchor) ? sequence.count : nil
  }

  /// The first place from `from` on, below `limit`, whose byte differs from that `distance` before it, or `limit`.
  @inline(__always)
  private static func matchLimit(_ input: UnsafeRawPointer, from: Int, distance: Int, limit: Int) -> Int {
    var end = from
    while end &+ 8 <= limit {
      let difference = load64(input, end) ^ load64(input, end &- distance)
      if difference != 0 { return end &+ difference.trailingZeroBitCount &>> 3 }
      end &+= 8
    }
    while end < limit, byte(input, end) == byte(input, end &- distance) { end &+= 1 }
    return end
  }

  // The three loads are within `source`: callers stay `matchMargin` or `literalTail` bytes before its end.
  @inline(__always)
  private static func load32(_ base: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  private static func load64(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func byte(_ base: UnsafeRawPointer, _ offset: Int) -> UInt8 {
    base.load(fromByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  private static func hash(_ four: UInt32) -> Int { Int((four &* 2_654_435_761) &>> (32 &- hashBits)) }
}

/// Appends sequences (literals, then a match) to a buffer and never past its end.
private struct SequenceWriter {
  let output: UnsafeMutableRawPointer
  let capacity: Int
  var count = 0

  init(output: UnsafeMutableRawPointer, capacity: Int) {
    self.output = output
    self.capacity = capacity
  }

  /// Appends literals and the match after them; false where they do not fit.
  mutating func put(_ literals: UnsafeRawPointer, literals length: Int, distance: Int, match: Int) -> Bool {
    let extra = match &- LZ4BlockEncoder.minimumMatch
    // Token, literals and their length bytes, distance, the match's length bytes: an upper bound.
    guard length &+ length / 255 &+ extra / 255 &+ 5 <= capacity &- count else { return false }
    let high = length < 15 ? length : 15
    let low = extra < 15 ? extra : 15
    putByte(high &<< 4 | low)
    putLength(length)
    copy(literals, length)
    putByte(distance & 0xFF)
    putByte(distance &>> 8)
    putLength(extra)
    return true
  }

  /// Appends the literals that end a block; false where they do not fit.
  mutating func finish(_ literals: UnsafeRawPointer?, count length: Int) -> Bool {
    guard length &+ length / 255 &+ 2 <= capacity &- count else { return false }
    putByte((length < 15 ? length : 15) &<< 4)
    putLength(length)
    if let literals { copy(literals, length) }
    return true
  }

  @inline(__always)
  private mutating func putByte(_ value: Int) {
    output.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  /// What a length has beyond the 15 that the token holds.
  @inline(__always)
  private mutating func putLength(_ length: Int) {
    guard length >= 15 else { return }
    var rest = length &- 15
    while rest >= 255 {
      putByte(255)
      rest &-= 255
    }
    putByte(rest)
  }

  @inline(__always)
  private mutating func copy(_ bytes: UnsafeRawPointer, _ length: Int) {
    (output + count).copyMemory(from: bytes, byteCount: length)
    count &+= length
  }
}
