@testable import ModuleCompiler

extension BrokenModule {
  static let partitions: [BrokenModule] = [
    .init(
      .noPartition,
      [
        ("<Partition PartitionIdentifier=\"10\"", "<!--"),
        ("<Partition_Memory", "--><Partition_Memory"), ("<!-- PartitionName", "<!-- P"),
      ],
      at: "<ARINC_653_Module"),
    .init(
      .tooManyPartitions, "<Partition PartitionIdentifier=\"30\"",
      (100..<130).map { "<Partition PartitionIdentifier=\"\($0)\"/>" }.joined(separator: "\n")
        + "\n<Partition PartitionIdentifier=\"30\"", at: "PartitionIdentifier=\"30\""),
    .init(.duplicatePartition, "PartitionIdentifier=\"20\"", "PartitionIdentifier=\"10\"", at: "\"Beta\""),
    .init(.numberOutOfRange, "PartitionIdentifier=\"20\"", "PartitionIdentifier=\"2147483648\"", at: "\"Beta\""),
    .init(.duplicatePartition, "\"Beta\"", "\"Alpha\"", at: "LEVEL_E"),
    .init(.nameTooLong, "\"Beta\"", "\"\(long)\"", at: long),
    .init(.nameTooLong, "ModuleName=\"Sample\"", "ModuleName=\"\(long)\"", at: long),
    .init(
      .nameTooLong, [("Name=\"OUT\"", "Name=\"\(long)\""), ("PortName=\"OUT\"", "PortName=\"\(long)\"")], at: long),
    .init(.nameTooLong, "Name=\"second\"", "Name=\"\(long)\"", at: long),
    .init(.nameTooLong, "ScheduleName=\"only\"", "ScheduleName=\"\(long)\"", at: long),
    .init(
      .unsupported, "EntryPoint=\"main\"", "EntryPoint=\"nav_main\"", at: "nav_main", status: 0, severity: .warning),
    .init(.controlCharacter, "\"Beta\"", "\"Be&#10;ta\"", at: "Be&#10;ta"),
    .init(.controlCharacter, "ModuleName=\"Sample\"", "ModuleName=\"Sam&#9;ple\"", at: "Sam&#9;ple"),
    .init(
      .controlCharacter, [("Name=\"OUT\"", "Name=\"O&#13;UT\""), ("PortName=\"OUT\"", "PortName=\"O&#13;UT\"")],
      at: "O&#13;UT"),
    .init(.controlCharacter, "Name=\"second\"", "Name=\"sec&#x85;ond\"", at: "sec&#x85;ond"),
    .init(.controlCharacter, "ScheduleName=\"only\"", "ScheduleName=\"on&#x2028;ly\"", at: "on&#x2028;ly"),
    .init(.reservedName, "\"Beta\"", "\"idle loop\"", at: "idle loop"),
    .init(.reservedName, "\"Beta\"", "\"–\"", at: "\"–\""),
    .init(.missingDrainer, "p:Drainer=\"true\"", "p:Drainer=\"false\"", at: "<ARINC_653_Module"),
    .init(
      .schemaViolation, "<p:Trace ", "<p:Trace Compression=\"ZIP\" ", at: "Compression=\"ZIP\"", status: 2),
    .init(.leftOutKind, "<p:Trace ", "<p:Trace LeftOut=\"noteWords hypercall\" ", at: "LeftOut=\"noteWords"),
    .init(.leftOutKind, "<p:Trace ", "<p:Trace LeftOut=\"kernelFault\" ", at: "LeftOut=\"kernelFault"),
    .init(.leftOutKind, "<p:Trace ", "<p:Trace LeftOut=\"note\" ", at: "LeftOut=\"note\""),
    .init(
      .recordedDrainer, "<p:Trace ", "<p:Trace Policy=\"FLIGHT_RECORDER\" ", at: "\"Drain\""),
    .init(
      .severalDrainers, "p:Image=\"Tiny.elf\"", "p:Image=\"Tiny.elf\" p:Drainer=\"true\"",
      at: "\"Drain\""),
    .init(.drainerNotSystem, "SystemPartition=\"TRUE\"", "", at: "\"Drain\""),
    .init(.drainerPorts, "First=\"0xE9\"", "First=\"0xE8\" Count=\"2\"", at: "\"Drain\""),
    .init(.drainerPorts, "<p:PortGrant First=\"0xE9\"/>", "", at: "\"Drain\""),
    .init(.drainerPorts, "First=\"0xE9\"", "First=\"0xE9\" Count=\"2\"", at: "\"Drain\""),
    .init(.drainerPorts, "First=\"0xE9\"", "First=\"0xEA\"", at: "\"Drain\""),
    .init(.portGrantRange, "First=\"0x3F8\" Count=\"8\"", "First=\"0x3F8\" Count=\"0\"", at: "Count=\"0\""),
    .init(.portGrantRange, "First=\"0x3F8\" Count=\"8\"", "First=\"0xFFFF\" Count=\"2\"", at: "0xFFFF"),
    .init(
      .portGrantOverlap, "<p:PortGrant First=\"0x3F8\" Count=\"8\"/>",
      "<p:PortGrant First=\"0x3F8\" Count=\"8\"/>\n<p:PortGrant First=\"0x3FF\" Count=\"2\"/>", at: "0x3FF"),
    .init(.reservedPort, "First=\"0x3F8\" Count=\"8\"", "First=\"0xE9\" Count=\"1\"", at: "First=\"0xE9\" Count"),
    .init(.reservedPort, "First=\"0x3F8\" Count=\"8\"", "First=\"0xF0\" Count=\"5\"", at: "0xF0"),
    .init(.reservedPort, "First=\"0x3F8\" Count=\"8\"", "First=\"0x20\" Count=\"2\"", at: "First=\"0x20\""),
    // What owns the machine: DMA, the firmware's configuration, power, PCI; and what the kernel has no map for.
    .init(.reservedPort, "First=\"0x3F8\" Count=\"8\"", "First=\"0x510\" Count=\"12\"", at: "0x510"),
    .init(.reservedPort, "First=\"0x3F8\" Count=\"8\"", "First=\"0x604\" Count=\"2\"", at: "0x604"),
    .init(.reservedPort, "First=\"0x3F8\" Count=\"8\"", "First=\"0x7FFF\" Count=\"1\"", at: "0x7FFF"),
    .init(.portGrantRange, "First=\"0x3F8\" Count=\"8\"", "First=\"0x8000\" Count=\"1\"", at: "0x8000"),
    .init(.portGrantRange, "First=\"0x3F8\" Count=\"8\"", "First=\"0x7FFF\" Count=\"2\"", at: "0x7FFF"),
    .init(.stackTooLarge, "StackSize=\"5000\"", "StackSize=\"0x1000001\"", at: "0x1000001"),
    .init(.stackTooLarge, "StackSize=\"5000\"", "StackSize=\"0\"", at: "StackSize=\"0\""),
    .init(
      .stackPool, "StackSize=\"5000\"", "StackSize=\"0x20001\"", at: "0x20001", status: 0, severity: .warning,
      [("p:Image=\"Tiny\"", "p:Image=\"unknown\"")]),
    .init(
      .tooManyProcesses, "<Process Name=\"main\"",
      (0..<32).map { "<Process Name=\"P\($0)\"/>" }.joined() + "\n<Process Name=\"main\"", at: "Name=\"main\"",
      status: 0, severity: .warning, [("p:Image=\"Tiny\"", "p:Image=\"unknown\"")]),
    .init(.processTiming, "p:DeadlineSeconds=\"0.004\"", "p:DeadlineSeconds=\"0.011\"", at: "0.011"),
    .init(.processTiming, "p:DeadlineSeconds=\"0.004\"", "p:DeadlineSeconds=\"0.0001\"", at: "0.0001"),
    .init(.processTiming, "p:PeriodSeconds=\"0.005\"", "", at: "Name=\"main\""),
    .init(.processTiming, "p:PeriodSeconds=\"0.005\"", "p:PeriodSeconds=\"0.007\"", at: "0.007"),
    .init(.processTiming, "p:TimeCapacitySeconds=\"0.001\"", "", at: "Name=\"main\""),
    .init(
      .processTiming, "p:DeadlineSeconds=\"0.004\"",
      "p:DeadlineSeconds=\"0.004\" p:Completion=\"TOLD\" p:ReleaseOffsetSeconds=\"0.01\"",
      at: "p:ReleaseOffsetSeconds"),
    // Nobody tells when its jobs begin.
    .init(
      .processTiming, "p:DeadlineSeconds=\"0.004\"", "p:DeadlineSeconds=\"0.004\" p:ReleaseOffsetSeconds=\"0.003\"",
      at: "p:ReleaseOffsetSeconds"),
    .init(
      .duplicateProcess, "<Process Name=\"main\"", "<Process Name=\"main\"/>\n<Process Name=\"main\"",
      at: "StackSize=\"5000\""),
    // Two names with the same CRC-32C.
    .init(
      .duplicateProcess, "<Process Name=\"main\"",
      "<Process Name=\"job ignnkoolus\" p:Completion=\"TOLD\"/>\n"
        + "<Process Name=\"job kswppellma\" p:Completion=\"TOLD\"/>\n<Process Name=\"main\"",
      at: "kswppellma"),
    .init(
      .processTiming, "<Partition_HM_Table", SampleModule.secondSchedule() + "<Partition_HM_Table",
      at: "Name=\"main\"", status: 0, severity: .warning, [initial]),
    .init(.processPriority, "p:Priority=\"7\"", "p:Priority=\"240\"", at: "240"),
    .init(
      .capacityExceedsSupply, "p:TimeCapacitySeconds=\"0.001\"", "p:TimeCapacitySeconds=\"0.002\"",
      at: "Name=\"main\""),
    // Each alone could be borne.
    .init(
      .demandExceedsSupply, "<Process Name=\"main\"",
      "<Process Name=\"other\" StackSize=\"2000\" p:PeriodSeconds=\"0.005\" p:TimeCapacitySeconds=\"0.001\"/>\n"
        + "<Process Name=\"main\"",
      at: "\"Alpha\""),
    // 4 ms in each 20 ms, and 4.4 ms are asked for; in the initial schedule there are 8 ms.
    .init(
      .demandExceedsSupply, "<Process Name=\"main\"",
      "<Process Name=\"other\" StackSize=\"2000\" p:PeriodSeconds=\"0.02\" p:TimeCapacitySeconds=\"0.0004\"/>\n"
        + "<Process Name=\"main\"",
      at: "\"Alpha\"", status: 0, severity: .warning,
      [initial, ("<Partition_HM_Table", SampleModule.secondSchedule() + "<Partition_HM_Table")]),
    // A partition that has windows in another schedule than the initial one only.
    .init(
      .capacityExceedsSupply, "Quantity=\"HYPERCALL\" Subject=\"65\" BoundSeconds=\"0.000005\"",
      "Quantity=\"PARTITION_SUPPLY\" Subject=\"30\" BoundSeconds=\"0.002\"", at: "PARTITION_SUPPLY",
      [initial, ("<Partition_HM_Table", SampleModule.secondSchedule() + "<Partition_HM_Table")]),
  ]
}
