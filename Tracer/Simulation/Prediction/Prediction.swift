import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A recorded run's demand under another module table: what the kernel would have decided, written as a trace.
///
/// `PartitionCore` decides, as it did when the trace was taken. What is *assumed* is the demand: that each partition
/// computes the same between the same calls in the same order, and that lines fire at the recorded instants. The
/// predicted run is a trace like any other, so every claim can be judged on it by the same judge.
public final class Prediction {
  /// Why a table cannot take a trace's demand.
  public struct Mismatch: Error, Equatable, CustomStringConvertible {
    /// In words, of which "it" is the other module.
    public var description: String
  }

  private let table: ModuleTable
  private let reader: DemandReader
  private let behaviour: RecordedBehaviour
  private let world: SimulatedWorld

  /// - Parameters:
  ///   - recorded: the trace's own table.
  ///   - table: the other one; the bytes of both must outlive the prediction.
  ///   - source: the trace's events, one after the other.
  ///   - extraPercent: how much more partitions compute than they did, in hundredths.
  ///   - assumption: what is taken for granted where the recorded run leaves it open.
  ///   - sink: gets the bytes of the predicted trace.
  public init(
    recorded: ModuleTable, under table: ModuleTable, extraPercent: UInt64 = 0, assumption: DemandAssumption = .init(),
    source: @escaping () -> TraceEvent?, sink: @escaping (UnsafeRawBufferPointer) -> Void
  ) throws(Mismatch) {
    if let reason = Self.mismatch(recorded, table) { throw Mismatch(description: reason) }
    self.table = table
    reader = DemandReader(
      partitionCount: table.partitionCount, takesPulses: table.count(StimulusRecord.self) == 0,
      periods: PeriodFollower(recorded), deadlines: DeadlineEvidence(recorded), source)
    behaviour = RecordedBehaviour(
      partitionCount: table.partitionCount, reader, periods: PeriodFollower(table),
      scheduled: Self.scheduledPartitions(of: recorded), extraPercent: extraPercent,
      tolerance: max(Self.majorFrame(of: recorded), Self.majorFrame(of: table)), assumption: assumption)
    behaviour.isOtherModule = !recorded.makesSameRun(as: table)
    world = SimulatedWorld(
      table, SimulationOptions(seed: 1), devices: RecordedDevices(reader, assumption), behaviour: behaviour, sink: sink)
  }

  /// Runs to the end of what was recorded.
  ///
  /// - Parameter isInterrupted: asked now and then; true ends the run.
  /// - Returns: the instants of the prediction's start and end, ns; nil for a trace without a start, or one with a
  ///   `contradiction`.
  public func run(isInterrupted: () -> Bool) -> ClosedRange<UInt64>? {
    reader.read(past: 0)
    guard let start = reader.demand.start else { return nil }
    world.begin(at: start, stop: reader.demand.stop)
    var steps = 0
    while reader.contradiction == nil, !world.core.hasStopped,
      !reader.isExhausted || world.ring.nanoseconds < reader.demand.time
    {
      reader.read(past: world.ring.nanoseconds)
      world.step()
      steps &+= 1
      if steps & 4095 == 0, isInterrupted() { break }
    }
    world.end()
    behaviour.endJobs(at: world.ring.nanoseconds) { [world] in
      world.core.inspect(partition: PartitionIndex(UInt8($0))).mode == .normal
    }
    guard reader.contradiction == nil else { return nil }
    return start...max(start, world.ring.nanoseconds)
  }

  /// Why the trace cannot be a run of its module, if it cannot.
  public var contradiction: String? { reader.contradiction }

  /// Events predicted so far.
  public var eventCount: UInt64 { world.eventCount }
  /// When the module's ring is too small, however fast the drainer is in its turns, ns; nil for never.
  public var overflow: UInt64? { world.moduleRing.overflow }
  /// Events that the recorded trace has lost; what they asked for is not in the prediction.
  public var lossCount: UInt64 { reader.demand.lossCount }

  /// What the recorded run tells of waits by the clock; nil where no partition may have waited, or no kernel was there:
  /// then nobody has read a clock.
  public var waits: ClockEvidence? {
    let clock = reader.demand.clock
    return isOfKernel && !waiting(by: clock).isEmpty ? clock : nil
  }
  /// Whether a kernel has recorded the run.
  public var isOfKernel: Bool { reader.demand.isOfKernel }
  /// The partitions that may have waited by the clock, by name; the drainer waits for nobody.
  public func waiting(by clock: ClockEvidence) -> [String] {
    clock.partitions.filter { PartitionIndex(UInt8($0)) != table.module.drainer }.sorted().map(name)
  }

  /// What weakens the prediction, by partition.
  public var doubts: [Doubt] { doubts(since: \.since) }

  /// Partitions of which nothing more is known near the end of the recorded run: what is violated for want of their
  /// deeds after that may not have been.
  public var endings: [Doubt] { doubts(since: \.ended) }

