import APEXTypes
import DrainPump
import DrainerMachine
import DrainerPort
import ModuleConfiguration
import PartitionEntry

/// The trace drainer: a system partition that reads the kernel's ring and writes the trace to the debug port, or rings
/// a bell there for a host that reads the ring itself.
@main
struct Drainer {
  static func main() {
    // Nothing has to be created first.
    _ = partita_hypercall1(UInt64(HypercallNumber.setPartitionMode.rawValue), UInt64(OperatingMode.normal.rawValue))
    // Polling: every instruction is the drainer's own time, and the kernel is not entered.
    switch MachinePort.transport {
    case .port:
      guard var pump = MachinePort.makePump() else { return }
      while !pump.isComplete { _ = pump.step() }
    case .memory:
      var bell = MachinePort.makeBell()
      while !bell.isComplete { _ = bell.step() }
    }
    drainer_complete()
  }
}
