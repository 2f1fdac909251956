@testable import ModuleCompiler

extension BrokenModule {
  static let all =
    document + partitions + schedules + ports + queuing + events + memoryAndLines + budgets + health
    + claims

  static let initial = ("ScheduleName=\"only\"", "ScheduleName=\"first\" InitialModuleSchedule=\"true\"")

  static let long = String(repeating: "N", count: 33)

  private static let document: [BrokenModule] = [
    .init(.malformedXML, "</Connection_Table>", "</Connection>", at: "</Connection>", status: 2),
    .init(.malformedXML, "p:Drainer", "q:Drainer", at: "q:Drainer", status: 2),
    .init(
      .documentType, "<ARINC_653_Module", "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<ARINC_653_Module", at: "<!DOCTYPE",
      status: 2),
    .init(.schemaViolation, "MaxMessageSize=\"64\"", "", at: "Name=\"OUT\"", status: 2),
    .init(.schemaViolation, "Criticality=\"LEVEL_B\"", "Criticality=\"HIGH\"", at: "HIGH", status: 2),
    .init(.schemaViolation, "Number=\"8\"", "Number=\"eight\"", at: "eight", status: 2),
    .init(.schemaViolation, "</Connection_Table>", "words</Connection_Table>", at: "<Connection_Table>", status: 2),
    .init(
      .schemaViolation, [("<ARINC_653_Module", "<Module"), ("</ARINC_653_Module", "</Module")], at: "<Module",
      status: 2),
    .init(
      .ignoredElement, "<Connection_Table>", "<Vendor_Table a=\"1\"/><Connection_Table>", at: "Vendor_Table",
      status: 0, severity: .warning),
    .init(
      .ignoredAttribute, "MajorFrameSeconds", "Colour=\"red\" MajorFrameSeconds", at: "Colour", status: 0,
      severity: .warning),
    .init(
      .ignoredAttribute, "MajorFrameSeconds", "xmlns:v=\"urn:v\" v:Colour=\"red\" MajorFrameSeconds",
      at: "v:Colour", status: 0, severity: .warning),
    .init(.unknownExtension, "p:Priority", "p:Prority", at: "p:Prority", status: 2),
    .init(.unknownExtension, "<p:Clocks", "<p:Clock/><p:Clocks", at: "<p:Clock/>", status: 2),
    .init(
      .unknownExtension, "<p:Line Number=\"8\"", "<p:Line Budget=\"1\" Number=\"8\"", at: "Budget=\"1\"", status: 2),
    .init(.repeatedElement, "<p:Budgets>", "<p:Trace/>\n  <p:Budgets>", at: "<p:Trace/>"),
    .init(.numberOutOfRange, "ModuleId=\"0x2A\"", "ModuleId=\"0x8000000000000000\"", at: "ModuleId"),
    .init(.numberOutOfRange, "MajorFrameSeconds=\"0.01\"", "MajorFrameSeconds=\"100001\"", at: "100001"),
    .init(.secondsTooFine, "WindowStartSeconds=\"0.002\"", "WindowStartSeconds=\"0.0020000001\"", at: "0.0020000001"),
  ]

  private static let ports: [BrokenModule] = [
    .init(
      .tooManyPorts, "<Sampling_Port Name=\"OUT\"",
      (0..<127).map { "<Sampling_Port Name=\"P\($0)\" MaxMessageSize=\"1\" Direction=\"SOURCE\"/>" }.joined()
        + "<Sampling_Port Name=\"OUT\"", at: "<ARINC_653_Module"),
    .init(
      .duplicatePort, "<Process Name=\"main\"",
      "<Sampling_Port Name=\"OUT\" MaxMessageSize=\"1\" Direction=\"SOURCE\"/>\n<Process Name=\"main\"",
      at: "Name=\"OUT\" MaxMessageSize=\"1\""),
    .init(.messageSize, "MaxMessageSize=\"64\"", "MaxMessageSize=\"8193\"", at: "8193"),
    .init(.messageSize, "MaxMessageSize=\"64\"", "MaxMessageSize=\"0\"", at: "MaxMessageSize=\"0\""),
    .init(.refreshPeriod, "RefreshRateSeconds=\"0.02\"", "", at: "Name=\"IN\""),
    .init(
      .duplicateChannel, "</Connection_Table>",
      """
      <Channel ChannelIdentifier="0x5">
      <Source><Standard_Partition PartitionIdentifier="10" PortName="OUT"/></Source>
      <Destination><Standard_Partition PartitionIdentifier="20" PortName="IN"/></Destination></Channel>
      </Connection_Table>
      """, at: "0x5"),
    .init(
      .portInTwoChannels, "</Connection_Table>",
      """
      <Channel ChannelIdentifier="6"><Source><Standard_Partition PartitionIdentifier="10" PortName="OUT"/></Source>
      <Destination><Standard_Partition PartitionIdentifier="20" PortName="IN"/></Destination></Channel>
      </Connection_Table>
      """, at: "ChannelIdentifier=\"6\""),
    .init(.unknownPort, "PortName=\"IN\"", "PortName=\"INN\"", at: "INN"),
    .init(.directionMismatch, "Direction=\"SOURCE\"", "Direction=\"DESTINATION\"", at: "PortName=\"OUT\""),
    .init(.sizeMismatch, "MaxMessageSize=\"64\"", "MaxMessageSize=\"63\"", at: "PortName=\"IN\""),
    .init(
      .portWithoutChannel, "<Process Name=\"main\"",
      "<Sampling_Port Name=\"LOOSE\" MaxMessageSize=\"1\" Direction=\"SOURCE\"/>\n<Process Name=\"main\"",
      at: "LOOSE"),
  ]

