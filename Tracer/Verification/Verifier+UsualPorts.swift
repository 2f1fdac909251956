import APEXTypes
import EventRows
import ModuleConfiguration
import TraceFormat

/// What follows a call about a sampling port, where it lies: for a look ahead.
struct UsualPort {
  /// Events that must follow a call for what it does with a port to be judged together.
  static let lookahead = 4

  private let place: UnsafePointer<EventRow>

  var operation: RowReference { RowReference(place) }
  var answer: RowReference { RowReference(place + 1) }
  var copy: RowReference { RowReference(place + 2) }
  /// What comes then.
  var next: RowReference { RowReference(place + 3) }

  /// Unsafe: at `place` there are `lookahead` events.
  @inline(__always)
  init(_ place: UnsafePointer<EventRow>) { self.place = place }

  /// Whether order and contents are those of a message that is written or read, with success, and copied.
  @inline(__always)
  func isShaped(_ step: Step, from time: NanosecondInstant) -> Bool {
    answer.kind == EventKind.hypercallResult.rawValue && copy.kind == EventKind.messageCopied.rawValue
      && time <= operation.time && operation.time <= answer.time && answer.time <= copy.time
      && operation.partition == step.partition && answer.partition == step.partition
      && copy.partition == step.partition && answer.operand == UInt32(step.what) && answer.detail == 0
      && copy.operand == operation.operand && copy.detail == operation.detail && copy.words.w1 == operation.words.w0
  }
}

/// Most operations on ports are alike: a sampling message is written, or read, by the call before it, and all is as it
/// should be. These are judged in one go.
///
/// What is judged is the same, claim by claim, as by the functions for any operation. Whatever is not as it should be
/// goes that way, and is explained there: this one never finds a violation.
extension Verifier {
  /// Judges what follows the call at hand, whose step has begun, where it is usual; the last judged is at hand then.
  ///
  /// - Returns: how many events were judged.
  @inline(never)
  mutating func portAhead(_ events: UsualPort) -> Int {
    let index = Int(events.operation.operand)
    guard events.isShaped(step, from: time), index < plan.ports.count,
      let operation = PortOperation(rawValue: events.operation.detail), judgeUsual(events.operation, operation, index)
    else { return 0 }
    let channel = channels.reference(to: plan.ports[index].channel)
    let digest = events.copy.words.w0
    if operation == .write {
      channel.pointee.digest = digest
      channel.pointee.isDigestKnown = true
    } else {
      guard !channel.pointee.isDigestKnown || channel.pointee.digest == digest else {
        // What is wrong is found where the events come one by one: the operation is judged.
        noteUsual(events.operation, operation, index)
        return passOver(1, to: events.operation)
      }
      if channel.pointee.isDigestKnown { tally(.portContent) }
    }
    step.happenings.remove(.copyDue)
    step.happenings.insert(.answered)
    step.resultValue = events.answer.words.w0
    tally(.hypercallAnswered)
    tally(.portCopied)
    if !closeAhead(events, operation) { noteUsual(events.operation, operation, index) }
    return passOver(3, to: events.copy)
  }

  /// Judges at once by what the step of a usual operation would be judged when it closes; false, and nothing, where
  /// something may come before that.
  @inline(__always)
  private mutating func closeAhead(_ events: UsualPort, _ operation: PortOperation) -> Bool {
    // Else it closes at length, and all is judged then.
    guard isJudged(events.next), step.owesNothing, !rare.isTouched else { return false }
    if operation == .read {
      let isValid = events.operation.words.w2 & 1
      let told = UInt64(UInt32(clamping: events.operation.words.w0)) | isValid << 32
      guard step.resultValue == told else { return false }
      tally(.portResult)
    }
    step.call.duties.remove(.close)
    return true
  }

  /// So many events were judged beside the one that was at hand; the last of them is at hand now.
  @inline(__always)
  private mutating func passOver(_ count: Int, to last: RowReference) -> Int {
    position &+= UInt64(count)
    time = last.time
    return count
  }

  /// Judges a usual operation; false, and nothing, where it is another.
  @inline(__always)
  mutating func passUsually(_ event: RowReference, _ operation: PortOperation, _ index: Int) -> Bool {
    guard judgeUsual(event, operation, index) else { return false }
    noteUsual(event, operation, index)
    return true
  }

