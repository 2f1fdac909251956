import APEXTypes
import ModuleConfiguration
import Testing
import TraceDamage
import TraceFormat

@testable import Report

/// The jobs of the picture are those of which the deadline is judged.
@Suite struct ProcessJobsTests {
  /// One partition with a window of 2 ms at the start of each of its periods of 10 ms, and its process.
  ///
  /// - Parameter told: further processes of which its scheduler tells; without a period where that is 0.
  static func table(processPeriod: UInt64, told: [(name: String, period: UInt64)] = []) -> [UInt8] {
    var table = HandmadeTable()
    let none = RecordRange(first: 0, count: 0)
    let module = ModuleRecord(
      name: table.name("Module"), identifier: 1, switchAllowance: Nanoseconds(20_000), finalPad: Nanoseconds(2_000),
      ringBytes: 65536, keyframeIntervalFrames: 100, intervalTimerHertz: 100, realTimeClockHertz: 1024,
      initialSchedule: 0, drainer: PartitionIndex(0), eventsPerBlock: 512)
    let partition = PartitionRecord(
      name: table.name("One"), identifier: 1, flags: .drainer, criticality: 0, period: Nanoseconds(10_000_000),
      duration: Nanoseconds(2_000_000), entryPoint: PartitionLayout.imageBase, stackBytes: 8192, segments: none,
      ports: none, portGrants: none, buildIdentity: 1, permittedLines: 0)
    let schedule = ScheduleRecord(
      identifier: 1, name: table.name("Main"), majorFrame: Nanoseconds(20_000_000),
      windows: RecordRange(first: 0, count: 2))
    let windows = (0..<2).map {
      WindowRecord(
        start: Nanoseconds(UInt64($0) * 10_000_000), duration: Nanoseconds(2_000_000), partition: PartitionIndex(0),
        identifier: UInt64($0), isPeriodStart: true)
    }
    let process = ProcessRecord(
      partition: PartitionIndex(0), name: table.name("law"), period: Nanoseconds(processPeriod),
      capacity: Nanoseconds(1_000_000), deadline: Nanoseconds(processPeriod), priority: 1)
    table.add([module])
    table.add([partition])
    table.add([schedule])
    table.add(windows)
    let others = told.map { name, period in
      ProcessRecord(
        partition: PartitionIndex(0), name: table.name(name), period: Nanoseconds(period), capacity: Nanoseconds(0),
        deadline: Nanoseconds(period == 0 ? .max : period), priority: 1, completion: .told)
    }
    table.add([process] + others)
    return table.bytes()
  }

  /// When the process was released, in ms, and when it was complete, in windows of which some are yielded; of those
  /// that were late when it was released anew.
  private static func jobs(
    processPeriod: UInt64, yields: [Int], restartBefore: Int? = nil, lossBefore: Int? = nil, areLate: Bool = false
  ) throws -> [[UInt64]] {
    try table(processPeriod: processPeriod).withUnsafeBytes { bytes in
      var jobs = ProcessJobs(try ModuleTable(bytes))
      var told: [ProcessJobs.Job] = []
      for window in 0..<6 {
        let start = UInt64(window) * 10_000_000
        if window == restartBefore { _ = jobs.consume(TraceEvent(time: start, .restart, partition: 0, detail: 1)) }
        if window == lossBefore { jobs.forget() }
        told += jobs.consume(
          TraceEvent(time: start, .windowStart, partition: 0, operand: UInt32(window % 2), words: .init(start)))
        guard yields.contains(window) else { continue }
        let yield = UInt32(HypercallNumber.yield.rawValue)
        told += jobs.consume(TraceEvent(time: start + 1_000_000, .hypercall, partition: 0, operand: yield))
      }
      return told.filter { $0.isLate == areLate }.map { [$0.release / 1_000_000, $0.end / 1_000_000] }
    }
  }

  @Test func aJobBeginsWithItsProcessesPeriod() throws {
    let all = [0, 1, 2, 3, 4, 5]
    #expect(try Self.jobs(processPeriod: 10_000_000, yields: [1, 2, 5]) == [[10, 11], [20, 21], [50, 51]])
    #expect(try Self.jobs(processPeriod: 20_000_000, yields: [1, 2, 4, 5]) == [[0, 11], [20, 21], [40, 41]])
    let late = try Self.jobs(processPeriod: 10_000_000, yields: [1, 2, 5], areLate: true)
    #expect(late == [[0, 10], [30, 40], [40, 50]])
    #expect(try Self.jobs(processPeriod: 10_000_000, yields: all, areLate: true).isEmpty)
    let restarted = try Self.jobs(processPeriod: 20_000_000, yields: all, restartBefore: 1)
    #expect(restarted == [[0, 1], [10, 11], [30, 31], [50, 51]])
    #expect(try Self.jobs(processPeriod: 20_000_000, yields: all, lossBefore: 1) == [[0, 1]])
    #expect(try Self.jobs(processPeriod: 10_000_000, yields: all, lossBefore: 1).count == 6)
    #expect(try Self.jobs(processPeriod: 15_000_000, yields: all).count == 6)
  }
}