  private func doubts(since instant: (PredictionWeakness) -> UInt64?) -> [Doubt] {
    (0..<table.partitionCount).compactMap { index in
      let weakness = behaviour.weakness(of: index)
      guard let since = instant(weakness), PartitionIndex(UInt8(index)) != table.module.drainer else { return nil }
      // Who may go another way may miss a deadline on it.
      let mayTakeModule =
        reader.demand.deadlines.processes.contains { $0.partition == index }
        && ReachedPartitions.takesModule(index, in: table)
      let reached =
        weakness.isOfDeadlines || mayTakeModule
        ? ReachedPartitions(fromDeadlinesOf: index, readBy: reader.demand.deadlines.readers, in: table)
        : ReachedPartitions(from: index, in: table)
      return Doubt(
        partition: name(of: index), weakness: weakness, since: since, reached: Set(reached.indices.map(name)),
        violated: violated(weakness, index))
    }
  }

  /// The claims on the deadlines with which a partition's doubt begins, where the other module's are no longer.
  private func violated(_ weakness: PredictionWeakness, _ index: Int) -> Set<String> {
    let records = (0..<table.count(ProcessRecord.self)).map { table.record(ProcessRecord.self, $0) }
    let violated = weakness.lateJobs.filter { job in
      guard job.isSure, let limit = job.limit, job.instant == weakness.since else { return false }
      return records.contains {
        Int($0.partition.rawValue) == index && $0.deadline.count <= limit
          && String(decoding: table.name($0.name), as: UTF8.self) == job.process
      }
    }
    return Set(violated.map { "process.deadline.\(name(of: index)).\($0.process)" })
  }

  private func name(of index: Int) -> String {
    String(decoding: table.name(table.partition(PartitionIndex(UInt8(index))).name), as: UTF8.self)
  }

  /// Partitions with several processes that the clock releases: their own schedulers take the processor from one for
  /// another, in an upcall.
  private static func scheduledPartitions(of table: ModuleTable) -> Set<Int> {
    var counts = [Int](repeating: 0, count: table.partitionCount)
    for index in 0..<table.count(ProcessRecord.self) {
      let process = table.record(ProcessRecord.self, index)
      if process.period.count > 0 { counts[Int(process.partition.rawValue)] += 1 }
    }
    return Set(counts.indices.filter { counts[$0] > 1 })
  }

  /// Partitions whose timers may go by the call or by their period, by name; what is taken for granted matters.
  public var timed: [String] {
    behaviour.openTimers.filter { PartitionIndex(UInt8($0)) != table.module.drainer }.sorted().map(name)
  }

  /// Of the schedule that runs first, ns.
  private static func majorFrame(of table: ModuleTable) -> UInt64 {
    table.record(ScheduleRecord.self, Int(table.module.initialSchedule)).majorFrame.count
  }

  /// What of the other module would make the recorded calls mean something else; nil if nothing does.
  private static func mismatch(_ recorded: ModuleTable, _ other: ModuleTable) -> String? {
    guard recorded.partitionCount == other.partitionCount else {
      return "it has \(other.partitionCount) partitions, the trace has \(recorded.partitionCount)"
    }
    let (mine, its) = (recorded.module, other.module)
    guard mine.intervalTimerHertz == its.intervalTimerHertz, mine.realTimeClockHertz == its.realTimeClockHertz else {
      return "its interval timer or real-time clock has another rate: their interrupts were recorded at the trace's own"
    }
    for index in 0..<recorded.partitionCount {
      let (own, its) = (
        recorded.partition(PartitionIndex(UInt8(index))), other.partition(PartitionIndex(UInt8(index)))
      )
      let name = String(decoding: recorded.name(own.name), as: UTF8.self)
      guard Array(recorded.name(own.name)) == Array(other.name(its.name)) else {
        return "its partition number \(index + 1) is not \(name), as in the trace"
      }
      guard own.ports.count == its.ports.count else { return "\(name) has other ports than in the trace" }
      for place in 0..<own.ports.count {
        let (one, two) = (
          recorded.record(PortRecord.self, own.ports.first + place),
          other.record(PortRecord.self, its.ports.first + place)
        )
        guard Array(recorded.name(one.name)) == Array(other.name(two.name)), one.kind == two.kind,
          one.direction == two.direction, one.maximumMessageBytes == two.maximumMessageBytes
        else { return "\(name) has other ports than in the trace" }
      }
    }
    for index in 0..<max(recorded.count(EventChannelRecord.self), other.count(EventChannelRecord.self)) {
      guard index < recorded.count(EventChannelRecord.self), index < other.count(EventChannelRecord.self),
        recorded.record(EventChannelRecord.self, index) == other.record(EventChannelRecord.self, index)
      else { return "it has other event channels than the trace" }
    }
    return nil
  }
}
