/// A digest of a message's bytes, for the trace: equal bytes have equal digests, a byte changed, lost or moved shows.
///
/// It is the CRC-32C (Castagnoli), for which the CPU has an instruction: the kernel takes the digest with interrupts
/// off at every copy, eight bytes an instruction. Any change within 32 bits shows for certain, any other but for one
/// in four thousand million. It finds damage, not forgery.
public enum MessageDigest {
  private static var polynomial: UInt32 { 0x82F6_3B78 }

  /// The digest of `bytes`, worked out bit by bit: what the kernel's instruction gives.
  public static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 0 ? state &>> 1 : state &>> 1 ^ polynomial }
    }
    return UInt64(~state)
  }
}
