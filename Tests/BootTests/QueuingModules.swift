/// The modules of the queuing tests.
enum QueuingModules {
  /// Sender tells Receiver, which holds it back, and Logger, which discards.
  static let messaging = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Sender" p:Image="QueueSender">
          <Queuing_Port Name="TELL" MaxMessageSize="64" Direction="SOURCE" MaxNbMessages="4"/>
        </Partition>
        <Partition PartitionIdentifier="2" PartitionName="Receiver" p:Image="QueueReceiver">
          <Queuing_Port Name="HEAR" MaxMessageSize="64" Direction="DESTINATION" MaxNbMessages="4" p:Overflow="BLOCK"/>
        </Partition>
        <Partition PartitionIdentifier="3" PartitionName="Logger" p:Image="QueueReceiver">
          <Queuing_Port Name="LOG" MaxMessageSize="64" Direction="DESTINATION" MaxNbMessages="2" p:Overflow="DISCARD"/>
        </Partition>
        """,
      windows: [(1, 0, 2), (2, 2, 2), (3, 4, 2)],
      channels: """
        <Channel ChannelIdentifier="1">
          <Source><Standard_Partition PartitionIdentifier="1" PortName="TELL"/></Source>
          <Destination><Standard_Partition PartitionIdentifier="2" PortName="HEAR"/></Destination>
          <Destination><Standard_Partition PartitionIdentifier="3" PortName="LOG"/></Destination>
        </Channel>
        """), stimulus: "")

  /// Long sends itself messages of 8192 bytes; Watcher's windows follow its own at once, in two phases.
  static let longMessages = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Long" p:Image="LongSender">
          <Queuing_Port Name="OUT" MaxMessageSize="8192" Direction="SOURCE" MaxNbMessages="1"/>
          <Queuing_Port Name="IN" MaxMessageSize="8192" Direction="DESTINATION" MaxNbMessages="1"/>
        </Partition>
        <Partition PartitionIdentifier="2" PartitionName="Watcher" p:Image="StartWatcher"/>
        """,
      windows: [(1, 0, 2), (2, 2, 1), (1, 3, 2), (2, 5, 1)],
      channels: """
        <Channel ChannelIdentifier="1">
          <Source><Standard_Partition PartitionIdentifier="1" PortName="OUT"/></Source>
          <Destination><Standard_Partition PartitionIdentifier="1" PortName="IN"/></Destination>
        </Channel>
        """), stimulus: "")

  /// Waiting has nine processes and sends to itself.
  static let waitingProcesses = ModuleVariant(
    description: module(
      partitions: """
        <Partition PartitionIdentifier="1" PartitionName="Waiting" p:Image="WaitingProcesses">
          <Queuing_Port Name="FIFO_OUT" MaxMessageSize="8" Direction="SOURCE" MaxNbMessages="4"/>
          <Queuing_Port Name="FIFO_IN" MaxMessageSize="8" Direction="DESTINATION" MaxNbMessages="4"/>
          <Queuing_Port Name="PRIORITY_OUT" MaxMessageSize="8" Direction="SOURCE" MaxNbMessages="4"/>
          <Queuing_Port Name="PRIORITY_IN" MaxMessageSize="8" Direction="DESTINATION" MaxNbMessages="4"/>
        </Partition>
        """,
      windows: [(1, 0, 2)],
      channels: ["FIFO", "PRIORITY"].enumerated().map { index, name in
        """
        <Channel ChannelIdentifier="\(index)">
          <Source><Standard_Partition PartitionIdentifier="1" PortName="\(name)_OUT"/></Source>
          <Destination><Standard_Partition PartitionIdentifier="1" PortName="\(name)_IN"/></Destination>
        </Channel>
        """
      }.joined(separator: "\n")), stimulus: "")

  /// A module of 10 ms with a drainer in the rest.
  ///
  /// - Parameter windows: partition, start and duration in milliseconds; those of one partition at equal distances.
  private static func module(
    partitions: String, windows: [(partition: Int, start: Int, duration: Int)], channels: String
  ) -> String {
    let schedules = Set(windows.map(\.partition)).sorted().map { partition in
      let own = windows.filter { $0.partition == partition }
      let elements = own.enumerated().map { index, window in
        """
        <Window_Schedule WindowIdentifier="\(partition * 10 + index)" WindowStartSeconds="0.00\(window.start)"
          WindowDurationSeconds="0.00\(window.duration)" PartitionPeriodStart="\(index == 0)"/>
        """
      }
      let sum = own.reduce(0) { $0 + $1.duration }
      return """
        <Partition_Schedule PartitionIdentifier="\(partition)" PeriodSeconds="0.010" PeriodDurationSeconds="0.00\(sum)">
        \(elements.joined(separator: "\n"))
        </Partition_Schedule>
        """
    }
    return """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Queuing" ModuleId="3">
      \(partitions)
        <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
          p:Drainer="true">
          <p:PortGrant First="0xE9" Count="1"/>
        </Partition>
        <Module_Schedule MajorFrameSeconds="0.010" ScheduleIdentifier="0" InitialModuleSchedule="true">
        \(schedules.joined(separator: "\n"))
        </Module_Schedule>
        <Connection_Table>
        \(channels)
        </Connection_Table>
        <p:Clocks IntervalTimerHertz="100" RealTimeClockHertz="0"/>
        <p:Trace RingBytes="0x400000" KeyframeIntervalFrames="10" EventsPerBlock="4096"/>
      </ARINC_653_Module>
      """
  }
}
