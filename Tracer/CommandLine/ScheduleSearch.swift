import APEXTypes
import Emulation
import Foundation
import ModuleConfiguration
import Simulation
import TraceReading
import Verification

/// Looks for the smallest windows with which a recorded run's demand still meets its deadlines.
///
/// Each window keeps its start. Its length is halved towards the least that holds in a prediction, window by window;
/// then all are tried together, lengthened until they hold together, and shortened again one by one. At last those are
/// lengthened by which a deadline would not hold with something else taken for granted.
struct ScheduleSearch {
  /// What was found for one window.
  struct Window: Encodable {
    var identifier: UInt64
    var partition: String
    var startNanoseconds: UInt64
    var recordedNanoseconds: UInt64
    /// The smallest that holds; as recorded where no process of the partition has a deadline, nil where nothing was
    /// found to hold.
    var smallestNanoseconds: UInt64?
    var hasDeadline: Bool
    /// Why it cannot be shorter: claims that a shorter one violates or leaves in doubt, or that nothing would be left
    /// of it. Empty where nothing shorter was looked for.
    var boundBy: [String]
  }

  /// Nothing is left of a window that is shorter.
  static let leftover = "L and foreign lines"

  let path: String
  let table: ModuleTable
  /// How much more than recorded the partitions compute in the predictions, in hundredths.
  private(set) var marginPercent: UInt64
  /// What the recorded run says of the deadlines, and the prediction of it otherwise.
  private(set) var truth = RecordedTruth()
  /// Called before each prediction and now and then in it; true ends the search, and is answered ever after.
  let isInterrupted: (String) -> Bool

  /// By how much windows differ that are tried, ns.
  static let step: UInt64 = 1000
  struct Interrupted: Error {}
  /// A prediction could not be written: what came of it says nothing.
  struct Unwritable: Error {
    var path: String
    var reason: String
  }
  /// The trace cannot be a run of its module.
  struct Contradiction: Error {
    var reason: String
  }

  /// A deadline that does not hold, or of which nobody knows whether it does.
  struct Miss: Encodable {
    var claim: String
    var verdict: String
    var worstNanoseconds: Int64?
    var boundNanoseconds: Int64?
    /// The first violation in the prediction.
    var firstAtNanoseconds: UInt64?

    init(_ claim: ClaimResult, _ verdict: Verdict) {
      self.claim = claim.identifier
      self.verdict = verdict.rawValue
      worstNanoseconds = claim.worst?.value
      boundNanoseconds = claim.bound
      firstAtNanoseconds = claim.firstViolations.first?.timeInNanoseconds
    }
  }

  /// What a search found.
  struct Result {
    /// The windows of the initial schedule.
    var windows: [Window]
    /// Whether the deadlines hold with the smallest, or where there are none, with those recorded.
    var holds: Bool
    /// Those windows as a module file has them, and the processes whose capacities must follow; nil where nothing was
    /// found to hold.
    var schedule: ProposedSchedule?
    /// Why nobody can be sure of that.
    var weaknesses: [String]
    /// Where the deadlines do not hold with the recorded windows: which.
    var misses: [Miss] = []
    /// A deadline is violated whatever the weaknesses are.
    var failsSurely = false
    /// All deadlines hold whatever the weaknesses are: those are of partitions on which no deadline depends.
    var holdsSurely = false

    var verdict: Verdict { failsSurely ? .fail : holdsSurely ? .pass : .unknown }
  }

  /// The shortest that was found of a window, and why nothing shorter holds.
  private struct Shortest {
    var duration: Nanoseconds
    var boundBy: [String]
  }

  init(path: String, table: ModuleTable, marginPercent: UInt64, isInterrupted: @escaping (String) -> Bool) {
    self.path = path
    self.table = table
    self.marginPercent = marginPercent
    self.isInterrupted = isInterrupted
  }

  /// Looks for the smallest windows of the initial schedule.
  func run() throws -> Result {
    var same = self
    same.marginPercent = 0
    var search = self
    search.truth = RecordedTruth(verdicts: try same.recordedVerdicts(), of: try same.predict([:], "as it was"))
    return try search.found()
  }

