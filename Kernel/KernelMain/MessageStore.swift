import ArchX86
import ModuleConfiguration

/// The channels' messages: kernel memory, one buffer a channel, copied in and out by the kernel alone.
struct MessageStore {
  private let offsets: BootTable<UInt64>
  // Unsafe: kernel memory, alive for ever; ranges come from the table's sizes.
  private let base: UnsafeMutableRawPointer

  init(_ table: ModuleTable, memory: inout BootMemory) {
    let count = table.count(ChannelRecord.self)
    offsets = BootTable(count: count + 1, filledWith: 0, memory: &memory)
    var total: UInt64 = 0
    for index in 0..<count {
      offsets[index] = total
      total &+= (table.record(ChannelRecord.self, index).maximumMessageBytes &+ 63) & ~63
    }
    offsets[count] = total
    base = memory.allocate(byteCount: max(total, 8)).pointer
  }

  /// - Precondition: `count` is at most the channel's size.
  func bytes(channel: Int, count: UInt64) -> UnsafeMutableRawBufferPointer {
    precondition(count <= offsets[channel + 1] &- offsets[channel])
    return UnsafeMutableRawBufferPointer(start: base + Int(offsets[channel]), count: Int(count))
  }
}
