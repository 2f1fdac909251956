@testable import ModuleCompiler

extension BrokenModule {
  /// Two identifiers of one code, of which the one of the higher level has no action.
  static let oneCode = [
    ("ErrorIdentifier=\"3\" ErrorLevel=\"PARTITION\"", "ErrorIdentifier=\"3\" ErrorLevel=\"PROCESS\""),
    (
      "ErrorIdentifier=\"9\" ErrorLevel=\"MODULE\"",
      "ErrorIdentifier=\"9\" ErrorLevel=\"PARTITION\" ErrorCode=\"NUMERIC_ERROR\""
    ),
  ]
  static let health: [BrokenModule] = [
    .init(.unknownError, "ErrorIdentifier=\"3\" Action", "ErrorIdentifier=\"4\" Action", at: "ErrorIdentifier=\"4\""),
    .init(
      .errorWithoutCode, "ErrorIdentifier=\"3\" Action", "ErrorIdentifier=\"9\" Action",
      at: "ErrorIdentifier=\"9\" Action", status: 0, severity: .warning),
    .init(
      .errorsWithoutLevel, "ErrorCode=\"NUMERIC_ERROR\"", "", at: "<System_HM_Table>", status: 0, severity: .warning),
    .init(
      .errorsWithoutLevel,
      [
        ("<Process Name=\"main\"", "<Process Name=\"main\" p:Completion=\"TOLD\""),
        ("ErrorIdentifier=\"3\" ErrorLevel=\"PARTITION\"", "ErrorIdentifier=\"3\" ErrorLevel=\"PROCESS\""),
      ], at: "<System_HM_Table>", status: 0, severity: .warning),
    .init(
      .conflictingActions, "<Error_ID_Action ErrorIdentifier=\"3\" Action=\"WARM_START\"/>",
      """
      <Error_ID_Action ErrorIdentifier="3" Action="WARM_START"/>
      <Error_ID_Action ErrorIdentifier="3" Action="IDLE"/>
      """, at: "Action=\"IDLE\"", status: 0, severity: .warning),
    .init(
      .unsupported, "Access=\"READ_ONLY\"", "PhysicalAddress=\"0x1000\" Access=\"READ_ONLY\"", at: "0x1000",
      status: 0, severity: .warning),
    .init(
      .unknownError, "<Partition_HM_Table PartitionIdentifier=\"20\">\n    <System_State_Entry SystemState=\"1\">",
      "<Partition_HM_Table PartitionIdentifier=\"20\">\n    <System_State_Entry SystemState=\"2\">",
      at: "ErrorIdentifier=\"3\" Action"),
    .init(
      .systemState, "SystemState=\"1\"", "SystemState=\"4\"", at: "SystemState=\"4\"", status: 0, severity: .warning,
      [("SystemState=\"1\"", "SystemState=\"0\"")]),
    .init(
      .systemState, "SystemState=\"1\"", "SystemState=\"4\"", at: "SystemState=\"0\"", status: 0, severity: .warning,
      [("SystemState=\"1\"", "SystemState=\"0\"")]),
    .init(
      .duplicateError, "ErrorIdentifier=\"9\" ErrorLevel", "ErrorIdentifier=\"3\" ErrorLevel",
      at: "ErrorLevel=\"MODULE\""),
    .init(
      .wrongLevel, "ErrorIdentifier=\"3\" ErrorLevel=\"PARTITION\"", "ErrorIdentifier=\"3\" ErrorLevel=\"MODULE\"",
      at: "ErrorIdentifier=\"3\" Action"),
    .init(
      .wrongLevel, "<Connection_Table>",
      "<Module_HM_Table><System_State_Entry SystemState=\"1\"><Error_ID_Action ErrorIdentifier=\"3\" "
        + "Action=\"RESET\"/></System_State_Entry></Module_HM_Table><Connection_Table>", at: "<Module_HM_Table",
      status: 0, severity: .warning),
    .init(
      .wrongLevel,
      [
        ("ErrorIdentifier=\"3\" ErrorLevel=\"PARTITION\"", "ErrorIdentifier=\"3\" ErrorLevel=\"MODULE\""),
        (
          "<Connection_Table>",
          "<Module_HM_Table><System_State_Entry SystemState=\"1\"><Error_ID_Action ErrorIdentifier=\"3\" "
            + "Action=\"RESET\"/></System_State_Entry></Module_HM_Table><Connection_Table>"
        ),
      ], at: "Action=\"WARM_START\"", status: 0, severity: .warning),
    .init(
      .wrongLevel,
      [
        ("<Error_ID_Action ErrorIdentifier=\"3\" Action=\"WARM_START\"/>", ""),
        (
          "<Connection_Table>",
          "<Module_HM_Table><System_State_Entry SystemState=\"1\"><Error_ID_Action ErrorIdentifier=\"3\" "
            + "Action=\"RESET\"/></System_State_Entry></Module_HM_Table><Connection_Table>"
        ),
      ], at: "<Module_HM_Table"),
    .init(.conflictingActions, oneCode, at: "ErrorIdentifier=\"3\" ErrorLevel", status: 0, severity: .warning),
    .init(
      .ignoredFault, "Action=\"WARM_START\"", "Action=\"IGNORE\"", at: "Action=\"IGNORE\"", status: 0,
      severity: .warning),
    .init(
      .drainerRestart, "<Partition_HM_Table PartitionIdentifier=\"20\"",
      "<Partition_HM_Table PartitionIdentifier=\"30\"",
      at: "Action=\"WARM_START\""),
    .init(
      .drainerRestart, "<Partition_HM_Table PartitionIdentifier=\"20\"",
      "<Partition_HM_Table PartitionIdentifier=\"30\" PartitionCallback=\"entry\"", at: "PartitionCallback"),
    .init(
      .callbackSymbol, "<Partition_HM_Table", "<Partition_HM_Table PartitionCallback=\"missing\"",
      at: "PartitionCallback"),
    .init(
      .callbackSymbol, "<Partition_HM_Table", "<Partition_HM_Table PartitionCallback=\"variable\"",
      at: "PartitionCallback"),
    .init(
      .callbackSymbol, "<Partition_HM_Table PartitionIdentifier",
      "<Partition_HM_Table PartitionIdentifier=\"20\" PartitionCallback=\"entry\"/>\n"
        + "<Partition_HM_Table PartitionCallback=\"other\" PartitionIdentifier",
      at: "PartitionCallback=\"other\""),
    // Two tables on one line of the file are two tables.
    .init(
      .callbackSymbol, "<Partition_HM_Table PartitionIdentifier",
      "<Partition_HM_Table PartitionIdentifier=\"20\" PartitionCallback=\"entry\"/>"
        + "<Partition_HM_Table PartitionCallback=\"other\" PartitionIdentifier",
      at: "PartitionCallback=\"other\""),
    .init(
      .unsupported, "<Connection_Table>", "<Partition_HM_Table/>\n<Connection_Table>", at: "<Partition_HM_Table/>",
      status: 0, severity: .warning),
    .init(
      .schemaViolation, "<Partition_HM_Table PartitionIdentifier=\"20\"", "<Partition_HM_Table",
      at: "<Partition_HM_Table", status: 2),
    .init(
      .schemaViolation, "<Connection_Table>", "<Partition_HM_Table PartitionCallback=\"entry\"/>\n<Connection_Table>",
      at: "PartitionCallback", status: 2),
    .init(
      .schemaViolation, "<Partition_HM_Table", "<Partition_HM_Table PartitionCallback=\"\"", at: "PartitionCallback",
      status: 2),
  ]
}