  private func found() throws -> Result {
    let recorded = try doubted(predict([:], "as recorded"))
    guard recorded.holds else {
      return Result(
        windows: windows(nil, [:]), holds: false, schedule: nil, weaknesses: recorded.weaknesses,
        misses: recorded.misses, failsSurely: recorded.failsSurely)
    }
    let schedule = table.record(ScheduleRecord.self, Int(table.module.initialSchedule))
    var smallest: [Int: Nanoseconds] = [:]
    var bounds: [Int: [String]] = [:]
    func take(_ shortest: Shortest, _ index: Int) {
      smallest[index] = shortest.duration
      bounds[index] = shortest.boundBy
    }
    for index in schedule.windows.indices where deadlines(of: window(index).partition).count > 0 {
      take(try shortest(index, from: least(index), to: window(index).duration, with: [:], or: [Self.leftover]), index)
    }
    let alone = smallest
    while try !predict(smallest, "all together").holds, smallest.contains(where: { $1 < window($0).duration }) {
      for (index, duration) in smallest {
        let longer = (duration.count + duration.count / 20) / Self.step * Self.step + Self.step
        smallest[index] = Nanoseconds(min(longer, window(index).duration.count))
      }
    }
    for (index, duration) in smallest.sorted(by: { $0.key < $1.key }) where duration > alone[index] ?? duration {
      let found = try shortest(
        index, from: alone[index] ?? duration, to: duration, with: smallest, or: bounds[index] ?? [])
      take(found, index)
    }
    var final = try confirmed(smallest)
    while let longer = try lengthened(smallest, till: &final) {
      for (index, duration) in longer.durations where duration != smallest[index] { bounds[index] = longer.boundBy }
      smallest = longer.durations
    }
    return Result(
      windows: windows(final.holds ? smallest : nil, bounds), holds: final.holds,
      schedule: final.holds ? ProposedSchedule(table, durations: smallest, taken: taken(of:)) : nil,
      weaknesses: final.weaknesses,
      failsSurely: final.failsSurely, holdsSurely: final.holdsSurely)
  }

  /// The least length of a window, in whole steps, with which the deadlines hold beside the others' lengths.
  ///
  /// - Parameters:
  ///   - longest: one with which they do.
  ///   - bound: why it is not shorter than `least`.
  private func shortest(
    _ index: Int, from least: Nanoseconds, to longest: Nanoseconds, with others: [Int: Nanoseconds],
    or bound: [String]
  ) throws -> Shortest {
    var boundBy = bound
    // The shortest that is known to do, which need not be a whole step.
    var best = longest
    var (low, high) = ((least.count + Self.step - 1) / Self.step, (longest.count + Self.step - 1) / Self.step)
    while low < high {
      let middle = (low + high) / 2
      var durations = others
      durations[index] = Nanoseconds(middle * Self.step)
      let outcome = try predict(durations, "window \(window(index).identifier): \(middle) µs")
      if outcome.holds {
        high = middle
        best = durations[index] ?? best
      } else {
        // What is violated with the last step that is too short is what binds the window.
        low = middle + 1
        boundBy = outcome.misses.map(\.claim)
      }
    }
    return Shortest(duration: best, boundBy: boundBy)
  }

  /// The shortest that a module file may ask for: something is left of it after L and what foreign lines may steal.
  private func least(_ index: Int) -> Nanoseconds {
    Nanoseconds(min(taken(of: window(index).partition).count &+ 1, window(index).duration.count))
  }

  /// What L and foreign lines take of a window of the partition.
  private func taken(of partition: PartitionIndex) -> Nanoseconds {
    let own = table.partition(partition).permittedLines
    let lines = (0..<table.count(LineRecord.self)).map { table.record(LineRecord.self, $0) }
    let stolen = lines.reduce(UInt64(0)) { sum, line in
      guard line.policy == .markedAtOnce, own & 1 << UInt16(line.line) == 0 else { return sum }
      return sum &+ line.budgetPerWindow &* line.stolenTime.count
    }
    return Nanoseconds(table.module.switchAllowance.count &+ stolen)
  }

  /// - Parameters:
  ///   - smallest: of partitions with deadlines; nil where nothing was found.
  ///   - bounds: why they are not smaller.
  private func windows(_ smallest: [Int: Nanoseconds]?, _ bounds: [Int: [String]]) -> [Window] {
    let schedule = table.record(ScheduleRecord.self, Int(table.module.initialSchedule))
    return schedule.windows.indices.map { index in
      let window = window(index)
      return Window(
        identifier: window.identifier, partition: name(window.partition), startNanoseconds: window.start.count,
        recordedNanoseconds: window.duration.count,
        smallestNanoseconds: smallest.map { ($0[index] ?? window.duration).count },
        hasDeadline: deadlines(of: window.partition).count > 0,
        boundBy: smallest == nil ? [] : bounds[index] ?? [])
    }
  }

  func window(_ index: Int) -> WindowRecord { table.record(WindowRecord.self, index) }

  func name(_ partition: PartitionIndex) -> String {
    String(decoding: table.name(table.partition(partition).name), as: UTF8.self)
  }

  func deadlines(of partition: PartitionIndex) -> [ProcessRecord] {
    (0..<table.count(ProcessRecord.self)).map { table.record(ProcessRecord.self, $0) }.filter {
      $0.partition == partition && $0.deadline.count != .max
    }
  }
}
