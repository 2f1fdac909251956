import APEXTypes
import DrainPump
import DrainerMachine
import DrainerPort
import ModuleConfiguration
import PartitionEntry

/// The trace drainer: a system partition that reads the kernel's ring and writes the trace to the debug port.
@main
struct Drainer {
  static func main() {
    // Nothing has to be created first.
    _ = partita_hypercall1(UInt64(HypercallNumber.setPartitionMode.rawValue), UInt64(OperatingMode.normal.rawValue))
    guard var pump = MachinePort.makePump() else { return }
    // Polling: every instruction is the drainer's own time, and the kernel is not entered.
    while !pump.isComplete { _ = pump.step() }
    drainer_complete()
  }
}
