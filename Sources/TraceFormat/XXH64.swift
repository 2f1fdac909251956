/// The 64-bit xxHash of bytes (seed 0), as published in the xxHash specification 0.1.1.
///
/// It finds damage, not forgery. Module tables, image segments and trace blocks carry it.
public enum XXH64 {
  @inlinable static var prime1: UInt64 { 0x9E37_79B1_85EB_CA87 }
  @inlinable static var prime2: UInt64 { 0xC2B2_AE3D_27D4_EB4F }
  @inlinable static var prime3: UInt64 { 0x1656_67B1_9E37_79F9 }
  @inlinable static var prime4: UInt64 { 0x85EB_CA77_C2B2_AE63 }
  @inlinable static var prime5: UInt64 { 0x27D4_EB2F_1656_67C5 }

  @inlinable static func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { x &<< by | x &>> (64 &- by) }

  @inlinable static func round(_ accumulator: UInt64, _ lane: UInt64) -> UInt64 {
    rotate(accumulator &+ lane &* prime2, 31) &* prime1
  }

  /// The hash of `bytes`.
  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    // Unsafe: every load lies within [at, end), by the comparison right before it.
    guard var at = bytes.baseAddress else { return finish(seed &+ prime5) }
    let end = at + bytes.count
    var result = seed &+ prime5
    if bytes.count >= 32 {
      var a = seed &+ prime1 &+ prime2
      var b = seed &+ prime2
      var c = seed
      var d = seed &- prime1
      repeat {
        a = round(a, lane(at))
        b = round(b, lane(at + 8))
        c = round(c, lane(at + 16))
        d = round(d, lane(at + 24))
        at += 32
      } while end - at >= 32
      result = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
      result = (result ^ round(0, a)) &* prime1 &+ prime4
      result = (result ^ round(0, b)) &* prime1 &+ prime4
      result = (result ^ round(0, c)) &* prime1 &+ prime4
      result = (result ^ round(0, d)) &* prime1 &+ prime4
    }
    result &+= UInt64(truncatingIfNeeded: bytes.count)
    while end - at >= 8 {
      result = rotate(result ^ round(0, lane(at)), 27) &* prime1 &+ prime4
      at += 8
    }
    if end - at >= 4 {
      let half = UInt32(littleEndian: at.loadUnaligned(as: UInt32.self))
      result = rotate(result ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
      at += 4
    }
    while at < end {
      result = rotate(result ^ UInt64(at.load(as: UInt8.self)) &* prime5, 11) &* prime1
      at += 1
    }
    return finish(result)
  }

  @inline(__always) private static func lane(_ at: UnsafeRawPointer) -> UInt64 {
    UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
  }

  @inline(__always) private static func finish(_ value: UInt64) -> UInt64 {
    var result = (value ^ value &>> 33) &* prime2
    result = (result ^ result &>> 29) &* prime3
    return result ^ result &>> 32
  }
}
