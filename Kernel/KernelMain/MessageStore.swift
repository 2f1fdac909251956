import ArchX86
import ModuleConfiguration

/// The channels' messages: kernel memory, copied in and out by the kernel alone.
///
/// A sampling channel has one place, for its last message; a queuing channel as many as `MessageSlots` says. Which
/// place holds what is the core's business.
struct MessageStore {
  /// Where a channel's places are.
  private struct Places: BitwiseCopyable {
    // Unsafe: kernel memory, alive for ever; ranges come from the table's sizes.
    var base: UnsafeMutableRawPointer
    /// Bytes of one place: the channel's longest message, in whole cache lines.
    var byteCount: UInt64
    var count: Int
  }

  private let channels: BootTable<Places>

  init(_ table: ModuleTable, memory: inout BootMemory) {
    let count = table.count(ChannelRecord.self)
    var total: UInt64 = 0
    for index in 0..<count {
      total &+= MessageStore.size(table, index) &* UInt64(table.messageSlotCount(ofChannel: index))
    }
    var base = memory.allocateTable(byteCount: max(total, 8)).pointer
    channels = BootTable(count: count, filledWith: Places(base: base, byteCount: 0, count: 0), memory: &memory)
    for index in 0..<count {
      let byteCount = MessageStore.size(table, index)
      channels[index] = Places(base: base, byteCount: byteCount, count: table.messageSlotCount(ofChannel: index))
      base += Int(byteCount) * channels[index].count
    }
  }

  /// Bytes of a place of a channel: whole cache lines.
  private static func size(_ table: ModuleTable, _ channel: Int) -> UInt64 {
    (table.record(ChannelRecord.self, channel).maximumMessageBytes &+ 63) & ~63
  }

  /// The first `count` bytes of a place.
  ///
  /// - Precondition: the channel has that place, and `count` is at most its size.
  @inline(__always) func bytes(channel: Int, slot: Int, count: UInt64) -> UnsafeMutableRawBufferPointer {
    let byteCount = channels[channel].byteCount
    precondition(slot >= 0 && slot < channels[channel].count && count <= byteCount)
    return UnsafeMutableRawBufferPointer(
      start: channels[channel].base + slot &* Int(truncatingIfNeeded: byteCount),
      count: Int(truncatingIfNeeded: count))
  }
}
