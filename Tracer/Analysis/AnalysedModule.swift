import APEXTypes
import ModuleCompiler
import ModuleConfiguration

/// What static analysis says of a module under one of its schedules, before it has run.
///
/// Nothing here has seen a trace or the core: supply follows from windows, L and the lines' budgets, demand from the
/// processes' capacities. What has been assumed is in `assumptions`, and belongs to the answer.
public struct AnalysedModule: Encodable, Sendable {
  /// A process of a partition: what the module file says of it, what follows, and what a trace shows.
  public struct Process: Encodable, Sendable {
    /// As the module file has it: unique within its partition.
    public var name: String
    /// 1 to 239, the greater the more urgent; nil, which the file may leave it, counts as the least.
    public var priority: UInt64?
    /// From one release to the next; nil for an aperiodic process, which has no bound.
    public var periodNanoseconds: UInt64?
    /// The longest that it computes between release and completion, without what each job costs beside that.
    public var capacityNanoseconds: UInt64?
    /// From a release to when its job must be complete; nil for no deadline.
    public var deadlineNanoseconds: UInt64?
    /// The longest response, release to completion; nil where there is no bound.
    public var boundNanoseconds: UInt64?
    /// Why there is no bound.
    public var reason: String?
    /// How much later than its partition's period starts the module file says that it is released.
    public var releaseOffsetNanoseconds: UInt64?
    /// The longest response seen in the trace.
    public var observedNanoseconds: UInt64?
    /// Whether the trace ran under several schedules, so that nobody knows under which one that response was.
    public var isObservedUnderSeveralSchedules = false
    /// Whether its partition has other processes and its own scheduler tells nothing: all complete together where it
    /// gives up its window, so that the response seen is that of the last.
    public var completesWithOthers = false
    /// Why its bound says nothing of the trace: it, or who can delay it, is released otherwise than was assumed.
    public var releasedOtherwise: String?
    /// How often its partition recorded that a deadline was missed, if that can have been this one's.
    public var recordedMisses: UInt64?

    /// Whether the trace shows a response beyond the deadline.
    public var wasMissed: Bool {
      guard let deadlineNanoseconds, let observedNanoseconds else { return false }
      return observedNanoseconds > deadlineNanoseconds
    }

    /// Whether the trace shows a response beyond the bound: then something that was assumed does not hold.
    public var isRefuted: Bool {
      guard let boundNanoseconds, let observedNanoseconds else { return false }
      return !isObservedUnderSeveralSchedules && !completesWithOthers && observedNanoseconds > boundNanoseconds
    }

    /// Whether the trace shows a response beyond the bound that may be another schedule's, or of a change between two.
    var isInDoubt: Bool {
      guard let boundNanoseconds, let observedNanoseconds else { return false }
      return isObservedUnderSeveralSchedules && !completesWithOthers && observedNanoseconds > boundNanoseconds
    }

    /// Whether its deadline has no bound, or the trace speaks against what was assumed for it.
    var isOpen: Bool {
      isRefuted || isInDoubt || releasedOtherwise != nil || recordedMisses != nil
        || deadlineNanoseconds != nil && meetsDeadline == nil
    }

    /// Whether the deadline is proved; nil for no deadline, or no bound to hold against it.
    public var meetsDeadline: Bool? {
      guard let deadlineNanoseconds, let boundNanoseconds else { return nil }
      return boundNanoseconds <= deadlineNanoseconds
    }
  }

  /// A partition under the schedule: what it is sure of, and what its processes ask for.
  public struct Partition: Encodable, Sendable {
    /// As the module file has it.
    public var name: String
    /// The integrator's `PartitionIdentifier`.
    public var identifier: UInt64
    /// What the schedule gives it; 0 where the schedule does not name it.
    public var periodNanoseconds: UInt64
    /// The least that any of its periods supplies.
    public var suppliedPerPeriodNanoseconds: UInt64
    /// The longest time that it can be without the CPU.
    public var blackoutNanoseconds: UInt64?
    /// What its processes ask for, as a share of all time, in millionths.
    public var demandMillionths: UInt64
    /// What its windows are sure to supply, likewise.
    public var supplyMillionths: UInt64
    /// In the module file's order.
    public var processes: [Process]
    /// How many errors DEADLINE_MISSED the trace has of it.
    public var recordedMisses: UInt64?

    /// Whether a process that states period and capacity may still be busy when it is released again.
    var isLate: Bool {
      processes.contains { process in
        guard let period = process.periodNanoseconds, process.capacityNanoseconds != nil else { return false }
        return (process.boundNanoseconds ?? .max) > Self.leastBetweenReleases(period, of: periodNanoseconds)
      }
    }

