import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// Publishes the caller's exception trampoline, or sets or removes one of its handlers.
  ///
  /// Double fault, machine check and NMI are the kernel's own and have no handler; entry and handlers must be
  /// executable memory of the caller.
  mutating func serveException(_ number: HypercallNumber, _ call: Hypercall) -> Answer {
    if number == .setExceptionEntry {
      guard allows(.execute, current, call.arguments.0, 1) else { return Answer(.invalidParameter) }
      guests.states[Int(current.rawValue)].exceptionEntry = call.arguments.0
      return Answer(.noError)
    }
    guard call.arguments.0 < UInt64(GuestTables.handlerCount) else { return Answer(.invalidParameter) }
    let vector = UInt8(truncatingIfNeeded: call.arguments.0)
    let handler = call.arguments.1
    guard vector != 2, vector != 8, vector != 18 else { return Answer(.invalidParameter) }
    if handler == 0 {
      guard guests.handler(current, vector) != 0 else { return Answer(.noAction) }
    } else {
      guard allows(.execute, current, handler, 1) else { return Answer(.invalidParameter) }
    }
    guests.setHandler(current, vector, handler)
    return Answer(.noError)
  }

  /// Gives a CPU exception (or with vector 32 an error of process level) to the partition's own handler, if it has one,
  /// is not in it already, and its stack can take the frame.
  ///
  /// All interrupt gates are closed to ring 3, so `int3` and `int 4` arrive as protection faults that name their gate:
  /// the handler is told the vector that was meant, with the instruction pointer at the instruction.
  /// - Returns: whether it was given; else the error is the health monitor's.
  mutating func reflect<Recorder: DecisionRecorder>(
    vector: UInt8, errorCode: UInt64, address: UInt64, to partition: PartitionIndex, into recorder: inout Recorder
  ) -> Bool where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    var (vector, errorCode) = (vector, errorCode)
    if vector == 13, let meant = Self.gateMeant(by: errorCode), guests.handler(partition, meant) != 0 {
      (vector, errorCode) = (meant, 0)
    }
    guard Int(vector) < GuestTables.handlerCount else { return false }
    let handler = guests.handler(partition, vector)
    let entry = guests.states[index].exceptionEntry
    guard handler != 0, entry != 0, !partitions[index].isInHandler, partitions[index].frameFits,
      !partitions[index].isInReturnTail
    else { return false }
    guests.states[index].isReflecting = true
    guests.states[index].returnedBefore = guests.states[index].exceptionsReturned
    keepHandler(of: index)
    recorder.record(
      .exceptionReflected, partition: partition, detail: 0, operand: UInt32(vector), handler, errorCode, address)
    decision.exception = ExceptionDecision(
      partition: partition, vector: vector, handler: handler, entry: entry, errorCode: errorCode, address: address,
      interruptsWereEnabled: partitions[index].interruptsEnabled)
    // The frame takes the room, and the handler begins masked: nothing is delivered before the next entry.
    partitions[index].interruptsEnabled = false
    partitions[index].frameFits = false
    partitions[index].isHandlerOver = false
    return true
  }

  /// Breakpoint or overflow, where a protection fault's error code names that gate (index << 3 | IDT bit).
  private static func gateMeant(by errorCode: UInt64) -> UInt8? {
    switch errorCode {
    case 3 &<< 3 | 2: 3
    case 4 &<< 3 | 2: 4
    default: nil
    }
  }

  /// Whether the partition's exception or error handler, which is taken to be at work, has come back, as its own count
  /// says: what a snapshot tells by `isHandlerOver`.
  ///
  /// - Parameter exceptionsReturned: asked for only where a handler is taken to be at work.
  @inline(__always)
  public mutating func isHandlerOver(
    _ partition: PartitionIndex, exceptionsReturned: @autoclosure () -> UInt32
  ) -> Bool {
    let index = Int(partition.rawValue)
    return partitions[index].isInHandler && exceptionsReturned() != partitions[index].returnedBefore
  }

  /// The handler has come back since the partition's last exception, if its last snapshot said so: of a mark that finds
  /// no room or depth the core hears nothing else.
  mutating func learnHandlerOver(_ index: Int) {
    guard partitions[index].isHandlerOver, partitions[index].isInHandler else { return }
    partitions[index].isHandlerOver = false
    noteExceptionsReturned(guests.states[index].returnedBefore &+ 1, of: index)
  }

  /// The partition's count of exceptions that its handler has come back from.
  @inline(__always) mutating func noteExceptionsReturned(_ count: UInt32, of index: Int) {
    guests.states[index].exceptionsReturned = count
    partitions[index].isInHandler = guests.states[index].isInHandler
  }

  /// Whether a handler is at work, and since when, is kept where every entry asks for it.
  @inline(__always) func keepHandler(of index: Int) {
    partitions[index].isInHandler = guests.states[index].isInHandler
    partitions[index].returnedBefore = guests.states[index].returnedBefore
  }

  /// Whether the partition's exception or error handler is at work, as far as is known.
  mutating func isInHandler(_ partition: PartitionIndex) -> Bool {
    partitions[Int(partition.rawValue)].isInHandler
  }

  /// What `raiseApplicationError` tells of the caller's handler (`EventKind.hypercall`, word 2): bits 0–31
  /// `SharedPage.exceptionsReturned`, bit 32 whether a frame fits below the stack pointer.
  ///
  /// In the return's tail that is not the frame that an upcall would use: what the snapshot says of it stays.
  mutating func learnHandler(_ operand: UInt64) {
    let index = Int(current.rawValue)
    noteExceptionsReturned(UInt32(truncatingIfNeeded: operand), of: index)
    if !partitions[index].isInReturnTail { partitions[index].frameFits = operand & 1 &<< 32 != 0 }
  }

  /// A partition stops or starts anew: nothing of its interrupts, timer, events and handlers is left.
  ///
  /// Whoever starts it anew clears its shared page too, for the counters there are expected to begin at 0.
  mutating func forgetInterrupts(of partition: PartitionIndex) {
    lines.removeAll(of: partition)
    vcpus.reset(partition)
    guests.reset(partition)
    let index = Int(partition.rawValue)
    partitions[index].interruptsEnabled = false
    partitions[index].isInReturnTail = false
    partitions[index].frameFits = false
    partitions[index].isHandlerOver = false
    partitions[index].isInHandler = false
    partitions[index].upcallsReturned = 0
    partitions[index].upcallEntry = 0
    partitions[index].returnTailStart = 0
    partitions[index].returnTailEnd = 0
    if partition == current { nextTickNanoseconds = .max }
  }
}
