import APEXTypes
import ModuleConfiguration

/// Where each partition stands in its periods, as the windows of a run start one after the other.
///
/// The periods of one schedule are taken to follow each other evenly: a partition's own scheduler has no more of them
/// than where the last began, and how long they are (`InformationPage.period`).
struct PeriodFollower: Sendable {
  /// One period of a partition.
  struct Period: Equatable, Sendable {
    /// Periods of the partition that have begun, this one included.
    var number: UInt64
    /// Its nominal start, ns.
    var start: UInt64
    /// ns; not 0.
    var length: UInt64
  }

  private struct Window: Sendable {
    var partition: Int
    /// Of the period that begins with it, ns; nil where none does.
    var length: UInt64?
    /// What is sure of it, ns.
    var supply: UInt64 = 0
  }

  private let windows: [Window]
  /// By partition.
  private var periods: [Period?]
  /// By partition: when its last window has ended, or will have, less L, ns.
  private var ends: [UInt64] = []

  /// Of no module: no period ever begins.
  init() {
    windows = []
    periods = []
  }

  init(_ table: ModuleTable) {
    var windows: [Window] = []
    for number in 0..<table.count(ScheduleRecord.self) {
      let schedule = table.record(ScheduleRecord.self, number)
      let records = schedule.windows.indices.map { (index: $0, record: table.record(WindowRecord.self, $0)) }
      for (index, record) in records {
        let count = records.count { $0.record.isPeriodStart && $0.record.partition == record.partition }
        while windows.count <= index { windows.append(Window(partition: 0)) }
        windows[index] = Window(
          partition: Int(record.partition.rawValue),
          length: record.isPeriodStart ? max(1, schedule.majorFrame.count / UInt64(count)) : nil,
          supply: record.duration.count - min(record.duration.count, table.module.switchAllowance.count))
      }
    }
    self.windows = windows
    periods = Array(repeating: nil, count: table.partitionCount)
    ends = Array(repeating: 0, count: table.partitionCount)
  }

  /// A window of the module has started, nominally at `start` ns.
  mutating func beginWindow(_ index: UInt32, at start: UInt64) {
    guard Int(index) < windows.count else { return }
    let partition = windows[Int(index)].partition
    guard periods.indices.contains(partition) else { return }
    ends[partition] = start &+ windows[Int(index)].supply
    guard let length = windows[Int(index)].length else { return }
    periods[partition] = Period(number: (periods[partition]?.number ?? 0) + 1, start: start, length: length)
  }

  /// The period that a partition is in; nil before its first.
  func period(of partition: Int) -> Period? { periods.indices.contains(partition) ? periods[partition] : nil }

  /// When the window that a partition is in, or was in last, is over for sure, ns; 0 before its first.
  func windowEnd(of partition: Int) -> UInt64 { ends.indices.contains(partition) ? ends[partition] : 0 }
}

extension PeriodFollower.Period {
  /// Where in a period an instant lies, whichever period that is, ns; nil for one before this period.
  func phase(of instant: UInt64) -> UInt64? { instant < start ? nil : (instant - start) % length }

  /// The instant that is to this period what `instant` is to `other`; nil where that is none.
  ///
  /// - Parameter other: a period of the same partition in another run. Where periods are as long there, its number
  ///   counts: a call may come in the period before or after.
  func instant(like instant: UInt64, in other: Self) -> UInt64? {
    guard let phase = other.phase(of: instant) else { return nil }
    let periods = (instant - other.start) / other.length
    var first = start
    if length == other.length, number != other.number, max(number, other.number) - min(number, other.number) == 1 {
      guard number < other.number || start >= length else { return nil }
      first = number < other.number ? start + length : start - length
    }
    let (span, isBeyond) = periods.multipliedReportingOverflow(by: length)
    guard !isBeyond, span < RecordedDemand.latest else { return nil }
    return first &+ span &+ min(phase, length)
  }
}