    /// What lies at least between two releases of a process: one whose period is no multiple of its partition's may be
    /// released with the partition.
    static func leastBetweenReleases(_ period: UInt64, of own: UInt64) -> UInt64 {
      own > 0 && period % own != 0 ? min(period, own) : period
    }
  }

  /// What a channel's messages come to at one destination.
  public struct Port: Encodable, Sendable {
    /// The integrator's `ChannelIdentifier`.
    public var channel: UInt64
    /// The port that messages come from, `Partition.PORT`.
    public var source: String
    /// The port that they go to, likewise: `PortObserver.seen(at:)` knows it by that.
    public var destination: String
    /// Of a sampling port: how old the oldest message is that can be read; nil where there is no bound.
    public var worstAgeNanoseconds: UInt64?
    /// Of a sampling port: up to what age a message is valid.
    public var refreshNanoseconds: UInt64?
    /// Of a queuing port: the most messages that can wait; nil where there is no bound.
    public var mostWaiting: UInt64?
    /// Of a queuing port: how many messages it has room for.
    public var capacity: UInt64?
    /// Of a sampling port: how old the oldest message was that the trace shows read; nil where none is known.
    public var observedAgeNanoseconds: UInt64?
    /// Of a queuing port: the most messages that the trace shows waiting; nil where none is known.
    public var observedWaiting: UInt64?
    /// Whether the trace ran under several schedules, so that nobody knows under which one that was.
    public var isObservedUnderSeveralSchedules = false
    /// Whether who writes or reads here is released otherwise than was assumed, as the trace shows.
    public var isReleasedOtherwise = false

    /// Whether the trace shows a message that was not valid any more, or more of them than there is room for.
    public var wasExceeded: Bool {
      Self.isBeyond(observedAgeNanoseconds, refreshNanoseconds) || Self.isBeyond(observedWaiting, capacity)
    }

    /// Whether the trace shows more than the bound: then something that was assumed does not hold.
    public var isRefuted: Bool {
      guard !isObservedUnderSeveralSchedules else { return false }
      return Self.isBeyond(observedAgeNanoseconds, worstAgeNanoseconds) || Self.isBeyond(observedWaiting, mostWaiting)
    }

    /// Whether the trace shows more than the bound, which may be another schedule's, or of a change between two.
    var isInDoubt: Bool {
      guard isObservedUnderSeveralSchedules else { return false }
      return Self.isBeyond(observedAgeNanoseconds, worstAgeNanoseconds) || Self.isBeyond(observedWaiting, mostWaiting)
    }

    /// Whether there is no bound to hold against a limit, or the trace speaks against what was assumed for it.
    var isOpen: Bool { isRefuted || isInDoubt || isReleasedOtherwise || isUnknown }

    private static func isBeyond(_ value: UInt64?, _ limit: UInt64?) -> Bool {
      guard let value, let limit else { return false }
      return value > limit
    }

    /// Whether every message read is valid, or every message sent has room; nil where nothing is known.
    public var holds: Bool? {
      if let worstAgeNanoseconds, let refreshNanoseconds { return worstAgeNanoseconds <= refreshNanoseconds }
      if let mostWaiting, let capacity { return mostWaiting <= capacity }
      return nil
    }

    /// Whether there is a limit, and nothing that could be held against it.
    public var isUnknown: Bool { holds == nil && (refreshNanoseconds != nil || capacity != nil) }
  }

  /// Name of the module, which a trace must have too for the two to be compared.
  public var module: String
  /// Name of the schedule; its identifier where it has no name.
  public var schedule: String
  /// Whether the module begins with the schedule.
  public var isInitial: Bool
  /// Of the schedule.
  public var majorFrameNanoseconds: UInt64
  /// L, which every window loses; the same in all schedules.
  public var switchAllowanceNanoseconds: UInt64
  /// Sentences without full stops, for whoever reads the answer: the bounds hold where they do.
  public var assumptions: [String]
  /// All of the module, in the module file's order, whether they have windows in the schedule or not.
  public var partitions: [Partition]
  /// One for each destination of each channel, in the module file's order.
  public var ports: [Port]

  /// 1 if a deadline or a port's bound can be exceeded, or was; 3 if a deadline or a port with a limit has no bound, or
  /// a response or a message was seen beyond its bound, or processes are released otherwise than was assumed; else 0.
  public var exitStatus: Int32 {
    let processes = partitions.flatMap(\.processes)
    let isExceeded =
      processes.contains { $0.meetsDeadline == false || $0.wasMissed }
      || partitions.contains { $0.recordedMisses != nil }
    if isExceeded || ports.contains(where: { $0.holds == false || $0.wasExceeded }) {
      return 1
    }
    return processes.contains(where: \.isOpen) || ports.contains(where: \.isOpen) ? 3 : 0
  }
}
