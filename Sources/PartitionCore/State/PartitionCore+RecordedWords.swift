import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore {
  /// Words of a ring (`RingRecord`) that what is recorded about one input takes at most, the input itself apart.
  ///
  /// The kernel lays it down in room that it asks for once, and relies on this: a send may overflow or mark each
  /// destination of its channel; the end of a window, of a frame or of all may stop, start, tell and mark each
  /// partition. Who stops or starts anew gives room in each full queue that it received from, and each time marks the
  /// sender that was held back: once for a destination, for it is then forgotten, but in a reset of the module for
  /// every one there is.
  public static func recordedWordLimit(_ table: ModuleTable) -> Int {
    var most = 0
    var blocking = 0
    for index in 0..<table.count(PortRecord.self) {
      let port = table.record(PortRecord.self, index)
      if port.kind == .queuing, port.direction == .destination, !port.discardsWhenFull { blocking += 1 }
    }
    for channel in 0..<table.count(ChannelRecord.self) {
      var destinations = 0
      for index in 0..<table.count(PortRecord.self) {
        let port = table.record(PortRecord.self, index)
        if port.kind == .queuing, port.direction == .destination, port.channel == UInt64(channel) { destinations += 1 }
      }
      most = max(most, destinations)
    }
    return 40 + 8 * most + 3 * blocking + 48 * table.partitionCount
  }
}
