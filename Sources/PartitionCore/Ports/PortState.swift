import APEXTypes
import ModuleConfiguration

/// A port's configuration, and whether its partition has created it.
struct PortState: BitwiseCopyable {
  var partition: UInt8 = 0xFF
  var isSource = false
  var isCreated = false
  var channel = 0
  var maximumMessageBytes: UInt64 = 0
  var refreshNanoseconds: UInt64 = 0

  init() {}

  init(_ record: PortRecord) {
    partition = record.partition.rawValue
    isSource = record.direction == .source
    channel = Int(record.channel)
    maximumMessageBytes = record.maximumMessageBytes
    refreshNanoseconds = record.refreshPeriod.count
  }
}

/// What the core knows of a channel's message; the bytes are the kernel's.
struct ChannelState: BitwiseCopyable {
  /// Messages written, ever.
  var sequence: UInt64 = 0
  var messageBytes: UInt64 = 0
  var writtenNanoseconds: UInt64 = 0
}
