import APEXTypes
import ModuleConfiguration
import TraceDamage
import TraceFormat

/// A small module table made by hand: two partitions and a drainer, two windows in a 10 ms major frame.
enum SampleModule {
  static let partitionNames = ["Sensors", "Control", "Drainer"]
  static let bytes: [UInt8] = build()
  /// The same, but that its trace leaves out kinds of events.
  static func bytes(leavingOut kinds: LeftOutKinds) -> [UInt8] { build(kinds) }
  static var checksum: UInt64 { checksum(leavingOut: .none) }
  static func checksum(leavingOut kinds: LeftOutKinds) -> UInt64 {
    bytes(leavingOut: kinds).withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: UInt64.self) }
  }

  private static func partition(_ index: Int, _ name: NameReference) -> PartitionRecord {
    PartitionRecord(
      name: name, identifier: UInt64(index + 1), flags: index == 2 ? .drainer : PartitionRecord.Flags(), criticality: 0,
      period: Nanoseconds(10_000_000), duration: Nanoseconds(2_000_000), entryPoint: PartitionLayout.imageBase,
      stackBytes: 8192, segments: RecordRange(first: 0, count: 0), ports: RecordRange(first: 0, count: 0),
      portGrants: RecordRange(first: 0, count: 0), buildIdentity: 1, permittedLines: 0x100)
  }

  private static func build(_ leftOut: LeftOutKinds = .none) -> [UInt8] {
    var table = HandmadeTable()
    let module = ModuleRecord(
      name: table.name("Sample"), identifier: 1, switchAllowance: Nanoseconds(20_000), finalPad: Nanoseconds(2_000),
      ringBytes: 65536, keyframeIntervalFrames: 100, intervalTimerHertz: 100, realTimeClockHertz: 1024,
      initialSchedule: 0, drainer: PartitionIndex(2), eventsPerBlock: 512, leftOutKinds: leftOut)
    let partitions = partitionNames.enumerated().map { partition($0.offset, table.name($0.element)) }
    let schedule = ScheduleRecord(
      identifier: 1, name: table.name("Main"), majorFrame: Nanoseconds(10_000_000),
      windows: RecordRange(first: 0, count: 2))
    let windows = (0..<2).map {
      WindowRecord(
        start: Nanoseconds(UInt64($0) * 4_000_000), duration: Nanoseconds(2_000_000),
        partition: PartitionIndex(UInt8($0)), identifier: UInt64($0), isPeriodStart: true)
    }
    table.add([module])
    table.add(partitions)
    table.add([schedule])
    table.add(windows)
    return table.bytes()
  }
}
