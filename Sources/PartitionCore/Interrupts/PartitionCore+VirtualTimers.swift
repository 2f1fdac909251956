import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// Starts or stops the caller's timer: (first tick in ns, period in ns); first tick 0 stops it, period 0 is one-shot.
  mutating func setTimer(_ call: Hypercall, at now: SystemTime) -> Answer {
    let (first, period) = (call.arguments.0, call.arguments.1)
    guard period == 0 || period >= VirtualTimer.minimumPeriod else { return Answer(.invalidParameter) }
    let index = Int(current.rawValue)
    if first == 0 {
      guard guests.states[index].timer.next != .max else { return Answer(.noAction) }
      guests.states[index].timer.stop()
    } else {
      guests.states[index].timer.start(first: first, period: period, now: now.nanoseconds)
    }
    findNextTick()
    mustPlan = true
    return Answer(.noError)
  }

  /// Looks up whose timer can fall due now: the running owner's of the window, and nobody's else.
  @inline(__always) mutating func findNextTick() {
    nextTickNanoseconds = isIdle || current.isNone ? .max : guests.states[Int(current.rawValue)].timer.next
  }

  /// The running partition's timer has fallen due: once in its window, or any number of times while it had none.
  ///
  /// At a window's start ticks up to the nominal start count, though the kernel gets there earlier.
  @inline(never)
  mutating func expireTimer<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let partition = current
    let index = Int(partition.rawValue)
    let expiry = guests.states[index].timer.expire(at: max(now.nanoseconds, pendingStartNanoseconds))
    let isRegistered = vcpus.interrupts[index].registered & VirtualInterrupt.timer.bit != 0
    let latestOnly = configurations[index].missedTickPolicy == .latestOnly
    var dropped: UInt64 = 0
    if !isRegistered {
      dropped = expiry.count  // Nobody takes them: missed, whatever the policy.
    } else if latestOnly {
      // A tick that still waits is not the latest any more.
      dropped = vcpus.waiting(partition, .timer) != 0 ? expiry.count : expiry.count &- 1
    }
    guests.states[index].missedTicks &+= dropped
    let next = guests.states[index].timer.next
    recorder.record(
      .timerExpired, partition: partition, detail: 0, operand: UInt32(clamping: expiry.count), expiry.latest,
      next == .max ? 0 : next, dropped)
    if isRegistered {
      let added = expiry.count &- dropped
      let waiting = vcpus.mark(partition, .timer, count: added)
      recorder.record(
        .mark, partition: partition, detail: 0, operand: UInt32(VirtualInterrupt.timer.vector), UInt64(waiting))
    }
    nextTickNanoseconds = next
    mustPlan = true
  }
}
