import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Most operations on ports are alike: a sampling message is written, or read, by the call before it, and all is as it
/// should be. These are judged in one go.
///
/// What is judged is the same, claim by claim, as by the functions for any operation. Whatever is not as it should be
/// goes that way, and is explained there: this one never finds a violation.
extension Verifier {
  /// Judges a usual operation; false, and nothing, where it is another.
  @inline(__always)
  mutating func passUsually(_ event: EventReference, _ operation: PortOperation, _ index: Int) -> Bool {
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
    step.portIndex = Int32(truncatingIfNeeded: index)
    if bytes > 0 || operation == .write {
      step.copyPort = step.portIndex
      step.copyOperation = event.detail
      step.messageBytes = bytes
    }
    return true
  }

  /// A message is written that follows the last one of its channel.
  @inline(__always)
  private mutating func passWrite(_ event: EventReference, _ index: Int) -> Bool {
    let channel = plan.ports[index].channel
    guard step.what == HypercallNumber.writeSamplingMessage.rawValue, channels[channel].isSequenceKnown,
      event.words.w1 == channels[channel].sequence &+ 1
    else { return false }
    tally(.portSequence)
    noteWritten(event, channel)
    return true
  }

  /// What was written is what is read from now on.
  @inline(__always)
  mutating func noteWritten(_ event: EventReference, _ channel: Int) {
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
      ports.queues[destination].isEmpty = false
      ports.queues[destination].isEmptyKnown = true
      destination = plan.ports[destination].nextDestination
    }
    oweCopy()
  }

  /// A message is to be copied, which the trace shows, or leaves out.
  @inline(__always)
  mutating func oweCopy() {
    step.happenings.insert(plan.copyDue)
    book.accounts[ClaimKey.portCopied.rawValue].checked &+= plan.copiesJudged
  }

  /// The last message of a channel is read, of which all is known.
  @inline(__always)
  private mutating func passRead(_ event: EventReference, _ index: Int) -> Bool {
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
    step.readIsValid = isValid
    step.readBytes = UInt32(clamping: event.words.w0)
    step.readIsComparable = true
    step.happenings.insert(.readSeen)
    oweCopy()
    tally(.portEmpty)
    tally(.portSequence)
    tally(.portContent)
    tally(.portValid)
    return true
  }
}
