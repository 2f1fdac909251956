import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// Lays a module out in memory at boot: page tables, stacks, shared pages and register pages of every partition.
///
/// Read-only segments are mapped where the module image has them; writable ones and stacks get memory of their own,
/// which is filled piece by piece in the partition's own time (`Kernel+Starts`), at every start alike. The packer fills
/// up the last page of a segment's contents with zeroes.
struct ModuleLoader: ~Copyable {
  let table: ModuleTable
  let image: PhysicalAddress
  let pages: SwitcherPages
  let clock: Clock
  let extendedState: Processor.ExtendedState
  let ring: PhysicalAddress
  let ringControl: PhysicalAddress
  let segments: BootTable<SegmentFrame>

  /// Builds partition `index` and returns its hardware side.
  ///
  /// - Parameter caller: the core's handle of it.
  func load(_ index: PartitionIndex, _ caller: Caller, memory: inout BootMemory) -> PartitionContext {
    let record = table.partition(index)
    let space = PageTable(memory: &memory)
    // A start clears the shared page and the registers (`Kernel+Starts`); nothing else in their page is read.
    let registersPage = memory.allocateUncleared(byteCount: 4096)
    let shared = memory.allocateUncleared(byteCount: 4096)
    let information = memory.allocate(byteCount: 4096)
    let stack = memory.allocateUncleared(byteCount: record.stackBytes)
    let area = memory.allocateUncleared(byteCount: extendedState.byteCount)

    pages.map(
      into: space, registers: registersPage, portBitmap: portBitmap(record, memory: &memory), memory: &memory)
    for segment in record.segments.indices { map(segment, into: space, memory: &memory) }
    space.map(
      PartitionLayout.stackTop &- record.stackBytes, to: stack, byteCount: record.stackBytes,
      PageAccess.user.union(.write),
      memory: &memory)
    space.map(PartitionLayout.sharedPage, to: shared, byteCount: 4096, PageAccess.user.union(.write), memory: &memory)
    space.map(PartitionLayout.informationPage, to: information, byteCount: 4096, .user, memory: &memory)
    if record.flags.contains(.drainer) { mapTrace(into: space, memory: &memory) }
    describe(index, record, in: information)

    _ = RegisterPage(new: registersPage)
    return PartitionContext(
      registers: registersPage, root: space.root,
      rootForCallsAtOnce: record.flags.contains(.drainer) ? 0 : space.root.rawValue,
      rootForMarksAtOnce: space.root.rawValue, callHead: TraceRing.callHead(of: index),
      interruptHead: TraceRing.interruptHead(of: index), shared: shared, information: information, extendedState: area,
      stack: stack, stackBytes: record.stackBytes, segmentBase: 0, entryPoint: record.entryPoint,
      firstSegment: record.segments.first,
      segmentCount: record.segments.count, caller: caller)
  }

  private func map(_ index: Int, into space: PageTable, memory: inout BootMemory) {
    let segment = table.record(SegmentRecord.self, index)
    var access: PageAccess = .user
    if segment.access.contains(.write) { access.insert(.write) }
    if segment.access.contains(.execute) { access.insert(.execute) }
    let content = image + segment.imageOffset
    var physical = content
    let isWhole = (segment.imageBytes &+ 4095) & ~4095 == segment.memoryBytes
    if segment.access.contains(.write) {
      physical = memory.allocateUncleared(byteCount: segment.memoryBytes)
    } else if !isWhole || content.rawValue & 4095 != 0 {
      physical = memory.allocate(byteCount: segment.memoryBytes)
      if segment.imageBytes > 0 {
        Instruction.copy(to: physical.pointer, from: content.pointer, byteCount: segment.imageBytes)
      }
    }
    segments[index] = SegmentFrame(
      virtualAddress: segment.virtualAddress, byteCount: segment.memoryBytes, physical: physical, contents: content,
      imageBytes: segment.imageBytes, isWritable: segment.access.contains(.write),
      isRetained: segment.access.contains(.retained))
    space.map(segment.virtualAddress, to: physical, byteCount: segment.memoryBytes, access, memory: &memory)
  }

  /// The ring twice in a row, its control page and the module table, all read-only.
  private func mapTrace(into space: PageTable, memory: inout BootMemory) {
    let ringBytes = table.module.ringBytes
    space.map(PartitionLayout.ring, to: ring, byteCount: ringBytes, .user, memory: &memory)
    space.map(PartitionLayout.ring &+ ringBytes, to: ring, byteCount: ringBytes, .user, memory: &memory)
    space.map(PartitionLayout.ringControl, to: ringControl, byteCount: 4096, .user, memory: &memory)
    let tableBytes = (UInt64(table.byteCount) &+ 4095) & ~4095
    // A copy in whole pages: what follows the table in the image is other partitions' contents.
    let copy = memory.allocate(byteCount: tableBytes)
    if let source = table.bytes.baseAddress {
      Instruction.copy(to: copy.pointer, from: source, byteCount: UInt64(table.byteCount))
    }
    space.map(PartitionLayout.moduleTable, to: copy, byteCount: tableBytes, .user, memory: &memory)
  }

  /// The permission bitmap of ports 0 … 32767 for a partition with grants, nil for one without.
  private func portBitmap(_ record: PartitionRecord, memory: inout BootMemory) -> PhysicalAddress? {
    guard record.portGrants.count > 0 else { return nil }
    let bitmap = memory.allocateUncleared(byteCount: 4096)
    Instruction.fill(bitmap.pointer, byteCount: 4096, with: .max)
    for index in record.portGrants.indices {
      let grant = table.record(PortGrantRecord.self, index)
      for port in grant.firstPort..<(grant.firstPort &+ grant.count) {
        let byte = bitmap.pointer.load(fromByteOffset: Int(port / 8), as: UInt8.self)
        bitmap.pointer.storeBytes(of: byte & ~(1 << UInt8(port & 7)), toByteOffset: Int(port / 8), as: UInt8.self)
      }
    }
    return bitmap
  }

  private func describe(_ index: PartitionIndex, _ record: PartitionRecord, in page: PhysicalAddress) {
    func put(_ value: UInt64, _ offset: Int) {
      page.pointer.storeBytes(of: value, toByteOffset: offset, as: UInt64.self)
    }
    put(clock.origin, InformationPage.clockOrigin)
    put(clock.scale, InformationPage.clockScale)
    put(UInt64(index.rawValue), InformationPage.partitionIndex)
    put(record.identifier, InformationPage.partitionIdentifier)
    put(extendedState.byteCount, InformationPage.extendedStateBytes)
    put(extendedState.mask, InformationPage.extendedStateMask)
    put(record.period.count, InformationPage.period)
    put(record.duration.count, InformationPage.duration)
    guard record.flags.contains(.drainer) else { return }
    put(table.module.ringBytes, InformationPage.ringBytes)
    put(UInt64(table.byteCount), InformationPage.moduleTableBytes)
  }
}
