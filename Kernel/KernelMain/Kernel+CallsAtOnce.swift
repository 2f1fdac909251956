import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The short way through the kernel: hypercalls that are answered and nothing else, which is nearly all of them. The
// switcher saves no more than the registers that compiled code may change, calls this, and goes back.
extension Kernel {
  /// Serves the hypercall in the loaded partition's register page, if it is one that needs nothing but an answer just
  /// now.
  ///
  /// - Parameters:
  ///   - context: the kernel, as `run` has published it.
  ///   - entryTicks: the counter at the entry.
  ///   - foundRoot: CR3 at the entry.
  /// - Returns: 1 if it was served and the caller can go on; 0 if nothing was done and the long way has to be taken.
  @inline(__always)
  public static func serveAtOnce(_ context: UnsafeMutableRawPointer, _ entryTicks: UInt64, _ foundRoot: UInt64)
    -> UInt32
  {
    // Unsafe: `run` has published the kernel, which lives for ever. Functions of this file take it as an argument, so
    // that each is the end of this one and nothing is saved for a way back.
    let kernel = context.assumingMemoryBound(to: Kernel.self)
    let nanoseconds = kernel.pointee.clock.nanoseconds(entryTicks)
    guard nanoseconds < kernel.pointee.core.quietUntilNanoseconds else {
      return serveFirst(kernel, nanoseconds, foundRoot)
    }
    return serve(kernel, nanoseconds, foundRoot)
  }

  /// The same of a call that may be a window's first.
  @inline(never)
  private static func serveFirst(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64, _ foundRoot: UInt64)
    -> UInt32
  {
    guard foundRoot == kernel.pointee.running.rootForCallsAtOnce,
      kernel.pointee.core.noteWindowBegun(at: nanoseconds)
    else { return 0 }
    return serveAfterUpcall(kernel, nanoseconds)
  }

  @inline(__always)
  private static func serve(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64, _ foundRoot: UInt64)
    -> UInt32
  {
    guard foundRoot == kernel.pointee.running.rootForCallsAtOnce else { return 0 }
    let counters = Instruction.load64(kernel.pointee.running.shared + SharedPage.upcallsReturned)
    guard UInt16(truncatingIfNeeded: counters) == kernel.pointee.running.caller.upcallsReturned else {
      return serveAfterUpcall(kernel, nanoseconds)
    }
    switch kernel.pointee.running.registers[general: 0] {
    case UInt64(HypercallNumber.null.rawValue): return null(kernel, nanoseconds)
    case UInt64(HypercallNumber.readTime.rawValue): return readTime(kernel, nanoseconds)
    case UInt64(HypercallNumber.note.rawValue): return note(kernel, nanoseconds)
    case UInt64(HypercallNumber.writeSamplingMessage.rawValue): return writeSample(kernel, nanoseconds)
    case UInt64(HypercallNumber.readSamplingMessage.rawValue): return readSample(kernel, nanoseconds)
    case UInt64(HypercallNumber.sendQueuingMessage.rawValue): return send(kernel, nanoseconds)
    case UInt64(HypercallNumber.receiveQueuingMessage.rawValue): return receive(kernel, nanoseconds)
    case let number: return serveAny(number, kernel, nanoseconds)
    }
  }

  /// The same where upcalls may have returned of which the core does not know: a copy of the code, for it comes once
  /// after each upcall, and the calls above are not to carry it.
  @inline(never)
  private static func serveAfterUpcall(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    let number = kernel.pointee.running.registers[general: 0]
    switch number {
    case UInt64(HypercallNumber.null.rawValue):
      return answer(.null, 0, kernel, nanoseconds, value: 0, afterUpcall: true)
    case UInt64(HypercallNumber.readTime.rawValue):
      return answer(.readTime, 0, kernel, nanoseconds, value: nanoseconds, afterUpcall: true)
    case UInt64(HypercallNumber.note.rawValue):
      return answer(.note, 2, kernel, nanoseconds, value: 0, afterUpcall: true)
    case UInt64(HypercallNumber.writeSamplingMessage.rawValue):
      return pass(.writeSamplingMessage, .write, kernel, nanoseconds, afterUpcall: true)
    case UInt64(HypercallNumber.readSamplingMessage.rawValue):
      return pass(.readSamplingMessage, .read, kernel, nanoseconds, afterUpcall: true)
    case UInt64(HypercallNumber.sendQueuingMessage.rawValue):
      return pass(.sendQueuingMessage, .send, kernel, nanoseconds, afterUpcall: true)
    case UInt64(HypercallNumber.receiveQueuingMessage.rawValue):
      return pass(.receiveQueuingMessage, .receive, kernel, nanoseconds, afterUpcall: true)
    default: return serveAny(number, kernel, nanoseconds)
    }
  }

