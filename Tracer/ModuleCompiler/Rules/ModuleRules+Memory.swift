import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkMemoryOwners() {
    for memory in module.memories {
      checkPartition(memory.partitionIdentifier, namedBy: "Partition_Memory", line: memory.line)
    }
  }

  /// A module must fit the machine: nobody could tell its user after the kernel has failed.
  mutating func checkMachine(stimulusCount: Int) {
    let memory = MachineMemory(module, images: images, stimulusCount: stimulusCount)
    guard memory.total > MachineMemory.availableBytes else { return }
    let names: [(MachineMemory.Item, String)] = [
      (.ring, "the trace ring"), (.segments, "the partitions' data and code"), (.stacks, "their stacks"),
      (.messages, "the channels' messages"), (.image, "the packed module"), (.tables, "the kernel's tables"),
    ]
    let figures = names.map { "\($0.1) \(memory.bytes[$0.0, default: 0])" }.joined(separator: ", ")
    let (line, advice) = place(of: memory.largest)
    diagnostics.error(
      .machineTooSmall, line: line,
      "the module takes \(memory.total) bytes of memory and may have \(MachineMemory.availableBytes) of the machine's "
        + "\(MachineMemory.machineBytes): \(figures)", advice)
  }

  /// Where the file asks for what takes most memory, and what would help.
  private func place(of item: MachineMemory.Item) -> (line: Int, advice: String) {
    switch item {
    case .ring: return (module.trace.line, "lower RingBytes")
    case .stacks:
      let largest = module.partitions.max { $0.stackBytes < $1.stackBytes }
      return (largest?.line ?? module.line, "lower the StackSizes")
    case .segments, .image, .tables:
      func bytes(_ index: Int) -> UInt64 { images[index]?.segments.reduce(0) { $0 + $1.memoryBytes } ?? 0 }
      let largest = module.partitions.indices.max { bytes($0) < bytes($1) }
      return (
        largest.map { module.partitions[$0].line } ?? module.line,
        "make the images smaller, above all this partition's" + (item == .image ? ", or the stimulus" : "")
      )
    case .messages:
      func bytes(_ channel: ChannelDescription) -> UInt64 { MachineMemory.messageBytes(channel, module) }
      let largest = module.channels.max { bytes($0) < bytes($1) }
      return (largest?.line ?? module.line, "lower MaxMessageSize or MaxNbMessages of the ports")
    }
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
