import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// The console that the kernel shares among the partitions.
///
/// A line is best written in one window; the kernel takes 16 bytes a call, so that no call holds the processor for
/// long.
public enum Console {
  @usableFromInline static let bytesPerCall = 16
  /// Calls in a row that may take nothing before the rest is given up: a console that is stuck must not stop a
  /// partition.
  @usableFromInline static let fruitlessCallLimit = 100

  /// Writes bytes; answers how many the console took before it was stuck.
  @discardableResult
  public static func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    var written = 0
    var fruitlessCalls = 0
    while written < bytes.count, fruitlessCalls < fruitlessCallLimit {
      let address = UInt64(UInt(bitPattern: bytes.baseAddress)) &+ UInt64(written)
      let count = min(bytesPerCall, bytes.count - written)
      let taken = Int((try? Hypercall.call(.writeConsole, address, UInt64(count))) ?? 0)
      fruitlessCalls = taken == 0 ? fruitlessCalls + 1 : 0
      written += min(taken, count)
    }
    return written
  }

  /// Writes a literal.
  public static func write(_ text: StaticString) {
    write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Writes a number in decimal.
  public static func write(decimal number: UInt64) {
    var line = TextLine()
    line.append(decimal: number)
    write(line)
  }

  /// Writes a line that was composed before; one call for each 16 bytes, instead of one for each piece.
  public static func write(_ line: TextLine) {
    line.withBytes { bytes in _ = write(bytes) }
  }
}
