import DrainPump
import DrainerPort
import ModuleConfiguration

/// The trace drainer: a system partition that reads the kernel's ring and writes the trace to the debug port.
@main
struct Drainer {
  static func main() {
    let port = MachinePort()
    guard let tableBase = UnsafeRawPointer(bitPattern: UInt(PartitionLayout.moduleTable)),
      let memoryBase = drainer_memory()
    else { return }
    let tableBytes = Int(truncatingIfNeeded: MachinePort.information(InformationPage.moduleTableBytes))
    let table = UnsafeRawBufferPointer(start: tableBase, count: tableBytes)
    let memory = UnsafeMutableRawBufferPointer(start: memoryBase, count: drainer_memory_bytes())
    var pump = DrainPump(
      port: port, ringBytes: MachinePort.information(InformationPage.ringBytes),
      eventsPerBlock: DrainPump<MachinePort>.eventsPerBlock(
        wanted: eventsPerBlock(of: table), memoryBytes: memory.count),
      memory: memory)
    pump.writeModuleTable(table)
    // Polling: every instruction is the drainer's own time, and the kernel is not entered.
    while !pump.isComplete { _ = pump.step() }
    drainer_complete()
  }

  /// The module's own figure; the kernel has checked the table before any partition started.
  private static func eventsPerBlock(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard let table = try? ModuleTable(bytes) else { return 1024 }
    return table.module.eventsPerBlock
  }
}
