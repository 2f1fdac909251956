import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Marks that must become upcalls, and what stands against it: room, depth, lines that wait for a hypercall.
extension ReferenceChecker {
  /// The partition's virtual interrupt flag as the kernel knows it, an upcall left aside; nil within a callback, and
  /// after a start that was not told.
  func isOn(_ partition: Int, before index: Int, without upcall: Int? = nil) -> Bool? {
    let place = last(
      before: index, of: topic(.interrupt, partition), topic(.timer, partition), topic(.hypercall, partition),
      topic(.exception, partition), topic(.restart, partition), topic(.upcall, partition),
      topic(.exceptionReflected, partition), topic(.callback, partition)
    ) {
      (!isInputKind($0) || isEntry($0)) && (kinds[$0] != .upcall || upcallIsFirst($0)) && $0 != upcall
    }
    guard let place else { return false }
    if let untold = untoldStart(of: partition, before: index), untold > place { return nil }
    switch kinds[place] {
    case .restart, .upcall, .exceptionReflected: return false
    case .callback: return nil
    default: return isUsableReturn(place) || events[place].detail & 3 != 0
    }
  }

  private func isInputKind(_ index: Int) -> Bool { kinds[index]?.eventClass == .input }

  /// Where a partition's upcalls go; 0 before it has said so, and nil where a start that was not told may have changed
  /// that.
  func upcallEntry(_ partition: Int, before index: Int) -> UInt64? {
    let place = last(before: index, of: topic(.restart, partition), granted(.setUpcallEntry, partition))
    guard isKept(place ?? -1, partition, before: index) else { return nil }
    return place.flatMap { kinds[$0] == .restart ? nil : argument($0, 0) } ?? 0
  }

  /// A marked line whose mark came into the window of its partition, and neither a hypercall nor a window since.
  ///
  /// `intoCode`: only marks that interrupted the partition itself.
  func isHeldBack(_ partition: Int, _ vector: Int, before index: Int, intoCode: Bool = false) -> Bool {
    guard vector < 48, record(of: partition).markedLines >> UInt16(vector - 32) & 1 != 0 else { return false }
    let since = max(
      last(before: index, of: topic(.hypercall, partition), topic(.restart, partition)) ?? -1,
      last(before: index, of: .windowStart) { owner($0) == partition } ?? -1)
    return all(topic(.mark, partition, vector: vector), in: (since + 1)..<index).contains { place in
      guard let input = input(of: place) else { return false }
      let isInOwn = openWindow(before: place).map { owner($0) == partition } ?? false
      return isInOwn && (!intoCode || self.partition(input) == partition)
    }
  }

  /// Whether marks wait that the partition's next resume in its window must deliver, room and depth left aside.
  private func waits(_ partition: Int, before index: Int) -> Bool {
    marked[partition].contains {
      isDeliverable(partition, $0, before: index) && !isHeldBack(partition, $0, before: index)
    }
  }

  func judgeDelivery() {
    for (number, step) in steps.enumerated() where number > 0 && isEntry(step.input) {
      let partition = partition(step.input)
      guard partition != 0xFF, isOn(partition, before: step.input) == true,
        openWindow(before: step.input).map({ owner($0) == partition }) ?? false,
        upcallEntry(partition, before: step.input) ?? 0 != 0, waits(partition, before: step.input)
      else { continue }
      guard let depth = unfinished[number] else { continue }
      let isDeep = depth >= Int(record(of: partition).maximumUpcallDepth)
      if !frameFits(partition, before: step.input) {
        if !isDeep, isRoomTold(partition, before: step.input) == false { require("upcall.room", false) }
      } else if isDeep {
        require("upcall.overflow", isOverflowTold(partition, before: step.input))
      } else {
        require("mark.delivered", false)
      }
    }
    for step in steps { if let decided = upcall(step) { judgeFrame(decided, step) } }
    for index in places[Int(EventKind.healthError.rawValue)] where isStackError(index) { judgeTold(index) }
  }

  private func isStackError(_ index: Int) -> Bool {
    kinds[index] == .healthError && events[index].detail == ErrorCode.stackOverflow.rawValue
      && cause(index) == 0 && !isRaised(index)
  }

