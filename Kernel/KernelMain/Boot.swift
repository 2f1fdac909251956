import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// From the boot loader's information to a running module.
///
/// An image's `@main` file calls `run` with the types that make its kernel: a rule of marking and the acts.
public enum Boot<Marking: MarkingRule, Acts: HardwareActs> {
  /// Boots the module that the start information names. Does not return: the module's end ends the machine.
  ///
  /// - Parameter startInformation: physical address of the PVH structure.
  public static func run(startInformation: UInt64) -> Never {
    SerialConsole.initialize()
    guard let start = StartInformation(PhysicalAddress(startInformation)) else {
      fail("partita: no module image; boot with -kernel KERNEL -initrd MODULE.img\n")
    }
    guard Processor.hasExtendedState else { fail("partita: this CPU has no xsave; use -cpu max\n") }
    guard Processor.hasChecksum else { fail("partita: this CPU has no crc32 instruction; use -cpu max\n") }
    let bytes = UnsafeRawBufferPointer(start: start.imageAddress.pointer, count: Int(start.imageByteCount))
    do throws(ModuleTable.Defect) {
      let table = try ModuleTable(bytes)
      guard UInt64(table.imageByteCount) <= start.imageByteCount else {
        fail("partita: the module image is shorter than its table says\n")
      }
      boot(table, start)
    } catch {
      SerialConsole.print("partita: the module image is damaged; defect ")
      SerialConsole.print(hexadecimal: UInt64(error.rawValue))
      fail("; pack it again\n")
    }
  }

  private static func fail(_ message: StaticString) -> Never {
    SerialConsole.print(message)
    Instruction.exitEmulator(2)
  }

  /// Memory the kernel may use: from its own end to the image, or beyond the image, whichever is larger.
  private static func freeMemory(_ start: StartInformation) -> BootMemory {
    let own = KernelImage.end
    let imageEnd = start.imageAddress + start.imageByteCount
    let before = start.imageAddress.rawValue &- own.rawValue
    let after = start.memoryEnd > imageEnd ? start.memoryEnd.rawValue &- imageEnd.rawValue : 0
    return before >= after
      ? BootMemory(from: own, to: PhysicalAddress(start.imageAddress.rawValue & ~4095))
      : BootMemory(from: imageEnd, to: start.memoryEnd)
  }

