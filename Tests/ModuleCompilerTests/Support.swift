import Foundation
import ModuleConfiguration

@testable import ModuleCompiler

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("partita-" + UUID().uuidString).path
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], _ name: String) -> String {
    let file = path + "/" + name
    try! Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ text: String, _ name: String) -> String { write(Array(text.utf8), name) }
}

/// Builds ELF files in memory, right ones and wrong ones.
struct TinyELF {
  struct Segment {
    var type: UInt32 = 1
    var flags: UInt32
    var address: UInt64
    var contents: [UInt8]
    var memoryBytes: UInt64
  }

  var machine: UInt16 = 62
  var type: UInt16 = 2
  var entry: UInt64 = 0x40_0010
  var segments = [
    Segment(flags: 5, address: 0x40_0000, contents: [UInt8](repeating: 0x90, count: 100), memoryBytes: 100),
    Segment(flags: 4, address: 0x40_1000, contents: Array("constants".utf8), memoryBytes: 9),
    Segment(flags: 6, address: 0x40_2000, contents: [1, 2, 3, 4], memoryBytes: 0x1801),
  ]
  /// In a symbol table at the file's end.
  var symbols: [(name: String, address: UInt64)] = [
    ("entry", 0x40_0010), ("other", 0x40_0020), ("variable", 0x40_2000),
  ]
  var buildIdentity: [UInt8]? = [0xDE, 0xAD, 0xBE, 0xEF, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

  var bytes: [UInt8] {
    var all = segments
    if let identity = buildIdentity {
      let note = little(4, 4) + little(UInt64(identity.count), 4) + little(3, 4) + Array("GNU\0".utf8) + identity
      all.append(Segment(type: 4, flags: 4, address: 0, contents: note, memoryBytes: UInt64(note.count)))
    }
    var headers: [UInt8] = []
    var contents: [UInt8] = []
    let firstOffset = 64 + all.count * 56
    for segment in all {
      headers += little(UInt64(segment.type), 4) + little(UInt64(segment.flags), 4)
      headers += little(UInt64(firstOffset + contents.count), 8) + little(segment.address, 8)
      headers += little(segment.address, 8) + little(UInt64(segment.contents.count), 8)
      headers += little(segment.memoryBytes, 8) + little(4096, 8)
      contents += segment.contents
    }
    let tables = sectionTables(at: firstOffset + contents.count)
    var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
    file += little(UInt64(type), 2) + little(UInt64(machine), 2) + little(1, 4)
    file += little(entry, 8) + little(64, 8) + little(UInt64(tables.headers), 8) + little(0, 4)
    file += little(64, 2) + little(56, 2) + little(UInt64(all.count), 2) + little(64, 2) + little(3, 2) + little(0, 2)
    return file + headers + contents + tables.bytes
  }

  /// A symbol table, its names, and the section headers of both after an empty one.
  private func sectionTables(at offset: Int) -> (bytes: [UInt8], headers: Int) {
    var names: [UInt8] = [0]
    var entries = [UInt8](repeating: 0, count: 24)
    for (name, address) in symbols {
      entries += little(UInt64(names.count), 4) + little(2, 2) + little(1, 2) + little(address, 8) + little(8, 8)
      names += Array(name.utf8) + [0]
    }
    func header(_ type: UInt64, _ place: Int, _ count: Int, link: UInt64) -> [UInt8] {
      little(0, 4) + little(type, 4) + little(0, 16) + little(UInt64(place), 8) + little(UInt64(count), 8)
        + little(link, 4) + little(0, 4) + little(1, 8) + little(24, 8)
    }
    let namesAt = offset + entries.count
    let headers =
      [UInt8](repeating: 0, count: 64) + header(2, offset, entries.count, link: 2)
      + header(3, namesAt, names.count, link: 0)
    return (entries + names + headers, namesAt + names.count)
  }

  private func little(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) : 0 }
  }
}

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
    let folder = TemporaryFolder()
    let file = folder.write(text, "module.xml")
    _ = folder.write(image, "Tiny.elf")
    return withExtendedLifetime(folder) { ModuleCompiler.check(file: file, options: .init(isStrict: strict)) }
  }

  /// The line, from 1, of the first occurrence of `part` in `text`.
  static func line(of part: String, in text: String) -> Int {
    let before = text[..<text.firstRange(of: part)!.lowerBound]
    return before.filter { $0 == "\n" }.count + 1
  }
}
