import APEXTypes

/// Line state of one partition's vCPU, one bit a line, so that registering, marking and choosing are O(1).
///
/// Lineage L3 had sixteen descriptors {vector, pending, counter} searched one by one; slot 15 was never used and a full
/// table returned nothing. Here a line's descriptor *is* its index: all sixteen exist, and no table can be full.
public struct VCPULines: BitwiseCopyable {
  /// The vCPU is marked when the line fires (hypercall 30).
  public var registered: UInt16 = 0
  /// The ready flag (hypercall 27).
  public var ready: UInt16 = 0
  /// A handler is set (hypercall 25).
  public var handled: UInt16 = 0
  /// Marks wait.
  public var pending: UInt16 = 0
  /// Delivered by an upcall, not yet acknowledged (hypercall 29).
  public var inService: UInt16 = 0

  @inlinable public init() {}

  /// Lines with a mark that could be delivered if the partition takes upcalls.
  @inlinable public var deliverable: UInt16 { pending & registered & ready & handled & ~inService }

  /// Lines of which a counter or a handler may be other than zero.
  var inUse: UInt16 { registered | handled | pending | inService }

  var packed: UInt64 {
    get {
      UInt64(registered) | UInt64(ready) &<< 16 | UInt64(handled) &<< 32 | UInt64(pending) &<< 48
    }
    set {
      registered = UInt16(truncatingIfNeeded: newValue)
      ready = UInt16(truncatingIfNeeded: newValue &>> 16)
      handled = UInt16(truncatingIfNeeded: newValue &>> 32)
      pending = UInt16(truncatingIfNeeded: newValue &>> 48)
    }
  }
}

/// The vCPUs of all partitions with their counters and handlers.
public struct VCPUTable {
  public let lines: StateTable<VCPULines>
  /// Marks waiting, per partition and line; saturates at `UInt32.max`.
  let counters: StateTable<UInt32>
  /// Marks of the delivery in service, per partition and line.
  let delivered: StateTable<UInt32>
  let handlers: StateTable<UInt64>
  public var partitionCount: Int { lines.count }

  init(partitionCount: Int, memory: inout StateMemory) {
    lines = memory.table(of: partitionCount, filledWith: VCPULines())
    counters = memory.table(of: partitionCount * 16, filledWith: 0)
    delivered = memory.table(of: partitionCount * 16, filledWith: 0)
    handlers = memory.table(of: partitionCount * 16, filledWith: 0)
  }

  @inline(__always) func slot(_ partition: PartitionIndex, _ line: InterruptLine) -> Int {
    Int(partition.rawValue) &* 16 &+ Int(line.rawValue)
  }

  /// Marks one line of one vCPU and returns the marks now waiting there.
  ///
  /// The counter stays at its greatest value rather than wrap: a reader sees 'at least so many' (lineage L3's open
  /// question).
  @inline(__always)
  public func mark(_ partition: PartitionIndex, _ line: InterruptLine) -> UInt32 {
    let index = slot(partition, line)
    let old = counters[index]
    let new = old == .max ? old : old &+ 1
    counters[index] = new
    lines[Int(partition.rawValue)].pending |= line.bit
    return new
  }

  /// Takes the marks of a line for delivery: the line is in service until it is acknowledged.
  func takeForDelivery(_ partition: PartitionIndex, _ line: InterruptLine) -> UInt32 {
    let index = slot(partition, line)
    let marks = counters[index]
    counters[index] = 0
    delivered[index] = marks
    lines[Int(partition.rawValue)].pending &= ~line.bit
    lines[Int(partition.rawValue)].inService |= line.bit
    return marks
  }

  /// Forgets a line of a vCPU: marks, service and all.
  func clear(_ partition: PartitionIndex, _ line: InterruptLine) {
    let index = slot(partition, line)
    counters[index] = 0
    delivered[index] = 0
    lines[Int(partition.rawValue)].registered &= ~line.bit
    lines[Int(partition.rawValue)].pending &= ~line.bit
    lines[Int(partition.rawValue)].inService &= ~line.bit
  }
}
