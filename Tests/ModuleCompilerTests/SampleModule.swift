import TemporaryFolder

@testable import ModuleCompiler

/// A small module that holds; tests break it in one place each.
enum SampleModule {
  static let text = """
    <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Sample" ModuleId="0x2A">
      <System_HM_Table>
        <System_State_Entry SystemState="1">
          <Error_ID_Level ErrorIdentifier="3" ErrorLevel="PARTITION" ErrorCode="NUMERIC_ERROR"/>
          <Error_ID_Level ErrorIdentifier="9" ErrorLevel="MODULE"/>
        </System_State_Entry>
      </System_HM_Table>
      <Partition PartitionIdentifier="10" PartitionName="Alpha" Criticality="LEVEL_B" EntryPoint="main" p:Image="Tiny">
        <Sampling_Port Name="OUT" MaxMessageSize="64" Direction="SOURCE" RefreshRateSeconds="0.01"/>
        <Process Name="main" StackSize="5000" p:PeriodSeconds="0.005" p:TimeCapacitySeconds="0.001" p:Priority="7"/>
        <p:PortGrant First="0x3F8" Count="8"/>
      </Partition>
      <Partition PartitionIdentifier="20" PartitionName="Beta" Criticality="LEVEL_E" p:Image="Tiny.elf"
       p:MaximumUpcallDepth="7">
        <Sampling_Port Name="IN" MaxMessageSize="64" Direction="DESTINATION" RefreshRateSeconds="0.02"/>
        <p:VirtualClock MissedTicks="LATEST_ONLY"/>
        <Process Name="second" p:PeriodSeconds="0.01" p:TimeCapacitySeconds="0.001" p:DeadlineSeconds="0.004"/>
      </Partition>
      <Partition PartitionIdentifier="30" PartitionName="Drain" SystemPartition="TRUE" p:Image="Tiny" p:Drainer="true">
        <p:PortGrant First="0xE9"/>
      </Partition>
      <Partition_Memory PartitionIdentifier="10">
        <Memory_Requirements RegionName="text" Type="CODE" SizeBytes="0x2000" Access="READ_ONLY"/>
        <Memory_Requirements RegionName="data" Type="DATA" SizeBytes="0x4000" Access="READ_WRITE"/>
      </Partition_Memory>
      <Module_Schedule MajorFrameSeconds="0.01" ScheduleIdentifier="4" ScheduleName="only">
        <Partition_Schedule PartitionIdentifier="20" PeriodSeconds="0.01" PeriodDurationSeconds="0.002">
          <Window_Schedule WindowIdentifier="7" WindowStartSeconds="0.002" WindowDurationSeconds="0.002"
           PartitionPeriodStart="true"/>
        </Partition_Schedule>
        <Partition_Schedule PartitionIdentifier="10" PeriodSeconds="0.005" PeriodDurationSeconds="0.002">
          <Window_Schedule WindowIdentifier="8" WindowStartSeconds="0.0" WindowDurationSeconds="0.002"
           PartitionPeriodStart="true"/>
          <Window_Schedule WindowIdentifier="9" WindowStartSeconds="0.005" WindowDurationSeconds="0.002"
           PartitionPeriodStart="1"/>
        </Partition_Schedule>
      </Module_Schedule>
      <Partition_HM_Table PartitionIdentifier="20">
        <System_State_Entry SystemState="1">
          <Error_ID_Action ErrorIdentifier="3" Action="WARM_START"/>
        </System_State_Entry>
      </Partition_HM_Table>
      <Connection_Table>
        <Channel ChannelIdentifier="5">
          <Source><Standard_Partition PartitionIdentifier="10" PortName="OUT"/></Source>
          <Destination><Standard_Partition PartitionIdentifier="20" PortName="IN"/></Destination>
        </Channel>
      </Connection_Table>
      <p:Clocks IntervalTimerHertz="100" RealTimeClockHertz="64"/>
      <p:Trace RingBytes="65536" KeyframeIntervalFrames="10" EventsPerBlock="100"/>
      <p:Interrupts>
        <p:Line Number="8" Policy="MARKED_AT_ONCE" BudgetPerWindow="2" Recipe="READ_RTC_STATUS"
                StolenTimeSeconds="0.000003">
          <p:Owner PartitionIdentifier="20" Delivery="MARKED"/>
        </p:Line>
        <p:Line Number="0" Policy="MARKED_AT_ONCE" BudgetPerWindow="3" KernelHandler="true"/>
        <p:Line Number="4" Policy="MASKED_UNTIL_OWNER" Recipe="OWNER_READS_RECEIVER">
          <p:Owner PartitionIdentifier="10"/>
        </p:Line>
      </p:Interrupts>
      <p:Event_Channels>
        <p:EventChannel Identifier="3" SourcePartition="10" DestinationPartition="20" Vector="50"/>
        <p:EventChannel Identifier="4" SourcePartition="20" DestinationPartition="10" Vector="63"/>
      </p:Event_Channels>
      <p:Budgets>
        <p:Budget Quantity="WINDOW_START_ERROR" BoundSeconds="0.000001"/>
        <p:Budget Quantity="HYPERCALL" Subject="65" BoundSeconds="0.000005"/>
        <p:Budget Quantity="MARK_TO_UPCALL" Subject="8" BoundSeconds="0.000005"/>
        <p:Budget Quantity="TRACE_BYTES_PER_SECOND" Bound="1000"/>
      </p:Budgets>
    </ARINC_653_Module>
    """

  /// A schedule beside the first, with every partition's windows.
  static func secondSchedule(_ attributes: String = "", drainer: String = "") -> String {
    """
    <Module_Schedule MajorFrameSeconds="0.02" ScheduleIdentifier="5" ScheduleName="second">
      <Partition_Schedule PartitionIdentifier="10" PeriodSeconds="0.02" PeriodDurationSeconds="0.004" \(attributes)>
        <Window_Schedule WindowIdentifier="1" WindowStartSeconds="0.001" WindowDurationSeconds="0.004"
         PartitionPeriodStart="true"/>
      </Partition_Schedule>
      <Partition_Schedule PartitionIdentifier="30" PeriodSeconds="0.02" PeriodDurationSeconds="0.001" \(drainer)>
        <Window_Schedule WindowIdentifier="2" WindowStartSeconds="0.010" WindowDurationSeconds="0.001"
         PartitionPeriodStart="true"/>
      </Partition_Schedule>
    </Module_Schedule>
    """
  }

  /// Checks a text with the tiny image beside it.
  static func check(_ text: String, strict: Bool = false, image: [UInt8] = TinyELF().bytes) -> CheckReport {
    // Without a folder for temporary files no test can say anything.
    let folder = try! TemporaryFolder()
    let file = try! folder.write(text, to: "module.xml")
    try! folder.write(image, to: "Tiny.elf")
    return withExtendedLifetime(folder) { ModuleCompiler.check(file: file, options: .init(isStrict: strict)) }
  }

  /// The line, from 1, of the first occurrence of `part` in `text`.
  static func line(of part: String, in text: String) -> Int {
    let before = text[..<text.firstRange(of: part)!.lowerBound]
    return before.filter { $0 == "\n" }.count + 1
  }
}
