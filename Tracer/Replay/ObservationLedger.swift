import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// What the hardware must be seen to do before the next input, from the core's decision.
///
/// A debt is taken on with each decision and paid by an observation; what is unpaid at the next input was not done.
struct ObservationLedger {
  /// What is owed and not yet seen, as bits of the decision: a value below means something only while its bit is set.
  private(set) var owed = Decision.Works()
  private var acknowledgement = InterruptLine(0)
  private var mask: UInt16 = 0
  private var upcall = Delivery()
  private var exception = Delivery()
  /// Partitions whose registers must be seen reset, bit n for partition n, and where one of them is called back.
  private var resetsDue: UInt32 = 0
  private var callback = Delivery()
  /// Of a message's copy; of console bytes where the operation is nil.
  private var effect: (operation: PortOperation?, port: Int, place: Int, byteCount: UInt64) = (nil, 0, 0, 0)
  /// Of a note: words asked for, 0 where none is owed, and those seen.
  private var note: (caller: UInt8, count: UInt64, seen: UInt64) = (0, 0, 0)
  /// The window start whose pad has to be recorded before the partition runs, in ns; 0 for none.
  var padNanoseconds: UInt64 = 0
  var lastPadNanoseconds: UInt64 = 0
  /// The pad may have been recorded before the keyframe from which the replay goes on.
  private(set) var isPadOptional = false
  /// Digest of the message at each place of each channel, where it is known.
  var digests: [UInt64?]
  private let entryPoints: [UInt64]
  /// Kinds of observations that the trace does not show, and what of a decision is seen to be done.
  private let leftOut: LeftOutKinds
  private let owing: Decision.Works
  var drainTail: UInt64 = 0
  /// What is taken for granted of the time before, where the replay begins in the middle; nil where it is known.
  var beginning: Beginning?

  /// What is to be laid on a partition's stack, and where it is to go on then.
  private struct Delivery {
    var partition = PartitionIndex.none
    var vector: UInt8 = 0
    var entry: UInt64 = 0
  }

  /// - Parameters:
  ///   - entryPoints: where each partition starts.
  ///   - channelCount: channels of the module.
  ///   - leftOut: what its trace leaves out.
  init(entryPoints: [UInt64], channelCount: Int, leftOut: LeftOutKinds) {
    self.entryPoints = entryPoints
    self.leftOut = leftOut
    owing = Self.owing(leftOut)
    digests = Array(repeating: nil, count: channelCount * ModuleLimits.maximumMessageSlots)
  }

  /// Where the kernel keeps a message: sampling channels have place 0 only.
  private static func place(_ channel: Int, _ slot: Int) -> Int { channel * ModuleLimits.maximumMessageSlots + slot }

  /// Takes on what `decision` owes.
  ///
  /// - Precondition: nothing is unpaid but a pad, as `unpaid` has said.
  @inline(__always)
  mutating func owe(_ decision: borrowing Decision) {
    owed = Decision.Works(rawValue: decision.works.rawValue & owing.rawValue)
    if owed.rawValue != 0 { oweActs(decision) }
    if decision.notBefore != .zero, decision.notBefore.nanoseconds != lastPadNanoseconds {
      if padNanoseconds != decision.notBefore.nanoseconds { isPadOptional = false }
      padNanoseconds = decision.notBefore.nanoseconds
    } else if decision.notBefore == .zero {
      padNanoseconds = 0
    }
  }

  /// What of a decision is seen to be done; which effects are not seen `oweEffect` knows.
  private static func owing(_ leftOut: LeftOutKinds) -> Decision.Works {
    var works = Decision.Works.lineMask.union(.exception).union(.callback).union(.partitions).union(.effect)
      .union(.keyframe)
    if !leftOut.contains(.acknowledged) { works = works.union(.acknowledge) }
    if !leftOut.contains(.upcallWritten) { works = works.union(.upcall) }
    return works
  }

  /// In line, so that the decision is read where it lies.
  @inline(__always)
  private mutating func oweActs(_ decision: borrowing Decision) {
    if let line = decision.acknowledge { acknowledgement = line }
    if let wanted = decision.lineMask { mask = wanted }
    if let wanted = decision.upcall {
      upcall = Delivery(partition: wanted.partition, vector: wanted.vector, entry: wanted.entry)
    }
    if let wanted = decision.exception {
      exception = Delivery(partition: wanted.partition, vector: wanted.vector, entry: wanted.entry)
    }
    if let wanted = decision.callback { callback = Delivery(partition: wanted.partition, entry: wanted.entry) }
    if owed.contains(.partitions) {
      resetsDue = decision.restartedPartitions
      if resetsDue == 0 { pay(.partitions) }
    }
    if owed.contains(.effect) { oweEffect(decision.effect, of: decision.givenAnswer.caller) }
  }

