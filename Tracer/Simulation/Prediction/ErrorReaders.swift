import APEXTypes
import ModuleConfiguration

/// Which partitions of a recorded run look at what the health monitor does about others.
struct ErrorReaders {
  /// Those that read the log. It shows the errors of others to system partitions alone; but entries are numbered
  /// together, and where many have errors each keeps fewer.
  private(set) var ofLog: Set<Int> = []
  /// Those that ask how many errors there were: everybody is answered.
  private(set) var ofCounts: Set<Int> = []
  /// Those that ask for the operating mode of another partition, by that: everybody is answered.
  private(set) var ofModes: [Int: Set<Int>] = [:]

  /// A partition has done this.
  mutating func note(_ deed: RecordedDeed, of partition: Int) {
    guard case .call(let call) = deed.act else { return }
    if call.number == HypercallNumber.readErrorLog.rawValue, ErrorLogField(rawValue: call.arguments.1) != nil {
      ofLog.insert(partition)
    }
    guard call.number == HypercallNumber.readStatistic.rawValue else { return }
    switch StatisticSelector(rawValue: call.arguments.0) {
    case .errorLogCount, .droppedErrorCount: ofCounts.insert(partition)
    case .operatingMode:
      // Whoever is none of the module's partitions has no mode.
      guard let other = Int(exactly: call.arguments.1), other != partition, other <= Int(UInt8.max) else { return }
      ofModes[other, default: []].insert(partition)
    default: break
    }
  }

  /// Whether a partition sees what becomes of another.
  func sees(_ reader: Int, _ other: Int) -> Bool {
    ofCounts.contains(reader) || ofLog.contains(reader) || ofModes[other]?.contains(reader) ?? false
  }
}
