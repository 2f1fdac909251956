import APEXTypes
import Foundation
import ModuleConfiguration
import Simulation
import TraceReading
import Verification

/// Looks for the smallest windows with which a recorded run's demand still meets its deadlines.
///
/// Each window keeps its start. Its length is halved towards the least that holds in a prediction, window by window;
/// then all are tried together, and lengthened until they hold together.
struct ScheduleSearch {
  /// What was found for one window.
  struct Window: Encodable {
    var identifier: UInt64
    var partition: String
    var startNanoseconds: UInt64
    var recordedNanoseconds: UInt64
    /// The smallest that holds; as recorded where no process of the partition has a deadline.
    var smallestNanoseconds: UInt64
    var hasDeadline: Bool
  }

  let path: String
  let table: ModuleTable
  /// What is to be left of each deadline, in hundredths of the response.
  let marginPercent: UInt64
  /// Called before each prediction; true ends the search.
  let isInterrupted: (String) -> Bool

  private static let step: UInt64 = 1000
  struct Interrupted: Error {}

  /// The smallest windows of the initial schedule, and whether they hold all together.
  func run() throws -> (windows: [Window], holds: Bool) {
    guard try holds([:], "as recorded") else { return (try windows([:]), false) }
    let schedule = table.record(ScheduleRecord.self, Int(table.module.initialSchedule))
    var smallest: [Int: Nanoseconds] = [:]
    for index in schedule.windows.indices where deadlines(of: window(index).partition).count > 0 {
      var high = window(index).duration.count / Self.step
      var low = (table.module.switchAllowance.count + Self.step) / Self.step
      while low < high {
        let middle = (low + high) / 2
        let isEnough = try holds(
          [index: Nanoseconds(middle * Self.step)], "window \(window(index).identifier): \(middle) µs")
        if isEnough { high = middle } else { low = middle + 1 }
      }
      smallest[index] = Nanoseconds(min(high * Self.step, window(index).duration.count))
    }
    while try !holds(smallest, "all together"), smallest.contains(where: { $1 < window($0).duration }) {
      for (index, duration) in smallest {
        let longer = (duration.count + duration.count / 20) / Self.step * Self.step + Self.step
        smallest[index] = Nanoseconds(min(longer, window(index).duration.count))
      }
    }
    return (try windows(smallest), true)
  }

  private func windows(_ smallest: [Int: Nanoseconds]) throws -> [Window] {
    let schedule = table.record(ScheduleRecord.self, Int(table.module.initialSchedule))
    return schedule.windows.indices.map { index in
      let window = window(index)
      return Window(
        identifier: window.identifier, partition: name(window.partition), startNanoseconds: window.start.count,
        recordedNanoseconds: window.duration.count,
        smallestNanoseconds: (smallest[index] ?? window.duration).count,
        hasDeadline: deadlines(of: window.partition).count > 0)
    }
  }

  private func window(_ index: Int) -> WindowRecord { table.record(WindowRecord.self, index) }

  private func name(_ partition: PartitionIndex) -> String {
    String(decoding: table.name(table.partition(partition).name), as: UTF8.self)
  }

  private func deadlines(of partition: PartitionIndex) -> [ProcessRecord] {
    (0..<table.count(ProcessRecord.self)).map { table.record(ProcessRecord.self, $0) }.filter {
      $0.partition == partition && $0.deadline.count != .max
    }
  }

  /// Whether every deadline holds, with its margin, in the prediction with these windows.
  private func holds(_ durations: [Int: Nanoseconds], _ what: String) throws -> Bool {
    if isInterrupted(what) { throw Interrupted() }
    let variant = WindowVariant(table, durations: durations)
    defer { variant.free() }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("partita-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let writer = FileWriter(path: file)
    let reader = try TraceCommand.open(path)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let prediction = try Prediction(
      recorded: reader.moduleTable, under: variant.table(),
      source: {
        while let item = reader.next() {
          if case .event(_, let event) = item { return event }
        }
        return nil
      }, sink: { writer.write($0) })
    guard prediction.run(isInterrupted: { writer.failure != nil }) != nil, writer.finish() else { return false }
    let predicted = try TraceCommand.open(file)
    defer { withExtendedLifetime(predicted) {} }
    let report = VerificationRun.report(on: predicted)
    return report.claims.filter { $0.identifier.hasPrefix("process.deadline.") }.allSatisfy { claim in
      guard claim.verdict == .pass, let worst = claim.worst?.value, let bound = claim.bound else { return false }
      return worst + worst * Int64(marginPercent) / 100 <= bound
    }
  }
}