  private static let events: [BrokenModule] = [
    .init(.duplicateEventChannel, "Identifier=\"4\" Source", "Identifier=\"0x3\" Source", at: "0x3\" Source"),
    .init(.unknownPartition, "SourcePartition=\"20\"", "SourcePartition=\"21\"", at: "SourcePartition=\"21\""),
    .init(
      .unknownPartition, "DestinationPartition=\"10\"", "DestinationPartition=\"11\"",
      at: "DestinationPartition=\"11\""),
    .init(.eventVector, "Vector=\"50\"", "Vector=\"47\"", at: "Vector=\"47\""),
    .init(.eventVector, "Vector=\"63\"", "Vector=\"64\"", at: "Vector=\"64\""),
    .init(
      .eventVector, "</p:Event_Channels>",
      "<p:EventChannel Identifier=\"5\" SourcePartition=\"30\" DestinationPartition=\"20\" Vector=\"0x32\"/>\n"
        + "</p:Event_Channels>", at: "0x32"),
    .init(
      .tooManyEventChannels, "</p:Event_Channels>",
      (0..<63).map {
        "<p:EventChannel Identifier=\"\($0 + 100)\" SourcePartition=\"10\" "
          + "DestinationPartition=\"\([10, 20, 30][$0 % 3])\" Vector=\"\(48 + $0 / 3 % 16)\"/>\n"
      }.joined() + "</p:Event_Channels>", at: "Identifier=\"162\""),
    .init(.upcallDepth, "MaximumUpcallDepth=\"7\"", "MaximumUpcallDepth=\"0\"", at: "PartitionName=\"Beta\""),
    .init(.upcallDepth, "MaximumUpcallDepth=\"7\"", "MaximumUpcallDepth=\"17\"", at: "PartitionName=\"Beta\""),
    .init(
      .schemaViolation, "Delivery=\"MARKED\"", "Delivery=\"LATER\"", at: "Delivery=\"LATER\"", status: 2),
    .init(
      .schemaViolation, "MissedTicks=\"LATEST_ONLY\"", "MissedTicks=\"NONE\"", at: "MissedTicks=\"NONE\"", status: 2),
  ]

