import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What the kernel has to do after an input: the core decides, KernelMain acts.
public struct Decision {
  /// Who gets the CPU.
  public enum Successor: Equatable, Sendable {
    case partition(PartitionIndex)
    /// The restartable idle loop, with interrupts on.
    case idleLoop
  }
  public var successor: Successor = .idleLoop
  /// The first instruction of the successor comes at this instant, not before; zero for at once.
  public var notBefore: SystemTime = .zero
  /// The interrupted context leaves the CPU for another: save and load what the register frame does not hold.
  public var isSwitch = false
  /// The one-shot timer, where it changes.
  public var timer: SystemTime?
  /// The masks of the 16 lines, where they change.
  public var lineMask: UInt16?
  /// The line to quiet and to acknowledge.
  public var acknowledge: InterruptLine?
  /// The hypercall's answer for the caller's registers.
  public var answer: HypercallAnswer?
  public var effect: HypercallEffect = .none
  /// An upcall for the successor.
  public var upcall: UpcallDecision?
  /// What the successor's `SharedPage.pending` shall say.
  public var hasPendingMarks = false
  public var keyframeDue = false
  /// The module is over; the end event may be written.
  public var hasStopped = false

  @inlinable public init() {}

  /// Forgets the last input's decision; what does not change from input to input stays.
  mutating func reset() {
    isSwitch = false
    timer = nil
    lineMask = nil
    acknowledge = nil
    answer = nil
    effect = .none
    upcall = nil
    hasPendingMarks = false
    keyframeDue = false
  }
}

/// A hypercall's status and value, for `rax` and `rdx` of its caller.
public struct HypercallAnswer: Equatable, Sendable {
  public var caller: PartitionIndex
  public var status: ReturnCode
  public var value: UInt64

  @inlinable public init(caller: PartitionIndex, status: ReturnCode, value: UInt64) {
    self.caller = caller
    self.status = status
    self.value = value
  }
}

/// What a hypercall makes the hardware side do beside answering. Addresses are checked: they lie in the caller's
/// memory.
public enum HypercallEffect: Equatable, Sendable {
  case none
  /// Bytes from the caller to the console.
  case console(address: UInt64, byteCount: UInt64)
  /// A message from the caller into the channel's buffer.
  case writeMessage(port: Int, channel: Int, address: UInt64, byteCount: UInt64)
  /// The channel's message to the caller.
  case readMessage(port: Int, channel: Int, address: UInt64, byteCount: UInt64)
  /// Load the caller's FS base.
  case segmentBase(UInt64)
  /// Take the caller's whole context from the upcall frame at its stack pointer and switch its interrupts on.
  case restoreUpcallFrame
}

/// An upcall to be laid on a partition's stack.
public struct UpcallDecision: Equatable, Sendable {
  public var partition: PartitionIndex
  public var vector: UInt8
  public var markCount: UInt64
  public var handler: UInt64
  public var entry: UInt64
  public var ordinal: UInt64
  /// The frame of an unfinished return is still on the stack and is used again.
  public var reusesFrame: Bool

  @inlinable public init(
    partition: PartitionIndex, vector: UInt8, markCount: UInt64, handler: UInt64, entry: UInt64, ordinal: UInt64,
    reusesFrame: Bool
  ) {
    self.partition = partition
    self.vector = vector
    self.markCount = markCount
    self.handler = handler
    self.entry = entry
    self.ordinal = ordinal
    self.reusesFrame = reusesFrame
  }
}
