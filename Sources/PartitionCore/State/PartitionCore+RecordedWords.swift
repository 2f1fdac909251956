import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore {
  /// Words of a ring (`RingRecord`) that what is recorded about one input takes at most, the input itself apart.
  ///
  /// The kernel lays it down in room that it asks for once, and relies on this: a send may overflow or mark each
  /// destination of its channel; the end of a window, of a frame or of all may stop, start, tell and mark each
  /// partition.
  public static func recordedWordLimit(_ table: ModuleTable) -> Int {
    var most = 0
    for channel in 0..<table.count(ChannelRecord.self) {
      var destinations = 0
      for index in 0..<table.count(PortRecord.self) {
        let port = table.record(PortRecord.self, index)
        if port.kind == .queuing, port.direction == .destination, port.channel == UInt64(channel) { destinations += 1 }
      }
      most = max(most, destinations)
    }
    return 40 + 8 * most + 48 * table.partitionCount
  }
}
