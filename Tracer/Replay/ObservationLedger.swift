import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// What the hardware must be seen to do before the next input, from the core's decision.
///
/// A debt is taken on with each decision and paid by an observation; what is unpaid at the next input was not done.
struct ObservationLedger {
  private var acknowledgement: InterruptLine?
  private var mask: UInt16?
  private var upcall: UpcallDecision?
  private var exception: ExceptionDecision?
  /// Partitions whose registers must be seen reset, bit n for partition n, and where one of them is called back.
  private var resetsDue: UInt32 = 0
  private var callback: CallbackDecision?
  private var copy: (operation: PortOperation, port: Int, place: Int, byteCount: UInt64)?
  private var consoleBytes: UInt64?
  private var keyframeDue = false
  /// Whether any of these was taken on since nothing was unpaid last.
  private var isOwing = false
  /// The window start whose pad has to be recorded before the partition runs, in ns; 0 for none.
  private var padNanoseconds: UInt64 = 0
  private var lastPadNanoseconds: UInt64 = 0
  /// The pad may have been recorded before the keyframe from which the replay goes on.
  private var isPadOptional = false
  /// Digest of the message at each place of each channel, where it is known.
  private var digests: [UInt64?]
  private let entryPoints: [UInt64]
  private var drainTail: UInt64 = 0
  /// What is taken for granted of the time before, where the replay begins in the middle; nil where it is known.
  private var beginning: Beginning?

  /// What a ledger that began with a keyframe has met of the time before it.
  private struct Beginning {
    /// The pad that is due.
    var padNanoseconds: UInt64
    /// Digests of messages read that were written before.
    var reads: [UInt64?]
    /// The first tail of the drainer.
    var firstTail: UInt64?
    /// Two reads of one earlier message differ.
    var isDoubtful = false
  }

  /// - Parameters:
  ///   - entryPoints: where each partition starts.
  ///   - channelCount: channels of the module.
  init(entryPoints: [UInt64], channelCount: Int) {
    self.entryPoints = entryPoints
    digests = Array(repeating: nil, count: channelCount * ModuleLimits.maximumMessageSlots)
  }

  /// Where the kernel keeps a message: sampling channels have place 0 only.
  private static func place(_ channel: Int, _ slot: Int) -> Int { channel * ModuleLimits.maximumMessageSlots + slot }

  // MARK: Beginning in the middle

  /// Begins after a keyframe: all is done but the wait for the window's instant; `continues` tells later if that is so.
  mutating func begin(notBefore: UInt64) {
    padNanoseconds = notBefore
    beginning = Beginning(padNanoseconds: notBefore, reads: Array(repeating: nil, count: digests.count))
  }

  /// Whether all that was taken for granted at the beginning is how `earlier` ended.
  func continues(_ earlier: ObservationLedger) -> Bool {
    guard let beginning, !beginning.isDoubtful, earlier.owesNothing,
      earlier.padNanoseconds == beginning.padNanoseconds,
      earlier.padNanoseconds == 0 || !earlier.isPadOptional && earlier.lastPadNanoseconds != earlier.padNanoseconds,
      beginning.firstTail ?? .max > earlier.drainTail
    else { return false }
    for place in digests.indices {
      if let read = beginning.reads[place], let written = earlier.digests[place], read != written { return false }
    }
    return true
  }

  /// Takes over what `earlier` knew: now nothing is taken for granted any more.
  mutating func inherit(_ earlier: ObservationLedger) {
    for place in digests.indices where digests[place] == nil { digests[place] = earlier.digests[place] }
    drainTail = max(drainTail, earlier.drainTail)
    if lastPadNanoseconds == 0 { lastPadNanoseconds = earlier.lastPadNanoseconds }
    beginning = nil
  }

  private var owesNothing: Bool {
    acknowledgement == nil && mask == nil && upcall == nil && exception == nil && callback == nil && resetsDue == 0
      && copy == nil && consoleBytes == nil && !keyframeDue
  }

