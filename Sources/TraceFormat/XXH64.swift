/// The 64-bit xxHash of bytes (seed 0), as published in the xxHash specification 0.1.1.
///
/// It finds damage, not forgery. Module tables, image segments and trace blocks carry it.
public enum XXH64 {
  @usableFromInline static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  @usableFromInline static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  @usableFromInline static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  @usableFromInline static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  @usableFromInline static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  @inlinable static func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { x &<< by | x &>> (64 &- by) }

  @inlinable static func round(_ accumulator: UInt64, _ lane: UInt64) -> UInt64 {
    rotate(accumulator &+ lane &* prime2, 31) &* prime1
  }

  /// The hash of `bytes`.
  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var offset = 0
    var result: UInt64
    func lane(_ at: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    if bytes.count >= 32 {
      var a = seed &+ prime1 &+ prime2
      var b = seed &+ prime2
      var c = seed
      var d = seed &- prime1
      while offset &+ 32 <= bytes.count {
        a = round(a, lane(offset))
        b = round(b, lane(offset &+ 8))
        c = round(c, lane(offset &+ 16))
        d = round(d, lane(offset &+ 24))
        offset &+= 32
      }
      result = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
      result = (result ^ round(0, a)) &* prime1 &+ prime4
      result = (result ^ round(0, b)) &* prime1 &+ prime4
      result = (result ^ round(0, c)) &* prime1 &+ prime4
      result = (result ^ round(0, d)) &* prime1 &+ prime4
    } else {
      result = seed &+ prime5
    }
    result &+= UInt64(bytes.count)
    while offset &+ 8 <= bytes.count {
      result = rotate(result ^ round(0, lane(offset)), 27) &* prime1 &+ prime4
      offset &+= 8
    }
    if offset &+ 4 <= bytes.count {
      let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      result = rotate(result ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
      offset &+= 4
    }
    while offset < bytes.count {
      result = rotate(result ^ UInt64(bytes[offset]) &* prime5, 11) &* prime1
      offset &+= 1
    }
    result = (result ^ result &>> 33) &* prime2
    result = (result ^ result &>> 29) &* prime3
    return result ^ result &>> 32
  }
}
