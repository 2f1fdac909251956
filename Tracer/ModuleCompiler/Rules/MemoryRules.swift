import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkMemoryOwners() {
    for memory in module.memories {
      checkPartition(memory.partitionIdentifier, namedBy: "Partition_Memory", line: memory.line)
    }
  }

  /// The memory of the machine that a module runs on (`partita capture` starts QEMU with so much).
  static let machineBytes: UInt64 = 128 << 20
  /// What of it is not counted here: the kernel, the module's image, page tables, the partitions' code and data.
  static let uncountedBytes: UInt64 = 16 << 20

  /// What a module asks for by number must fit the machine: nobody could tell its user after the kernel has failed.
  mutating func checkMachine() {
    let stacks = module.partitions.reduce(0) { $0 + StackSize.wholePages($1.stackBytes) }
    let ring = min(module.trace.ringBytes, Self.machineBytes)
    let needed = ring + stacks + Self.uncountedBytes
    guard needed > Self.machineBytes else { return }
    let largest = module.partitions.max { $0.stackBytes < $1.stackBytes }
    diagnostics.error(
      .machineTooSmall, line: ring > stacks ? module.trace.line : largest?.line ?? module.line,
      "the trace ring takes \(module.trace.ringBytes) bytes and the stacks \(stacks), of a machine with "
        + "\(Self.machineBytes) in all (\(Self.uncountedBytes) of them for kernel and images)",
      "lower RingBytes or the StackSizes")
  }

  /// What `Partition_Memory` sets aside must hold what the image needs, in whole pages.
  ///
  /// CODE and read-only DATA hold the segments that are not written, writable DATA the others and the main stack.
  mutating func checkMemory(of partition: PartitionDescription, image: PartitionImage) {
    let memories = module.memories.filter { $0.partitionIdentifier == partition.identifier }
    guard let first = memories.first else { return }
    let regions = memories.flatMap(\.regions)
    func holds(_ region: PartitionMemory.Region, writable: Bool) -> Bool {
      switch region.kind {
      case .code: !writable
      case .data: region.isWritable == writable
      case .inputOutput: false
      }
    }
    func available(writable: Bool) -> UInt64 {
      regions.filter { holds($0, writable: writable) }.reduce(0) { sum, region in
        let (total, overflow) = sum.addingReportingOverflow(region.bytes)
        return overflow ? .max : total
      }
    }
    func needed(writable: Bool) -> UInt64 {
      image.segments.filter { $0.access.contains(.write) == writable }.reduce(0) { $0 + $1.memoryBytes }
    }
    let stack = StackSize.wholePages(partition.stackBytes)
    let needs: [(Bool, UInt64, String, String)] = [
      (false, needed(writable: false), "CODE and read-only DATA", "code and constants"),
      (true, needed(writable: true) + stack, "writable DATA", "data and \(stack) bytes of stack"),
    ]
    for (writable, bytes, kind, what) in needs where available(writable: writable) < bytes {
      let line = regions.first { holds($0, writable: writable) }?.line ?? first.line
      diagnostics.error(
        .memoryTooSmall, line: line,
        "'\(partition.name)' has \(available(writable: writable)) bytes of \(kind), its image needs \(bytes) "
          + "(\(what))", "set aside \(bytes) bytes or more, whole pages")
    }
  }
}

/// Stacks are mapped in whole pages.
enum StackSize {
  static func wholePages(_ bytes: UInt64) -> UInt64 {
    let page = UInt64(ModuleTableLayout.pageBytes)
    let limited = min(bytes, ModuleRules.maximumStackBytes)
    return (limited + page - 1) / page * page
  }
}
