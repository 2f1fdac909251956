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
  ///   - foundRoot: CR3 at the entry.
  ///   - entryTicks: the counter at the entry.
  /// - Returns: 1 if it was served and the caller can go on; 0 if nothing was done and the long way has to be taken.
  @inline(__always)
  public static func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
    // Functions of this file take it as an argument, so that each is the end of this one and nothing is saved for a way
    // back.
    let kernel = itself
    let nanoseconds = kernel.pointee.clock.nanoseconds(entryTicks)
    guard nanoseconds < kernel.pointee.core.quietUntilNanoseconds else {
      return serveFirst(kernel, nanoseconds, foundRoot)
    }
    guard foundRoot == kernel.pointee.running.rootForCallsAtOnce else { return 0 }
    return serveAfterUpcall(kernel, nanoseconds)
  }

  /// The same for a call whose number the switcher has looked at: `number` is a constant.
  @inline(__always)
  public static func serveAtOnce(
    _ number: HypercallNumber, _ foundRoot: UInt64, _ entryTicks: UInt64
  ) -> UInt32 {
    let kernel = itself
    let nanoseconds = kernel.pointee.clock.nanoseconds(entryTicks)
    guard nanoseconds < kernel.pointee.core.quietUntilNanoseconds,
      foundRoot == kernel.pointee.running.rootForCallsAtOnce, kernel.pointee.ring.hasRoomForBatch
    else { return serveFirst(kernel, nanoseconds, foundRoot) }
    let counters = Instruction.load64(kernel.pointee.running.shared + SharedPage.upcallsReturned)
    guard UInt16(truncatingIfNeeded: counters) == kernel.pointee.running.caller.upcallsReturned else {
      return serveAfterUpcall(kernel, nanoseconds)
    }
    switch number {
    case .null: return answer(.null, 0, kernel, nanoseconds, counters, value: 0, afterUpcall: false)
    case .readTime:
      return answer(.readTime, 0, kernel, nanoseconds, counters, value: nanoseconds, afterUpcall: false)
    case .note: return answer(.note, 2, kernel, nanoseconds, counters, value: 0, afterUpcall: false)
    case .writeSamplingMessage: return pass(number, .write, kernel, nanoseconds, counters, afterUpcall: false)
    case .readSamplingMessage: return pass(number, .read, kernel, nanoseconds, counters, afterUpcall: false)
    case .sendQueuingMessage: return pass(number, .send, kernel, nanoseconds, counters, afterUpcall: false)
    case .receiveQueuingMessage: return pass(number, .receive, kernel, nanoseconds, counters, afterUpcall: false)
    default: return serveAfterUpcall(kernel, nanoseconds)
    }
  }

  /// The same of a call that may be a window's first, or for which there is no room just now.
  @inline(never)
  private static func serveFirst(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64, _ foundRoot: UInt64)
    -> UInt32
  {
    guard foundRoot == kernel.pointee.running.rootForCallsAtOnce,
      nanoseconds < kernel.pointee.core.quietUntilNanoseconds || kernel.pointee.core.noteWindowBegun(at: nanoseconds)
    else { return 0 }
    return serveAfterUpcall(kernel, nanoseconds)
  }

  /// The same of a call that meets a place of the ring that is to be marked, or a full ring.
  @inline(never)
  private static func serveBehindLimit(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    if kernel.pointee.ring.makeRoom() { return serveAfterUpcall(kernel, nanoseconds) }
    let diversion = kernel.pointee.ring.divert()
    let isServed = serveAfterUpcall(kernel, nanoseconds)
    kernel.pointee.ring.end(diversion)
    return isServed
  }

  /// The same of any call, and where upcalls may have returned of which the core does not know: a copy of the code, for
  /// it comes once after each upcall, and the calls above are not to carry it.
  @inline(never)
  private static func serveAfterUpcall(_ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64) -> UInt32 {
    guard kernel.pointee.ring.hasRoomForBatch else { return serveBehindLimit(kernel, nanoseconds) }
    let number = kernel.pointee.running.registers[general: 0]
    let counters = Instruction.load64(kernel.pointee.running.shared + SharedPage.upcallsReturned)
    switch number {
    case UInt64(HypercallNumber.null.rawValue):
      return answer(.null, 0, kernel, nanoseconds, counters, value: 0, afterUpcall: true)
    case UInt64(HypercallNumber.readTime.rawValue):
      return answer(.readTime, 0, kernel, nanoseconds, counters, value: nanoseconds, afterUpcall: true)
    case UInt64(HypercallNumber.note.rawValue):
      return answer(.note, 2, kernel, nanoseconds, counters, value: 0, afterUpcall: true)
    case UInt64(HypercallNumber.writeSamplingMessage.rawValue):
      return pass(.writeSamplingMessage, .write, kernel, nanoseconds, counters, afterUpcall: true)
    case UInt64(HypercallNumber.readSamplingMessage.rawValue):
      return pass(.readSamplingMessage, .read, kernel, nanoseconds, counters, afterUpcall: true)
    case UInt64(HypercallNumber.sendQueuingMessage.rawValue):
      return pass(.sendQueuingMessage, .send, kernel, nanoseconds, counters, afterUpcall: true)
    case UInt64(HypercallNumber.receiveQueuingMessage.rawValue):
      return pass(.receiveQueuingMessage, .receive, kernel, nanoseconds, counters, afterUpcall: true)
    default: return serveAny(number, kernel, nanoseconds, counters)
    }
  }

  /// The services whose answer is all that follows, after an upcall or not. Which of them the switcher asks for is in
  /// callsAtOnce.S.
  @inline(__always)
  private static func serveAny(
    _ number: UInt64, _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64, _ counters: UInt64
  ) -> UInt32 {
    switch number {
    case UInt64(HypercallNumber.acknowledgeInterrupt.rawValue):
      return serve(.acknowledgeInterrupt, 1, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.enableInterrupt.rawValue):
      return serve(.enableInterrupt, 1, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.disableInterrupt.rawValue):
      return serve(.disableInterrupt, 1, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.raiseEvent.rawValue): return serve(.raiseEvent, 1, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.readQueuingStatus.rawValue):
      return serve(.readQueuingStatus, 1, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.readSamplingTime.rawValue):
      return serve(.readSamplingTime, 1, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.readStatistic.rawValue): return serve(.readStatistic, 2, kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.noteWords.rawValue): return noteWords(kernel, nanoseconds, counters)
    case UInt64(HypercallNumber.tellProcess.rawValue):
      return answer(.tellProcess, 3, kernel, nanoseconds, counters, value: 0, afterUpcall: true)
    default: return 0
    }
  }

  /// Words that the events of one entry have at most: what the core records, the input, and the end of interrupt or the
  /// copy that follows.
  static func batchWords(_ table: ModuleTable) -> Int {
    PartitionCore<Marking>.recordedWordLimit(table) + 10 + 4
  }

  /// Takes the snapshot and begins the call's events with its input, in room that is there.
  ///
  /// The answer has the entry's own time: a call that is served at once has one instant, and the next entry's resume
  /// delay tells when its caller went on.
  ///
  /// - Parameters:
  ///   - counters: those that the partition keeps, as they were read.
  ///   - afterUpcall: whether upcalls may have returned of which the core does not know; a constant.
  @inline(__always)
  private mutating func begin(
    _ number: HypercallNumber, _ arguments: CallArguments, _ argumentCount: Int, at nanoseconds: UInt64,
    _ counters: UInt64, afterUpcall: Bool
  ) -> EventBatch {
    // Bit 0 of the flag is `interruptsEnabled`.
    let flags = Instruction.load64(running.shared + SharedPage.virtualInterruptFlag) & 1
    let head = running.callHead | flags &<< 16
    let resumeDelay = clock.nanoseconds(pages.exitTicks) &- ring.lastTime
    var batch = ring.openInRoom(at: nanoseconds)
    let seen = EntrySnapshot.Flags(rawValue: UInt8(truncatingIfNeeded: flags))
    if !afterUpcall { core.learnAtOnce(seen, of: running.caller) }
    batch.recordCall(
      number.rawValue, head: head, counters: counters, resumeDelay: resumeDelay, arguments, argumentCount)
    if afterUpcall {
      core.learnAtOnce(
        seen, upcallsReturned: UInt16(truncatingIfNeeded: counters), of: running.caller, into: &batch)
    }
    return batch
  }

  /// Ends a call: its events are the ring's, its answer is in the registers.
  @inline(__always)
  private mutating func end(
    _ status: ReturnCode, value: UInt64, _ batch: EventBatch, _ registers: RegisterPage
  ) -> UInt32 {
    ring.closeInRoom(batch)
    registers[general: 0] = UInt64(status.rawValue)
    registers[general: 3] = value
    return 1
  }

  /// A call that needs its answer and nothing else.
  @inline(__always)
  private static func answer(
    _ number: HypercallNumber, _ argumentCount: Int, _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64,
    _ counters: UInt64, value: UInt64, afterUpcall: Bool
  ) -> UInt32 {
    let registers = kernel.pointee.running.registers
    let arguments = CallArguments(registers, count: argumentCount)
    var batch = kernel.pointee.begin(
      number, arguments, argumentCount, at: nanoseconds, counters, afterUpcall: afterUpcall)
    kernel.pointee.core.answerAtOnce(number, .noError, value: value, of: kernel.pointee.running.caller, into: &batch)
    return kernel.pointee.end(.noError, value: value, batch, registers)
  }

  /// One of the services whose answer is all that follows (`PartitionCore.serveAtOnce`).
  @inline(never)
  private static func serve(
    _ number: HypercallNumber, _ argumentCount: Int, _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64,
    _ counters: UInt64
  ) -> UInt32 {
    let registers = kernel.pointee.running.registers
    let arguments = CallArguments(registers, count: argumentCount)
    guard number != .raiseEvent || !kernel.pointee.core.isEventToItself(arguments.first) else { return 0 }
    var batch = kernel.pointee.begin(
      number, arguments, argumentCount, at: nanoseconds, counters, afterUpcall: true)
    // It may mark another partition, and the mark's time must not be too early.
    batch.readTime(kernel.pointee.clock)
    let answer = kernel.pointee.core.serveAtOnce(
      number, arguments.first, arguments.second, of: kernel.pointee.running.caller, into: &batch)
    return kernel.pointee.end(answer.status, value: answer.value, batch, registers)
  }

  /// A call that leaves words of its caller in the trace, where the ring has room for all of them.
  @inline(never)
  private static func noteWords(
    _ kernel: UnsafeMutablePointer<Kernel>, _ nanoseconds: UInt64, _ counters: UInt64
  ) -> UInt32 {
    guard kernel.pointee.ring.hasRoomForNote else { return 0 }
    let registers = kernel.pointee.running.registers
    let arguments = CallArguments(registers, count: 2)
    let caller = kernel.pointee.running.caller
    var batch = kernel.pointee.begin(.noteWords, arguments, 2, at: nanoseconds, counters, afterUpcall: true)
    let displacement = kernel.pointee.core.noteAtOnce(arguments.first, arguments.second, of: caller, into: &batch)
    guard let displacement else { return kernel.pointee.end(.invalidParameter, value: 0, batch, registers) }
    // Unsafe: as for the bytes of a message (`copy`); the core has checked that the words are whole ones of the caller.
    let words = UnsafePointer<UInt64>(bitPattern: UInt(arguments.first &+ displacement)).unsafelyUnwrapped
    batch.recordNote(of: caller.index, words, count: Int(truncatingIfNeeded: arguments.second))
    return kernel.pointee.end(.noError, value: 0, batch, registers)
  }

  /// A call that passes a message.
  @inline(__always)
  private static func pass(
    _ number: HypercallNumber, _ operation: PortOperation, _ kernel: UnsafeMutablePointer<Kernel>,
    _ nanoseconds: UInt64, _ counters: UInt64, afterUpcall: Bool
  ) -> UInt32 {
    if operation == .send || operation == .receive,
      !kernel.pointee.core.queuesAtOnce(kernel.pointee.running.caller)
    {
      return 0
    }
    let registers = kernel.pointee.running.registers
    let arguments = CallArguments(registers, count: 3)
    var batch = kernel.pointee.begin(number, arguments, 3, at: nanoseconds, counters, afterUpcall: afterUpcall)
    guard
      let message = kernel.pointee.core.passAtOnce(
        number, port: arguments.first, address: arguments.second, byteCount: arguments.third,
        of: kernel.pointee.running.caller, at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    else {
      // Unless something has been learnt nothing has changed, and beginning anew is cheaper than keeping the batch.
      return afterUpcall
        ? passOrRefuse(number, operation, kernel, nanoseconds, batch)
        : passOrRefuse(number, operation, kernel, nanoseconds, counters)
    }
    kernel.pointee.copy(message, operation, arguments.second, &batch)
    return kernel.pointee.end(.noError, value: message.value, batch, registers)
  }

  /// A call that passes a message in a way that is not simple, or none.
  @inline(never)
  private static func passOrRefuse(
    _ number: HypercallNumber, _ operation: PortOperation, _ kernel: UnsafeMutablePointer<Kernel>,
    _ nanoseconds: UInt64, _ counters: UInt64
  ) -> UInt32 {
    let arguments = CallArguments(kernel.pointee.running.registers, count: 3)
    let batch = kernel.pointee.begin(number, arguments, 3, at: nanoseconds, counters, afterUpcall: false)
    return passOrRefuse(number, operation, kernel, nanoseconds, batch)
  }

  /// The same of a call that has begun.
  @inline(never)
  private static func passOrRefuse(
    _ number: HypercallNumber, _ operation: PortOperation, _ kernel: UnsafeMutablePointer<Kernel>,
    _ nanoseconds: UInt64, _ begun: EventBatch
  ) -> UInt32 {
    let registers = kernel.pointee.running.registers
    let arguments = CallArguments(registers, count: 3)
    var batch = begun
    let answer = kernel.pointee.core.passOrRefuse(
      number, port: arguments.first, address: arguments.second, byteCount: arguments.third,
      of: kernel.pointee.running.caller, at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    guard let message = answer.message else {
      return kernel.pointee.end(answer.status, value: 0, batch, registers)
    }
    kernel.pointee.copy(message, operation, arguments.second, &batch)
    return kernel.pointee.end(.noError, value: message.value, batch, registers)
  }

  /// Copies a message that has passed, and records what arrived.
  @inline(__always)
  private mutating func copy(
    _ message: PassedMessage, _ operation: PortOperation, _ address: UInt64, _ batch: inout EventBatch
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
    batch.record(.messageCopied, message.origin, detail: operation.rawValue, digest, message.byteCount)
  }
}
