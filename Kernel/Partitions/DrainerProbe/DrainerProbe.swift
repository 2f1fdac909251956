import APEXTypes
import DrainPump
import DrainerMachine
import DrainerPort
import ModuleConfiguration
import PartitionEntry

/// A drainer that measures itself, for the benchmark; it takes the place of the drainer in a module.
///
/// Leaves a note for each block: the events in it, and ticks of the time-stamp counter from the look at the ring to the
/// block's last byte at the debug port. Whatever preempted the drainer meanwhile is in the ticks.
@main
struct DrainerProbe {
  static func main() {
    // Nothing has to be created first.
    _ = partita_hypercall1(UInt64(HypercallNumber.setPartitionMode.rawValue), UInt64(OperatingMode.normal.rawValue))
    guard var pump = MachinePort.makePump() else { return }
    while !pump.isComplete {
      let events = pump.eventCount
      let before = drainer_timestamp()
      guard pump.step() else { continue }
      let ticks = drainer_timestamp() &- before
      _ = partita_hypercall2(UInt64(HypercallNumber.note.rawValue), pump.eventCount &- events, ticks)
    }
    drainer_complete()
  }
}