  /// An error that a partition raised itself: it comes before the call's answer.
  private func isRaised(_ error: Int) -> Bool {
    guard let step = step(of: error), isCall(step, .raiseApplicationError) else { return false }
    return answer(step).map { error < $0 } ?? true
  }

  /// The health monitor was told of the mark that waits at full depth, and no upcall has returned since.
  private func isOverflowTold(_ partition: Int, before index: Int) -> Bool {
    let returned = returns[partition].last { $0 < index } ?? -1
    let since = max(returned, lastRestart(of: partition, before: index) ?? -1)
    return all(.healthError, in: (since + 1)..<index).contains { self.partition($0) == partition && isStackError($0) }
  }

  /// The health monitor was told of a mark without room, and no frame has fitted since; nil where it is not known.
  private func isRoomTold(_ partition: Int, before index: Int) -> Bool? {
    let place = last(
      before: index, of: topic(.healthError, partition), topic(.upcall, partition), topic(.restart, partition),
      granted(.unregisterVCPU, partition)
    ) { place in
      switch kinds[place] {
      case .healthError: return isStackError(place) && (isShallow(place) || !isDepthKnown(place))
      case .upcall: return upcallIsFirst(place)
      default: return true
      }
    }
    guard isKept(place ?? -1, partition, before: index) else { return nil }
    guard let place else { return false }
    return kinds[place] == .hypercallResult || !isDepthKnown(place) ? nil : kinds[place] == .healthError
  }

  private func isDepthKnown(_ error: Int) -> Bool {
    kinds[error] != .healthError || stepOf[error] >= 0 && depth(partition(error), atStep: stepOf[error]) != nil
  }

  private func depth(_ partition: Int, atStep step: Int) -> Int? {
    step < depths[partition].count ? depths[partition][step] : nil
  }

  /// At an error of the stack: the depth would have allowed the upcall, so that it was room that lacked.
  private func isShallow(_ index: Int) -> Bool {
    let partition = partition(index)
    // The step's own entry may have told of returns.
    guard stepOf[index] >= 0, let depth = depth(partition, atStep: stepOf[index]) else { return false }
    return depth < Int(record(of: partition).maximumUpcallDepth)
  }

  private func judgeTold(_ index: Int) {
    guard isShallow(index) else { return }
    require("upcall.room", isRoomTold(partition(index), before: index) != true)
  }

  private func isReturnAtWindowsEnd(_ index: Int) -> Bool {
    guard isEntry(index), isUsableReturn(index), let step = step(of: index) else { return false }
    return all(.windowEnd, in: range(step)).contains { partition($0) == partition(index) }
  }

  /// On which frame a step's upcall comes.
  private func judgeFrame(_ decided: Int, _ step: Step) {
    let partition = partition(decided)
    guard isOn(partition, before: step.end, without: decided) != nil else { return }
    let isReturn = isCall(step, .returnFromUpcall) && self.partition(step.input) == partition
    let isReplacing = events[decided].detail & 1 != 0
    let place = last(
      before: step.end, of: topic(.interrupt, partition), topic(.timer, partition), topic(.hypercall, partition),
      topic(.exception, partition), topic(.restart, partition), topic(.upcall, partition)
    ) {
      (!isInputKind($0) || isEntry($0)) && (kinds[$0] != .upcall || upcallIsFirst($0)) && $0 != decided
    }
    // An upcall or a start since has left the tail.
    let isInTail = place.map { isEntry($0) && !isUsableReturn($0) && events[$0].detail & 2 != 0 } ?? false
    // What waited at a return with which the window ended comes on its frame in the next one.
    let isLate = isReplacing && (place.map { isReturnAtWindowsEnd($0) } ?? false)
    require("upcall.frame", isReturn || isLate || frameFits(partition, before: step.end))
    require("upcall.frame", isReplacing ? isInTail || isReturn || isLate : !isInTail)
    if what(decided) < 48 {
      require("upcall.marked", !isHeldBack(partition, what(decided), before: step.end, intoCode: true))
    }
  }
}
