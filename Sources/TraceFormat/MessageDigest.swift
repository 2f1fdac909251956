/// A digest of a message's bytes, for the trace: equal bytes have equal digests, and a changed, lost or moved word
/// shows.
///
/// Cheaper than `XXH64` (five instructions a word), for the kernel takes it with interrupts off at every copy. It finds
/// damage, not forgery.
public enum MessageDigest {
  @inlinable static var multiplier: UInt64 { 0x9E37_79B1_85EB_CA87 }

  @inline(__always) @inlinable static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = state ^ word
    return (mixed &<< 29 | mixed &>> 35) &* multiplier
  }

  /// The digest of `bytes`: their number, then word by word, little-endian, the last one filled up with zeros.
  @inlinable public static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var result = UInt64(truncatingIfNeeded: bytes.count) &* multiplier
    // Unsafe: every load lies within [at, end), by the comparison right before it.
    guard var at = bytes.baseAddress else { return result }
    let end = at + bytes.count
    if UInt(bitPattern: at) & 7 == 0 {
      while end - at >= 16 {
        result = mix(result, UInt64(littleEndian: at.load(as: UInt64.self)))
        result = mix(result, UInt64(littleEndian: at.load(fromByteOffset: 8, as: UInt64.self)))
        at += 16
      }
    }
    while end - at >= 8 {
      result = mix(result, UInt64(littleEndian: at.loadUnaligned(as: UInt64.self)))
      at += 8
    }
    guard at < end else { return result }
    var last: UInt64 = 0
    var shift: UInt64 = 0
    while at < end {
      last |= UInt64(at.load(as: UInt8.self)) &<< shift
      shift &+= 8
      at += 1
    }
    return mix(result, last)
  }
}
