import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// Partitions' starts and health callbacks: memory made anew piece by piece, registers as they are at a beginning.
extension Kernel {
  /// Makes one piece of the partition's memory anew and tells the core; before that, what waits to interrupt does so.
  ///
  /// An interrupt puts the piece off, not the piece an interrupt: while interrupts come, the window's time goes to them
  /// as it does while a partition runs, and they are bounded by the same budgets.
  @inline(never) mutating func makePiece(of partition: PartitionIndex) {
    // Before its window starts: what is looked at after each piece is its own then, and takes as long whoever ran last.
    if partition != loaded { load(partition) }
    let start = core.decision.notBefore
    let startTicks = start == .zero ? 0 : clock.ticks(start)
    guard !RegisterPage.wait(untilTicks: startTicks &- min(startTicks, RegisterPage.padTicks)) else {
      return takeInput(from: idleRegisters, interrupted: .none)
    }
    // To the instruction, so that a start does not show when the wait began.
    if startTicks != 0 { RegisterPage.pad(untilTicks: startTicks) }
    let piece = core.partitions[Int(partition.rawValue)].life.nextPiece
    fillPiece(Int(piece), of: partition)
    let now = clock.now
    var batch = ring.open(at: now.nanoseconds)
    batch.recordInput(
      .memoryPiece, partition: partition.rawValue, detail: 0, operand: piece, wordCount: 2, TraceEvent.Words())
    batch.readTime(clock)
    core.memoryPiece(at: now, into: &batch)
    ring.close(batch)
  }

  /// Makes all that is left of the drainer's memory, when the module ends before its first window: the core is not
  /// asked any more.
  mutating func completeMemory(of partition: PartitionIndex) {
    let life = core.partitions[Int(partition.rawValue)].life
    guard life.isInitialising else { return }
    let count = table.memoryPieceCount(of: table.partition(partition))
    for piece in Int(life.nextPiece)..<max(count, Int(life.nextPiece)) { fillPiece(piece, of: partition) }
    resetContext(of: partition)
  }

  /// Fills piece number `piece` of the partition's memory, from the image or with zeroes; in a warm start a piece of a
  /// retained segment stays as it is.
  private mutating func fillPiece(_ piece: Int, of partition: PartitionIndex) {
    let index = Int(partition.rawValue)
    let isWarm = core.partitions[index].mode == .warmStart
    let pieceBytes = UInt64(ModuleLimits.restartPieceBytes)
    var rest = piece
    let first = contexts[index].firstSegment
    for segment in first..<(first &+ contexts[index].segmentCount) {
      guard segments[segment].isWritable else { continue }
      let count = ModuleTable.pieceCount(ofBytes: segments[segment].byteCount)
      if rest < count {
        if isWarm && segments[segment].isRetained { return }
        return fillSegment(segment, from: UInt64(rest) &* pieceBytes)
      }
      rest &-= count
    }
    let offset = UInt64(rest) &* pieceBytes
    guard offset < contexts[index].stackBytes else { return }
    let byteCount = min(pieceBytes, contexts[index].stackBytes &- offset)
    Instruction.clear((contexts[index].stack + offset).pointer, byteCount: byteCount)
  }

  private mutating func fillSegment(_ index: Int, from offset: UInt64) {
    let byteCount = min(UInt64(ModuleLimits.restartPieceBytes), segments[index].byteCount &- offset)
    let target = (segments[index].physical + offset).pointer
    // In whole words: the packer fills up the contents' last page with zeroes.
    let contents = (segments[index].imageBytes &+ 7) & ~7
    let copied = contents > offset ? min(byteCount, contents &- offset) : 0
    if copied > 0 {
      Instruction.copy(to: target, from: (segments[index].contents + offset).pointer, byteCount: copied)
    }
    if copied < byteCount { Instruction.clear(target + Int(copied), byteCount: byteCount &- copied) }
  }

  /// Shows partitions their modes, and gives those that begin anew the context of a beginning.
  mutating func showModes() {
    var rest = core.decision.changedPartitions
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      let page = contexts[index].information.pointer
      Instruction.store64(
        UInt64(core.partitions[index].mode.rawValue), to: page + InformationPage.operatingMode)
      Instruction.store64(
        UInt64(core.partitions[index].life.startCondition.rawValue), to: page + InformationPage.startCondition)
    }
    var restarted = core.decision.restartedPartitions
    while restarted != 0 {
      let partition = PartitionIndex(UInt8(truncatingIfNeeded: restarted.trailingZeroBitCount))
      restarted &= restarted &- 1
      resetContext(of: partition)
      observeContext(of: partition)
    }
  }

  /// Shows partitions their periods and durations in the module schedule that runs from now on.
  func showPromises() {
    table.forEachPromise(inSchedule: core.scheduleIndex) { partition, period, duration in
      let page = contexts[Int(partition.rawValue)].information.pointer
      Instruction.store64(period.count, to: page + InformationPage.period)
      Instruction.store64(duration.count, to: page + InformationPage.duration)
    }
  }

  /// Registers, extended state, FS base and shared page as at a beginning.
  private mutating func resetContext(of partition: PartitionIndex) {
    let index = Int(partition.rawValue)
    resetExtendedState(of: partition)
    RegisterPage(contexts[index].registers).reset(
      instructionPointer: contexts[index].entryPoint, stackPointer: PartitionLayout.stackTop)
    contexts[index].segmentBase = 0
    Instruction.clear(contexts[index].shared.pointer, byteCount: 4096)
    let information = contexts[index].information.pointer
    Instruction.store64(0, to: information + InformationPage.windowStart)
    Instruction.store64(0, to: information + InformationPage.windowEnd)
    Instruction.store64(0, to: information + InformationPage.periodStart)
  }

  private mutating func resetExtendedState(of partition: PartitionIndex) {
    // What the CPU holds is not saved any more.
    if loaded == partition { loaded = .none }
    extendedState.prepare(contexts[Int(partition.rawValue)].extendedState)
  }

  /// Turns the partition's registers to its health callback, on an empty stack and with its interrupts off.
  mutating func enter(_ callback: CallbackDecision) {
    let index = Int(callback.partition.rawValue)
    let registers = RegisterPage(contexts[index].registers)
    resetExtendedState(of: callback.partition)
    // As after a call: the stack pointer is 8 off a multiple of 16. There is no return address: a callback that returns
    // faults at 0, which ends it.
    registers.reset(instructionPointer: callback.entry, stackPointer: PartitionLayout.stackTop &- 8)
    registers[general: 5] = UInt64(callback.error.rawValue)  // rdi
    registers[general: 4] = callback.address  // rsi
    registers[general: 3] = UInt64(callback.action.rawValue)  // rdx
    Instruction.store64(0, to: (contexts[index].stack + (contexts[index].stackBytes &- 8)).pointer)
    Instruction.store64(0, to: contexts[index].shared.pointer + SharedPage.virtualInterruptFlag)
    observeContext(of: callback.partition)
  }

  private mutating func observeContext(of partition: PartitionIndex) {
    let registers = RegisterPage(contexts[Int(partition.rawValue)].registers)
    ring.record(
      .contextReset, partition: partition, detail: 0, operand: 0, registers.instructionPointer,
      registers.stackPointer)
  }
}