  @inline(__always)
  private mutating func oweEffect(_ wanted: HypercallEffect, of caller: PartitionIndex) {
    note.count = 0
    switch wanted {
    case .writeMessage(let port, let channel, _, let byteCount):
      effect = (.write, port, Self.place(channel, 0), byteCount)
    case .readMessage(let port, let channel, _, let byteCount):
      effect = (.read, port, Self.place(channel, 0), byteCount)
    case .sendMessage(let port, let channel, let slot, _, let byteCount):
      effect = (.send, port, Self.place(channel, slot), byteCount)
    case .receiveMessage(let port, let channel, let slot, _, let byteCount):
      effect = (.receive, port, Self.place(channel, slot), byteCount)
    case .console(_, let byteCount): effect = (nil, 0, 0, byteCount)
    case .noteWords(_, let count): note = (caller.rawValue, count, 0)
    case .none, .segmentBase, .restoreUpcallFrame: return pay(.effect)
    }
    let kind: EventKind = note.count > 0 ? .noteWords : effect.operation == nil ? .consoleWritten : .messageCopied
    if leftOut.contains(kind) { pay(.effect) }
  }

  @inline(__always)
  private mutating func pay(_ work: Decision.Works) {
    owed = Decision.Works(rawValue: owed.rawValue & ~work.rawValue)
  }

  /// After a loss nothing is known of what is owed.
  mutating func forgive() {
    self = ObservationLedger(
      entryPoints: entryPoints, channelCount: digests.count / ModuleLimits.maximumMessageSlots, leftOut: leftOut)
  }

  /// Goes on from an adopted keyframe: all was done before it was written but the wait for the window's instant.
  mutating func adopt(notBefore: UInt64) {
    padNanoseconds = notBefore
    isPadOptional = true
  }

  mutating func noteKeyframe() { pay(.keyframe) }

  /// What is unpaid; nil if all is done. `interrupted` tells whether the CPU has been in ring 3 since.
  @inline(__always)
  mutating func unpaid(isFromPartition: Bool) -> String? {
    guard owed.rawValue != 0 || padNanoseconds != 0 else { return nil }
    if owed.rawValue != 0 { return describeUnpaid() }
    return isFromPartition && !isPadOptional ? "the partition ran without its window's pad" : nil
  }

  /// Mutating though it changes nothing: so the ledger is not copied for it.
  @inline(never)
  private mutating func describeUnpaid() -> String {
    if owed.contains(.acknowledge) { return "the interrupt of line \(acknowledgement.rawValue) was not acknowledged" }
    if owed.contains(.lineMask) { return "the masks were not read back" }
    if owed.contains(.upcall) { return "the upcall of vector \(upcall.vector) was not written" }
    if owed.contains(.exception) { return "the exception of vector \(exception.vector) was not written" }
    if owed.contains(.callback) { return "the callback of partition \(callback.partition.rawValue) was not set up" }
    if owed.contains(.partitions) {
      return "the registers of partition \(resetsDue.trailingZeroBitCount) were not reset"
    }
    if owed.contains(.effect) {
      if note.count > 0 { return "of \(note.count) words of a note only \(note.seen) were left in the trace" }
      return effect.operation == nil
        ? "the console bytes were not written" : "the message of port \(effect.port) was not copied"
    }
    return "a keyframe was due"
  }

