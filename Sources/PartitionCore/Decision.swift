import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What the kernel has to do after an input: the core decides, KernelMain acts.
///
/// What is done rarely has a bit in `works`, and its value means something only while the bit is set: so forgetting the
/// last input's decision is one store, and the kernel's common path is one test.
public struct Decision {
  /// Who gets the CPU.
  public enum Successor: Equatable, Sendable {
    case partition(PartitionIndex)
    /// The restartable idle loop, with interrupts on.
    case idleLoop
  }
  /// What is to be done beside answering and resuming.
  public struct Works: BitFlags {
    /// A bit for each work; 0 where the interrupted context goes on, and nothing else is to be done.
    public var rawValue: UInt32
    /// The works of these bits.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// `timer` holds: the one-shot timer is to be armed.
    @inlinable public static var timer: Works { Works(rawValue: 1) }
    /// `lineMask` holds: the controllers' masks change.
    @inlinable public static var lineMask: Works { Works(rawValue: 2) }
    /// `acknowledge` holds: the interrupt's line is to be quieted and ended.
    @inlinable public static var acknowledge: Works { Works(rawValue: 4) }
    /// `upcall` holds: a frame is to be laid for the successor.
    @inlinable public static var upcall: Works { Works(rawValue: 8) }
    /// `effect` holds: the answered call does more than answer.
    @inlinable public static var effect: Works { Works(rawValue: 16) }
    /// `exception` holds: a frame with its cause is to be laid.
    @inlinable public static var exception: Works { Works(rawValue: 32) }
    /// `changedPartitions` is not empty.
    @inlinable public static var partitions: Works { Works(rawValue: 64) }
    /// The core's state is to be recorded.
    @inlinable public static var keyframe: Works { Works(rawValue: 128) }
    /// The interrupted context leaves the CPU for another.
    @inlinable public static var contextSwitch: Works { Works(rawValue: 256) }
    /// `callback` is to be entered.
    @inlinable public static var callback: Works { Works(rawValue: 512) }
    /// `answer` holds.
    @inlinable public static var answer: Works { Works(rawValue: 1024) }
    /// A major frame has begun.
    @inlinable public static var frameStart: Works { Works(rawValue: 2048) }
    /// Another module schedule runs: what it promises is to be shown in the partitions' information pages.
    @inlinable public static var promises: Works { Works(rawValue: 4096) }

    /// All but an answer, the masks, the timer, a switch, and a frame's start.
    @inlinable public static var rare: Works { Works(rawValue: 4 | 8 | 16 | 32 | 64 | 128 | 512 | 4096) }
  }
  /// What is to be done after the last input, beside resuming.
  public internal(set) var works = Works()

  /// Who gets the CPU after the last input; it stays where `works` has no `contextSwitch`.
  public internal(set) var successor: Successor = .idleLoop
  /// The partition of whose memory the next piece is to be made anew while nobody runs; `none` for no such work. It is
  /// set only with the idle loop as the successor, and stays until all pieces are done or the window ends.
  public internal(set) var initialising: PartitionIndex = .none
  /// The first instruction of the successor comes at this instant, not before; zero for at once.
  public internal(set) var notBefore: SystemTime = .zero
  /// What the successor's `SharedPage.pending` shall say.
  public internal(set) var hasPendingMarks = false
  /// The module is over; the end event may be written.
  public internal(set) var hasStopped = false

  var timerValue: SystemTime = .never
  var lineMaskValue: UInt16 = 0
  var acknowledgeValue = InterruptLine(0)
  var answerValue = HypercallAnswer(caller: .none, status: .noError, value: 0)
  var effectValue: HypercallEffect = .none
  var upcallValue = UpcallDecision.nothing
  var exceptionValue = ExceptionDecision.nothing
  var callbackValue = CallbackDecision.nothing
  /// Partitions whose mode or start condition is to be shown in their information pages, bit n for partition n.
  public internal(set) var changedPartitions: UInt32 = 0
  /// Those of them whose registers and extended state go back to what they are at a start.
  public internal(set) var restartedPartitions: UInt32 = 0

  init() {}

  /// The interrupted context leaves the CPU for another: save and load what the register frame does not hold.
  public var isSwitch: Bool { works.contains(.contextSwitch) }
  /// As many major frames have begun as lie between two keyframes: the state is to be recorded.
  public var isKeyframeDue: Bool { works.contains(.keyframe) }
  /// The one-shot timer, where it changes.
  public internal(set) var timer: SystemTime? {
    get { works.contains(.timer) ? timerValue : nil }
    set {
      guard let newValue else { return }
      timerValue = newValue
      works.insert(.timer)
    }
  }
  /// `timer` where `works` has said that it changes.
  @inline(__always) public var timerInstant: SystemTime { timerValue }
  /// The masks of the 16 lines, where they change.
  public internal(set) var lineMask: UInt16? {
    get { works.contains(.lineMask) ? lineMaskValue : nil }
    set {
      guard let newValue else { return }
      lineMaskValue = newValue
      works.insert(.lineMask)
    }
  }
  /// `lineMask` where `works` has said that it changes.
  @inline(__always) public var newLineMask: UInt16 { lineMaskValue }
  /// The line to quiet and to acknowledge.
  public internal(set) var acknowledge: InterruptLine? {
    get { works.contains(.acknowledge) ? acknowledgeValue : nil }
    set {
      guard let newValue else { return }
      acknowledgeValue = newValue
      works.insert(.acknowledge)
    }
  }
  /// The hypercall's answer for the caller's registers.
  public internal(set) var answer: HypercallAnswer? {
    get { works.contains(.answer) ? answerValue : nil }
    set {
      guard let newValue else { return }
      answerValue = newValue
      works.insert(.answer)
    }
  }
  /// `answer` where `works` has said that there is one.
  @inline(__always) public var givenAnswer: HypercallAnswer { answerValue }
  /// What the call does beside its answer; `none` for most.
  public internal(set) var effect: HypercallEffect {
    get { works.contains(.effect) ? effectValue : .none }
    set {
      effectValue = newValue
      works.insert(.effect)
    }
  }
  /// An upcall for the successor.
  public internal(set) var upcall: UpcallDecision? {
    get { works.contains(.upcall) ? upcallValue : nil }
    set {
      guard let newValue else { return }
      upcallValue = newValue
      works.insert(.upcall)
    }
  }
  /// An exception, or an error of process level, for the successor's own handler.
  public internal(set) var exception: ExceptionDecision? {
    get { works.contains(.exception) ? exceptionValue : nil }
    set {
      guard let newValue else { return works = Works(rawValue: works.rawValue & ~Works.exception.rawValue) }
      exceptionValue = newValue
      works.insert(.exception)
    }
  }
  /// The successor's health callback, in place of what it was doing.
  public internal(set) var callback: CallbackDecision? {
    get { works.contains(.callback) ? callbackValue : nil }
    set {
      guard let newValue else { return works = Works(rawValue: works.rawValue & ~Works.callback.rawValue) }
      callbackValue = newValue
      works.insert(.callback)
    }
  }

