import ArchX86
import ModuleConfiguration

/// The channels' messages: kernel memory, one buffer a channel, copied in and out by the kernel alone.
struct MessageStore {
  private struct Buffer: BitwiseCopyable {
    // Unsafe: kernel memory, alive for ever; ranges come from the table's sizes.
    var base: UnsafeMutableRawPointer
    var byteCount: UInt64
  }
  private let buffers: BootTable<Buffer>

  init(_ table: ModuleTable, memory: inout BootMemory) {
    let count = table.count(ChannelRecord.self)
    var total: UInt64 = 0
    for index in 0..<count { total &+= MessageStore.size(table, index) }
    let base = memory.allocate(byteCount: max(total, 8)).pointer
    buffers = BootTable(count: count, filledWith: Buffer(base: base, byteCount: 0), memory: &memory)
    total = 0
    for index in 0..<count {
      let byteCount = MessageStore.size(table, index)
      buffers[index] = Buffer(base: base + Int(total), byteCount: byteCount)
      total &+= byteCount
    }
  }

  /// Bytes of a channel's buffer: whole cache lines.
  private static func size(_ table: ModuleTable, _ channel: Int) -> UInt64 {
    (table.record(ChannelRecord.self, channel).maximumMessageBytes &+ 63) & ~63
  }

  /// - Precondition: `count` is at most the channel's size.
  @inline(__always) func bytes(channel: Int, count: UInt64) -> UnsafeMutableRawBufferPointer {
    precondition(count <= buffers[channel].byteCount)
    return UnsafeMutableRawBufferPointer(
      start: buffers[channel].base, count: Int(truncatingIfNeeded: count))
  }
}