  private static func boot(_ table: ModuleTable, _ start: StartInformation) -> Never {
    var memory = freeMemory(start)
    let extendedState = Processor.enableProtections()
    let pages = SwitcherPages(memory: &memory)
    let kernelTable = PageTable(memory: &memory)
    let idlePage = memory.allocate(byteCount: 4096)
    let ringBytes = table.module.ringBytes
    let ring = memory.allocateUncleared(byteCount: ringBytes)
    let ringControl = memory.allocate(byteCount: 4096)
    KernelImage.map(into: kernelTable, memoryEnd: start.memoryEnd, memory: &memory)
    pages.map(into: kernelTable, registers: idlePage, portBitmap: nil, isKernels: true, memory: &memory)
    kernelTable.map(KernelImage.ring, to: ring, byteCount: ringBytes, .write, memory: &memory)
    kernelTable.map(KernelImage.ring &+ ringBytes, to: ring, byteCount: ringBytes, .write, memory: &memory)
    Processor.load(kernelTable)
    pages.activate(kernelTable: kernelTable)
    Processor.enableSystemCalls()
    InterruptControllers.initialize()
    LocalTimer.initialize()

    let scale = start.has("clock=calibrate") ? Clock.calibrate() : Clock.oneGigahertz
    let clock = Clock(origin: Instruction.ticks, scale: scale)
    var core = PartitionCore<Marking>(table, memory: stateMemory(for: table, memory: &memory))
    let segments = BootTable(count: table.count(SegmentRecord.self), filledWith: SegmentFrame(), memory: &memory)
    let loader = ModuleLoader(
      table: table, image: start.imageAddress, pages: pages, clock: clock, extendedState: extendedState, ring: ring,
      ringControl: ringControl, segments: segments)
    let isReporting = start.has("report=memory")
    var before = memory.usedByteCount
    let first = loader.load(PartitionIndex(0), core.caller(PartitionIndex(0)), memory: &memory)
    if isReporting { report(0, memory.usedByteCount &- before) }
    let contexts = BootTable(count: table.partitionCount, filledWith: first, memory: &memory)
    for index in 1..<max(table.partitionCount, 1) {
      before = memory.usedByteCount
      let partition = PartitionIndex(UInt8(index))
      contexts[index] = loader.load(partition, core.caller(partition), memory: &memory)
      if isReporting { report(UInt64(index), memory.usedByteCount &- before) }
    }
    let batchWords = Kernel<Marking, Acts>.batchWords(table)
    let messages = MessageStore(table, memory: &memory)
    messages.show(to: core)
    tellDisplacements(segments, contexts, to: &core)
    let trace = TraceRing(
      control: ringControl, byteCount: ringBytes, policy: table.module.ringPolicy, clock: clock, batchWords: batchWords,
      spill: memory.allocateUncleared(byteCount: UInt64(batchWords) &* 8))
    let keyframe = memory.allocateUncleared(byteCount: UInt64(ModuleLimits.keyframeWordCount) &* 8).pointer
      .assumingMemoryBound(to: UInt64.self)
    precondition(MemoryLayout<Kernel<Marking, Acts>>.size <= 4096)
    let state = memory.allocateUncleared(byteCount: 4096)
    kernelTable.map(KernelImage.state, to: state, byteCount: 4096, .write, memory: &memory)
    let kernel = Kernel<Marking, Acts>.itself
    kernel.initialize(
      to: Kernel<Marking, Acts>(
        core: core, ring: trace, table: table, clock: clock, kernelTable: kernelTable, pages: pages,
        idleRegisters: RegisterPage(new: idlePage), contexts: contexts, segments: segments, messages: messages,
        extendedState: extendedState,
        keyframeWords: UnsafeMutableBufferPointer(start: keyframe, count: ModuleLimits.keyframeWordCount)))
    kernel.pointee.writeBeacon(ring: ring, byteCount: ringBytes, home: state)
    let stop = start.number("stop=").map { SystemTime(nanoseconds: $0) } ?? .never
    kernel.pointee.recordBoot(stop: stop)
    IntervalTimer.start(hertz: table.module.intervalTimerHertz)
    RealTimeClock.start(hertz: table.module.realTimeClockHertz)
    Kernel<Marking, Acts>.run(stop: stop)
  }

  /// How far from its virtual addresses each segment and each stack lies in the machine's memory.
  @inline(__always) private static func tellDisplacements(
    _ segments: BootTable<SegmentFrame>, _ contexts: BootTable<PartitionContext>, to core: inout PartitionCore<Marking>
  ) {
    for index in 0..<segments.count {
      core.setDisplacement(ofSegment: index, segments[index].physical.rawValue &- segments[index].virtualAddress)
    }
    for index in 0..<contexts.count {
      core.setStackDisplacement(
        of: PartitionIndex(UInt8(index)),
        contexts[index].stack.rawValue &+ contexts[index].stackBytes &- PartitionLayout.stackTop)
    }
  }

  /// Prints what a partition has been given, for `Tools/bench`.
  private static func report(_ partition: UInt64, _ byteCount: UInt64) {
    SerialConsole.print("partita: memory of partition ")
    SerialConsole.print(hexadecimal: partition)
    SerialConsole.print(" bytes ")
    SerialConsole.print(hexadecimal: byteCount)
    SerialConsole.print("\n")
  }

  private static func stateMemory(for table: ModuleTable, memory: inout BootMemory) -> StateMemory {
    let byteCount = PartitionCore<Marking>.stateByteCount(for: table)
    let state = memory.allocateTable(byteCount: UInt64(byteCount)).pointer
    return StateMemory(UnsafeMutableRawBufferPointer(start: state, count: byteCount))
  }
}

extension Kernel {
  mutating func recordBoot(stop: SystemTime) {
    var batch = ring.open(at: clock.now.nanoseconds)
    batch.recordInput(
      .boot, partition: 0xFF, detail: 0, operand: 1, wordCount: 4,
      TraceEvent.Words(table.checksum, Processor.kernelBuildIdentity, clock.scale, stop.nanoseconds))
    ring.close(batch)
  }
}
