import APEXTypes
import ModuleConfiguration

/// A module as its file describes it: typed, in the file's order, each part with its line, not yet checked for sense.
public struct ModuleDescription: Sendable {
  public var name = ""
  public var identifier: UInt64 = 0
  public var line = 1
  public var partitions: [PartitionDescription] = []
  public var memories: [PartitionMemory] = []
  public var schedules: [ScheduleDescription] = []
  public var channels: [ChannelDescription] = []
  public var clocks = ClockDescription()
  public var trace = TraceDescription()
  public var lines: [LineDescription] = []
  public var eventChannels: [EventChannelDescription] = []
  public var budgets: [BudgetDescription] = []
  public var claims: [ClaimDescription] = []
  public var claimChoices: [ClaimChoiceDescription] = []
  public var health = HealthDescription()

  /// Index of the partition with the integrator's identifier; the first, where several have it.
  public func partitionIndex(identifier: UInt64) -> Int? {
    partitions.firstIndex { $0.identifier == identifier }
  }

  /// Index of the partition that drains the trace.
  public var drainerIndex: Int? { partitions.firstIndex { $0.isDrainer } }

  /// The schedule that runs first: the one marked so, or the only one.
  public var initialScheduleIndex: Int? {
    schedules.firstIndex { $0.isInitial } ?? (schedules.isEmpty ? nil : 0)
  }
}

/// The rates of the two clocks that raise interrupt lines.
public struct ClockDescription: Sendable {
  /// Line 0; 0 leaves it off.
  public var intervalTimerHertz: UInt64 = 0
  /// Line 8; 0 leaves it off.
  public var realTimeClockHertz: UInt64 = 0
  public var line = 1
}

/// How the module is traced.
public struct TraceDescription: Sendable {
  public var ringBytes: UInt64 = 1 << 20
  public var keyframeIntervalFrames: UInt64 = 50
  public var eventsPerBlock: UInt64 = 4096
  public var line = 1
}

/// One interrupt line in use.
public struct LineDescription: Sendable {
  public var number: UInt64
  public var policy: LineRecord.ForeignPolicy
  public var budgetPerWindow: UInt64
  public var recipe: LineRecord.AcknowledgeRecipe
  public var hasKernelHandler: Bool
  /// Nil where the file leaves it to the computed cost of one interrupt.
  public var stolenTime: Nanoseconds?
  /// Identifiers of the partitions that may register the line, with the line of the file that says so.
  public var owners: [LineOwner]
  public var line: Int
}

/// A partition that may register a line.
public struct LineOwner: Sendable {
  public var identifier: UInt64
  /// Its upcalls come at its next window or hypercall, not into its running code.
  public var isMarked: Bool
  public var line: Int
}

/// A channel by which one partition interrupts another.
public struct EventChannelDescription: Sendable {
  public var identifier: UInt64
  public var sourceIdentifier: UInt64
  public var destinationIdentifier: UInt64
  /// The destination's vector.
  public var vector: UInt64
  public var line: Int
}

/// A bound that `partita verify` judges.
public struct BudgetDescription: Sendable {
  public var quantity: BudgetRecord.Quantity
  public var subject: UInt64?
  public var boundTime: Nanoseconds?
  public var boundCount: UInt64?
  public var line: Int
}

/// A source port and the destinations that get its messages.
public struct ChannelDescription: Sendable {
  public struct End: Sendable {
    public var partitionIdentifier: UInt64
    public var portName: String
    public var line: Int
  }
  public var identifier: UInt64
  public var source: End
  public var destinations: [End]
  public var line: Int
}
