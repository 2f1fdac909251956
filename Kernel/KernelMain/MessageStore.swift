import ArchX86
import ModuleConfiguration
import PartitionCore

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

  /// Tells the core where the channels' places are.
  func show<Marking>(to core: borrowing PartitionCore<Marking>) {
    for index in 0..<channels.count {
      core.setPlaces(
        ofChannel: index, from: UInt64(UInt(bitPattern: channels[index].base)), byteCount: channels[index].byteCount)
    }
  }

  /// A place of a channel.
  ///
  /// - Precondition: the channel has that place, and it has room for `byteCount` bytes.
  @inline(__always) func place(channel: Int, slot: Int, byteCount: UInt64) -> UnsafeMutableRawPointer {
    let places = channels.place(channel)
    let size = places.pointee.byteCount
    // Every channel has a place 0.
    precondition(byteCount <= size && (slot == 0 || UInt(bitPattern: slot) < UInt(bitPattern: places.pointee.count)))
    return places.pointee.base + slot &* Int(truncatingIfNeeded: size)
  }
}
