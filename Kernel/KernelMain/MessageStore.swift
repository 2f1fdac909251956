import ArchX86
import ModuleConfiguration

/// The channels' messages: kernel memory, copied in and out by the kernel alone.
///
/// A sampling channel has one place, for its last message; a queuing channel as many as `MessageSlots` says. Which place
/// holds what is the core's business.
struct MessageStore {
  /// Where a channel's places are.
  private struct Places: BitwiseCopyable {
    var offset = 0
    /// Bytes of one place: the channel's longest message, in whole cache lines.
    var byteCount = 0
    var count = 0
  }

  private let places: BootTable<Places>
  // Unsafe: kernel memory, alive for ever; ranges come from the table's sizes.
  private let base: UnsafeMutableRawPointer

  init(_ table: ModuleTable, memory: inout BootMemory) {
    let count = table.count(ChannelRecord.self)
    places = BootTable(count: count, filledWith: Places(), memory: &memory)
    var total = 0
    for index in 0..<count {
      places[index].offset = total
      places[index].byteCount = Int((table.record(ChannelRecord.self, index).maximumMessageBytes &+ 63) & ~63)
      places[index].count = table.messageSlotCount(ofChannel: index)
      total += places[index].byteCount * places[index].count
    }
    base = memory.allocate(byteCount: UInt64(max(total, 8))).pointer
  }

  /// The first `count` bytes of a place.
  ///
  /// - Precondition: the channel has that place, and `count` is at most its size.
  func bytes(channel: Int, slot: Int, count: UInt64) -> UnsafeMutableRawBufferPointer {
    let byteCount = places[channel].byteCount
    precondition(slot >= 0 && slot < places[channel].count && count <= UInt64(byteCount))
    return UnsafeMutableRawBufferPointer(
      start: base + (places[channel].offset &+ slot &* byteCount), count: Int(truncatingIfNeeded: count))
  }

  /// Copies a message into a place.
  func store(_ message: UnsafeRawBufferPointer, channel: Int, slot: Int) {
    guard let to = bytes(channel: channel, slot: slot, count: UInt64(message.count)).baseAddress,
      let from = message.baseAddress
    else { return }
    Instruction.copy(to: to, from: from, byteCount: UInt64(message.count))
  }
}
