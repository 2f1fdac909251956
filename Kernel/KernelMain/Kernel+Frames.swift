import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// Frames on the partitions' stacks: where the next one would go, and what a snapshot tells of it.
// Methods that only look are mutating too, as those of `Kernel+Inputs`.
extension Kernel {
  /// What a snapshot tells where an upcall or an error may follow.
  ///
  /// - Parameter interrupted: the partition that is loaded.
  mutating func frameFlags(_ registers: RegisterPage, _ interrupted: PartitionIndex) -> EntrySnapshot.Flags {
    var flags = EntrySnapshot.Flags()
    if isHandlerOver(interrupted) { flags.insert(.isHandlerOver) }
    if _slowPath(isInReturnTail(registers, interrupted)) {
      return flags.union(frameFlagsInTail(registers, interrupted))
    }
    let stack = registers.stackPointer
    let frame = Self.newFrame(below: stack)
    if core.allowsWriting(of: running.caller, frame, stack &- frame) { flags.insert(.frameFits) }
    return flags
  }

  /// The same of an unfinished return, whose frame is used again.
  @inline(never) private mutating func frameFlagsInTail(
    _ registers: RegisterPage, _ interrupted: PartitionIndex
  ) -> EntrySnapshot.Flags {
    let frame = frameInTail(registers, of: interrupted)
    contexts[Int(interrupted.rawValue)].frameInUse = frame
    let fits = frame & 15 == 0 && core.allows(.write, interrupted, frame, Self.checkedFrameBytes)
    return fits ? EntrySnapshot.Flags.inReturnTail.union(.frameFits) : .inReturnTail
  }

  /// Whether the handler of the partition that runs has come back, and the core does not know.
  @inline(__always) mutating func isHandlerOver(_ running: PartitionIndex) -> Bool {
    let shared = self.running.shared
    return core.isHandlerOver(
      running, exceptionsReturned: Instruction.load32(shared + SharedPage.exceptionsReturned))
  }

  private mutating func isInReturnTail(_ registers: RegisterPage, _ partition: PartitionIndex) -> Bool {
    let index = Int(partition.rawValue)
    let at = registers.instructionPointer
    return at >= core.partitions[index].returnTailStart && at < core.partitions[index].returnTailEnd
  }

  /// A frame in use and, behind it, up to 15 bytes of alignment: all that lies between frame and red zone is written. A
  /// new frame is checked with the red zone above it too: a stack pointer outside the stack has none.
  private static var checkedFrameBytes: UInt64 { UpcallFrame.byteCount &+ 15 }

  /// Where an unfinished return has its frame.
  private mutating func frameInTail(_ registers: RegisterPage, of partition: PartitionIndex) -> UInt64 {
    let stack = registers.stackPointer
    let tailEnd = core.partitions[Int(partition.rawValue)].returnTailEnd
    // The last two instructions of the tail run with the stack pointer below the interrupted one's red zone.
    let toEnd = tailEnd &- registers.instructionPointer
    var words = stack
    if toEnd == UpcallFrame.returnInstructionBytes { words = stack &- 8 }
    guard toEnd <= UpcallFrame.returnInstructionBytes &+ UpcallFrame.flagsInstructionBytes else { return stack }
    let interrupted = words &+ UpcallFrame.returnWordsDepth
    return Self.newFrame(below: interrupted)
  }

  /// A frame of its own below a stack pointer's red zone.
  @inline(__always) static func newFrame(below stack: UInt64) -> UInt64 {
    (stack &- PartitionLayout.redZoneBytes &- UpcallFrame.byteCount) & ~15
  }
}
