import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// The kernel: wraps `PartitionCore` with hardware. It decides nothing.
///
/// One loop: resume whom the core chose; at the next entry tell the core what happened and record it as an input; carry
/// out what it decides and record what the hardware did. Reading path: `run`, then `Kernel+Inputs`, `Kernel+Acts`.
public struct Kernel<Marking: MarkingRule, Acts: HardwareActs>: ~Copyable {
  var core: PartitionCore<Marking>
  var ring: TraceRing
  let table: ModuleTable
  let clock: Clock
  let kernelTable: PageTable
  let pages: SwitcherPages
  let idleRegisters: RegisterPage
  let contexts: BootTable<PartitionContext>
  let segments: BootTable<SegmentFrame>
  let messages: MessageStore
  /// Words of a keyframe before they go into the ring.
  let keyframeWords: UnsafeMutableBufferPointer<UInt64>
  let extendedState: Processor.ExtendedState
  let finalPad: Nanoseconds
  /// Lines whose recipe is to read the real-time clock's register C.
  let realTimeClockLines: UInt16

  /// Whose extended state and segment base are in the CPU.
  var loaded: PartitionIndex = .none
  /// The window start whose pad has been recorded, in ns.
  var paddedNanoseconds: UInt64 = 0
  var nonMaskableCount: UInt64 = 0

  init(
    core: consuming PartitionCore<Marking>, ring: consuming TraceRing, table: ModuleTable, clock: Clock,
    kernelTable: PageTable, pages: SwitcherPages, idleRegisters: RegisterPage, contexts: BootTable<PartitionContext>,
    segments: BootTable<SegmentFrame>, messages: MessageStore, extendedState: Processor.ExtendedState,
    keyframeWords: UnsafeMutableBufferPointer<UInt64>
  ) {
    self.core = core
    self.ring = ring
    self.table = table
    self.clock = clock
    self.kernelTable = kernelTable
    self.pages = pages
    self.idleRegisters = idleRegisters
    self.contexts = contexts
    self.segments = segments
    self.messages = messages
    self.extendedState = extendedState
    self.keyframeWords = keyframeWords
    finalPad = table.module.finalPad
    var quieted: UInt16 = 0
    for index in 0..<table.count(LineRecord.self) {
      let line = table.record(LineRecord.self, index)
      if line.recipe == .readRealTimeClockStatus { quieted |= 1 &<< UInt16(line.line) }
    }
    realTimeClockLines = quieted
  }

  /// Runs the module until it ends.
  mutating func run(stop: SystemTime) -> Never {
    let now = clock.now
    ring.recordInput(
      .start, at: now, partition: 0xFF, detail: 0, operand: 0, wordCount: 2,
      TraceEvent.Words(stop.nanoseconds))
    core.start(at: now, stop: stop, into: &ring)
    while true {
      act()
      while let stimulus = core.dueStimulus(at: clock.now) { play(stimulus) }
      if core.decision.hasStopped { finish() }
      resume()
    }
  }

  /// Gives the CPU to the successor at its instant, and takes the next input.
  private mutating func resume() {
    guard case .partition(let partition) = core.decision.successor else {
      let initialising = core.decision.initialising
      if !initialising.isNone { return makePiece(of: initialising) }
      _ = idleRegisters.wait(untilTicks: .max)
      return takeInput(from: idleRegisters, interrupted: .none)
    }
    let registers = load(partition)
    var padTicks: UInt64 = 0
    let notBefore = core.decision.notBefore
    if notBefore != .zero {
      let now = clock.now
      if paddedNanoseconds != notBefore.nanoseconds {
        paddedNanoseconds = notBefore.nanoseconds
        ring.record(
          .padded, partition: partition, detail: 0, operand: 0, notBefore.nanoseconds,
          (notBefore - now).count)
      }
      let quiet = notBefore - finalPad
      if now < quiet, idleRegisters.wait(untilTicks: clock.ticks(quiet)) {
        return takeInput(from: idleRegisters, interrupted: .none)
      }
      padTicks = clock.ticks(notBefore) &- RegisterPage.padLatencyTicks
      Instruction.store64(
        notBefore.nanoseconds,
        to: contexts[Int(partition.rawValue)].information.pointer + InformationPage.windowStart)
    }
    ring.publish()
    registers.enter(padTicks: padTicks)
    return takeInput(from: registers, interrupted: partition)
  }

  /// Brings into the CPU what a partition's register frame does not hold.
  private mutating func load(_ partition: PartitionIndex) -> RegisterPage {
    let index = Int(partition.rawValue)
    let registers = RegisterPage(contexts[index].registers)
    guard partition != loaded else { return registers }
    if !loaded.isNone {
      Processor.saveExtendedState(to: contexts[Int(loaded.rawValue)].extendedState)
    }
    Processor.loadExtendedState(from: contexts[index].extendedState)
    Processor.clearDataSegments()
    Processor.segmentBase = contexts[index].segmentBase
    registers.root = Acts.root(of: partition) { contexts[Int($0.rawValue)].root }
    loaded = partition
    return registers
  }

  /// After the stop: the end event, then the drainer alone until it has written the last block.
  private mutating func finish() -> Never {
    let drainer = core.drainer
    guard !drainer.isNone else { Instruction.exitEmulator(0) }
    InterruptControllers.setMask(0xFFFF)
    completeMemory(of: drainer)
    while true {
      let isClosed = ring.close()
      ring.publish()
      let registers = load(drainer)
      LocalTimer.arm(nanoseconds: 1_000_000)
      registers.enter(padTicks: 0)
      let shared = contexts[Int(drainer.rawValue)].shared.pointer
      _ = ring.updateTail(Instruction.load64(shared + SharedPage.drainTail))
      let vector = registers.vector
      if vector == UInt64(LocalTimer.vector) {
        LocalTimer.endInterrupt()
      } else if vector < 32 {
        // The drainer has faulted: what it wrote stands, without its end.
        Instruction.exitEmulator(2)
      } else if vector >= 256, registers[general: 0] == UInt64(HypercallNumber.drainComplete.rawValue), isClosed {
        Instruction.exitEmulator(0)
      }
    }
  }
}