  /// The services whose answer is all that follows, after an upcall or not.
  @inline(__always)
  private static func serveAny(_ number: UInt64, _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64)
    -> UInt32
  {
    switch number {
    case UInt64(HypercallNumber.acknowledgeInterrupt.rawValue):
      return serve(.acknowledgeInterrupt, 1, kernel, nanoseconds)
    case UInt64(HypercallNumber.enableInterrupt.rawValue): return serve(.enableInterrupt, 1, kernel, nanoseconds)
    case UInt64(HypercallNumber.disableInterrupt.rawValue): return serve(.disableInterrupt, 1, kernel, nanoseconds)
    case UInt64(HypercallNumber.raiseEvent.rawValue): return serve(.raiseEvent, 1, kernel, nanoseconds)
    case UInt64(HypercallNumber.readQueuingStatus.rawValue): return serve(.readQueuingStatus, 1, kernel, nanoseconds)
    case UInt64(HypercallNumber.readStatistic.rawValue): return serve(.readStatistic, 2, kernel, nanoseconds)
    default: return 0
    }
  }

  /// Words that the events of one entry have at most: what the core records, the input, and the end of interrupt or the
  /// copy that follows.
  static func batchWords(_ table: ModuleTable) -> Int {
    PartitionCore<Marking>.recordedWordLimit(table) + 10 + 4
  }

  /// Takes the snapshot and begins the call's events with its input; nil, and nothing has changed, where it is one for
  /// the long way.
  ///
  /// - Parameter afterUpcall: whether upcalls may have returned of which the core does not know; a constant.
  @inline(__always)
  private mutating func begin(
    _ number: HypercallNumber, _ arguments: CallArguments, _ argumentCount: Int, at nanoseconds: UInt64,
    afterUpcall: Bool
  ) -> EventBatch? {
    guard ring.hasRoomForBatch else { return nil }
    let shared = running.shared
    let counters = Instruction.load64(shared + SharedPage.upcallsReturned)
    // Bit 0 of the flag is `interruptsEnabled`.
    let flags = Instruction.load64(shared + SharedPage.virtualInterruptFlag) & 1
    var batch = ring.openInRoom(at: nanoseconds)
    batch.recordCall(
      number.rawValue, head: running.callHead | flags &<< 16, counters: counters,
      resumeDelay: clock.nanoseconds(running.registers.exitTicks) &- ring.lastTime, arguments, argumentCount)
    batch.readTime(clock)
    let seen = EntrySnapshot.Flags(rawValue: UInt8(truncatingIfNeeded: flags))
    if afterUpcall {
      core.learnAtOnce(
        seen, upcallsReturned: UInt16(truncatingIfNeeded: counters), of: running.caller, into: &batch)
    } else {
      core.learnAtOnce(seen, of: running.caller)
    }
    return batch
  }

  /// Ends a call: its events are the ring's, its answer is in the registers.
  @inline(__always)
  private mutating func end(_ status: ReturnCode, value: UInt64, _ batch: EventBatch) -> UInt32 {
    ring.closeInRoom(batch)
    running.registers[general: 0] = UInt64(status.rawValue)
    running.registers[general: 3] = value
    return 1
  }

  /// A call that needs its answer and nothing else.
  @inline(__always)
  private static func answer(
    _ number: HypercallNumber, _ argumentCount: Int, _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64,
    value: UInt64, afterUpcall: Bool
  ) -> UInt32 {
    let arguments = CallArguments(kernel.pointee.running.registers, count: argumentCount)
    guard
      var batch = kernel.pointee.begin(number, arguments, argumentCount, at: nanoseconds, afterUpcall: afterUpcall)
    else { return 0 }
    kernel.pointee.core.answerAtOnce(number, .noError, value: value, of: kernel.pointee.running.caller, into: &batch)
    return kernel.pointee.end(.noError, value: value, batch)
  }

  /// One of the services whose answer is all that follows (`PartitionCore.serveAtOnce`).
  @inline(never)
  private static func serve(
    _ number: HypercallNumber, _ argumentCount: Int, _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64
  ) -> UInt32 {
    let arguments = CallArguments(kernel.pointee.running.registers, count: argumentCount)
    guard number != .raiseEvent || !kernel.pointee.core.isEventToItself(arguments.first),
      var batch = kernel.pointee.begin(number, arguments, argumentCount, at: nanoseconds, afterUpcall: true)
    else { return 0 }
    let answer = kernel.pointee.core.serveAtOnce(
      number, arguments.first, arguments.second, of: kernel.pointee.running.caller, into: &batch)
    return kernel.pointee.end(answer.status, value: answer.value, batch)
  }

  // Each of the calls below is a function of its own: registers are saved for it alone.

  @inline(never)
  private static func null(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    answer(.null, 0, kernel, nanoseconds, value: 0, afterUpcall: false)
  }

