import EventRows
import ModuleConfiguration
import TraceFormat

/// Most calls are answered at once, or once the operation on a port that they ask for is decided. Their events are
/// judged one after the other as always, but without a look at each what it is: that is seen in one go.
extension Verifier {
  /// Judges the call at hand, and with it events that follow where they are as usual; the last judged is the event at
  /// hand then.
  ///
  /// Unsafe: from `place` to `end` there are events.
  ///
  /// - Returns: the place behind the last judged.
  @inline(__always)
  mutating func callAhead(
    _ event: RowReference, _ place: UnsafePointer<EventRow>, _ end: UnsafePointer<EventRow>
  ) -> UnsafePointer<EventRow> {
    var (call, place) = (event, place)
    // One of nobody begins no step.
    guard event.partition != 0xFF else {
      hypercallAlone(event)
      return place
    }
    while place < end {
      closeStep()
      if passCalmly(call, until: calm.until) {
        beginCall(call)
      } else {
        enterAtLength(call)
        tellCall(call)
      }
      place = answerAhead(place, end)
      // Mostly the caller calls again.
      guard place < end, isCall(RowReference(place)) else { return place }
      call = RowReference(place)
      goOn(to: call)
      place += 1
    }
    hypercallAlone(call)
    return place
  }

  /// Judges what follows the call at hand, if it is its answer, or its operation on a port and what that brings.
  @inline(__always)
  private mutating func answerAhead(
    _ place: UnsafePointer<EventRow>, _ end: UnsafePointer<EventRow>
  ) -> UnsafePointer<EventRow> {
    let next = RowReference(place)
    if isAnswer(next) {
      takeAnswer(next)
      return place + 1
    }
    if next.kind == EventKind.portOperation.rawValue { return operationAhead(place, end) }
    return isReturn(next) ? returnsAhead(place, end) : place
  }

  @inline(__always)
  private mutating func operationAhead(
    _ place: UnsafePointer<EventRow>, _ end: UnsafePointer<EventRow>
  ) -> UnsafePointer<EventRow> {
    guard end - place >= UsualPort.lookahead, mayLookAtPorts else { return place }
    return place + portAhead(UsualPort(place))
  }

  /// Whether an event tells of upcalls from which the caller has returned, and nothing but that is to be judged of it.
  @inline(__always)
  private func isReturn(_ event: RowReference) -> Bool {
    event.kind == EventKind.upcallsReturned.rawValue && event.partition == step.partition && event.time >= time
      && mayLookAtReturns
  }

  /// Judges upcalls returned from, and what follows these.
  @inline(never)
  private mutating func returnsAhead(
    _ place: UnsafePointer<EventRow>, _ end: UnsafePointer<EventRow>
  ) -> UnsafePointer<EventRow> {
    goOn(to: RowReference(place))
    upcallsReturned(RowReference(place))
    let place = place + 1
    guard place < end else { return place }
    let next = RowReference(place)
    if isAnswer(next) {
      takeAnswer(next)
      return place + 1
    }
    return next.kind == EventKind.portOperation.rawValue ? operationAhead(place, end) : place
  }

  /// Whether an event is a call of the step's partition, and nothing but that is to be judged of it.
  @inline(__always)
  private func isCall(_ event: RowReference) -> Bool {
    guard event.kind == EventKind.hypercall.rawValue, event.partition == step.partition, event.time >= time else {
      return false
    }
    return mayLookAtCalls
  }

  /// Begins the step of a call of the calm partition.
  @inline(__always)
  private mutating func beginCall(_ event: RowReference) {
    step.begin(call: meaning(of: event), event, time: time, position: position)
    if rare.isTouched { rare = Rarities() }
    noteCall(event, calm.state)
  }

  /// What the call tells itself; its step has begun.
  @inline(__always)
  mutating func tellCall(_ event: RowReference) {
    step.tell(meaning(of: event), event)
    noteCall(event, partitions.reference(to: Int(event.partition)))
  }

  @inline(__always)
  private mutating func noteCall(_ event: RowReference, _ caller: DirectReference<PartitionState>) {
    caller.pointee.deferred = 0
    caller.pointee.optional = 0
    if step.call.duties.contains(.learn) { learn(from: event) }
  }

  @inline(__always)
  private mutating func meaning(of call: RowReference) -> CallMeaning {
    calls[min(Int(UInt16(truncatingIfNeeded: call.operand)), CallMeaning.tableCount)]
  }

  /// What a call tells of its caller's upcalls and handler.
  @inline(never)
  private mutating func learn(from event: RowReference) {
    calm.shown = Calm.noFlags
    let state = partitions.reference(to: Int(event.partition))
    // The return's own frame is used again: whoever returns takes upcalls.
    if step.what == HypercallNumber.returnFromUpcall.rawValue, step.looked & 1 != 0 {
      state.pointee.isEnabled = true
      state.pointee.wasInTail = false
      // A mark that comes before the next entry needs room below the stack pointer that the frame holds.
      state.pointee.frameFits = step.looked & 2 != 0
      state.pointee.showHandler(isOver: step.looked & 4 != 0)
    } else if step.what == HypercallNumber.raiseApplicationError.rawValue {
      learnHandler(of: event.partition, told: step.looked)
    }
  }

  /// Whether an event is the answer of the call that was judged just now, and as usual.
  @inline(__always)
  private func isAnswer(_ event: RowReference) -> Bool {
    event.kind == EventKind.hypercallResult.rawValue && event.time >= time && mayLookAhead
      && event.partition == step.partition && event.operand == UInt32(step.what)
  }

  /// Makes that answer the event at hand, and judges it.
  @inline(__always)
  private mutating func takeAnswer(_ event: RowReference) {
    goOn(to: event)
    tally(.hypercallAnswered)
    answer(event)
  }

  /// The event at hand is judged, and the next one is another of which it is known what it is.
  @inline(__always)
  private mutating func goOn(to event: RowReference) {
    previousTime = time
    position &+= 1
    time = event.time
  }
}
