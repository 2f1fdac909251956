import APEXTypes
import ModuleConfiguration
import TraceFormat

// Hypercalls 25–32 (lineage row L3). Each is O(1), works on a checked line, and tells misuse by its return code:
// a line that the module table does not permit: invalidConfiguration; twice registered, or not registered: noAction;
// a handler outside the caller's executable memory: invalidParameter.
extension PartitionCore where Marking: MarkingRule {
  mutating func serveInterrupt(_ number: HypercallNumber, _ line: InterruptLine, _ call: Hypercall) -> Answer {
    let index = Int(current.rawValue)
    guard configurations[index].permittedLines & line.bit != 0, lines.lines[Int(line.rawValue)].isConfigured else {
      return Answer(.invalidConfiguration)
    }
    switch number {
    case .registerHandler:
      guard allows(.execute, current, call.arguments.1, 1) else { return Answer(.invalidParameter) }
      guard vcpus.lines[index].handled & line.bit == 0 else { return Answer(.noAction) }
      vcpus.handlers[vcpus.slot(current, line)] = call.arguments.1
      return set(&vcpus.lines[index].handled, line)
    case .unregisterHandler:
      let answer = clear(&vcpus.lines[index].handled, line)
      // What nobody can see any more must not come back in a later keyframe.
      if answer.status == .noError { vcpus.handlers[vcpus.slot(current, line)] = 0 }
      return answer
    case .enableInterrupt: return set(&vcpus.lines[index].ready, line)
    case .disableInterrupt: return clear(&vcpus.lines[index].ready, line)
    case .registerVCPU:
      let answer = set(&vcpus.lines[index].registered, line)
      if answer.status == .noError { lines.add(current, to: line) }
      return answer
    case .unregisterVCPU:
      guard vcpus.lines[index].registered & line.bit != 0 else { return Answer(.noAction) }
      lines.remove(current, from: line)
      vcpus.clear(current, line)
      return Answer(.noError)
    case .acknowledgeInterrupt:
      guard vcpus.lines[index].inService & line.bit != 0 else { return Answer(.noAction) }
      vcpus.lines[index].inService &= ~line.bit
      return Answer(.noError, value: UInt64(vcpus.delivered[vcpus.slot(current, line)]))
    default: preconditionFailure()
    }
  }

  private func set(_ flags: inout UInt16, _ line: InterruptLine) -> Answer {
    guard flags & line.bit == 0 else { return Answer(.noAction) }
    flags |= line.bit
    return Answer(.noError)
  }

  private func clear(_ flags: inout UInt16, _ line: InterruptLine) -> Answer {
    guard flags & line.bit != 0 else { return Answer(.noAction) }
    flags &= ~line.bit
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
  /// is room for another.
  mutating func returnFromUpcall(_ call: Hypercall) -> Answer {
    guard call.operand & 1 != 0 else { return Answer(.invalidParameter) }
    let index = Int(current.rawValue)
    partitions[index].interruptsEnabled = true
    let deliversNext =
      vcpus.lines[index].deliverable != 0 && partitions[index].upcallEntry != 0
      && current == schedule.owner
    partitions[index].isInReturnTail = deliversNext
    partitions[index].frameFits = deliversNext || call.operand & 2 != 0
    return Answer(.noError, effect: deliversNext ? .none : .restoreUpcallFrame)
  }
}
