import ModuleConfiguration
import TraceFormat
import TraceReading

/// Traces in which the scheduler of partition 1 tells of its processes.
///
/// In the table process 0 is `SmallModule`'s own, which is complete when the partition yields; the told ones follow.
public enum ToldStory {
  /// A process as the table has it, and the telling calls.
  public typealias Process = SmallModule.ToldProcess
  /// Period 10 ms, deadline 3 ms.
  public static let fast = Process("fast", period: 10_000_000, deadline: 3_000_000)
  /// Period 20 ms, deadline 15 ms; its name has a space.
  public static let slow = Process("slow one", period: 20_000_000, deadline: 15_000_000)
  /// Aperiodic, and without a deadline.
  public static let answer = Process("answer", period: 0)
  /// In the table's order.
  public static let all = [fast, slow, answer]

  /// The call that tells, and its result.
  public static func tell(
    _ time: UInt64, _ from: ProcessKey?, _ state: ProcessTelling.State, _ to: ProcessKey?, age: Int64 = 0,
    by partition: UInt8 = 1, answered: UInt64? = nil, status: UInt8 = 0
  ) -> [TraceEvent] {
    let keys = UInt64(to?.rawValue ?? 0) << 32 | UInt64(from?.rawValue ?? 0)
    let call = UInt32(HypercallNumber.tellProcess.rawValue)
    let arguments = [keys, UInt64(state.rawValue), UInt64(bitPattern: age)]
    return [
      SmallStory.entry(time, .hypercall, partition, what: call, after: 0, arguments: arguments),
      SmallStory.event(answered ?? time, .hypercallResult, partition, detail: status, operand: call),
    ]
  }

  /// Partition 1's window of a major frame: it begins 4 ms after that, and the CPU is the partition's at once.
  public static func window(_ frame: UInt64) -> [TraceEvent] {
    let start = frame * 10_000_000 + 4_000_000
    return [
      SmallStory.event(start - 100, .windowStart, 1, operand: 1, .init(start, start + 2_000_000)),
      SmallStory.event(start - 50, .partitionSwitch, 1, detail: 2, .init(start)),
    ]
  }

  /// The end of that window, at which somebody else gets the CPU.
  public static func windowEnd(_ frame: UInt64) -> [TraceEvent] {
    let end = frame * 10_000_000 + 6_000_000
    return [
      SmallStory.event(end - 100, .windowEnd, 1, operand: 1, .init(end)),
      SmallStory.event(end - 50, .partitionSwitch, 2, detail: 1, .init(0)),
    ]
  }

  /// Partition 1 gives up its window at an instant in ns, and the drainer gets the CPU 200 ns later.
  public static func yield(_ time: UInt64) -> [TraceEvent] {
    [
      SmallStory.entry(time, .hypercall, 1, what: SmallStory.yield, after: 0),
      SmallStory.event(time + 100, .hypercallResult, 1, operand: SmallStory.yield),
      SmallStory.event(time + 200, .partitionSwitch, 2, detail: 1, .init(0)),
    ]
  }

  /// Two major frames: `fast` runs in both, `slow` is cut by the end of the first window and preempted in the second.
  public static let frames: [TraceEvent] = {
    let (fast, slow, answer) = (ToldStory.fast.key, ToldStory.slow.key, ToldStory.answer.key)
    var events = [SmallStory.boot] + window(0)
    events += tell(4_001_000, nil, .dormant, fast) + tell(4_500_000, fast, .complete, slow) + windowEnd(0)
    events += window(1) + tell(14_001_000, slow, .ready, fast)
    events += tell(14_300_000, fast, .complete, slow, age: 10_000_000)
    events += tell(14_600_000, slow, .complete, answer, age: ProcessTelling.aperiodic)
    events += tell(14_700_000, answer, .waiting, nil) + yield(14_800_000)
    return events
  }()

  /// A trace file of these events and the end.
  public static func file(_ events: [TraceEvent], _ processes: [Process] = all, eventsPerBlock: Int = 4) -> [UInt8] {
    let table = SmallModule.build(told: processes)
    var writer = TraceWriter(moduleTable: table, eventsPerBlock: eventsPerBlock)
    for var event in SmallStory.ended(events) {
      if event.knownKind == .boot {
        event.words.w0 = table.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 32, as: UInt64.self) }
      }
      writer.append(event)
    }
    return writer.finish()
  }
}
