import APEXTypes
import ModuleConfiguration

/// A partition as the file describes it.
public struct PartitionDescription: Sendable {
  /// `PartitionIdentifier`, which the integrator chooses: not the partition's index.
  public var identifier: UInt64
  /// `PartitionName`, or `Partition` and the identifier where the file says nothing.
  public var name: String
  /// 0 for LEVEL_A … 4 for LEVEL_E.
  var criticality: UInt64
  var isSystem: Bool
  var isDrainer: Bool
  /// Name or path of the partition's ELF file; the partition's name where the file says nothing.
  var imageName: String
  /// Sampling and queuing ports in the file's order: those of all partitions, one after the other, are the module's.
  public var ports: [PortDescription]
  /// The partition's main stack is the first one's.
  public var processes: [ProcessDescription]
  var portGrants: [PortGrantDescription]
  /// How many upcalls may be unfinished at a time.
  var maximumUpcallDepth: UInt64
  var missedTickPolicy: MissedTickPolicy
  var line: Int

  /// Bytes of the main stack where no process asks for any.
  static let defaultStackBytes: UInt64 = 64 << 10

  /// What the first process asks for.
  var stackBytes: UInt64 { processes.first?.stackBytes ?? Self.defaultStackBytes }
}

/// A sampling or a queuing port.
public struct PortDescription: Sendable {
  /// By which the partition creates the port; unique within it only.
  public var name: String
  /// Which of the two, as the element's name says.
  public var kind: PortRecord.Kind
  var direction: PortDirection
  var maximumMessageBytes: UInt64
  /// Of a sampling port: the age up to which a message is valid; nil where the file has none.
  public var refreshPeriod: Nanoseconds?
  /// Of a queuing port: how many messages it has room for; nil where the file has none.
  public var maximumMessageCount: UInt64?
  /// Of a queuing port: what its `p:Overflow` says; nil where the file has none, which means that it holds the sender
  /// back.
  var discardsWhenFull: Bool?
  var line: Int

  /// What the file calls such a port.
  var elementName: String { kind == .sampling ? "Sampling_Port" : "Queuing_Port" }
}

/// A process and, where the integrator claims a deadline for it, its timing.
public struct ProcessDescription: Sendable {
  /// Claims about the process are called after it; empty where the file has none.
  public var name: String
  var stackBytes: UInt64?
  /// From one release to the next; nil for an aperiodic process.
  public var period: Nanoseconds?
  /// The longest that it computes between release and completion; nil where the file does not say.
  public var capacity: Nanoseconds?
  /// From a release to when its job must be complete; nil for no deadline.
  public var deadline: Nanoseconds?
  /// How much later than its partition's period starts it is released, as DELAYED_START has it; nil counts as 0. Only
  /// the analysis needs it: a trace tells when each job begins.
  public var releaseOffset: Nanoseconds?
  /// 1 to 239, the greater the more urgent, as ARINC 653 has it; nil where the file does not say.
  public var priority: UInt64?
  /// How a trace shows that a job is complete: `yield` where the file does not say.
  public var completion: ProcessCompletion
  var line: Int
}

/// Ports of the machine's I/O space that a partition may use: `count` of them from `firstPort` on.
struct PortGrantDescription: Sendable {
  var firstPort: UInt64
  var count: UInt64
  var line: Int
}

/// What `Partition_Memory` sets aside for a partition.
struct PartitionMemory: Sendable {
  enum Kind: Sendable {
    case code, data, inputOutput
  }
  struct Region: Sendable {
    var kind: Kind
    var bytes: UInt64
    var isWritable: Bool
    var line: Int
  }
  var partitionIdentifier: UInt64
  var regions: [Region]
  var line: Int
}