  @inline(never)
  private static func readTime(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    answer(.readTime, 0, kernel, nanoseconds, value: nanoseconds, afterUpcall: false)
  }

  @inline(never)
  private static func note(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    answer(.note, 2, kernel, nanoseconds, value: 0, afterUpcall: false)
  }

  @inline(never)
  private static func writeSample(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    pass(.writeSamplingMessage, .write, kernel, nanoseconds, afterUpcall: false)
  }

  @inline(never)
  private static func readSample(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    pass(.readSamplingMessage, .read, kernel, nanoseconds, afterUpcall: false)
  }

  @inline(never)
  private static func send(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    pass(.sendQueuingMessage, .send, kernel, nanoseconds, afterUpcall: false)
  }

  @inline(never)
  private static func receive(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    pass(.receiveQueuingMessage, .receive, kernel, nanoseconds, afterUpcall: false)
  }

  /// A call that passes a message.
  @inline(__always)
  private static func pass(
    _ number: HypercallNumber, _ operation: PortOperation, _ kernel: UnsafeMutablePointer<Kernel>,
    _ nanoseconds: UInt64, afterUpcall: Bool
  ) -> UInt32 {
    let caller = kernel.pointee.running.caller
    if operation == .send || operation == .receive, !kernel.pointee.core.queuesAtOnce(caller) { return 0 }
    let arguments = CallArguments(kernel.pointee.running.registers, count: 3)
    guard var batch = kernel.pointee.begin(number, arguments, 3, at: nanoseconds, afterUpcall: afterUpcall) else {
      return 0
    }
    guard
      let message = kernel.pointee.core.passAtOnce(
        number, port: arguments.first, address: arguments.second, byteCount: arguments.third, of: caller,
        at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    else {
      // Unless something has been learnt nothing has changed, and beginning anew is cheaper than keeping the batch.
      return afterUpcall
        ? passOrRefuse(number, operation, kernel, nanoseconds, batch)
        : passOrRefuse(number, operation, kernel, nanoseconds)
    }
    kernel.pointee.copy(message, operation, arguments.second, caller.index, &batch)
    return kernel.pointee.end(.noError, value: message.value, batch)
  }

  /// A call that passes a message in a way that is not simple, or none.
  @inline(never)
  private static func passOrRefuse(
    _ number: HypercallNumber, _ operation: PortOperation, _ kernel: UnsafeMutablePointer<Kernel>,
    _ nanoseconds: UInt64
  ) -> UInt32 {
    let arguments = CallArguments(kernel.pointee.running.registers, count: 3)
    guard let batch = kernel.pointee.begin(number, arguments, 3, at: nanoseconds, afterUpcall: false) else { return 0 }
    return passOrRefuse(number, operation, kernel, nanoseconds, batch)
  }

  /// The same of a call that has begun.
  @inline(never)
  private static func passOrRefuse(
    _ number: HypercallNumber, _ operation: PortOperation, _ kernel: UnsafeMutablePointer<Kernel>,
    _ nanoseconds: UInt64, _ begun: EventBatch
  ) -> UInt32 {
    let arguments = CallArguments(kernel.pointee.running.registers, count: 3)
    var batch = begun
    let answer = kernel.pointee.core.passOrRefuse(
      number, port: arguments.first, address: arguments.second, byteCount: arguments.third,
      of: kernel.pointee.running.caller, at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    guard let message = answer.message else { return kernel.pointee.end(answer.status, value: 0, batch) }
    kernel.pointee.copy(message, operation, arguments.second, kernel.pointee.running.caller.index, &batch)
    return kernel.pointee.end(.noError, value: message.value, batch)
  }

  /// Copies a message that has passed, and records what arrived.
  @inline(__always)
  private mutating func copy(
    _ message: PassedMessage, _ operation: PortOperation, _ address: UInt64, _ caller: PartitionIndex,
    _ batch: inout EventBatch
  ) {
    // Unsafe: the core has checked that the bytes lie in a region, whose displacement the kernel has given it; none
    // begins at physical address 0.
    let bytes = UnsafeMutableRawPointer(bitPattern: UInt(address &+ message.displacement)).unsafelyUnwrapped
    let isTaken = operation == .write || operation == .send
    // Unsafe: as `MessageStore` has told the core.
    let place = UnsafeMutableRawPointer(bitPattern: UInt(message.place)).unsafelyUnwrapped
    let digest =
      isTaken
      ? Self.pass(from: bytes, to: place, message.byteCount) : Self.pass(from: place, to: bytes, message.byteCount)
    batch.record(
      .messageCopied, partition: caller, detail: operation.rawValue,
      operand: UInt32(truncatingIfNeeded: message.port), digest, message.byteCount)
  }
}
