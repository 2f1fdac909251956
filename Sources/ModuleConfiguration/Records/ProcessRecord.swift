import APEXTypes

/// How it is known that a job of a process is complete.
public enum ProcessCompletion: UInt8, Sendable {
  /// Its partition gives up its window: all its processes' jobs are complete then.
  case yield = 0
  /// Its partition's scheduler tells so (`HypercallNumber.tellProcess`).
  case told = 1
}

/// A process whose deadline is claimed: released where a period of its partition starts, complete when its partition
/// yields next, or when its scheduler tells so.
///
/// The first release is at the first period's start after its partition's start. From then on it is released at every
/// period's start; at those alone that come a period of its own or more after its last release, where that period is
/// a multiple of its partition's.
///
/// One whose completion is told is followed from its own start, where that is told, else from where its scheduler first
/// gives it the processor: after the partition's start, after a stop of its own, or behind events that are missing. Its
/// job's age is told then, so that it may be released later than its partition's periods start.
public struct ProcessRecord: Equatable, Sendable {
  /// Whose scheduler runs it.
  public var partition: PartitionIndex
  /// What its partition creates it by; its `ProcessKey` is made from it.
  public var name: NameReference
  /// From one release to the next; 0 for a process that has none, of which nothing is claimed.
  public var period: Nanoseconds
  /// Processor time of one job, as the module file has it; 0 where that does not say.
  public var capacity: Nanoseconds
  /// Relative to the release; all ones where there is none.
  public var deadline: Nanoseconds
  /// 1 … 239, a greater one goes first; 1 where the module file does not say.
  public var priority: UInt64
  /// What the claim takes for the end of a job.
  public var completion: ProcessCompletion

  /// A process by its timing; one that nothing is claimed of needs a record only to be known by its name.
  public init(
    partition: PartitionIndex, name: NameReference, period: Nanoseconds, capacity: Nanoseconds, deadline: Nanoseconds,
    priority: UInt64, completion: ProcessCompletion = .yield
  ) {
    self.partition = partition
    self.name = name
    self.period = period
    self.capacity = capacity
    self.deadline = deadline
    self.priority = priority
    self.completion = completion
  }
}

extension ProcessRecord: TableRecord {
  /// Processes with timing, and those whose completion is told; the module file may have others.
  public static var section: ModuleSection { .processes }
  /// Nil where bits 32–39 of word 5 are no `ProcessCompletion`.
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    name = NameReference(word: word(1))
    period = Nanoseconds(word(2))
    capacity = Nanoseconds(word(3))
    deadline = Nanoseconds(word(4))
    let last = word(5)
    priority = last & 0xFFFF_FFFF
    guard let completion = ProcessCompletion(rawValue: UInt8(truncatingIfNeeded: last &>> 32)) else { return nil }
    self.completion = completion
  }
  /// The words follow the properties; 5 has priority (bits 0–31) and completion (32–39).
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(name.word)
    put(period.count)
    put(capacity.count)
    put(deadline.count)
    put(priority | UInt64(completion.rawValue) &<< 32)
  }
}