  /// Compares an observation with what is owed; the sentence says what is wrong, nil that nothing is.
  mutating func settle(_ kind: EventKind, _ event: EventReference) -> String? {
    if leftOut.contains(kind) { return "the module leaves events of this kind out of its trace" }
    switch kind {
    case .acknowledged: return settleAcknowledgement(event)
    case .maskRead:
      guard owed.contains(.lineMask) else { return "masks were read back that nobody set" }
      pay(.lineMask)
      return event.operand == UInt32(mask)
        ? nil : "the controllers hold other masks (\(event.operand)) than decided (\(mask))"
    case .upcallWritten: return settleDelivery(event, .upcall, upcall, "upcall")
    case .exceptionWritten: return settleDelivery(event, .exception, exception, "exception")
    case .contextReset: return settleReset(event)
    case .messageCopied: return settleCopy(event)
    case .noteWords: return settleNote(event)
    case .consoleWritten:
      guard owed.contains(.effect), effect.operation == nil, note.count == 0 else {
        return "console bytes were written that nobody asked for"
      }
      pay(.effect)
      let wanted = effect.byteCount
      return UInt64(event.operand) == wanted ? nil : "other than the decided \(wanted) bytes were written"
    case .padded:
      guard padNanoseconds != 0, event.words.w0 == padNanoseconds else {
        return "a pad was recorded for an instant at which no window starts"
      }
      lastPadNanoseconds = padNanoseconds
      padNanoseconds = 0
      return nil
    case .drained:
      if beginning != nil, beginning?.firstTail == nil { beginning?.firstTail = event.words.w0 }
      guard event.words.w0 > drainTail else { return "the drainer's tail went back" }
      drainTail = event.words.w0
      return nil
    case .kernelFault: return "the kernel broke an invariant of its own"
    default: return nil
    }
  }

  private mutating func settleAcknowledgement(_ event: EventReference) -> String? {
    guard owed.contains(.acknowledge) else { return "an acknowledgement that nothing called for" }
    pay(.acknowledge)
    let line = acknowledgement
    guard event.operand == UInt32(line.vector) else { return "another line than \(line.rawValue) was acknowledged" }
    return event.words.w0 & UInt64(line.bit) == 0
      ? nil : "line \(line.rawValue) is still in service after its end of interrupt"
  }

  /// An upcall or an exception was laid on a partition's stack.
  private mutating func settleDelivery(
    _ event: EventReference, _ work: Decision.Works, _ wanted: Delivery, _ what: String
  ) -> String? {
    guard owed.contains(work) else { return "an \(what) was written that nobody decided" }
    pay(work)
    guard event.partition == wanted.partition.rawValue, event.operand == UInt32(wanted.vector) else {
      return "the \(what) written is another one"
    }
    guard event.words.w1 == wanted.entry else { return "the partition would not resume at its \(what) entry" }
    return event.words.w2 == 0 ? nil : "the virtual interrupt flag is still on"
  }

  /// The registers of a partition that starts, or is called back.
  private mutating func settleReset(_ event: EventReference) -> String? {
    let partition = Int(event.partition)
    guard partition < entryPoints.count else { return "registers were reset of a partition that does not exist" }
    let bit: UInt32 = 1 << UInt32(partition)
    var entry = entryPoints[partition]
    if owed.contains(.callback), callback.partition.rawValue == event.partition {
      entry = callback.entry
      pay(.callback)
    } else if owed.contains(.partitions), resetsDue & bit != 0 {
      resetsDue &= ~bit
      if resetsDue == 0 { pay(.partitions) }
    } else {
      return "registers were reset that nothing called for"
    }
    guard event.words.w0 == entry else { return "the partition would not run from its entry point" }
    let stackTop = PartitionLayout.stackTop
    return event.words.w1 <= stackTop && stackTop - event.words.w1 <= 16 ? nil : "the partition's stack is not whole"
  }

  private mutating func settleCopy(_ event: EventReference) -> String? {
    guard owed.contains(.effect), note.count == 0, let operation = effect.operation else {
      return "a message was copied that nobody asked for"
    }
    pay(.effect)
    let wanted = effect
    guard event.detail == operation.rawValue, event.operand == UInt32(wanted.port),
      event.words.w1 == wanted.byteCount
    else { return "another message was copied than decided" }
    if operation == .write || operation == .send {
      digests[wanted.place] = event.words.w0
    } else if digests[wanted.place] == nil {
      noteRead(event.words.w0, at: wanted.place)
    } else if digests[wanted.place] != event.words.w0 {
      return "the message \(operation == .read ? "read" : "received") is not the message "
        + (operation == .read ? "written" : "sent")
    }
    return nil
  }

  /// Words of a note: what they are only the caller's memory knew, but not how many, whose and where in the note.
  private mutating func settleNote(_ event: EventReference) -> String? {
    guard owed.contains(.effect), note.count > 0 else { return "words of a note are there that nobody left" }
    let count = min(8, note.count - note.seen)
    guard event.partition == note.caller, UInt64(event.operand) == note.seen, UInt64(event.detail) == count else {
      return "other words of a note than \(count) from word \(note.seen) on"
    }
    for index in Int(count)..<8 where event.words[index] != 0 { return "a note has more than its \(note.count) words" }
    note.seen += count
    if note.seen == note.count {
      note.count = 0
      pay(.effect)
    }
    return nil
  }
}
