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
  private var copy: (operation: PortOperation, port: Int, place: MessagePlace, byteCount: UInt64)?
  private var consoleBytes: UInt64?
  private var keyframeDue = false
  /// The window start whose pad has to be recorded before the partition runs, in ns; 0 for none.
  private var padNanoseconds: UInt64 = 0
  private var lastPadNanoseconds: UInt64 = 0
  /// The pad may have been recorded before the keyframe from which the replay goes on.
  private var isPadOptional = false
  /// Digest of the message at each place of each channel, where it is known.
  private var digests: [MessagePlace: UInt64] = [:]
  private let entryPoints: [UInt64]
  private var drainTail: UInt64 = 0

  /// - Parameter entryPoints: where each partition starts.
  init(entryPoints: [UInt64]) { self.entryPoints = entryPoints }

  /// Where the kernel keeps a message: sampling channels have place 0 only.
  private struct MessagePlace: Hashable {
    var channel: Int
    var slot: Int
  }

  /// Takes on what `decision` owes.
  mutating func owe(_ decision: Decision) {
    acknowledgement = decision.acknowledge
    mask = decision.lineMask
    upcall = decision.upcall
    exception = decision.exception
    callback = decision.callback
    resetsDue = decision.works.contains(.partitions) ? decision.restartedPartitions : 0
    copy = nil
    consoleBytes = nil
    switch decision.effect {
    case .writeMessage(let port, let channel, _, let byteCount):
      copy = (.write, port, MessagePlace(channel: channel, slot: 0), byteCount)
    case .readMessage(let port, let channel, _, let byteCount):
      copy = (.read, port, MessagePlace(channel: channel, slot: 0), byteCount)
    case .sendMessage(let port, let channel, let slot, _, let byteCount):
      copy = (.send, port, MessagePlace(channel: channel, slot: slot), byteCount)
    case .receiveMessage(let port, let channel, let slot, _, let byteCount):
      copy = (.receive, port, MessagePlace(channel: channel, slot: slot), byteCount)
    case .console(_, let byteCount): consoleBytes = byteCount
    case .none, .segmentBase, .restoreUpcallFrame: break
    }
    keyframeDue = decision.keyframeDue
    if decision.notBefore != .zero, decision.notBefore.nanoseconds != lastPadNanoseconds {
      if padNanoseconds != decision.notBefore.nanoseconds { isPadOptional = false }
      padNanoseconds = decision.notBefore.nanoseconds
    } else if decision.notBefore == .zero {
      padNanoseconds = 0
    }
  }

  /// After a loss nothing is known of what is owed.
  mutating func forgive() {
    self = ObservationLedger(entryPoints: entryPoints)
  }

  /// Goes on from an adopted keyframe: all was done before it was written but the wait for the window's instant.
  mutating func adopt(_ decision: Decision) {
    padNanoseconds = decision.notBefore.nanoseconds
    isPadOptional = true
  }

  mutating func noteKeyframe() { keyframeDue = false }

  /// What is unpaid; nil if all is done. `interrupted` tells whether the CPU has been in ring 3 since.
  func unpaid(isFromPartition: Bool) -> String? {
    if let acknowledgement { return "the interrupt of line \(acknowledgement.rawValue) was not acknowledged" }
    if mask != nil { return "the masks were not read back" }
    if let upcall { return "the upcall of vector \(upcall.vector) was not written" }
    if let exception { return "the exception of vector \(exception.vector) was not written" }
    if let callback { return "the callback of partition \(callback.partition.rawValue) was not set up" }
    if resetsDue != 0 { return "the registers of partition \(resetsDue.trailingZeroBitCount) were not reset" }
    if let copy { return "the message of port \(copy.port) was not copied" }
    if consoleBytes != nil { return "the console bytes were not written" }
    if keyframeDue { return "a keyframe was due" }
    if padNanoseconds != 0, isFromPartition, !isPadOptional { return "the partition ran without its window's pad" }
    return nil
  }

  /// Compares an observation with what is owed; the sentence says what is wrong, nil that nothing is.
  mutating func settle(_ event: TraceEvent) -> String? {
    switch event.knownKind {
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
      guard event.words.w0 > drainTail else { return "the drainer's tail went back" }
      drainTail = event.words.w0
      return nil
    case .kernelFault: return "the kernel broke an invariant of its own"
    default: return nil
    }
  }

  private mutating func settleAcknowledgement(_ event: TraceEvent) -> String? {
    guard let line = acknowledgement else { return "an acknowledgement that nothing called for" }
    acknowledgement = nil
    guard event.operand == UInt32(line.vector) else { return "another line than \(line.rawValue) was acknowledged" }
    return event.words.w0 & UInt64(line.bit) == 0
      ? nil : "line \(line.rawValue) is still in service after its end of interrupt"
  }

  private mutating func settleUpcall(_ event: TraceEvent) -> String? {
    guard let wanted = upcall else { return "an upcall was written that nobody decided" }
    upcall = nil
    guard event.partition == wanted.partition.rawValue, event.operand == UInt32(wanted.vector) else {
      return "the upcall written is another one"
    }
    guard event.words.w1 == wanted.entry else { return "the partition would not resume at its upcall entry" }
    return event.words.w2 == 0 ? nil : "the virtual interrupt flag is still on"
  }

  private mutating func settleException(_ event: TraceEvent) -> String? {
    guard let wanted = exception else { return "an exception was written that nobody decided" }
    exception = nil
    guard event.partition == wanted.partition.rawValue, event.operand == UInt32(wanted.vector) else {
      return "the exception written is another one"
    }
    guard event.words.w1 == wanted.entry else { return "the partition would not resume at its exception entry" }
    return event.words.w2 == 0 ? nil : "the virtual interrupt flag is still on"
  }

  /// The registers of a partition that starts, or is called back.
  private mutating func settleReset(_ event: TraceEvent) -> String? {
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

  private mutating func settleCopy(_ event: TraceEvent) -> String? {
    guard let wanted = copy else { return "a message was copied that nobody asked for" }
    copy = nil
    guard event.detail == wanted.operation.rawValue, event.operand == UInt32(wanted.port),
      event.words.w1 == wanted.byteCount
    else { return "another message was copied than decided" }
    if wanted.operation == .write || wanted.operation == .send {
      digests[wanted.place] = event.words.w0
    } else if let digest = digests[wanted.place], digest != event.words.w0 {
      return "the message \(wanted.operation == .read ? "read" : "received") is not the message "
        + (wanted.operation == .read ? "written" : "sent")
    }
    return nil
  }
}
