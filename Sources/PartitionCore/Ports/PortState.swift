import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Whose a port is, of which kind and direction, and whether it is created.
struct PortKey: Equatable, BitwiseCopyable {
  /// Owner in bits 0–7, then a bit each.
  private var word: UInt32

  @inline(__always) init(owner: PartitionIndex, isQueuing: Bool, isSource: Bool, isCreated: Bool) {
    word =
      UInt32(owner.rawValue) | (isQueuing ? 0x100 : 0) | (isSource ? 0x200 : 0) | (isCreated ? Self.createdBit : 0)
  }

  private static var createdBit: UInt32 { 0x400 }
  var owner: UInt8 { UInt8(truncatingIfNeeded: word) }
  var isQueuing: Bool { word & 0x100 != 0 }
  var isSource: Bool { word & 0x200 != 0 }
  var isCreated: Bool {
    get { word & Self.createdBit != 0 }
    set { word = newValue ? word | Self.createdBit : word & ~Self.createdBit }
  }
}

/// A port's configuration, whether its partition has created it, and what a destination holds.
struct PortState: BitwiseCopyable {
  /// Owner, kind, direction, and whether the port is created: what a call has to find right, in one word.
  var key = PortKey(owner: .none, isQueuing: false, isSource: false, isCreated: false)

  // Configuration.
  /// Of its owner's events about it.
  var origin = EventOrigin(.none)
  var discardsWhenFull = false
  var channel = 0
  /// The same as the core has it.
  var channelState: StateReference<ChannelState>
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
  /// Queuing destinations: a message was discarded since the last one was received.
  var hasOverflowed = false
  /// Queuing destinations: the entry of the oldest message, and how many there are.
  var head = 0
  var count = 0
  /// Queuing destinations: the channel's places whose messages are in the queue, bit n for place n.
  var heldSlots: UInt64 = 0
  /// Sampling destinations: the number of the channel's message when the port was created; it does not see that one.
  var unseenSequence: UInt64 = 0

  /// A port that nobody can call.
  init(_ channelState: StateReference<ChannelState>) { self.channelState = channelState }

  init(_ record: PortRecord, index: Int, _ channelState: StateReference<ChannelState>) {
    self.channelState = channelState
    origin = EventOrigin(record.partition, operand: UInt32(truncatingIfNeeded: index))
    key = PortKey(
      owner: record.partition, isQueuing: record.kind == .queuing, isSource: record.direction == .source,
      isCreated: false)
    discardsWhenFull = record.discardsWhenFull
    channel = Int(record.channel)
    maximumMessageBytes = record.maximumMessageBytes
    refreshNanoseconds = record.refreshPeriod.count
    maximumMessageCount = Int(record.maximumMessageCount)
  }

  var partition: UInt8 { key.owner }
  var isSource: Bool { key.isSource }
  var isQueuing: Bool { key.isQueuing }
  var isCreated: Bool {
    get { key.isCreated }
    set { key.isCreated = newValue }
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
  /// Queuing channels: their destination where they have just one; −1 otherwise.
  var onlyDestination = -1
  /// The source port's partition.
  var sourcePartition: UInt8 = 0xFF
  /// Places for messages: one in a sampling channel.
  var slotCount = 0
  /// Where the kernel has the first place, and how far the next is behind it; 0 where nothing is copied. They decide
  /// nothing.
  var firstPlace: UInt64 = 0
  var placeBytes: UInt64 = 0

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