  /// Takes on what `decision` owes.
  ///
  /// - Precondition: nothing is unpaid but a pad, as `unpaid` has said.
  @inline(__always)
  mutating func owe(_ decision: borrowing Decision) {
    if decision.works.rawValue & Self.owing.rawValue != 0 { oweActs(decision) }
    if decision.notBefore != .zero, decision.notBefore.nanoseconds != lastPadNanoseconds {
      if padNanoseconds != decision.notBefore.nanoseconds { isPadOptional = false }
      padNanoseconds = decision.notBefore.nanoseconds
    } else if decision.notBefore == .zero {
      padNanoseconds = 0
    }
  }

  /// What of a decision is seen to be done.
  private static var owing: Decision.Works {
    Decision.Works.acknowledge.union(.lineMask).union(.upcall).union(.exception).union(.callback).union(.partitions)
      .union(.effect).union(.keyframe)
  }

  private mutating func oweActs(_ decision: borrowing Decision) {
    isOwing = true
    acknowledgement = decision.acknowledge
    mask = decision.lineMask
    upcall = decision.upcall
    exception = decision.exception
    callback = decision.callback
    resetsDue = decision.works.contains(.partitions) ? decision.restartedPartitions : 0
    switch decision.effect {
    case .writeMessage(let port, let channel, _, let byteCount):
      copy = (.write, port, Self.place(channel, 0), byteCount)
    case .readMessage(let port, let channel, _, let byteCount):
      copy = (.read, port, Self.place(channel, 0), byteCount)
    case .sendMessage(let port, let channel, let slot, _, let byteCount):
      copy = (.send, port, Self.place(channel, slot), byteCount)
    case .receiveMessage(let port, let channel, let slot, _, let byteCount):
      copy = (.receive, port, Self.place(channel, slot), byteCount)
    case .console(_, let byteCount): consoleBytes = byteCount
    case .none, .segmentBase, .restoreUpcallFrame: break
    }
    keyframeDue = decision.keyframeDue
  }

  /// After a loss nothing is known of what is owed.
  mutating func forgive() {
    self = ObservationLedger(
      entryPoints: entryPoints, channelCount: digests.count / ModuleLimits.maximumMessageSlots)
  }

  /// Goes on from an adopted keyframe: all was done before it was written but the wait for the window's instant.
  mutating func adopt(notBefore: UInt64) {
    padNanoseconds = notBefore
    isPadOptional = true
  }

  mutating func noteKeyframe() { keyframeDue = false }

  /// What is unpaid; nil if all is done. `interrupted` tells whether the CPU has been in ring 3 since.
  @inline(__always)
  mutating func unpaid(isFromPartition: Bool) -> String? {
    guard isOwing || padNanoseconds != 0 else { return nil }
    if let reason = unpaidAct ?? unpaidPad(isFromPartition) { return reason }
    isOwing = false
    return nil
  }

  private func unpaidPad(_ isFromPartition: Bool) -> String? {
    padNanoseconds != 0 && isFromPartition && !isPadOptional ? "the partition ran without its window's pad" : nil
  }

  private var unpaidAct: String? {
    if let acknowledgement { return "the interrupt of line \(acknowledgement.rawValue) was not acknowledged" }
    if mask != nil { return "the masks were not read back" }
    if let upcall { return "the upcall of vector \(upcall.vector) was not written" }
    if let exception { return "the exception of vector \(exception.vector) was not written" }
    if let callback { return "the callback of partition \(callback.partition.rawValue) was not set up" }
    if resetsDue != 0 { return "the registers of partition \(resetsDue.trailingZeroBitCount) were not reset" }
    if let copy { return "the message of port \(copy.port) was not copied" }
    if consoleBytes != nil { return "the console bytes were not written" }
    if keyframeDue { return "a keyframe was due" }
    return nil
  }

