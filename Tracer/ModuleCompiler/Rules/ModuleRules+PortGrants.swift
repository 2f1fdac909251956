import ModuleConfiguration
import TextForms

extension ModuleRules {
  /// I/O ports that no partition gets: whoever has them decides for all, or reads and writes everybody's memory.
  ///
  /// These are the ports of QEMU's machines `pc` and `q35`, as its monitor lists them (`info mtree`), with the devices
  /// that either may be given. Ports of a device that can do no more than its owner stay free: COM1 and the other
  /// UARTs, the keyboard's data, the disks' registers (their bus mastering is a PCI device's).
  static let reservedPorts: [(ports: ClosedRange<UInt64>, owner: String)] = [
    (0x00...0x0F, "the first DMA controller, which writes to any memory"),
    (0x20...0x21, "the first interrupt controller"), (0x40...0x43, "the interval timer"),
    (0x61...0x61, "the interval timer's gate and non-maskable interrupts"),
    (0x64...0x64, "the machine's reset line"), (0x70...0x77, "the real-time clock"),
    (0x7E...0x7F, "the emulator's patches of instructions"),
    (0x80...0x8F, "the DMA controllers' pages, which say what memory they write to"),
    (0x92...0x92, "the machine's reset line"), (0xA0...0xA1, "the second interrupt controller"),
    (0xB2...0xB3, "system management interrupts"),
    (0xC0...0xDF, "the second DMA controller, which writes to any memory"),
    (0xF0...0xF1, "the numeric coprocessor's errors"), (0xF4...0xF4, "the machine's exit"),
    (0x3F0...0x3F5, "the floppy controller, which uses DMA"), (0x3F7...0x3F7, "the floppy controller, which uses DMA"),
    (0x4D0...0x4D1, "the interrupt controllers' trigger modes"), (0x505...0x505, "the machine's panic device"),
    (0x510...0x51B, "the firmware's configuration, whose DMA writes to any memory"),
    (0x600...0x67F, "power management, which switches the machine off"), (0x700...0x73F, "the SMBus"),
    (0xA00...0xA1B, "hot-plug of memory, which writes to any memory"),
    (0xCC0...0xCF7, "hot-plug of devices and processors"),
    (0xCF8...0xCFF, "PCI configuration and the machine's reset"),
    (0x1000...0x5657, pciDevices), (0x5658...0x5659, "the emulator's own commands"), (0x565A...lastPort, pciDevices),
  ]

  private static let pciDevices = "PCI devices have the ports from 0x1000 on, wherever the firmware puts them"

  private static let lastPort = ModuleLimits.grantablePortCount - 1

  mutating func checkPortGrants() {
    var taken: [(ports: ClosedRange<UInt64>, partition: String, line: Int)] = []
    for partition in module.partitions {
      for grant in partition.portGrants {
        let end = Self.lastPort + 1
        guard grant.count > 0, grant.firstPort < end, grant.count <= end - grant.firstPort else {
          diagnostics.error(
            .portGrantRange, line: grant.line,
            "the grant of '\(partition.name)' is empty or goes beyond port \(Self.lastPort.hexadecimal), the "
              + "last that the kernel can grant",
            "write First and Count so that First + Count is at most \(end.hexadecimal)")
          continue
        }
        let ports = grant.firstPort...(grant.firstPort + grant.count - 1)
        checkReserved(ports, of: partition, line: grant.line)
        for other in taken where other.ports.overlaps(ports) {
          diagnostics.error(
            .portGrantOverlap, line: grant.line,
            "'\(partition.name)' shares ports with '\(other.partition)' (line \(other.line))",
            "give a port to one partition, once")
        }
        if taken.count < 256 { taken.append((ports, partition.name, grant.line)) }
      }
    }
  }

  private mutating func checkReserved(_ ports: ClosedRange<UInt64>, of partition: PartitionDescription, line: Int) {
    var reserved = Self.reservedPorts
    if !partition.isDrainer { reserved.append((0xE9...0xE9, "the debug port, which is the drainer's")) }
    for entry in reserved where entry.ports.overlaps(ports) {
      let port = max(entry.ports.lowerBound, ports.lowerBound).hexadecimal
      diagnostics.error(
        .reservedPort, line: line, "'\(partition.name)' would get port \(port): \(entry.owner)",
        "leave this port out of the grant")
    }
  }
}