  /// Forgets the last input's decision; what does not change from input to input stays.
  @inline(__always) mutating func reset() {
    works = Works()
    hasPendingMarks = false
  }

  /// A partition's mode or start condition has changed; `isRestart`: its registers too.
  mutating func noteChange(of partition: PartitionIndex, isRestart: Bool) {
    if !works.contains(.partitions) {
      changedPartitions = 0
      restartedPartitions = 0
      works.insert(.partitions)
    }
    changedPartitions |= 1 &<< UInt32(partition.rawValue)
    if isRestart { restartedPartitions |= 1 &<< UInt32(partition.rawValue) }
  }
}

/// A hypercall's status and value, for `rax` and `rdx` of its caller.
public struct HypercallAnswer: Equatable, Sendable {
  /// Whose registers get it.
  public var caller: PartitionIndex
  /// For `rax`.
  public var status: ReturnCode
  /// For `rdx`; 0 where the service has none.
  public var value: UInt64

  /// An answer, for the caller's register page.
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
  /// A message from the caller into place `slot` of the channel's buffer.
  case sendMessage(port: Int, channel: Int, slot: Int, address: UInt64, byteCount: UInt64)
  /// The message at place `slot` of the channel's buffer to the caller.
  case receiveMessage(port: Int, channel: Int, slot: Int, address: UInt64, byteCount: UInt64)
  /// Take the caller's whole context from the upcall frame at its stack pointer and switch its interrupts on.
  case restoreUpcallFrame
  /// Words from the caller into the trace; the address is a multiple of 8.
  case noteWords(address: UInt64, count: UInt64)
}

/// An upcall to be laid on a partition's stack.
public struct UpcallDecision: Equatable, Sendable {
  /// Whose stack gets the frame, and who runs next.
  public var partition: PartitionIndex
  /// For `rdi`: 32 … 66.
  public var vector: UInt8
  /// For `rsi`: marks that this upcall tells of, 1 or more.
  public var markCount: UInt64
  /// For `rdx`: what the trampoline calls.
  public var handler: UInt64
  /// The published trampoline, for `rip`.
  public var entry: UInt64
  /// For `rcx`: how many upcalls the partition has had before, since its last start.
  public var ordinal: UInt64
  /// The frame of an unfinished return is still on the stack and is used again.
  public var reusesFrame: Bool

  /// An upcall as it was decided.
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

  static var nothing: UpcallDecision {
    UpcallDecision(
      partition: .none, vector: 0, markCount: 0, handler: 0, entry: 0, ordinal: 0, reusesFrame: false)
  }
}

/// A CPU exception, or an error of process level (vector 32), to be laid on its partition's stack.
public struct ExceptionDecision: Equatable, Sendable {
  /// Whose exception it is; it need not be the successor.
  public var partition: PartitionIndex
  /// For `rdi`: 0 … 31 of the CPU, 32 for an error of process level.
  public var vector: UInt8
  /// For `rdx`: what the trampoline calls.
  public var handler: UInt64
  /// The published trampoline of exceptions, for `rip`.
  public var entry: UInt64
  /// For `rsi`: the CPU's, of vector 32 the `ErrorCode`.
  public var errorCode: UInt64
  /// For `rcx`: the address at fault, or 0.
  public var address: UInt64
  /// The virtual interrupt flag was on; it is off in the handler.
  public var interruptsWereEnabled: Bool

  static var nothing: ExceptionDecision {
    ExceptionDecision(
      partition: .none, vector: 0, handler: 0, entry: 0, errorCode: 0, address: 0, interruptsWereEnabled: false)
  }
}

/// A health callback to be entered at the top of its partition's stack, with `rdi` = error code, `rsi` = address,
/// `rdx` = the action that follows.
public struct CallbackDecision: Equatable, Sendable {
  /// Whose callback it is.
  public var partition: PartitionIndex
  /// Where it begins (`PartitionRecord.callbackEntry`).
  public var entry: UInt64
  /// What the health monitor has been told.
  public var error: ErrorCode
  /// The address at fault, or 0.
  public var address: UInt64
  /// What follows when the callback is complete, or when its window ends.
  public var action: PartitionRecoveryAction

  static var nothing: CallbackDecision {
    CallbackDecision(partition: .none, entry: 0, error: .deadlineMissed, address: 0, action: .ignore)
  }
}
