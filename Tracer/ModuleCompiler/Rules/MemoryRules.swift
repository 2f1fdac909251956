import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkMemoryOwners() {
    for memory in module.memories {
      checkPartition(memory.partitionIdentifier, namedBy: "Partition_Memory", line: memory.line)
    }
  }

  /// What `Partition_Memory` sets aside must hold what the image needs: CODE the segments that are not written (constants
  /// among them), DATA the others and the main stack, in whole pages.
  mutating func checkMemory(of partition: PartitionDescription, image: PartitionImage) {
    let memories = module.memories.filter { $0.partitionIdentifier == partition.identifier }
    guard let first = memories.first else { return }
    let regions = memories.flatMap(\.regions)
    func available(_ kind: PartitionMemory.Kind) -> UInt64 {
      regions.filter { $0.kind == kind }.reduce(0) { sum, region in
        let (total, overflow) = sum.addingReportingOverflow(region.bytes)
        return overflow ? .max : total
      }
    }
    func needed(writable: Bool) -> UInt64 {
      image.segments.filter { $0.access.contains(.write) == writable }.reduce(0) { $0 + $1.memoryBytes }
    }
    let stack = StackSize.wholePages(partition.stackBytes)
    let needs: [(PartitionMemory.Kind, UInt64, String)] = [
      (.code, needed(writable: false), "code and constants"),
      (.data, needed(writable: true) + stack, "data and \(stack) bytes of stack"),
    ]
    for (kind, bytes, what) in needs where available(kind) < bytes {
      let line = regions.first { $0.kind == kind }?.line ?? first.line
      diagnostics.error(
        .memoryTooSmall, line: line,
        "'\(partition.name)' has \(available(kind)) bytes of \(kind.rawValue), its image needs \(bytes) (\(what))",
        "write SizeBytes=\"\(bytes)\" or more")
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
