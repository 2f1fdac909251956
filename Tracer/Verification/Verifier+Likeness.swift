import ModuleConfiguration

/// Whether two verifiers would judge what comes next alike.
extension Verifier {
  /// Whether all that a later judgement can depend on is the same: everything but the book of what was judged, the
  /// counts that a piece leaves open, and where the clocks of windows began, of which only differences are ever used.
  ///
  /// Both are of the same module, and neither has a gap open. The other may be a guess that leaves something open.
  func isAlike(_ other: borrowing Verifier) -> Bool {
    guard !isGapOpen, !other.isGapOpen, time == other.time, previousTime == other.previousTime,
      firstTime == other.firstTime, eventCount == other.eventCount, isResumeKnown == other.isResumeKnown,
      gapCount == other.gapCount, step == other.step, rare == other.rare, schedule == other.schedule,
      machine.isAlike(other.machine), health == other.health, keyframe == other.keyframe,
      processes == other.processes, ending == other.ending,
      refusal.next != step.position || refusal == other.refusal
    else { return false }
    guard partitions.count == other.partitions.count, counters == other.counters,
      handlerAddresses == other.handlerAddresses, coalesced == other.coalesced, registeredBy == other.registeredBy,
      registrationKnown == other.registrationKnown, channels == other.channels
    else { return false }
    for index in partitions.indices {
      guard partitions[index].comparable == other.partitions[index].comparable,
        guests[index].comparable == other.guests[index].comparable, areMarksAlike(index, other)
      else { return false }
    }
    return ports.isAlike(other.ports) && custom.isAlike(other.custom)
  }

  /// The clocks of marks that wait.
  private func areMarksAlike(_ partition: Int, _ other: borrowing Verifier) -> Bool {
    var rest = partitions[partition].clockKnown
    while rest != 0 {
      let cell = partition * Self.interruptStride + rest.trailingZeroBitCount
      rest &= rest &- 1
      guard markTimes[cell] == other.markTimes[cell],
        markClocks[cell] &- partitions[partition].windowClock
          == other.markClocks[cell] &- other.partitions[partition].windowClock
      else { return false }
    }
    return true
  }
}

extension PartitionState {
  /// Itself without what makes no difference.
  fileprivate var comparable: PartitionState {
    var state = self
    state.marksEver = OpenCount()
    if upcallAwaited >= 0 {
      state.clockAtMark = clockAtMark &- windowClock
    } else {
      state.clockAtMark = 0
      state.timeOfMark = 0
    }
    state.windowClock = 0
    // Without a claim, or in a period that is not judged, nobody looks at the supply.
    if supplyClaim < 0 || !supplyKnown {
      (state.supply, state.required, state.periodStart, state.continuesInNextFrame) = (0, 0, 0, false)
    }
    return state
  }
}

extension GuestState {
  fileprivate var comparable: GuestState {
    var state = self
    state.missedTicks = OpenCount()
    state.reflected = OpenCount()
    return state
  }
}

extension MachineState {
  fileprivate func isAlike(_ other: MachineState) -> Bool {
    var (one, two) = (self, other)
    one.spuriousCount = OpenCount()
    two.spuriousCount = OpenCount()
    if two.isDrainOpen {
      (one.drainedWords, one.drainedBytes, one.isDrainOpen) = (0, 0, true)
      (two.drainedWords, two.drainedBytes) = (0, 0)
    }
    return one == two
  }
}

extension PortTable {
  /// Whether the same waits: not where in its ring.
  fileprivate func isAlike(_ other: PortTable) -> Bool {
    guard queues.count == other.queues.count, identifiers == other.identifiers,
      namesKnown == other.namesKnown
    else { return false }
    for port in queues.indices {
      var (one, two) = (queues[port], other.queues[port])
      if one.isKnown {
        guard one.count == two.count else { return false }
        for place in 0..<one.count where !messages.isEmpty {
          let message = messages[port * Self.room + (one.head + place) % Self.room]
          guard message == other.messages[port * Self.room + (two.head + place) % Self.room] else { return false }
        }
      }
      one.head = 0
      two.head = 0
      guard one == two else { return false }
    }
    return true
  }
}

extension PortTable.Queue {
  /// The same where its contents are not known.
  var unknown: PortTable.Queue {
    var queue = self
    queue.isKnown = false
    return queue
  }
}

extension CustomClaims {
  fileprivate func isAlike(_ other: CustomClaims) -> Bool {
    guard claims.count == other.claims.count else { return false }
    return zip(claims, other.claims).allSatisfy { one, two in
      one.isOpen == two.isOpen && one.count == two.count
        && (!one.isOpen || one.since == two.since && one.sincePosition == two.sincePosition)
    }
  }
}

extension DirectTable where Element: Equatable {
  fileprivate static func == (one: borrowing DirectTable, other: borrowing DirectTable) -> Bool {
    guard one.count == other.count else { return false }
    for index in one.indices where one[index] != other[index] { return false }
    return true
  }
}
