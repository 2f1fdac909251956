import APEXTypes
import ModuleConfiguration

/// A port's configuration, whether its partition has created it, and what a destination holds.
struct PortState: BitwiseCopyable {
  // Configuration.
  var partition: UInt8 = 0xFF
  var isSource = false
  var isQueuing = false
  var discardsWhenFull = false
  var channel = 0
  var maximumMessageBytes: UInt64 = 0
  var refreshNanoseconds: UInt64 = 0
  var maximumMessageCount = 0
  /// Queuing destinations: the next of the same channel; −1 for none.
  var nextDestination = -1
  /// The next port of the same partition; −1 for none.
  var nextOfPartition = -1
  /// Queuing destinations: where their queue begins in `PartitionCore.queues`.
  var firstEntry = 0

  // State.
  var isCreated = false
  /// Queuing destinations: a message was discarded since the last one was received.
  var hasOverflowed = false
  /// Queuing destinations: the entry of the oldest message, and how many there are.
  var head = 0
  var count = 0
  /// Queuing destinations: the channel's places whose messages are in the queue, bit n for place n.
  var heldSlots: UInt64 = 0
  /// Sampling destinations: the number of the channel's message when the port was created; it does not see that one.
  var unseenSequence: UInt64 = 0

  init() {}

  init(_ record: PortRecord) {
    partition = record.partition.rawValue
    isSource = record.direction == .source
    isQueuing = record.kind == .queuing
    discardsWhenFull = record.discardsWhenFull
    channel = Int(record.channel)
    maximumMessageBytes = record.maximumMessageBytes
    refreshNanoseconds = record.refreshPeriod.count
    maximumMessageCount = Int(record.maximumMessageCount)
  }

  /// As its partition finds it at a start: not created, and empty.
  mutating func forget() {
    isCreated = false
    unseenSequence = 0
    empty()
  }

  /// Forgets what waits in it.
  mutating func empty() {
    hasOverflowed = false
    head = 0
    count = 0
    heldSlots = 0
  }
}

/// What the core knows of a channel; the bytes are the kernel's.
struct ChannelState: BitwiseCopyable {
  // Configuration.
  var isQueuing = false
  /// Queuing channels: the first destination port; −1 for none.
  var firstDestination = -1
  /// The source port's partition.
  var sourcePartition: UInt8 = 0xFF
  /// Queuing channels: places for messages.
  var slotCount = 0

  // State.
  /// Messages written or sent, ever.
  var sequence: UInt64 = 0
  /// Sampling channels: of the last message.
  var messageBytes: UInt64 = 0
  var writtenNanoseconds: UInt64 = 0
}

/// A message in a destination's queue: where its bytes are, how many, and its number in the channel, in one word.
struct QueuedMessage: BitwiseCopyable {
  /// Place in bits 0–5, bytes in 6–19, number in 20–63.
  var word: UInt64

  init(word: UInt64) { self.word = word }

  @inline(__always) init(slot: Int, byteCount: UInt64, number: UInt64) {
    word = UInt64(truncatingIfNeeded: slot) | byteCount &<< 6 | number &<< 20
  }

  var slot: Int { Int(truncatingIfNeeded: word & 63) }
  var byteCount: UInt64 { word &>> 6 & 0x3FFF }
  var number: UInt64 { word &>> 20 }
}
