import APEXTypes
import ModuleConfiguration
import TraceFormat

// Hypercalls 25–32 (lineage row L3). Each is O(1), works on a checked interrupt, and tells misuse by its return code:
// one that the module table does not permit: invalidConfiguration; twice registered, or not registered: noAction;
// a handler outside the caller's executable memory: invalidParameter.
extension PartitionCore where Marking: MarkingRule {
  mutating func serveInterrupt(_ number: HypercallNumber, _ interrupt: VirtualInterrupt, _ call: Hypercall) -> Answer {
    let index = Int(current.rawValue)
    guard configurations[index].permittedInterrupts & interrupt.bit != 0 else { return Answer(.invalidConfiguration) }
    switch number {
    case .registerHandler:
      guard allows(.execute, current, call.arguments.1, 1) else { return Answer(.invalidParameter) }
      guard vcpus.interrupts[index].handled & interrupt.bit == 0 else { return Answer(.noAction) }
      vcpus.handlers[vcpus.slot(current, interrupt)] = call.arguments.1
      return set(&vcpus.interrupts[index].handled, interrupt)
    case .unregisterHandler:
      let answer = clear(&vcpus.interrupts[index].handled, interrupt)
      // What nobody can see any more must not come back in a later keyframe.
      if answer.status == .noError { vcpus.handlers[vcpus.slot(current, interrupt)] = 0 }
      return answer
    case .enableInterrupt: return set(&vcpus.interrupts[index].ready, interrupt)
    case .disableInterrupt: return clear(&vcpus.interrupts[index].ready, interrupt)
    case .registerVCPU:
      let answer = set(&vcpus.interrupts[index].registered, interrupt)
      if answer.status == .noError, let line = interrupt.line { lines.add(current, to: line) }
      return answer
    case .unregisterVCPU:
      guard vcpus.interrupts[index].registered & interrupt.bit != 0 else { return Answer(.noAction) }
      if let line = interrupt.line { lines.remove(current, from: line) }
      vcpus.clear(current, interrupt)
      if vcpus.interrupts[index].waiting == 0 { guests.states[index].isStackReported = false }
      return Answer(.noError)
    case .acknowledgeInterrupt:
      guard vcpus.interrupts[index].inService & interrupt.bit != 0 else { return Answer(.noAction) }
      vcpus.interrupts[index].inService &= ~interrupt.bit
      return Answer(.noError, value: UInt64(vcpus.delivered[vcpus.slot(current, interrupt)]))
    default: preconditionFailure()
    }
  }

  private func set(_ flags: inout UInt64, _ interrupt: VirtualInterrupt) -> Answer {
    guard flags & interrupt.bit == 0 else { return Answer(.noAction) }
    flags |= interrupt.bit
    return Answer(.noError)
  }

  private func clear(_ flags: inout UInt64, _ interrupt: VirtualInterrupt) -> Answer {
    guard flags & interrupt.bit != 0 else { return Answer(.noAction) }
    flags &= ~interrupt.bit
    return Answer(.noError)
  }

  /// Publishes the trampoline and the critical range of its return; all of it must be executable memory of the caller.
  mutating func setUpcallEntry(_ call: Hypercall) -> Answer {
    let (entry, tailStart, tailEnd) = (call.arguments.0, call.arguments.1, call.arguments.2)
    guard allows(.execute, current, entry, 1), tailEnd > tailStart, tailEnd &- tailStart <= 256,
      allows(.execute, current, tailStart, tailEnd &- tailStart)
    else { return Answer(.invalidParameter) }
    let index = Int(current.rawValue)
    partitions[index].upcallEntry = entry
    partitions[index].returnTailStart = tailStart
    partitions[index].returnTailEnd = tailEnd
    return Answer(.noError)
  }

  /// Leaves an upcall through the kernel: the next pending mark is delivered on the same frame, else the frame's
  /// context comes back with the virtual interrupt flag on.
  ///
  /// The operand's bits: 0, the frame at the stack pointer can be used; 1, below the stack pointer that it holds there
  /// is room for another; 2, the handler of exceptions is over (`EntrySnapshot.Flags.isHandlerOver`).
  mutating func returnFromUpcall(_ call: Hypercall) -> Answer {
    guard call.operand & 1 != 0 else { return Answer(.invalidParameter) }
    let index = Int(current.rawValue)
    partitions[index].interruptsEnabled = true
    let deliversNext =
      vcpus.interrupts[index].deliverable != 0 && partitions[index].upcallEntry != 0
      && current == schedule.owner && hasDepth(index)
    partitions[index].isInReturnTail = deliversNext
    partitions[index].frameFits = deliversNext || call.operand & 2 != 0
    partitions[index].isHandlerOver = call.operand & 4 != 0
    return Answer(.noError, effect: deliversNext ? .none : .restoreUpcallFrame)
  }
}
