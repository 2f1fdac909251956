import ModuleConfiguration
import TextForms

/// Why a process that is told of has not got on with its job: how it lost the processor that it has not had since.
struct ProcessStall: Equatable {
  var state: ProcessTelling.State
  var since: NanosecondInstant
  /// The queuing port that refused its last call right before; nil where it waits for something else, of which the
  /// trace has nothing: whatever processes of one partition share lies within that.
  var port: Int?
  /// From when on none of its partition's processes was ready.
  var idleSince: NanosecondInstant?
}

/// A queuing port that refused a call, and the position of the input that came next.
struct PortRefusal: Equatable {
  var port = 0
  var next: UInt64 = .max
}

extension Verifier {
  /// The processor goes from one of a partition's processes to another: who has lost it and not had it since?
  mutating func noteStall(of process: Int, _ telling: ProcessTelling) {
    let key = processes[process].key
    if key == telling.to || key == telling.from && (telling.state == .complete || telling.state == .dormant) {
      processes[process].stall = nil
    } else if key == telling.from, let state = telling.state, processes[process].isFollowed {
      let port = state == .waiting && refusal.next == step.position ? refusal.port : nil
      processes[process].stall = ProcessStall(state: state, since: step.time, port: port)
    }
    guard processes[process].stall != nil else { return }
    let last = processes[process].stall?.idleSince
    processes[process].stall?.idleSince = telling.to.isNone ? last ?? step.time : nil
  }

  /// Where a process was that has missed its deadline, as far as its scheduler tells; empty of one that is not told of.
  func whereabouts(of process: Int) -> String {
    let state = processes[process]
    guard state.isTold else { return "" }
    let partition = plan.partitions[Int(state.partition)].name
    guard let stall = state.stall else {
      return state.hasBegun ? ": it had the processor of \(partition)" : ": it had not been given the processor"
    }
    var text = ": it had "
    switch stall.state {
    case .waiting: text += "waited \(object(of: stall))since \(stall.since.seconds)"
    case .faulted: text += "been faulted since \(stall.since.seconds)"
    default: text += "been ready, without the processor, since \(stall.since.seconds)"
    }
    for other in processes where other.partition == state.partition && other.key != state.key {
      guard let stall = other.stall, stall.state == .waiting else { continue }
      text += ", \(other.name) had waited \(object(of: stall))since \(stall.since.seconds)"
    }
    if let idle = stall.idleSince {
      text += ", and no process of \(partition) had been ready since \(idle.seconds)"
    }
    return text
  }

  private func object(of stall: ProcessStall) -> String {
    guard let port = stall.port else { return "" }
    return plan.ports[port].isSource ? "for room at port \(plan.portNames[port]) " : "at port \(plan.portNames[port]) "
  }
}