  private static let memoryAndLines: [BrokenModule] = [
    .init(
      .imageNotFound, "p:Image=\"Tiny.elf\"", "p:Image=\"no-such-image\"", at: "no-such-image", status: 0,
      severity: .warning),
    .init(.memoryTooSmall, "SizeBytes=\"0x2000\"", "SizeBytes=\"0x1FFF\"", at: "0x1FFF"),
    .init(.memoryTooSmall, "SizeBytes=\"0x4000\"", "SizeBytes=\"0x3FFF\"", at: "0x3FFF"),
    .init(
      .memoryTooSmall, "Type=\"DATA\" SizeBytes=\"0x4000\" Access=\"READ_WRITE\"",
      "Type=\"DATA\" SizeBytes=\"0x9000\" Access=\"READ_ONLY\"", at: "<Partition_Memory"),
    .init(.machineTooSmall, "RingBytes=\"65536\"", "RingBytes=\"0x8000000\"", at: "0x8000000"),
    .init(.lineNumber, "Number=\"0\"", "Number=\"16\"", at: "\"16\""),
    .init(.lineNumber, "Number=\"0\"", "Number=\"2\"", at: "Number=\"2\""),
    .init(.duplicateLine, "Number=\"0\"", "Number=\"8\"", at: "BudgetPerWindow=\"3\""),
    .init(.lineRecipe, "Recipe=\"READ_RTC_STATUS\"", "", at: "Number=\"8\""),
    .init(.lineRecipe, "Recipe=\"OWNER_READS_RECEIVER\"", "Recipe=\"NONE\"", at: "Number=\"4\""),
    .init(
      .lineRecipe, "KernelHandler=\"true\"", "KernelHandler=\"true\" Recipe=\"READ_RTC_STATUS\"",
      at: "Number=\"0\""),
    .init(.lineWithoutOwner, "KernelHandler=\"true\"", "", at: "Number=\"0\""),
    .init(
      .duplicateOwner, "<p:Owner PartitionIdentifier=\"20\" Delivery=\"MARKED\"/>",
      "<p:Owner PartitionIdentifier=\"20\"/>\n<p:Owner PartitionIdentifier=\"0x14\"/>", at: "0x14"),
    .init(
      .secondKernelHandler, "StolenTimeSeconds=\"0.000003\"", "StolenTimeSeconds=\"0.000003\" KernelHandler=\"true\"",
      at: "Number=\"0\""),
    .init(.lineBudget, "BudgetPerWindow=\"3\"", "", at: "Number=\"0\""),
    .init(.lineBudget, "BudgetPerWindow=\"3\"", "BudgetPerWindow=\"1001\"", at: "1001"),
    .init(.stolenTime, "StolenTimeSeconds=\"0.000003\"", "StolenTimeSeconds=\"0.0000003\"", at: "Number=\"8\""),
    .init(.traceSize, "EventsPerBlock=\"100\"", "EventsPerBlock=\"65537\"", at: "\"65537\""),
    .init(.receiverPorts, "First=\"0x3F8\"", "First=\"0x3F9\"", at: "<p:Owner PartitionIdentifier=\"10\""),
    .init(
      .receiverPorts, "First=\"0x3F8\" Count=\"8\"", "First=\"0x3F6\" Count=\"2\"",
      at: "<p:Owner PartitionIdentifier=\"10\""),
    .init(.silentClock, "RealTimeClockHertz=\"64\"", "", at: "Number=\"8\""),
    .init(.silentClock, "IntervalTimerHertz=\"100\"", "IntervalTimerHertz=\"0\"", at: "Number=\"0\""),
    .init(.clockRate, "RealTimeClockHertz=\"64\"", "RealTimeClockHertz=\"65\"", at: "\"65\""),
    .init(.clockRate, "RealTimeClockHertz=\"64\"", "RealTimeClockHertz=\"16384\"", at: "16384"),
    .init(.clockRate, "IntervalTimerHertz=\"100\"", "IntervalTimerHertz=\"18\"", at: "\"18\""),
  ]

  private static let budgets: [BrokenModule] = [
    .init(.traceSize, "RingBytes=\"65536\"", "RingBytes=\"65537\"", at: "65537"),
    .init(.traceSize, "RingBytes=\"65536\"", "RingBytes=\"0x20000000\"", at: "0x20000000"),
    .init(.traceSize, "KeyframeIntervalFrames=\"10\"", "KeyframeIntervalFrames=\"0\"", at: "<p:Trace"),
    .init(.traceSize, "EventsPerBlock=\"100\"", "EventsPerBlock=\"15\"", at: "<p:Trace"),
    .init(.budgetSubject, "Subject=\"65\"", "Subject=\"1\"", at: "HYPERCALL"),
    .init(.budgetSubject, "Subject=\"65\"", "", at: "HYPERCALL"),
    .init(.budgetSubject, "Subject=\"8\"", "Subject=\"9\"", at: "MARK_TO_UPCALL"),
    .init(
      .budgetSubject, "Quantity=\"WINDOW_START_ERROR\"", "Quantity=\"WINDOW_START_ERROR\" Subject=\"1\"",
      at: "WINDOW_START_ERROR"),
    .init(.budgetBound, "Bound=\"1000\"", "BoundSeconds=\"1\"", at: "TRACE_BYTES"),
    .init(.budgetBound, "Subject=\"65\" BoundSeconds=\"0.000005\"", "Subject=\"65\"", at: "HYPERCALL"),
    .init(
      .capacityExceedsSupply, "Quantity=\"HYPERCALL\" Subject=\"65\" BoundSeconds=\"0.000005\"",
      "Quantity=\"PARTITION_SUPPLY\" Subject=\"20\" BoundSeconds=\"0.01\"", at: "PARTITION_SUPPLY"),
    .init(
      .duplicateBudget, "<p:Budget Quantity=\"MARK_TO_UPCALL\" Subject=\"8\"",
      "<p:Budget Quantity=\"HYPERCALL\" Subject=\"0x41\"", at: "0x41"),
  ]
}
