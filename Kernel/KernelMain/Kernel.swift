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
  /// What is needed of the loaded partition.
  var running: RunningPartition
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
    // Nobody is loaded: no entry comes with this one's page tables until it is.
    running = RunningPartition(contexts, PartitionIndex(0))
    finalPad = table.module.finalPad
    var quieted: UInt16 = 0
    for index in 0..<table.count(LineRecord.self) {
      let line = table.record(LineRecord.self, index)
      if line.recipe == .readRealTimeClockStatus { quieted |= 1 &<< UInt16(line.line) }
    }
    realTimeClockLines = quieted
  }

  /// Where the kernel lies: at a constant address, so that whoever comes in has it at hand.
  ///
  /// Unsafe: `Boot` has mapped memory there before anybody comes, for ever.
  @inline(__always) static var itself: UnsafeMutablePointer<Kernel> {
    UnsafeMutablePointer(bitPattern: UInt(KernelImage.state)).unsafelyUnwrapped
  }

  /// Runs the module until it ends.
  ///
  /// The kernel is behind a pointer, and no access to it lasts while ring 3 runs: hypercalls that are served at once
  /// (`serveAtOnce`) come in by that pointer.
  static func run(stop: SystemTime) -> Never {
    let kernel = itself
    kernel.pointee.begin(stop: stop)
    while true {
      kernel.pointee.settle()
      var padTicks: UInt64 = 0
      switch kernel.pointee.prepare(&padTicks) {
      case .entered: break
      case .idle:
        _ = RegisterPage.wait(untilTicks: .max)
        kernel.pointee.takeInput(from: kernel.pointee.idleRegisters, interrupted: .none)
      case .ring3(let registers):
        if RegisterPage.enter(padTicks: padTicks) == .marked {
          kernel.pointee.concludeInterrupt()
        } else if !kernel.pointee.takeOrdinaryInput(from: registers) {
          kernel.pointee.takeInput(from: registers, interrupted: kernel.pointee.loaded)
        }
      }
    }
  }

  private mutating func begin(stop: SystemTime) {
    let now = clock.now
    var batch = open(.start, operand: 0, TraceEvent.Words(stop.nanoseconds), at: now)
    core.start(at: now, stop: stop, into: &batch)
    ring.close(batch)
  }

  /// Carries out what has been decided, and what the test device has to do now.
  @inline(__always) private mutating func settle() {
    act()
    while true {
      if let stimulus = core.dueStimulus(at: core.lastEntry) {
        play(stimulus)
      } else if let line = core.duePulse {
        takePulse(of: line)
      } else {
        break
      }
    }
    if core.decision.hasStopped { finish() }
  }

  /// How the CPU is given away.
  private enum Resumption {
    /// An input has been taken meanwhile; nobody runs.
    case entered
    case idle
    case ring3(RegisterPage)
  }

  /// Makes the successor ready to run at its instant.
  @inline(__always) private mutating func prepare(_ padTicks: inout UInt64) -> Resumption {
    guard case .partition(let partition) = core.decision.successor else {
      guard !core.decision.initialising.isNone else { return .idle }
      makePiece(of: core.decision.initialising)
      return .entered
    }
    if partition != loaded { load(partition) }
    Instruction.store64(core.decision.hasPendingMarks ? 1 : 0, to: running.shared + SharedPage.pending)
    let notBefore = core.decision.notBefore
    if notBefore != .zero {
      var now = SystemTime.zero
      if paddedNanoseconds != notBefore.nanoseconds {
        paddedNanoseconds = notBefore.nanoseconds
        now = ring.recordPadded(partition, until: notBefore)
      } else {
        now = clock.now
      }
      let quiet = notBefore - finalPad
      if now < quiet, RegisterPage.wait(untilTicks: clock.ticks(quiet)) {
        takeInput(from: idleRegisters, interrupted: .none)
        return .entered
      }
      // A part of the final pad, which would only be waited for.
      let first = firstInstruction(of: partition)
      padTicks = clock.ticks(notBefore) &- RegisterPage.padLatencyTicks
      tellWindow(from: notBefore)
      running.registers.holdInterrupts(for: first)
    }
    ring.publish()
    return .ring3(running.registers)
  }

  /// Tells the loaded partition of its window: part of the final pad, too.
  @inline(__always) private func tellWindow(from start: SystemTime) {
    Instruction.store64(start.nanoseconds, to: running.information + InformationPage.windowStart)
    Instruction.store64(core.windowEnd.nanoseconds, to: running.information + InformationPage.windowEnd)
    if core.windowBeginsPeriod {
      Instruction.store64(start.nanoseconds, to: running.information + InformationPage.periodStart)
    }
  }

  /// What the loaded partition's next instruction is.
  private mutating func firstInstruction(of partition: PartitionIndex) -> FirstInstruction {
    let at = running.registers.instructionPointer
    guard let code = code(of: partition, at: at, byteCount: FirstInstruction.maximumByteCount) else { return .ordinary }
    return FirstInstruction(code)
  }

  /// The bytes of a partition's text from `address` on, `byteCount` or fewer: pieces of memory end with a page. They
  /// cannot change: executable memory is not writable.
  @inline(__always)
  mutating func code(of partition: PartitionIndex, at address: UInt64, byteCount: UInt64) -> UnsafeRawBufferPointer? {
    var byteCount = byteCount
    if !core.allows(.execute, partition, address, byteCount) {
      byteCount = min(byteCount, 4096 &- address & 4095)
      guard core.allows(.execute, partition, address, byteCount) else { return nil }
    }
    guard let bytes = memory(of: partition, at: address) else { return nil }
    // Unsafe: as the core has allowed.
    return UnsafeRawBufferPointer(start: bytes, count: Int(truncatingIfNeeded: byteCount))
  }

  /// Brings into the CPU what a partition's register frame does not hold.
  @inline(__always) mutating func load(_ partition: PartitionIndex) {
    let next = RunningPartition(contexts, partition)
    if loaded.isNone {
      Processor.loadExtendedState(from: next.extendedState)
    } else {
      Processor.exchangeExtendedState(savingTo: running.extendedState, loadingFrom: next.extendedState)
    }
    Processor.clearDataSegments()
    Processor.segmentBase = next.segmentBase
    pages.setNextRoot(
      Acts.root(of: partition) { $0 == partition ? next.root : contexts[Int($0.rawValue)].root })
    running = next
    loaded = partition
  }

  /// After the stop: the end event, then the drainer alone until it has written the last block.
  @inline(never) private mutating func finish() -> Never {
    let drainer = core.drainer
    guard !drainer.isNone else {
      // A flight recorder has room for the end event; who reads its ring does so from outside.
      _ = ring.close()
      ring.publish()
      Instruction.exitEmulator(0)
    }
    InterruptControllers.setMask(0xFFFF)
    completeMemory(of: drainer)
    while true {
      let isClosed = ring.close()
      ring.publish()
      if drainer != loaded { load(drainer) }
      Instruction.store64(0, to: running.shared + SharedPage.pending)
      running.rootForMarksAtOnce = 0
      let registers = running.registers
      LocalTimer.arm(nanoseconds: 1_000_000)
      _ = RegisterPage.enter(padTicks: 0)
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
