import APEXTypes
import ModuleConfiguration

/// A partition as the file describes it.
public struct PartitionDescription: Sendable {
  public var identifier: UInt64
  public var name: String
  /// 0 for LEVEL_A … 4 for LEVEL_E.
  public var criticality: UInt64
  public var isSystem: Bool
  public var isDrainer: Bool
  /// Name or path of the partition's ELF file; the partition's name where the file says nothing.
  public var imageName: String
  public var ports: [PortDescription]
  public var processes: [ProcessDescription]
  public var portGrants: [PortGrantDescription]
  /// How many upcalls may be unfinished at a time.
  public var maximumUpcallDepth: UInt64
  public var missedTickPolicy: MissedTickPolicy
  public var line: Int

  /// Bytes of the main stack where no process asks for any.
  public static let defaultStackBytes: UInt64 = 64 << 10

  /// What the first process asks for.
  public var stackBytes: UInt64 { processes.first?.stackBytes ?? Self.defaultStackBytes }
}

/// A sampling or a queuing port.
public struct PortDescription: Sendable {
  public var name: String
  public var kind: PortRecord.Kind
  public var direction: PortDirection
  public var maximumMessageBytes: UInt64
  /// Of a sampling port; nil where the file has none.
  public var refreshPeriod: Nanoseconds?
  /// Of a queuing port; nil where the file has none.
  public var maximumMessageCount: UInt64?
  /// Of a queuing port: what its `p:Overflow` says; nil where the file has none, which means that it holds the sender
  /// back.
  public var discardsWhenFull: Bool?
  public var line: Int

  /// What the file calls such a port.
  var elementName: String { kind == .sampling ? "Sampling_Port" : "Queuing_Port" }
}

/// A process and, where the integrator claims a deadline for it, its timing.
public struct ProcessDescription: Sendable {
  public var name: String
  public var stackBytes: UInt64?
  public var period: Nanoseconds?
  public var capacity: Nanoseconds?
  public var deadline: Nanoseconds?
  /// How much later than its partition's period starts it is released, as DELAYED_START has it; nil counts as 0. Only
  /// the analysis needs it: a trace tells when each job begins.
  public var releaseOffset: Nanoseconds?
  public var priority: UInt64?
  public var completion: ProcessCompletion
  public var line: Int
}

public struct PortGrantDescription: Sendable {
  public var firstPort: UInt64
  public var count: UInt64
  public var line: Int
}

/// What `Partition_Memory` sets aside for a partition.
public struct PartitionMemory: Sendable {
  public enum Kind: Sendable {
    case code, data, inputOutput
  }
  public struct Region: Sendable {
    public var kind: Kind
    public var bytes: UInt64
    public var isWritable: Bool
    public var line: Int
  }
  public var partitionIdentifier: UInt64
  public var regions: [Region]
  public var line: Int
}
