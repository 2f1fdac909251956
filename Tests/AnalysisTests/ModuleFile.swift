import ModuleCompiler
import TemporaryFolder
import Testing

/// A module file that is analysed: partitions and their schedules, beside a drainer without windows.
struct ModuleFile {
  var text: String

  /// Puts the parts of the file around the drainer.
  init(partitions: String, schedules: [String], connections: String = "") {
    text = """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Analysed">
      \(partitions)
      <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Drainer="true">
        <p:PortGrant First="0xE9" Count="1"/>
      </Partition>
      \(schedules.joined(separator: "\n"))
      \(connections)
      </ARINC_653_Module>
      """
  }

  /// A module schedule; that with identifier 0 is the initial one.
  static func schedule(_ identifier: Int = 0, frameSeconds: String, _ partitions: [String]) -> String {
    """
    <Module_Schedule MajorFrameSeconds="\(frameSeconds)" ScheduleIdentifier="\(identifier)"
      InitialModuleSchedule="\(identifier == 0)">
    \(partitions.joined(separator: "\n"))
    </Module_Schedule>
    """
  }

  /// A window of a partition, in seconds as the file has them.
  typealias Window = (start: String, duration: String, isPeriodStart: Bool)

  /// The windows of a partition in a schedule.
  static func partition(
    _ identifier: Int, periodSeconds: String, durationSeconds: String, _ windows: [Window]
  ) -> String {
    let elements = windows.enumerated().map { index, window in
      """
      <Window_Schedule WindowIdentifier="\(identifier * 100 + index)" WindowStartSeconds="\(window.start)"
        WindowDurationSeconds="\(window.duration)" PartitionPeriodStart="\(window.isPeriodStart)"/>
      """
    }
    return """
      <Partition_Schedule PartitionIdentifier="\(identifier)" PeriodSeconds="\(periodSeconds)"
        PeriodDurationSeconds="\(durationSeconds)">
      \(elements.joined(separator: "\n"))
      </Partition_Schedule>
      """
  }

  /// A channel from partition 1 to partition 2, whose ports are both called DATA.
  static let dataFromOneToTwo = """
    <Connection_Table><Channel ChannelIdentifier="1">
      <Source><Standard_Partition PartitionIdentifier="1" PortName="DATA"/></Source>
      <Destination><Standard_Partition PartitionIdentifier="2" PortName="DATA"/></Destination>
    </Channel></Connection_Table>
    """

  /// What the checker makes of it, which finds no error.
  func description() throws -> ModuleDescription {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "module.xml")
    let report = withExtendedLifetime(folder) { ModuleCompiler.check(file: file) }
    try #require(report.exitStatus == 0, "\(report.errors.map(\.description))")
    return try #require(report.description)
  }

  /// Its table and what it says, as `pack` would have them.
  func packed() throws -> PackedModule {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "module.xml")
    return try withExtendedLifetime(folder) { try ModuleCompiler.table(file: file) }
  }
}
