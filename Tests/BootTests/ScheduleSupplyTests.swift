import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

@testable import Audit
@testable import Verification

/// In each schedule partitions get what that schedule promises them, and it is judged there.
///
/// Verifier and auditor must find the same: each has its own idea of when a period ends.
@Suite struct ScheduleSupplyTests {
  private static let identifier = "partition.supply.Witness"

  /// The claims about supply in a run, as if the schedules but the first promised so much more, in ns.
  private func claims(_ run: CapturedRun, promisingMore extra: UInt64 = 0) throws -> [String: ClaimResult] {
    let reader = try TraceReader(bytes: run.trace)
    defer { withExtendedLifetime(reader) {} }
    var words = reader.moduleTable.bytes.bindMemory(to: UInt64.self).map { $0 }
    let promises = (0..<Int(words[6])).map { ModuleTableLayout.headerWordCount + $0 * 4 }.filter {
      words[$0] == ModuleSection.partitionSchedules.rawValue
    }
    let entry = try #require(promises.first)
    for record in 0..<Int(words[entry + 2]) {
      words[Int(words[entry + 3]) / 8 + record * Int(words[entry + 1]) + 3] += extra
    }
    return try words.withUnsafeMutableBytes { bytes in
      let checksum = ModuleTable.checksum(of: UnsafeRawBufferPointer(bytes))
      bytes.storeBytes(of: checksum, toByteOffset: 32, as: UInt64.self)
      return try judge(run.events, ModuleTable(UnsafeRawBufferPointer(bytes)))
    }
  }

  private func judge(_ events: [TraceEvent], _ table: ModuleTable) throws -> [String: ClaimResult] {
    var verifier = Verifier(table: table)
    var auditor = Auditor(table)
    for (position, event) in events.enumerated() {
      verifier.consume(event, position: UInt64(position))
      auditor.consume(event, position: UInt64(position))
    }
    auditor.finish(fileBytes: 10_000)
    let claims = verifier.finish(fileBytes: 10_000).claims.filter { $0.identifier.hasPrefix("partition.supply.") }
    for claim in claims {
      let measure = try #require(auditor.measures.first { $0.identifier == claim.identifier })
      #expect(measure.checked == claim.checked && measure.failures == claim.failures, "\(claim.identifier)")
      #expect(measure.cases.map(\.value) == claim.worstCases.map(\.value), "\(claim.identifier)")
    }
    return Dictionary(uniqueKeysWithValues: claims.map { ($0.identifier, $0) })
  }

  /// Starts of Witness's periods in each of the two schedules.
  private func periods(_ run: CapturedRun) throws -> (first: Int, second: Int) {
    let witness = try run.partition("Witness")
    let change = try #require(run.events(.scheduleChange).last).position
    let frames = run.events(.majorFrameStart).map(\.position)
    let windows = run.events(.windowStart).filter { $0.event.partition == witness }
    return (frames.count { $0 < change }, windows.count { $0.position > change })
  }

  @Test func aPromiseHoldsInItsSchedule() throws {
    let run = try Lives(steward: .changeSchedule).run
    let (first, second) = try periods(run)
    try #require(first > 2 && second > 2)
    let claim = try #require(try claims(run)[Self.identifier])
    // In the first period its memory was made; of the last one the only window is over.
    #expect(claim.verdict == .pass && claim.checked == UInt64(first - 1 + second), "\(claim)")
    // 2 ms of window cannot give 2.6 ms, and where the schedule is the first nothing else is promised.
    let more = try #require(try claims(run, promisingMore: 600_000)[Self.identifier])
    #expect(more.verdict == .fail && more.checked == claim.checked && more.failures == UInt64(second))
    #expect(more.worst.map { $0.value > -600_000 && $0.value < -500_000 } == true, "\(more)")
  }

  /// A period that begins with the frame's second window has its other one in the next frame, which is another
  /// schedule's when that changes: what does not come then is no violation.
  @Test func aChangeOfScheduleMayCutAPeriod() throws {
    let edits = [
      (
        """
        WindowDurationSeconds="0.002"
                PartitionPeriodStart="true"/>
              <Window_Schedule WindowIdentifier="202" WindowStartSeconds="0.014" WindowDurationSeconds="0.002"/>
        """,
        """
        WindowDurationSeconds="0.002"/>
              <Window_Schedule WindowIdentifier="202" WindowStartSeconds="0.014" WindowDurationSeconds="0.002"
                PartitionPeriodStart="true"/>
        """
      )
    ]
    let run = try Lives(steward: .changeSchedule, replacing: edits).run
    let (first, second) = try periods(run)
    let claim = try #require(try claims(run)[Self.identifier])
    #expect(claim.verdict == .pass && claim.checked == UInt64(first - 1 + second), "\(claim)")
    let damaged = try withoutStartOfTheLastFrameBeforeTheChange(run)
    #expect(damaged.verdict == .unknown && damaged.failures == 0, "\(damaged)")
  }

  /// Where a frame's start is missing nobody knows whether the schedule changes at its end.
  private func withoutStartOfTheLastFrameBeforeTheChange(_ run: CapturedRun) throws -> ClaimResult {
    let change = try #require(run.events(.scheduleChange).last).position
    let lost = try #require(run.events(.majorFrameStart).map(\.position).last { $0 < change })
    let reader = try TraceReader(bytes: run.trace)
    defer { withExtendedLifetime(reader) {} }
    var verifier = Verifier(table: reader.moduleTable)
    for (position, event) in run.events.enumerated() where position != lost {
      if position == lost + 1 { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    return try #require(verifier.finish().claim(Self.identifier))
  }
}
