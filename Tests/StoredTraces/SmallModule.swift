import APEXTypes
import ModuleConfiguration
import TraceDamage
import TraceFormat

/// A small module table made by hand, with names that formats stumble over: three partitions, two windows in a frame of
/// 10 ms, a process, a port.
public enum SmallModule {
  /// Quotes, a comma, a backslash and a letter outside ASCII; the last one's partition drains the trace.
  public static let partitionNames = ["Sen\"sors, \\A", "Contrôl", "Drainer"]
  /// Of partition 1; with what XML and quoted texts escape.
  public static let processName = "law <1> & \"two\""
  /// The table with the process's period at 10 ms and none told.
  static let bytes: [UInt8] = build()
  /// The table's own, as its header has it; the boot event repeats it.
  static var checksum: UInt64 { bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: UInt64.self) } }

  private static func partition(_ index: Int, _ name: NameReference) -> PartitionRecord {
    PartitionRecord(
      name: name, identifier: UInt64(index + 1), flags: index == 2 ? .drainer : PartitionRecord.Flags(), criticality: 0,
      period: Nanoseconds(10_000_000), duration: Nanoseconds(2_000_000), entryPoint: PartitionLayout.imageBase,
      stackBytes: 8192, segments: RecordRange(first: 0, count: 0),
      ports: RecordRange(first: 0, count: index == 0 ? 1 : 0), portGrants: RecordRange(first: 0, count: 0),
      buildIdentity: 1, permittedLines: 0x100)
  }

  /// A process of partition 1 of which its scheduler tells.
  public struct ToldProcess: Sendable {
    /// May have a space in it; `key` is made from its UTF-8.
    public var name: String
    /// 0 for one without releases.
    public var period: UInt64
    /// In ns from the release; all ones for one without a deadline.
    public var deadline: UInt64

    /// Period and deadline in ns.
    public init(_ name: String, period: UInt64, deadline: UInt64 = .max) {
      (self.name, self.period, self.deadline) = (name, period, deadline)
    }

    /// As the scheduler's telling calls name it.
    public var key: ProcessKey { Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) } }
  }

  /// The table; its process has a period of one of its partition's or of several.
  ///
  /// - Parameter told: further processes, which follow it in the table.
  public static func build(processPeriod: UInt64 = 10_000_000, told: [ToldProcess] = []) -> [UInt8] {
    var table = HandmadeTable()
    let module = ModuleRecord(
      name: table.name("Small, \"quoted\""), identifier: 1, switchAllowance: Nanoseconds(20_000),
      finalPad: Nanoseconds(2_000), ringBytes: 65536, keyframeIntervalFrames: 100, intervalTimerHertz: 100,
      realTimeClockHertz: 1024, initialSchedule: 0, drainer: PartitionIndex(2), eventsPerBlock: 512)
    let partitions = partitionNames.enumerated().map { partition($0.offset, table.name($0.element)) }
    let schedule = ScheduleRecord(
      identifier: 1, name: table.name("Main"), majorFrame: Nanoseconds(10_000_000),
      windows: RecordRange(first: 0, count: 2))
    let windows = (0..<2).map {
      WindowRecord(
        start: Nanoseconds(UInt64($0) * 4_000_000), duration: Nanoseconds(2_000_000),
        partition: PartitionIndex(UInt8($0)), identifier: UInt64($0), isPeriodStart: true)
    }
    let process = ProcessRecord(
      partition: PartitionIndex(1), name: table.name(processName), period: Nanoseconds(processPeriod),
      capacity: Nanoseconds(1_000_000), deadline: Nanoseconds(2_000_000), priority: 1)
    let port = PortRecord(
      partition: PartitionIndex(0), name: table.name("OUT"), kind: .sampling, direction: .source,
      maximumMessageBytes: 64,
      refreshPeriod: Nanoseconds(0), channel: 0)
    let channel = ChannelRecord(identifier: 1, sourcePort: 0, maximumMessageBytes: 64)
    table.add([module])
    table.add(partitions)
    table.add([schedule])
    table.add(windows)
    let others = told.map {
      ProcessRecord(
        partition: PartitionIndex(1), name: table.name($0.name), period: Nanoseconds($0.period),
        capacity: Nanoseconds(0), deadline: Nanoseconds($0.deadline), priority: 1, completion: .told)
    }
    table.add([process] + others)
    table.add([port])
    table.add([channel])
    return table.bytes()
  }
}
