import APEXTypes
import ModuleConfiguration

/// Which process of a partition runs, and what the services of processes do: ARINC 653 Part 1, 3.3, 3.4 and 3.7.2.
///
/// It decides and does not act. Who calls it (`PartitionKit`, or a test) tells it the moment, switches from stack to
/// stack, sets the timer and talks to the kernel as it says. It is called with upcalls masked, and its state is
/// consistent between two calls, so that a process may leave the processor there. It is called while it is being called
/// in one case: where a message's memory is not the caller's to give, the error handler runs in the middle of a
/// service. Messages are touched and copied where that does no harm.
///
/// Unsafe room: it is a view of memory that begins as zeros and is nobody else's. So it can lie in a partition's static
/// memory, without a heap; and no access to it lasts until another process runs.
public struct ProcessScheduler {
  /// Bytes of memory that it needs, 16-byte aligned: state, processes, and the tables of objects one behind the other.
  public static var byteCount: Int { offset(6) }

  /// What there is beside processes and objects. Zeros are its beginning.
  struct State {
    var processCount: Int32
    var semaphoreCount: Int32
    var eventCount: Int32
    var mutexCount: Int32
    var bufferCount: Int32
    var blackboardCount: Int32
    var running: ProcessIdentifier
    /// How often preemption is locked, and by whom.
    var lockLevel: Int32
    var lockOwner: ProcessIdentifier
    /// The process that the tracer has been told of last.
    var told: ProcessIdentifier
    /// Whose missed deadline, or overflowed stack, the health monitor is being told of.
    var late: ProcessIdentifier
    /// Whose place the error handler has.
    var interrupted: ProcessIdentifier
    var isInErrorHandler: Bool
    var wantsTimer: Bool
    var wantsTick: Bool
    /// The tracer is to be told more than who has the processor.
    var hasUntold: Bool
    /// How many have become ready, ever; and how many have begun to wait for a turn.
    var readyCount: UInt64
    var placeCount: UInt64
    var messageBytesUsed: Int
  }

  let memory: UnsafeMutableRawPointer
  /// `ProcessLimits.messageBytes` for the messages of buffers and blackboards, 8-byte aligned.
  let messages: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - memory: `byteCount` bytes, zeros at first.
  ///   - messages: `ProcessLimits.messageBytes` bytes.
  @inlinable public init(memory: UnsafeMutableRawPointer, messages: UnsafeMutableRawPointer) {
    self.init(of: memory, messages)
  }

  @usableFromInline init(of memory: UnsafeMutableRawPointer, _ messages: UnsafeMutableRawPointer) {
    self.memory = memory
    self.messages = messages
  }

  /// Where the table with this number begins: 0 processes, 1 semaphores, … 5 blackboards, 6 the end.
  private static func offset(_ table: Int) -> Int {
    var end = aligned(MemoryLayout<State>.stride)
    if table > 0 { end += aligned(MemoryLayout<ProcessControlBlock>.stride * Int(ProcessLimits.processCount)) }
    if table > 1 { end += aligned(MemoryLayout<Semaphore>.stride * Int(ProcessLimits.semaphoreCount)) }
    if table > 2 { end += aligned(MemoryLayout<Event>.stride * Int(ProcessLimits.eventCount)) }
    if table > 3 { end += aligned(MemoryLayout<Mutex>.stride * Int(ProcessLimits.mutexCount)) }
    if table > 4 { end += aligned(MemoryLayout<Buffer>.stride * Int(ProcessLimits.bufferCount)) }
    if table > 5 { end += aligned(MemoryLayout<Blackboard>.stride * Int(ProcessLimits.blackboardCount)) }
    return end
  }

  private static func aligned(_ byteCount: Int) -> Int { (byteCount + 15) & ~15 }

  var state: UnsafeMutablePointer<State> { memory.assumingMemoryBound(to: State.self) }
  var processes: UnsafeMutablePointer<ProcessControlBlock> {
    (memory + Self.offset(0)).assumingMemoryBound(to: ProcessControlBlock.self)
  }
  var semaphores: UnsafeMutablePointer<Semaphore> {
    (memory + Self.offset(1)).assumingMemoryBound(to: Semaphore.self)
  }
  var events: UnsafeMutablePointer<Event> { (memory + Self.offset(2)).assumingMemoryBound(to: Event.self) }
  var mutexes: UnsafeMutablePointer<Mutex> { (memory + Self.offset(3)).assumingMemoryBound(to: Mutex.self) }
  var buffers: UnsafeMutablePointer<Buffer> { (memory + Self.offset(4)).assumingMemoryBound(to: Buffer.self) }
  var blackboards: UnsafeMutablePointer<Blackboard> {
    (memory + Self.offset(5)).assumingMemoryBound(to: Blackboard.self)
  }

  // MARK: Who there is

  /// How many processes have been created: their identifiers are 1 … so many.
  public var processCount: Int32 { state.pointee.processCount }

  /// The process that runs; `none` in `main`, in the scheduler and in the error handler.
  public var running: ProcessIdentifier { state.pointee.running }

  /// How often preemption is locked; 0 where it is not.
  public var lockLevel: Int32 { state.pointee.lockLevel }
  /// Whether the error handler has the place of whoever ran.
  public var isInErrorHandler: Bool { state.pointee.isInErrorHandler }

  /// Whether there is a process with this identifier.
  public func exists(_ identifier: ProcessIdentifier) -> Bool { block(identifier) != nil }

  /// What a process is now; nil where there is none with this identifier.
  public func status(of identifier: ProcessIdentifier) -> ProcessStatus? {
    block(identifier).map { own in
      ProcessStatus(
        attributes: own.pointee.attributes, state: own.pointee.state, priority: own.pointee.priority,
        deadline: own.pointee.deadline)
    }
  }

  /// Where a process begins; 0 where there is none with this identifier.
  public func entry(of identifier: ProcessIdentifier) -> UInt { block(identifier)?.pointee.attributes.entry ?? 0 }

  func block(_ identifier: ProcessIdentifier) -> UnsafeMutablePointer<ProcessControlBlock>? {
    guard identifier.rawValue >= 1, identifier.rawValue <= state.pointee.processCount else { return nil }
    return processes + Int(identifier.rawValue &- 1)
  }

  var runningBlock: UnsafeMutablePointer<ProcessControlBlock>? { block(state.pointee.running) }

  func identifier(_ block: UnsafeMutablePointer<ProcessControlBlock>) -> ProcessIdentifier {
    ProcessIdentifier(Int32(truncatingIfNeeded: block - processes) &+ 1)
  }

  /// Calls `body` with each process, in the order of creation.
  @inline(__always)
  func forEachProcess(_ body: (UnsafeMutablePointer<ProcessControlBlock>) -> Void) {
    for index in 0..<Int(state.pointee.processCount) { body(processes + index) }
  }

  // MARK: What is left to do after a service

  /// Whether the timer is to be set anew since this was asked last.
  public func takeTimerWish() -> Bool {
    defer { state.pointee.wantsTimer = false }
    return state.pointee.wantsTimer
  }

  /// Whether a tick is to come as soon as upcalls are taken, since this was asked last.
  public func takeTickWish() -> Bool {
    defer { state.pointee.wantsTick = false }
    return state.pointee.wantsTick
  }
}