  /// What is kept of a usual operation for what comes after it in its step.
  @inline(__always)
  private mutating func noteUsual(_ event: RowReference, _ operation: PortOperation, _ index: Int) {
    step.portIndex = Int32(truncatingIfNeeded: index)
    step.copyPort = step.portIndex
    step.copyOperation = event.detail
    step.messageBytes = event.words.w0
    guard operation == .read else { return }
    step.readIsValid = event.words.w2 & 1 != 0
    step.readBytes = UInt32(clamping: event.words.w0)
    step.readIsComparable = true
  }

  /// The same but for what is kept for later events of the step.
  @inline(__always)
  private mutating func judgeUsual(_ event: RowReference, _ operation: PortOperation, _ index: Int) -> Bool {
    guard step.kind == EventKind.hypercall.rawValue, step.partition == event.partition, step.portIndex < 0,
      plan.ports[index].partition == event.partition, !plan.ports[index].isQueuing, ports.queues[index].isCreated
    else { return false }
    let bytes = event.words.w0
    guard bytes <= plan.ports[index].maximumBytes, ports.mayMean(index, by: step.argument0, event.partition) else {
      return false
    }
    let isPassed =
      switch operation {
      case .write where plan.ports[index].isSource: bytes == step.argument2 && passWrite(event, index)
      case .read where !plan.ports[index].isSource: bytes <= step.argument2 && passRead(event, index)
      default: false
      }
    guard isPassed else { return false }
    tally(.portPermitted)
    return true
  }

  /// A message is written that follows the last one of its channel.
  @inline(__always)
  private mutating func passWrite(_ event: RowReference, _ index: Int) -> Bool {
    let channel = plan.ports[index].channel
    let state = channels.reference(to: channel)
    guard step.what == HypercallNumber.writeSamplingMessage.rawValue, state.pointee.isSequenceKnown,
      event.words.w1 == state.pointee.sequence &+ 1
    else { return false }
    tally(.portSequence)
    noteWritten(event, channel)
    return true
  }

  /// What was written is what is read from now on.
  @inline(__always)
  mutating func noteWritten(_ event: RowReference, _ channel: Int) {
    let state = channels.reference(to: channel)
    state.pointee.isSequenceKnown = true
    state.pointee.sequence = event.words.w1
    state.pointee.isEmpty = false
    state.pointee.isKnown = step.kind != 0
    state.pointee.bytes = event.words.w0
    state.pointee.writtenAt = step.time
    state.pointee.isDigestKnown = false
    var destination = plan.firstDestination[channel]
    while destination >= 0 {
      // Seldom new, and to write asks whether the queues are shared.
      if ports.queues[destination].isEmpty || !ports.queues[destination].isEmptyKnown { showContents(of: destination) }
      destination = plan.ports[destination].nextDestination
    }
    oweCopy()
  }

  @inline(never)
  private mutating func showContents(of port: Int) {
    ports.queues[port].isEmpty = false
    ports.queues[port].isEmptyKnown = true
  }

  /// A message is to be copied, which the trace shows, or leaves out.
  @inline(__always)
  mutating func oweCopy() {
    step.happenings.insert(plan.copyDue)
    book.accounts[ClaimKey.portCopied.rawValue].checked &+= plan.copiesJudged
  }

  /// The last message of a channel is read, of which all is known.
  @inline(__always)
  private mutating func passRead(_ event: RowReference, _ index: Int) -> Bool {
    let channel = channels.reference(to: plan.ports[index].channel)
    guard step.what == HypercallNumber.readSamplingMessage.rawValue, ports.queues[index].isEmptyKnown,
      !ports.queues[index].isEmpty, channel.pointee.isSequenceKnown, event.words.w1 == channel.pointee.sequence,
      channel.pointee.isKnown, !channel.pointee.isEmpty, event.words.w0 == channel.pointee.bytes, event.words.w0 > 0,
      step.time >= channel.pointee.writtenAt
    else { return false }
    let isValid = event.words.w2 & 1 != 0
    let (age, period) = (step.time &- channel.pointee.writtenAt, plan.ports[index].refreshPeriod)
    // At the refresh period exactly, either is right.
    guard isValid ? age <= period : age >= period else { return false }
    step.happenings.insert(.readSeen)
    oweCopy()
    tally(.portEmpty)
    tally(.portSequence)
    tally(.portContent)
    tally(.portValid)
    return true
  }
}
