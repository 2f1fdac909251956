import APEXTypes

/// Interrupt state of one partition's vCPU, one bit an interrupt (`VirtualInterrupt`), so that registering, marking and
/// choosing are O(1).
///
/// Lineage L3 had sixteen descriptors {vector, pending, counter} searched one by one; slot 15 was never used and a full
/// table returned nothing. Here an interrupt's descriptor *is* its index: all exist, and no table can be full.
public struct VCPUInterrupts: BitwiseCopyable {
  /// The vCPU is marked when the interrupt comes (hypercall 30).
  public var registered: UInt64 = 0
  /// The ready flag (hypercall 27).
  public var ready: UInt64 = 0
  /// A handler is set (hypercall 25).
  public var handled: UInt64 = 0
  /// Marks wait.
  public var pending: UInt64 = 0
  /// Delivered by an upcall, not yet acknowledged (hypercall 29).
  public var inService: UInt64 = 0
  /// Marks made since the partition's last start: one that goes to idle loses its marks, not their number.
  public var markTotal: UInt64 = 0
  /// Marks wait for the partition's next window or hypercall (`PartitionRecord.markedLines`).
  public var deferred: UInt64 = 0

  init() {}

  /// Interrupts with a mark that the partition may wait for: what `SharedPage.pending` tells.
  @inlinable public var waiting: UInt64 { pending & registered & ready & handled & ~inService }
  /// Those that could be delivered now if the partition takes upcalls.
  @inlinable public var deliverable: UInt64 { waiting & ~deferred }

  /// Interrupts of which a counter or a handler may be other than zero.
  var inUse: UInt64 { registered | handled | pending | inService }
}

/// The vCPUs of all partitions with their counters and handlers.
public struct VCPUTable {
  /// What each vCPU has of its interrupts, by the partition's index.
  public let interrupts: StateTable<VCPUInterrupts>
  /// Slots of one partition in the tables below.
  static var slotCount: Int { Int(VirtualInterrupt.count) }
  /// Marks waiting, per partition and interrupt; saturates at `UInt32.max`.
  let counters: StateTable<UInt32>
  /// Marks of the delivery in service, per partition and interrupt.
  let delivered: StateTable<UInt32>
  let handlers: StateTable<UInt64>
  /// vCPUs: each partition of the module has one.
  public var partitionCount: Int { interrupts.count }

  init(partitionCount: Int, memory: inout StateMemory) {
    interrupts = memory.table(of: partitionCount, filledWith: VCPUInterrupts())
    counters = memory.table(of: partitionCount * Self.slotCount, filledWith: 0)
    delivered = memory.table(of: partitionCount * Self.slotCount, filledWith: 0)
    handlers = memory.table(of: partitionCount * Self.slotCount, filledWith: 0)
  }

  @inline(__always) func slot(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt) -> Int {
    Int(partition.rawValue) &* Self.slotCount &+ Int(interrupt.rawValue)
  }

  /// Marks one interrupt of one vCPU and returns the marks now waiting there.
  ///
  /// The counter stays at its greatest value rather than wrap: a reader sees 'at least so many' (lineage L3's open
  /// question).
  @inline(__always)
  public func mark(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt) -> UInt32 {
    let vcpu = Int(partition.rawValue)
    interrupts[vcpu].pending |= interrupt.bit
    interrupts[vcpu].markTotal &+= 1
    // Unchecked: there is a vCPU of this index, by the check above, and with it a counter for each of its interrupts.
    let index = slot(partition, interrupt)
    let old = counters[unchecked: index]
    let new = old == .max ? old : old &+ 1
    counters[unchecked: index] = new
    return new
  }

  /// Marks one interrupt `count` times, which saturates as one mark does, and returns the marks now waiting there.
  func mark(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt, count: UInt64) -> UInt32 {
    let index = slot(partition, interrupt)
    let sum = UInt64(counters[index]).addingReportingOverflow(count)
    counters[index] = sum.overflow ? .max : UInt32(clamping: sum.partialValue)
    interrupts[Int(partition.rawValue)].markTotal &+= count
    if counters[index] != 0 { interrupts[Int(partition.rawValue)].pending |= interrupt.bit }
    return counters[index]
  }

  /// Marks that wait of one interrupt.
  func waiting(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt) -> UInt32 {
    counters[slot(partition, interrupt)]
  }

  /// Takes a single mark of an interrupt for delivery; the others wait for the next upcall.
  func takeOneForDelivery(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt) -> UInt32 {
    let index = slot(partition, interrupt)
    let rest = counters[index] == 0 ? 0 : counters[index] &- 1
    _ = takeForDelivery(partition, interrupt)
    guard rest != 0 else { return delivered[index] }
    counters[index] = rest
    delivered[index] = 1
    interrupts[Int(partition.rawValue)].pending |= interrupt.bit
    return 1
  }

  /// Takes the marks of an interrupt for delivery: it is in service until it is acknowledged.
  func takeForDelivery(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt) -> UInt32 {
    let index = slot(partition, interrupt)
    let marks = counters[index]
    counters[index] = 0
    delivered[index] = marks
    interrupts[Int(partition.rawValue)].pending &= ~interrupt.bit
    interrupts[Int(partition.rawValue)].inService |= interrupt.bit
    return marks
  }

  /// Forgets an interrupt of a vCPU: marks, service and all.
  func clear(_ partition: PartitionIndex, _ interrupt: VirtualInterrupt) {
    let index = slot(partition, interrupt)
    counters[index] = 0
    delivered[index] = 0
    interrupts[Int(partition.rawValue)].registered &= ~interrupt.bit
    interrupts[Int(partition.rawValue)].pending &= ~interrupt.bit
    interrupts[Int(partition.rawValue)].inService &= ~interrupt.bit
    interrupts[Int(partition.rawValue)].deferred &= ~interrupt.bit
  }

  /// Forgets everything of a vCPU, handlers too: its partition starts anew.
  func reset(_ partition: PartitionIndex) {
    let index = Int(partition.rawValue)
    let total = interrupts[index].markTotal
    interrupts[index] = VCPUInterrupts()
    interrupts[index].markTotal = total
    for slot in (index * Self.slotCount)..<((index + 1) * Self.slotCount) {
      counters[slot] = 0
      delivered[slot] = 0
      handlers[slot] = 0
    }
  }
}
