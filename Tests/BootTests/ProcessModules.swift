/// The modules of the tests of processes: major frames of 10 ms, with a drainer in the rest.
enum ProcessModules {
  /// One partition whose processes synchronise.
  static let synchronisation = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Synchronisation" p:Image="Synchronisation"/>
        """,
      schedules: schedule(1, start: 0, duration: 7), connections: ""), stimulus: "")

  /// One partition whose processes preempt each other, and another instance of it that sends it messages while its
  /// window is over.
  static let preemption = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Preempter" p:Image="Preempter">
          <Queuing_Port Name="HEAR" MaxMessageSize="8" Direction="DESTINATION" MaxNbMessages="4"/>
        </Partition>
        <Partition PartitionIdentifier="2" PartitionName="Sender" p:Image="Preempter">
          <Queuing_Port Name="TELL" MaxMessageSize="8" Direction="SOURCE" MaxNbMessages="4"/>
        </Partition>
        """,
      schedules: schedule(1, start: 0, duration: 7) + schedule(2, start: 8, duration: 1),
      connections: """
        <Connection_Table>
          <Channel ChannelIdentifier="1">
            <Source><Standard_Partition PartitionIdentifier="2" PortName="TELL"/></Source>
            <Destination><Standard_Partition PartitionIdentifier="1" PortName="HEAR"/></Destination>
          </Channel>
        </Connection_Table>
        """), stimulus: "")

  /// One partition that does what nobody should: its errors are its own, it sends messages and events to itself, and no
  /// upcall of it may be interrupted by another one.
  static let mischief = ModuleVariant(
    description: module(
      errors: processErrors,
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Mischief" p:Image="Mischief" p:MaximumUpcallDepth="1">
          <Queuing_Port Name="TELL" MaxMessageSize="8" Direction="SOURCE" MaxNbMessages="1"/>
          <Queuing_Port Name="HEAR" MaxMessageSize="8" Direction="DESTINATION" MaxNbMessages="1"/>
        </Partition>
        """,
      schedules: schedule(1, start: 0, duration: 7),
      actions: processActions,
      connections: """
        <Connection_Table>\(ownChannel)</Connection_Table>
        <p:Event_Channels>
          <p:EventChannel Identifier="1" SourcePartition="1" DestinationPartition="1" Vector="48"/>
        </p:Event_Channels>
        """), stimulus: "")

  /// A partition in Swift whose processes try all services, and send themselves a message.
  static let ensemble = ModuleVariant(
    description: module(
      errors: processErrors,
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Ensemble" p:Image="Ensemble">
          <Queuing_Port Name="TELL" MaxMessageSize="8" Direction="SOURCE" MaxNbMessages="1"/>
          <Queuing_Port Name="HEAR" MaxMessageSize="8" Direction="DESTINATION" MaxNbMessages="1"/>
          <Sampling_Port Name="GAUGE" MaxMessageSize="8" Direction="SOURCE" RefreshRateSeconds="1.0"/>
          <Sampling_Port Name="DIAL" MaxMessageSize="8" Direction="DESTINATION" RefreshRateSeconds="1.0"/>
        </Partition>
        """,
      schedules: schedule(1, start: 0, duration: 7), actions: processActions,
      connections: """
        <Connection_Table>\(ownChannel)
          <Channel ChannelIdentifier="2">
            <Source><Standard_Partition PartitionIdentifier="1" PortName="GAUGE"/></Source>
            <Destination><Standard_Partition PartitionIdentifier="1" PortName="DIAL"/></Destination>
          </Channel>
        </Connection_Table>
        """), stimulus: "")

  /// A partition that reads a sampling port, and another instance of it that writes while its window is over.
  static let sampling = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Sampler" p:Image="Sampler">
          <Sampling_Port Name="SEE" MaxMessageSize="16" Direction="DESTINATION" RefreshRateSeconds="0.008"/>
          <Sampling_Port Name="SAY" MaxMessageSize="16" Direction="SOURCE" RefreshRateSeconds="0.008"/>
        </Partition>
        <Partition PartitionIdentifier="2" PartitionName="Writer" p:Image="Sampler">
          <Sampling_Port Name="SHOW" MaxMessageSize="16" Direction="SOURCE" RefreshRateSeconds="0.008"/>
          <Sampling_Port Name="HEAR" MaxMessageSize="16" Direction="DESTINATION" RefreshRateSeconds="0.008"/>
        </Partition>
        """,
      schedules: schedule(1, start: 0, duration: 4) + schedule(2, start: 5, duration: 1),
      connections: """
        <Connection_Table>
          <Channel ChannelIdentifier="1">
            <Source><Standard_Partition PartitionIdentifier="2" PortName="SHOW"/></Source>
            <Destination><Standard_Partition PartitionIdentifier="1" PortName="SEE"/></Destination>
          </Channel>
          <Channel ChannelIdentifier="2">
            <Source><Standard_Partition PartitionIdentifier="1" PortName="SAY"/></Source>
            <Destination><Standard_Partition PartitionIdentifier="2" PortName="HEAR"/></Destination>
          </Channel>
        </Connection_Table>
        """), stimulus: "")

  /// A partition whose processes print while they take the processor from each other.
  static let chatting = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Chatter" p:Image="Chatter"/>
        """,
      schedules: schedule(1, start: 0, duration: 7), connections: ""), stimulus: "")

  /// A partition of which one process leaves its stack.
  static let digging = ModuleVariant(
    description: module(
      errors: """
        <System_HM_Table>
          <System_State_Entry SystemState="1" Description="partition executing">
            <Error_ID_Level ErrorIdentifier="1" Description="stack" ErrorLevel="PROCESS" ErrorCode="STACK_OVERFLOW"/>
          </System_State_Entry>
        </System_HM_Table>
        """,
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Digger" p:Image="Digger"/>
        """,
      schedules: schedule(1, start: 0, duration: 7),
      actions: """
        <Partition_HM_Table PartitionIdentifier="1">
          <System_State_Entry SystemState="1"><Error_ID_Action ErrorIdentifier="1" Action="IDLE"/></System_State_Entry>
        </Partition_HM_Table>
        """, connections: ""), stimulus: "")

  /// One partition of which a process moves its deadlines, and another one starves.
  static let replenishing = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Replenisher" p:Image="Replenisher">
          <Process Name="extending" StackSize="0x1000" p:PeriodSeconds="0.010" p:TimeCapacitySeconds="0.002"
            p:DeadlineSeconds="0.002" p:Priority="30" p:Completion="TOLD"/>
          <Process Name="starving" StackSize="0x1000" p:PeriodSeconds="0.010" p:TimeCapacitySeconds="0.001"
            p:DeadlineSeconds="0.008" p:Priority="10" p:Completion="TOLD"/>
        </Partition>
        """,
      schedules: schedule(1, start: 0, duration: 7), connections: ""), stimulus: "")

  /// One partition whose errors are its own, with a queuing port from itself to itself.
  static func overdue(_ image: [UInt8]) -> ModuleVariant {
    var module = ModuleVariant(
      description: module(
        errors: processErrors,
        partitions: """
          <Partition PartitionIdentifier="1" PartitionName="Overdue" p:Image="Overdue">
            <Queuing_Port Name="TELL" MaxMessageSize="8" Direction="SOURCE" MaxNbMessages="1"/>
            <Queuing_Port Name="HEAR" MaxMessageSize="8" Direction="DESTINATION" MaxNbMessages="1"/>
          </Partition>
          """,
        schedules: schedule(1, start: 0, duration: 7), actions: processActions,
        connections: "<Connection_Table>\(ownChannel)</Connection_Table>"), stimulus: "")
    module.images["Overdue"] = image
    return module
  }

  /// One partition that raises events to itself from its upcalls, of which there may be one at a time.
  static let overflowing = ModuleVariant(
    description: module(
      errors: """
        <System_HM_Table>
          <System_State_Entry SystemState="1" Description="partition executing">
            <Error_ID_Level ErrorIdentifier="1" Description="depth" ErrorLevel="PROCESS" ErrorCode="STACK_OVERFLOW"/>
          </System_State_Entry>
        </System_HM_Table>
        """,
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Overflower" p:Image="Overflower" p:MaximumUpcallDepth="1"/>
        """,
      schedules: schedule(1, start: 0, duration: 7),
      actions: """
        <Partition_HM_Table PartitionIdentifier="1">
          <System_State_Entry SystemState="1"><Error_ID_Action ErrorIdentifier="1" Action="IDLE"/></System_State_Entry>
        </Partition_HM_Table>
        """,
      connections: """
        <p:Event_Channels>
          <p:EventChannel Identifier="1" SourcePartition="1" DestinationPartition="1" Vector="48"/>
          <p:EventChannel Identifier="2" SourcePartition="1" DestinationPartition="1" Vector="49"/>
        </p:Event_Channels>
        """), stimulus: "")

  /// Errors that are processes' own.
  private static let processErrors = """
    <System_HM_Table>
      <System_State_Entry SystemState="1" Description="partition executing">
        <Error_ID_Level ErrorIdentifier="1" Description="deadline" ErrorLevel="PROCESS"
          ErrorCode="DEADLINE_MISSED"/>
        <Error_ID_Level ErrorIdentifier="2" Description="application" ErrorLevel="PROCESS"
          ErrorCode="APPLICATION_ERROR"/>
        <Error_ID_Level ErrorIdentifier="3" Description="page fault" ErrorLevel="PROCESS"
          ErrorCode="MEMORY_VIOLATION"/>
      </System_State_Entry>
    </System_HM_Table>
    """

  /// What becomes of a partition whose error is not.
  private static let processActions = """
    <Partition_HM_Table PartitionIdentifier="1">
      <System_State_Entry SystemState="1">
        <Error_ID_Action ErrorIdentifier="1" Action="IDLE"/>
        <Error_ID_Action ErrorIdentifier="2" Action="IDLE"/>
        <Error_ID_Action ErrorIdentifier="3" Action="IDLE"/>
      </System_State_Entry>
    </Partition_HM_Table>
    """

  /// From a partition to itself.
  private static let ownChannel = """
    <Channel ChannelIdentifier="1">
      <Source><Standard_Partition PartitionIdentifier="1" PortName="TELL"/></Source>
      <Destination><Standard_Partition PartitionIdentifier="1" PortName="HEAR"/></Destination>
    </Channel>
    """

  /// One window in each period, milliseconds after its start.
  private static func schedule(_ partition: Int, start: Int, duration: Int) -> String {
    """
    <Partition_Schedule PartitionIdentifier="\(partition)" PeriodSeconds="0.010"
      PeriodDurationSeconds="0.00\(duration)">
      <Window_Schedule WindowIdentifier="\(partition * 10)" WindowStartSeconds="0.00\(start)"
        WindowDurationSeconds="0.00\(duration)" PartitionPeriodStart="true"/>
    </Partition_Schedule>

    """
  }

  /// - Parameter errors: The levels of errors; `actions`: what follows those of the partition.
  private static func module(
    errors: String = "", partitions: String, schedules: String, actions: String = "", connections: String
  ) -> String {
    """
    <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Processes" ModuleId="3">
    \(errors)
    \(partitions)
      <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
        p:Drainer="true">
        <p:PortGrant First="0xE9" Count="1"/>
      </Partition>
      <Module_Schedule MajorFrameSeconds="0.010" ScheduleIdentifier="0" InitialModuleSchedule="true">
      \(schedules)
      </Module_Schedule>
      \(actions)
      \(connections)
      <p:Clocks IntervalTimerHertz="100" RealTimeClockHertz="0"/>
      <p:Trace RingBytes="0x400000" KeyframeIntervalFrames="10" EventsPerBlock="4096"/>
    </ARINC_653_Module>
    """
  }
}
