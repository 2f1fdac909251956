@testable import ModuleCompiler

extension BrokenModule {
  static let schedules: [BrokenModule] = [
    .init(.noSchedule, [("<Module_Schedule", "<!--"), ("</Module_Schedule>", "-->")], at: "<ARINC_653_Module"),
    .init(
      .duplicateSchedule, "<Partition_HM_Table",
      "<Module_Schedule MajorFrameSeconds=\"1\" ScheduleIdentifier=\"4\"/>\n<Partition_HM_Table",
      at: "MajorFrameSeconds=\"1\""),
    .init(
      .duplicateSchedule, "<Partition_HM_Table",
      "<Module_Schedule MajorFrameSeconds=\"1\" ScheduleIdentifier=\"5\" ScheduleName=\"only\"/>\n<Partition_HM_Table",
      at: "MajorFrameSeconds=\"1\""),
    .init(
      .numberOutOfRange, "ScheduleIdentifier=\"4\"", "ScheduleIdentifier=\"2147483648\"", at: "ScheduleName=\"only\""),
    .init(
      .initialSchedule, "<Partition_HM_Table",
      "<Module_Schedule MajorFrameSeconds=\"1\" ScheduleIdentifier=\"5\"/>\n<Partition_HM_Table",
      at: "MajorFrameSeconds=\"0.01\""),
    .init(
      .initialSchedule, "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\"").replacing(
        "ScheduleName=\"second\"", with: "ScheduleName=\"second\" InitialModuleSchedule=\"true\"")
        + "<Partition_HM_Table",
      at: "MajorFrameSeconds=\"0.01\"", [initial]),
    // In one of several schedules at least whoever is no drainer has a window.
    .init(
      .partitionWithoutWindow, "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\"") + "<Partition_HM_Table",
      at: "PeriodSeconds=\"0.01\" PeriodD",
      [
        initial, ("<Window_Schedule WindowIdentifier=\"7\"", "<!--"),
        ("</Partition_Schedule>", "--></Partition_Schedule>"),
      ]),
    .init(
      .periodNotDividing, "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\"").replacing(
        "</Module_Schedule>",
        with: "<Partition_Schedule PartitionIdentifier=\"20\" PeriodSeconds=\"0.003\" "
          + "PeriodDurationSeconds=\"0.001\"/>\n</Module_Schedule>") + "<Partition_HM_Table",
      at: "PeriodSeconds=\"0.003\"", [initial]),
    // A window may overlap one that began long before the last.
    .init(
      .windowsOverlap, "<Window_Schedule WindowIdentifier=\"7\"",
      "<Window_Schedule WindowIdentifier=\"70\" WindowStartSeconds=\"0.0025\" WindowDurationSeconds=\"0.0003\"/>\n"
        + "<Window_Schedule WindowIdentifier=\"71\" WindowStartSeconds=\"0.0035\" WindowDurationSeconds=\"0.001\"/>\n"
        + "<Window_Schedule WindowIdentifier=\"7\"", at: "\"0.0035\""),
    .init(.emptyMajorFrame, "MajorFrameSeconds=\"0.01\"", "MajorFrameSeconds=\"0\"", at: "MajorFrameSeconds=\"0\""),
    .init(
      .majorFrameTooShort, "<Partition_HM_Table",
      SampleModule.secondSchedule() + "<Module_Schedule MajorFrameSeconds=\"0.000000001\" ScheduleIdentifier=\"6\" "
        + "ScheduleName=\"tiny\"/>\n<Partition_HM_Table",
      at: "MajorFrameSeconds=\"0.000000001\"", [initial]),
    .init(
      .scheduleWithoutWindows, "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\"")
        + "\n<Module_Schedule MajorFrameSeconds=\"0.03\" ScheduleIdentifier=\"6\" ScheduleName=\"third\"/>\n"
        + "<Partition_HM_Table",
      at: "MajorFrameSeconds=\"0.03\"", status: 0, severity: .warning, [initial]),
    .init(
      .unknownPartition, "<Partition_Schedule PartitionIdentifier=\"20\"",
      "<Partition_Schedule PartitionIdentifier=\"21\"", at: "\"21\""),
    .init(
      .unknownPartition, "<p:Owner PartitionIdentifier=\"20\"", "<p:Owner PartitionIdentifier=\"99\"",
      at: "\"99\""),
    .init(
      .unknownPartition, "<Partition_Memory PartitionIdentifier=\"10\"",
      "<Partition_Memory PartitionIdentifier=\"98\"", at: "\"98\""),
    .init(
      .unknownPartition, "<Partition_HM_Table PartitionIdentifier=\"20\"",
      "<Partition_HM_Table PartitionIdentifier=\"97\"", at: "PartitionIdentifier=\"97\""),
    // An empty one does nothing, whose ever it is.
    .init(
      .unknownPartition, "<Connection_Table>", "<Partition_HM_Table PartitionIdentifier=\"97\"/>\n<Connection_Table>",
      at: "PartitionIdentifier=\"97\"", status: 0, severity: .warning),
    .init(
      .unknownPartition, "<Source><Standard_Partition PartitionIdentifier=\"10\"",
      "<Source><Standard_Partition PartitionIdentifier=\"96\"", at: "\"96\""),
    .init(
      .duplicatePartitionSchedule, "<Partition_Schedule PartitionIdentifier=\"10\" PeriodSeconds=\"0.005\"",
      "<Partition_Schedule PartitionIdentifier=\"20\" PeriodSeconds=\"0.005\"",
      at: "PeriodSeconds=\"0.005\" PeriodD"),
    .init(
      .partitionWithoutWindow,
      [
        ("<Window_Schedule WindowIdentifier=\"7\"", "<!--"),
        ("</Partition_Schedule>", "--></Partition_Schedule>"),
      ],
      at: "PeriodSeconds=\"0.01\" PeriodD"),
    .init(
      .tooManyWindows, "</Module_Schedule>",
      (0..<255).map { index in
        "<Partition_Schedule PartitionIdentifier=\"30\" PeriodSeconds=\"1\" PeriodDurationSeconds=\"1\">"
          + "<Window_Schedule WindowIdentifier=\"\(index)\" WindowStartSeconds=\"0\" WindowDurationSeconds=\"1\"/>"
          + "</Partition_Schedule>"
      }.joined(separator: "\n") + "</Module_Schedule>", at: "<Module_Schedule"),
    .init(.duplicateWindow, "WindowIdentifier=\"9\"", "WindowIdentifier=\"8\"", at: "WindowStartSeconds=\"0.005\""),
    .init(
      .windowOutsideFrame, "WindowStartSeconds=\"0.005\" WindowDurationSeconds=\"0.002\"",
      "WindowStartSeconds=\"0.005\" WindowDurationSeconds=\"0.006\"", at: "\"0.006\""),
    .init(
      .windowTooShort, "WindowStartSeconds=\"0.002\" WindowDurationSeconds=\"0.002\"",
      "WindowStartSeconds=\"0.002\" WindowDurationSeconds=\"0.00001\"", at: "0.00001"),
    .init(.windowsOverlap, "WindowStartSeconds=\"0.002\"", "WindowStartSeconds=\"0.001999999\"", at: "0.001999999"),
    .init(.gapTooShort, "WindowStartSeconds=\"0.002\"", "WindowStartSeconds=\"0.002000001\"", at: "0.002000001"),
    .init(
      .gapTooShort, "WindowStartSeconds=\"0.005\" WindowDurationSeconds=\"0.002\"",
      "WindowStartSeconds=\"0.005\" WindowDurationSeconds=\"0.004999\"", at: "WindowIdentifier=\"8\""),
    .init(
      .periodNotDividing, "PeriodSeconds=\"0.005\" PeriodD", "PeriodSeconds=\"0.004\" PeriodD",
      at: "PeriodSeconds=\"0.004\""),
    .init(
      .periodNotDividing, "PeriodSeconds=\"0.005\" PeriodD", "PeriodSeconds=\"0\" PeriodD",
      at: "PeriodSeconds=\"0\""),
    .init(
      .durationExceedsPeriod, "PeriodSeconds=\"0.005\" PeriodDurationSeconds=\"0.002\"",
      "PeriodSeconds=\"0.005\" PeriodDurationSeconds=\"0.006\"", at: "PeriodDurationSeconds=\"0.006\""),
    .init(
      .periodStart, "PartitionPeriodStart=\"1\"", "PartitionPeriodStart=\"0\"",
      at: "PeriodSeconds=\"0.005\" PeriodD"),
    .init(
      .periodStart, "WindowStartSeconds=\"0.005\"", "WindowStartSeconds=\"0.006\"",
      at: "WindowStartSeconds=\"0.006\""),
    .init(
      .durationNotMet, "PeriodSeconds=\"0.005\" PeriodDurationSeconds=\"0.002\"",
      "PeriodSeconds=\"0.005\" PeriodDurationSeconds=\"0.002000001\"", at: "0.002000001"),
    .init(
      .durationNotMet, "PeriodSeconds=\"0.005\" PeriodD", "PeriodSeconds=\"0.000000001\" PeriodD",
      at: "0.000000001"),
    .init(
      .scheduleRight, "<Partition_HM_Table", SampleModule.secondSchedule() + "<Partition_HM_Table",
      at: "ScheduleIdentifier=\"5\"", status: 0, severity: .warning, [initial]),
    .init(
      .scheduleRight, "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\"") + "<Partition_HM_Table",
      at: "SetModuleSchedule", status: 0, severity: .warning, [initial]),
    // From 0 s on in each 10 ms, and from 1 ms on in the other one.
    .init(
      .periodsShifted, "<Partition_HM_Table",
      SampleModule.secondSchedule("SetModuleSchedule=\"true\"") + "<Partition_HM_Table",
      at: "SetModuleSchedule", status: 0, severity: .warning,
      [
        initial, ("MajorFrameSeconds=\"0.02\"", "MajorFrameSeconds=\"0.01\""),
        ("\"10\" PeriodSeconds=\"0.02\"", "\"10\" PeriodSeconds=\"0.01\""),
        ("<Partition_Schedule PartitionIdentifier=\"30\"", "<!--"),
        ("</Partition_Schedule>\n</Module_Schedule>", "--></Module_Schedule>"),
        ("p:PeriodSeconds=\"0.005\"", "p:Completion=\"TOLD\" p:PeriodSeconds=\"0.01\""),
      ]),
    .init(
      .drainerRestart, "<Partition_HM_Table",
      SampleModule.secondSchedule(drainer: "ScheduleChangeAction=\"COLD_START\"") + "<Partition_HM_Table",
      at: "COLD_START", [initial]),
    .init(
      .drainerRestart, "<Partition_HM_Table",
      SampleModule.secondSchedule(drainer: "ScheduleChangeAction=\"WARM_START\"") + "<Partition_HM_Table",
      at: "ScheduleChangeAction=\"WARM_START\"", [initial]),
    .init(
      .schemaViolation, "PeriodSeconds=\"0.01\" PeriodD",
      "ScheduleChangeAction=\"IDLE\" PeriodSeconds=\"0.01\" PeriodD",
      at: "ScheduleChangeAction", status: 2),
    .init(.noSupply, "BudgetPerWindow=\"2\"", "BudgetPerWindow=\"1000\"", at: "PeriodSeconds=\"0.005\" PeriodD"),
  ]
}
