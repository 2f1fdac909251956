import APEXTypes
import ModuleConfiguration
import TemporaryFolder
import TestSeeds
import Testing

@testable import ModuleCompiler

/// What of health-monitor tables, schedules and retained memory arrives in the module table.
@Suite struct HealthPackTests {
  private func pack(_ edits: [(String, String)], image: [UInt8] = TinyELF().bytes) throws -> PackedModule {
    var text = SampleModule.text
    for (old, new) in edits { text = text.replacingOccurrences(of: old, with: new) }
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "module.xml")
    try folder.write(image, to: "Tiny.elf")
    return try withExtendedLifetime(folder) { try ModuleCompiler.compile(file: file) }
  }

  private func all<Record: TableRecord>(_ type: Record.Type, _ table: ModuleTable) -> [Record] {
    (0..<table.count(type)).map { table.record(type, $0) }
  }

  private static let tables = """
    <System_HM_Table>
      <System_State_Entry SystemState="1">
        <Error_ID_Level ErrorIdentifier="3" ErrorLevel="PARTITION" ErrorCode="NUMERIC_ERROR"/>
        <Error_ID_Level ErrorIdentifier="5" ErrorLevel="PROCESS" ErrorCode="APPLICATION_ERROR"/>
        <Error_ID_Level ErrorIdentifier="6" ErrorLevel="MODULE" ErrorCode="HARDWARE_FAULT"/>
      </System_State_Entry>
      <System_State_Entry SystemState="2">
        <Error_ID_Level ErrorIdentifier="3" ErrorLevel="MODULE" ErrorCode="NUMERIC_ERROR"/>
      </System_State_Entry>
    </System_HM_Table>
    <Module_HM_Table ModuleCallback="system">
      <System_State_Entry SystemState="2"><Error_ID_Action ErrorIdentifier="3" Action="RESET"/></System_State_Entry>
    </Module_HM_Table>
    """

  private static func edits(_ more: [(String, String)] = []) -> [(String, String)] {
    let begin = SampleModule.text.range(of: "<System_HM_Table>")!
    let end = SampleModule.text.range(of: "</System_HM_Table>")!
    return [(String(SampleModule.text[begin.lowerBound..<end.upperBound]), tables)] + more
  }

  /// Every error at its level in its state, for every partition; what a table does not say has the safe default.
  @Test func tablesAreResolvedByState() throws {
    try pack(Self.edits()).withTable { table in
      #expect(table.module.hasModuleCallback)
      let records = all(HealthActionRecord.self, table)
      #expect(records.count == 3 * 3 + 1)
      func find(_ partition: UInt8, _ error: ErrorCode, _ state: SystemState) -> HealthActionRecord? {
        records.first { $0.partition.rawValue == partition && $0.error == error && $0.state == state }
      }
      for partition in 0..<3 as Range<UInt8> {
        let fault = try #require(find(partition, .numericError, .partitionInitialisation))
        #expect(fault.level == .module && fault.moduleAction == .reset)
        let broken = try #require(find(partition, .hardwareFault, .partitionExecution))
        #expect(broken.level == .module && broken.moduleAction == .shutdown, "where the module's table is silent")
        let own = try #require(find(partition, .applicationError, .partitionExecution))
        #expect(own.level == .process && own.action == .idle)
      }
      #expect(find(1, .numericError, .partitionExecution)?.action == .warmStart)
      #expect(find(0, .numericError, .partitionExecution) == nil)
    }
  }

  /// Of two errors of one code in one state: the higher level of the two, and the safer of the two actions.
  @Test(arguments: [false, true]) func theSaferOfTwoActionsHolds(_ isReversed: Bool) throws {
    var levels = [
      "<Error_ID_Level ErrorIdentifier=\"3\" ErrorLevel=\"PROCESS\" ErrorCode=\"NUMERIC_ERROR\"/>",
      "<Error_ID_Level ErrorIdentifier=\"4\" ErrorLevel=\"PARTITION\" ErrorCode=\"NUMERIC_ERROR\"/>",
      "<Error_ID_Level ErrorIdentifier=\"5\" ErrorLevel=\"MODULE\" ErrorCode=\"HARDWARE_FAULT\"/>",
      "<Error_ID_Level ErrorIdentifier=\"6\" ErrorLevel=\"MODULE\" ErrorCode=\"HARDWARE_FAULT\"/>",
    ]
    var actions = [
      "<Error_ID_Action ErrorIdentifier=\"3\" Action=\"WARM_START\"/>",
      "<Error_ID_Action ErrorIdentifier=\"4\" Action=\"IGNORE\"/>",
    ]
    if isReversed { (levels, actions) = (levels.reversed(), actions.reversed()) }
    let state = "System_State_Entry SystemState=\"1\""
    let text = """
      <System_HM_Table><\(state)>\(levels.joined())</System_State_Entry></System_HM_Table>
      <Module_HM_Table><\(state)><Error_ID_Action ErrorIdentifier="5" Action="SHUTDOWN"/>
      <Error_ID_Action ErrorIdentifier="6" Action="RESET"/></System_State_Entry></Module_HM_Table>
      """
    let edit = Self.edits()[0].0
    let old = "<Error_ID_Action ErrorIdentifier=\"3\" Action=\"WARM_START\"/>"
    try pack([(old, actions.joined()), (edit, text)]).withTable { table in
      let records = all(HealthActionRecord.self, table)
      let own = records.filter { $0.partition.rawValue == 1 && $0.error == .numericError }
      #expect(own.map(\.level) == [.partition] && own.map(\.action) == [.warmStart])
      let modules = records.filter { $0.error == .hardwareFault }
      #expect(modules.map(\.moduleAction) == [.shutdown, .shutdown, .shutdown])
    }
  }

  /// For every partition, and with the safest action, for no table has one for it.
  @Test func theHigherLevelOfACodeHolds() throws {
    try pack(BrokenModule.oneCode).withTable { table in
      let found = all(HealthActionRecord.self, table).filter { $0.error == .numericError }
      #expect(found.map(\.level) == [.partition, .partition, .partition])
      #expect(found.map(\.action) == [.idle, .idle, .idle])
    }
  }

  @Test func theCallbackIsAnAddress() throws {
    let edit = (
      "<Partition_HM_Table PartitionIdentifier", "<Partition_HM_Table PartitionCallback=\"other\" PartitionIdentifier"
    )
    try pack([edit]).withTable { table in
      #expect(all(PartitionRecord.self, table).map(\.callbackEntry) == [0, 0x40_0020, 0])
    }
  }

  @Test func schedulesCarryRightsAndActions() throws {
    let second = SampleModule.secondSchedule("SetModuleSchedule=\"true\" ScheduleChangeAction=\"COLD_START\"")
    let edits = [
      ("ScheduleName=\"only\"", "ScheduleName=\"only\" InitialModuleSchedule=\"true\""),
      ("<Partition_HM_Table", second + "<Partition_HM_Table"),
    ]
    try pack(edits).withTable { table in
      #expect(table.count(ScheduleRecord.self) == 2)
      #expect(table.record(ScheduleRecord.self, 1).windows == RecordRange(first: 3, count: 2))
      #expect(
        all(ScheduleActionRecord.self, table) == [
          ScheduleActionRecord(schedule: 1, partition: PartitionIndex(0), action: .coldStart)
        ])
      #expect(all(PartitionRecord.self, table).map { $0.flags.contains(.mayChangeSchedule) } == [true, false, false])
      // What the second schedule promises; the first one's promises stand with the partitions.
      #expect(all(PartitionScheduleRecord.self, table).map(\.schedule) == [1, 1])
      #expect(all(PartitionScheduleRecord.self, table).map(\.partition) == [PartitionIndex(0), PartitionIndex(2)])
      #expect(all(PartitionScheduleRecord.self, table).map(\.duration.count) == [4_000_000, 1_000_000])
    }
  }

  /// A segment that the linker script has marked keeps its contents over a warm start.
  @Test func retainedSegmentsAreMarked() throws {
    var elf = TinyELF()
    elf.segments.append(
      .init(flags: 0x0010_0006, address: 0x40_4000, contents: [7], memoryBytes: 0x5000))
    elf.segments[1].flags |= 0x0010_0000
    try pack([("SizeBytes=\"0x4000\"", "SizeBytes=\"0x9000\"")], image: elf.bytes).withTable { table in
      let own = all(SegmentRecord.self, table).filter { $0.partition == PartitionIndex(0) }
      #expect(own.map { $0.access.contains(.retained) } == [false, false, false, true], "writable ones only")
      let partition = table.record(PartitionRecord.self, 0)
      // Data of two pages, five pages retained, a stack of two pages.
      #expect(table.memoryPieceCount(of: partition) == 1 + 3 + 1)
    }
  }

  /// Symbol tables are read from files that may say anything.
  @Test func damagedSymbolTablesNeverTrap() {
    let seed = TestSeed.draw()
    print("symbol tables, seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let good = TinyELF().bytes
    #expect(PartitionImage.address(ofSymbol: "other", elf: good) == 0x40_0020)
    #expect(PartitionImage.address(ofSymbol: "othe", elf: good) == nil)
    for _ in 0..<5000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let range = Bool.random(using: &generator) ? 32..<64 : max(0, bytes.count - 300)..<bytes.count
        bytes[Int.random(in: range, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<200, using: &generator)) }
      _ = PartitionImage.address(ofSymbol: "other", elf: bytes)
    }
  }
}
