import ArchX86Assembly

/// Single instructions that Swift has no words for. The only callers of the assembly room outside this module's types.
public enum Instruction {
  /// The time-stamp counter (`rdtsc`).
  @inline(__always) public static var ticks: UInt64 { partita_read_ticks() }

  /// `out` of one byte.
  @inline(__always) public static func output(_ value: UInt8, to port: UInt16) { partita_out8(port, value) }
  /// `in` of one byte.
  @inline(__always) public static func input(from port: UInt16) -> UInt8 { partita_in8(port) }

  /// Copies without overlap. Unsafe: the caller has checked both ranges.
  @inline(__always)
  public static func copy(to: UnsafeMutableRawPointer, from: UnsafeRawPointer, byteCount: UInt64) {
    partita_copy(to, from, byteCount)
  }
  /// Copies without overlap.
  ///
  /// Unsafe: the caller has checked both ranges.
  ///
  /// - Returns: the CRC-32C (`MessageDigest`) of what arrived.
  @inline(__always)
  public static func copyAndDigest(
    to: UnsafeMutableRawPointer, from: UnsafeRawPointer, byteCount: UInt64
  ) -> UInt64 { partita_copy_and_checksum(to, from, byteCount) }

  /// Unsafe: the caller owns the range; `byteCount` is a multiple of 8.
  @inline(__always) public static func clear(_ to: UnsafeMutableRawPointer, byteCount: UInt64) {
    partita_clear(to, byteCount)
  }

  /// Unsafe: likewise.
  @inline(__always) public static func fill(_ to: UnsafeMutableRawPointer, byteCount: UInt64, with word: UInt64) {
    partita_fill(to, byteCount, word)
  }

  /// Loads that the compiler neither moves nor leaves out, for memory that a partition writes.
  @inline(__always) public static func load64(_ from: UnsafeRawPointer) -> UInt64 { partita_load64(from) }
  /// The same of 32 bits.
  @inline(__always) public static func load32(_ from: UnsafeRawPointer) -> UInt32 { partita_load32(from) }
  /// A store that the compiler neither moves nor leaves out.
  @inline(__always) public static func store64(_ value: UInt64, to: UnsafeMutableRawPointer) {
    partita_store64(to, value)
  }

  /// CR2: the address of the last page fault.
  public static var faultAddress: UInt64 { partita_read_cr2() }

  /// Ends QEMU through its debug-exit device: the command's exit status is (value << 1) | 1. Does not return.
  public static func exitEmulator(_ value: UInt8) -> Never {
    output(value, to: 0xF4)
    while true { _ = partita_read_ticks() }
  }
}
