import APEXTypes
import ModuleConfiguration

/// The partitions whose deeds or windows can depend on what one of them does. The others are separated from it in time
/// and space: whatever it does, nothing changes for them.
struct ReachedPartitions {
  private(set) var indices: Set<Int> = []

  init(from first: Int, in table: ModuleTable) {
    var ahead = [first]
    while let index = ahead.popLast() {
      guard indices.insert(index).inserted else { continue }
      if table.partition(PartitionIndex(UInt8(index))).flags.contains(.mayChangeSchedule) {
        indices = Set(0..<table.partitionCount)
        return
      }
      ahead += Self.heard(of: index, in: table)
    }
  }

  /// Those that what the health monitor does about one of them can reach: whoever sees that, and all where missed
  /// deadlines are the module's business.
  init(fromDeadlinesOf first: Int, readBy readers: ErrorReaders, in table: ModuleTable) {
    let isOfModule = Self.takesModule(first, in: table)
    let heads = (0..<table.partitionCount).filter {
      $0 == first || isOfModule || readers.sees($0, first)
    }
    for head in heads { indices.formUnion(Self(from: head, in: table).indices) }
  }

  /// Whether a missed deadline of a partition is the module's business.
  static func takesModule(_ index: Int, in table: ModuleTable) -> Bool {
    (0..<table.count(HealthActionRecord.self)).contains {
      let record = table.record(HealthActionRecord.self, $0)
      return Int(record.partition.rawValue) == index && record.error == .deadlineMissed && record.level == .module
    }
  }

  /// Whom a partition sends messages or events to, and whose queues it empties: their sender may find them full.
  private static func heard(of index: Int, in table: ModuleTable) -> [Int] {
    let ports = (0..<table.count(PortRecord.self)).map { table.record(PortRecord.self, $0) }
    var heard: [Int] = []
    for port in ports where Int(port.partition.rawValue) == index {
      for other in ports where other.channel == port.channel && other.direction != port.direction {
        guard port.direction == .source || port.kind == .queuing else { continue }
        heard.append(Int(other.partition.rawValue))
      }
    }
    for place in 0..<table.count(EventChannelRecord.self) {
      let channel = table.record(EventChannelRecord.self, place)
      if Int(channel.source.rawValue) == index { heard.append(Int(channel.destination.rawValue)) }
    }
    return heard
  }
}
