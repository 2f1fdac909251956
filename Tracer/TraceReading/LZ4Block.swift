import CLZ4

/// Decompression by liblz4, with the lengths that the block's header declares.
public enum LZ4Block {
  /// Decompresses one LZ4 block; nil where the bytes are no block or do not give exactly `count` bytes.
  ///
  /// - Parameter count: bytes that must come out; the caller has bounded it.
  public static func decode(_ source: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
    guard let input = source.baseAddress, count > 0, source.count <= Int(Int32.max), count <= Int(Int32.max) else {
      return nil
    }
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      // liblz4 writes at most `count` bytes to the buffer and reads at most `source.count`.
      let written = LZ4_decompress_safe(
        input.assumingMemoryBound(to: CChar.self),
        UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), Int32(source.count),
        Int32(count))
      initialized = max(0, Int(written))
      isWhole = written == Int32(count)
    }
    return isWhole ? bytes : nil
  }
}
