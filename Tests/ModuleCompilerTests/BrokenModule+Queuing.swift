@testable import ModuleCompiler

extension BrokenModule {
  /// The edits that give the sample module a queuing channel of one source and two destinations.
  static let queuingEdits: [(String, String)] = [
    (
      "<Process Name=\"main\"",
      """
      <Queuing_Port Name="TELL" MaxMessageSize="8192" Direction="SOURCE" MaxNbMessages="5"/>
      <Process Name="main"
      """
    ),
    (
      "<Process Name=\"second\"",
      """
      <Queuing_Port Name="HEAR" MaxMessageSize="8192" Direction="DESTINATION" MaxNbMessages="0x28"/>
      <Queuing_Port Name="LOG" MaxMessageSize="8192" Direction="DESTINATION" MaxNbMessage="24" p:Overflow="DISCARD"/>
      <Process Name="second"
      """
    ),
    (
      "</Connection_Table>",
      """
      <Channel ChannelIdentifier="6">
        <Source><Standard_Partition PartitionIdentifier="10" PortName="TELL"/></Source>
        <Destination><Standard_Partition PartitionIdentifier="20" PortName="HEAR"/></Destination>
        <Destination><Standard_Partition PartitionIdentifier="20" PortName="LOG"/></Destination>
      </Channel>
      </Connection_Table>
      """
    ),
  ]

  private static func broken(_ rule: Rule, _ old: String, _ new: String, at place: String, status: Int32 = 1) -> Self {
    BrokenModule(rule, queuingEdits + [(old, new)], at: place, status: status)
  }

  static let queuing: [BrokenModule] = [
    broken(.messageCount, " MaxNbMessages=\"0x28\"", "", at: "Name=\"HEAR\""),
    broken(.messageCount, "\"0x28\"", "\"0\"", at: "Name=\"HEAR\""),
    broken(.messageCount, "\"5\"/>", "\"65\"/>", at: "Name=\"TELL\""),
    broken(.messageSize, "\"8192\" Direction=\"SOURCE\"", "\"8193\" Direction=\"SOURCE\"", at: "Name=\"TELL\""),
    broken(.overflowPolicy, "MaxNbMessages=\"5\"", "MaxNbMessages=\"5\" p:Overflow=\"BLOCK\"", at: "Name=\"TELL\""),
    broken(.schemaViolation, "\"DISCARD\"", "\"LOSE\"", at: "LOSE", status: 2),
    broken(
      .ignoredAttribute, "MaxNbMessages=\"5\"", "MaxNbMessages=\"5\" RefreshRateSeconds=\"1.0\"", at: "Name=\"TELL\"",
      status: 0
    ).warning,
    broken(.sizeMismatch, "\"8192\" Direction=\"SOURCE\"", "\"8191\" Direction=\"SOURCE\"", at: "PortName=\"LOG\""),
    broken(
      .directionMismatch, "\"DESTINATION\" MaxNbMessage=", "\"SOURCE\" MaxNbMessage=", at: "PortName=\"LOG\""),
    broken(
      .kindMismatch,
      "<Queuing_Port Name=\"LOG\" MaxMessageSize=\"8192\" Direction=\"DESTINATION\" MaxNbMessage=\"24\" "
        + "p:Overflow=\"DISCARD\"/>",
      "<Sampling_Port Name=\"LOG\" MaxMessageSize=\"8192\" Direction=\"DESTINATION\" RefreshRateSeconds=\"1.0\"/>",
      at: "PortName=\"LOG\""),
    broken(.messagePlaces, "MaxNbMessage=\"24\"", "MaxNbMessage=\"25\"", at: "ChannelIdentifier=\"6\""),
    broken(.duplicatePort, "Name=\"LOG\"", "Name=\"IN\"", at: "Name=\"IN\" MaxMessageSize=\"8192\""),
  ]

  private var warning: Self {
    var result = self
    result.severity = .warning
    return result
  }
}
