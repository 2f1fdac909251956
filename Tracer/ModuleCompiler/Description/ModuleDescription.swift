import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A module as its file describes it: typed, in the file's order, each part with its line, not yet checked for sense.
public struct ModuleDescription: Sendable {
  /// `ModuleName`; traces carry it, so that one of another module is told apart.
  public var name = ""
  var identifier: UInt64 = 0
  var line = 1
  /// Their order gives the partitions their indices in the module table and in traces.
  public var partitions: [PartitionDescription] = []
  var memories: [PartitionMemory] = []
  /// Their order gives the schedules their indices in the module table.
  public var schedules: [ScheduleDescription] = []
  /// What `Connection_Table` has: channels of sampling and of queuing ports.
  public var channels: [ChannelDescription] = []
  var clocks = ClockDescription()
  var trace = TraceDescription()
  var lines: [LineDescription] = []
  var eventChannels: [EventChannelDescription] = []
  var budgets: [BudgetDescription] = []
  var claims: [ClaimDescription] = []
  var claimChoices: [ClaimChoiceDescription] = []
  var health = HealthDescription()

  /// Index of the partition with the integrator's identifier; the first, where several have it.
  func partitionIndex(identifier: UInt64) -> Int? {
    partitions.firstIndex { $0.identifier == identifier }
  }

  /// Index of the partition that drains the trace.
  var drainerIndex: Int? { partitions.firstIndex { $0.isDrainer } }

  /// The schedule that runs first: the one marked so, or the only one.
  public var initialScheduleIndex: Int? {
    schedules.firstIndex { $0.isInitial } ?? (schedules.isEmpty ? nil : 0)
  }
}

/// The rates of the two clocks that raise interrupt lines.
struct ClockDescription: Sendable {
  /// Line 0; 0 leaves it off.
  var intervalTimerHertz: UInt64 = 0
  /// Line 8; 0 leaves it off.
  var realTimeClockHertz: UInt64 = 0
  var line = 1
}

/// How the module is traced.
struct TraceDescription: Sendable {
  var ringBytes: UInt64 = 1 << 20
  var keyframeIntervalFrames: UInt64 = 50
  var eventsPerBlock: UInt64 = 4096
  var ringPolicy = RingPolicy.discardNew
  var compression = BlockCompression.lz4
  /// Names of kinds of events that are not to be written, as the file has them.
  var leftOut: [String] = []
  var line = 1

  /// What of the names can be left out: the others `ModuleRules` refuses.
  var leftOutKinds: LeftOutKinds {
    leftOut.compactMap { Self.kind(named: $0) }.reduce(LeftOutKinds.none) { $0.adding($1) }
  }

  static func kind(named name: String) -> EventKind? {
    (1...UInt8.max).lazy.compactMap { EventKind(rawValue: $0) }.first { "\($0)" == name }
  }
}

/// One interrupt line in use.
struct LineDescription: Sendable {
  var number: UInt64
  var policy: LineRecord.ForeignPolicy
  var budgetPerWindow: UInt64
  var recipe: LineRecord.AcknowledgeRecipe
  var hasKernelHandler: Bool
  /// Nil where the file leaves it to the computed cost of one interrupt.
  var stolenTime: Nanoseconds?
  /// Identifiers of the partitions that may register the line, with the line of the file that says so.
  var owners: [LineOwner]
  var line: Int
}

/// A partition that may register a line.
struct LineOwner: Sendable {
  var identifier: UInt64
  /// Its upcalls come at its next window or hypercall, not into its running code.
  var isMarked: Bool
  var line: Int
}

/// A channel by which one partition interrupts another.
struct EventChannelDescription: Sendable {
  var identifier: UInt64
  var sourceIdentifier: UInt64
  var destinationIdentifier: UInt64
  /// The destination's vector.
  var vector: UInt64
  var line: Int
}

/// A bound that `partita verify` judges.
struct BudgetDescription: Sendable {
  var quantity: BudgetRecord.Quantity
  var subject: UInt64?
  var boundTime: Nanoseconds?
  var boundCount: UInt64?
  var line: Int
}

/// A source port and the destinations that get its messages.
public struct ChannelDescription: Sendable {
  /// A port by its owner and name; whether there is such a port is a rule of meaning.
  public struct End: Sendable {
    /// `PartitionIdentifier` of the owner.
    public var partitionIdentifier: UInt64
    /// Unique within its partition only.
    public var portName: String
    var line: Int
  }
  /// `ChannelIdentifier`, which the integrator chooses: not the channel's index.
  public var identifier: UInt64
  /// The one port that messages come from.
  public var source: End
  /// In the file's order; the schema wants one or more.
  public var destinations: [End]
  var line: Int
}
