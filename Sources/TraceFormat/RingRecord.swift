/// The form of an event in the kernel's ring: 2 to 10 words of 8 bytes.
///
/// | word | contents |
/// |---|---|
/// | 0 | time in ns |
/// | 1 | kind (bits 0–7), partition (8–15), detail (16–23), number of further words (24–31), operand (32–63) |
/// | 2 … | the event's words; those left out are 0 |
///
/// The ring is mapped twice in a row, so a record never wraps.
public enum RingRecord {
  /// Word 1 of a record.
  ///
  /// - Parameter wordCount: of the words that follow, 0 … 8.
  @inlinable public static func packed(
    kind: UInt8, partition: UInt8, detail: UInt8, wordCount: Int, operand: UInt32
  ) -> UInt64 {
    UInt64(kind) | UInt64(partition) &<< 8 | UInt64(detail) &<< 16 | UInt64(UInt8(truncatingIfNeeded: wordCount)) &<< 24
      | UInt64(operand) &<< 32
  }

  /// How many words follow the two, by a record's word 1: 0 … 8 of one that the kernel has written.
  @inlinable public static func wordCount(_ packed: UInt64) -> Int { Int(packed &>> 24 & 0xFF) }
}