  /// Compares an observation with what is owed; the sentence says what is wrong, nil that nothing is.
  mutating func settle(_ event: EventReference) -> String? {
    switch EventKind(rawValue: event.kind) {
    case .acknowledged: return settleAcknowledgement(event)
    case .maskRead:
      guard let wanted = mask else { return "masks were read back that nobody set" }
      mask = nil
      return event.operand == UInt32(wanted)
        ? nil : "the controllers hold other masks (\(event.operand)) than decided (\(wanted))"
    case .upcallWritten: return settleUpcall(event)
    case .exceptionWritten: return settleException(event)
    case .contextReset: return settleReset(event)
    case .messageCopied: return settleCopy(event)
    case .consoleWritten:
      guard let wanted = consoleBytes else { return "console bytes were written that nobody asked for" }
      consoleBytes = nil
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
    guard let line = acknowledgement else { return "an acknowledgement that nothing called for" }
    acknowledgement = nil
    guard event.operand == UInt32(line.vector) else { return "another line than \(line.rawValue) was acknowledged" }
    return event.words.w0 & UInt64(line.bit) == 0
      ? nil : "line \(line.rawValue) is still in service after its end of interrupt"
  }

  private mutating func settleUpcall(_ event: EventReference) -> String? {
    guard let wanted = upcall else { return "an upcall was written that nobody decided" }
    upcall = nil
    guard event.partition == wanted.partition.rawValue, event.operand == UInt32(wanted.vector) else {
      return "the upcall written is another one"
    }
    guard event.words.w1 == wanted.entry else { return "the partition would not resume at its upcall entry" }
    return event.words.w2 == 0 ? nil : "the virtual interrupt flag is still on"
  }

  private mutating func settleException(_ event: EventReference) -> String? {
    guard let wanted = exception else { return "an exception was written that nobody decided" }
    exception = nil
    guard event.partition == wanted.partition.rawValue, event.operand == UInt32(wanted.vector) else {
      return "the exception written is another one"
    }
    guard event.words.w1 == wanted.entry else { return "the partition would not resume at its exception entry" }
    return event.words.w2 == 0 ? nil : "the virtual interrupt flag is still on"
  }

  /// The registers of a partition that starts, or is called back.
  private mutating func settleReset(_ event: EventReference) -> String? {
    let partition = Int(event.partition)
    guard partition < entryPoints.count else { return "registers were reset of a partition that does not exist" }
    let bit: UInt32 = 1 << UInt32(partition)
    var entry = entryPoints[partition]
    if let wanted = callback, wanted.partition.rawValue == event.partition {
      entry = wanted.entry
      callback = nil
    } else if resetsDue & bit != 0 {
      resetsDue &= ~bit
    } else {
      return "registers were reset that nothing called for"
    }
    guard event.words.w0 == entry else { return "the partition would not run from its entry point" }
    let stackTop = PartitionLayout.stackTop
    return event.words.w1 <= stackTop && stackTop - event.words.w1 <= 16 ? nil : "the partition's stack is not whole"
  }

  private mutating func settleCopy(_ event: EventReference) -> String? {
    guard let wanted = copy else { return "a message was copied that nobody asked for" }
    copy = nil
    guard event.detail == wanted.operation.rawValue, event.operand == UInt32(wanted.port),
      event.words.w1 == wanted.byteCount
    else { return "another message was copied than decided" }
    if wanted.operation == .write || wanted.operation == .send {
      digests[wanted.place] = event.words.w0
    } else if digests[wanted.place] == nil {
      noteRead(event.words.w0, at: wanted.place)
    } else if digests[wanted.place] != event.words.w0 {
      return "the message \(wanted.operation == .read ? "read" : "received") is not the message "
        + (wanted.operation == .read ? "written" : "sent")
    }
    return nil
  }

  /// A message was read whose writing was not seen.
  private mutating func noteRead(_ digest: UInt64, at place: Int) {
    guard let read = beginning?.reads[place] ?? nil else {
      beginning?.reads[place] = digest
      return
    }
    if read != digest { beginning?.isDoubtful = true }
  }
}
