import APEXTypes
import ModuleConfiguration
import Testing
import TestSeeds
import TraceFormat

/// A module in which everything but the onlooker lives at random: three partitions of Mayfly under random schedules and
/// a random health monitor.
struct RandomLives {
  enum Character {
    /// They send and receive, err and die, and change the schedule.
    case stormy
    /// The same, but what they do is theirs alone: one schedule, and no error is the module's.
    case selfish
    /// They yield their windows, in the module of the selfish.
    case quiet
  }
  private static let names = [1: "MayflyA", 2: "MayflyB", 3: "Onlooker", 4: "Steward"]
  private static let everybody = [1, 2, 3, 4, 9]
  private static let onlooker = 3
  private static let steward = 4
  private static let codes: [(code: String, isRare: Bool)] = [
    ("DEADLINE_MISSED", false), ("APPLICATION_ERROR", false), ("NUMERIC_ERROR", true), ("ILLEGAL_REQUEST", true),
    ("STACK_OVERFLOW", true), ("MEMORY_VIOLATION", true),
  ]

  /// The periodic processes stand in the module file with their deadlines, which they may miss.
  let arePeriodsEqual: Bool
  private let seed: UInt64
  private let character: Character
  private var generator: SeededGenerator
  private let schedules: RandomSchedules
  private let changers: Set<Int>

  init(seed: UInt64, _ character: Character = .stormy) {
    var generator = SeededGenerator(seed: seed)
    self.seed = seed
    self.character = character
    let isStormy = character == .stormy
    arePeriodsEqual = generator.oneIn(3) && isStormy
    changers = !isStormy ? [] : generator.oneIn(3) ? [1, Self.steward] : [Self.steward]
    let count = [1, 2, 2, 3, 3].randomElement(using: &generator) ?? 2
    schedules = RandomSchedules(
      &generator, count: isStormy ? count : 1, arePeriodsEqual: arePeriodsEqual, everybody: Self.everybody)
    self.generator = generator
  }

  func capture(milliseconds: UInt64) throws -> CapturedRun {
    var copy = self
    var module = ModuleVariant(description: copy.description(), stimulus: "")
    for partition in [1, 2, Self.steward] {
      module.images[Self.names[partition] ?? ""] = try copy.image(of: partition)
    }
    return try CapturedRun.capture(module, milliseconds: milliseconds)
  }

  // MARK: Images

  /// Mayfly with the parameters of one partition: the words of `struct parameters` in mayfly.h.
  private mutating func image(of partition: Int) throws -> [UInt8] {
    var bytes = try BootImages.bytes("Mayfly")
    let name = Array("MAYFLIES".utf8)
    let places = bytes.indices.filter { bytes[$0...].starts(with: name) }
    try #require(places.count == 1, "Mayfly has its parameters \(places.count) times")
    // The timer comes 31,875 ns before a window's end.
    let room = generator.oneIn(3) ? 15_000 : generator.number(31_600...32_400)
    let odds = [2, 4, 10].randomElement(using: &generator) ?? 4
    let channels: [Int: (out: UInt64, in: UInt64)] = [1: (1, 2), 2: (2, 1), 4: (4, 4)]
    let common = arePeriodsEqual ? UInt64(schedules.schedules[0].frame) * 1_000 : 0
    var words: [UInt64] = [
      seed &+ UInt64(partition), UInt64(partition), character == .quiet ? 1 : 0, changers.contains(partition) ? 1 : 0,
      UInt64(odds), channels[partition]?.in ?? 0, channels[partition]?.out ?? 0, room, common,
      UInt64(schedules.schedules.count),
    ]
    for schedule in schedules.schedules {
      let share = schedule.shares.first { $0.partition == partition }
      words += [UInt64(schedule.identifier)]
      words += share.map { [UInt64(schedule.frame) * 1_000, UInt64($0.duration) * 1_000] } ?? [0, 0]
    }
    for (index, word) in words.enumerated() {
      withUnsafeBytes(of: word.littleEndian) { bytes.replace(at: places[0] + 8 + index * 8, by: $0) }
    }
    return bytes
  }

  // MARK: The module file

  private mutating func description() -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="RandomLives" ModuleId="3">
    \(levels())
    \(Self.names.keys.sorted().map { self.partition($0) }.joined(separator: "\n"))
    <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
      p:Drainer="true"><p:PortGrant First="0xE9" Count="1"/></Partition>
    \(schedules.text(&generator, mayChange: changers, mayStart: [1, 2, Self.steward]))
    \([1, 2, Self.steward].map { self.actions(of: $0) }.joined(separator: "\n"))
    \(connections())
    <p:Clocks IntervalTimerHertz="100"/>
    <p:Trace RingBytes="0x400000" KeyframeIntervalFrames="\(generator.number(1...7))" EventsPerBlock="4096"/>
    <p:Interrupts>
      <p:Line Number="0" Policy="MARKED_AT_ONCE" BudgetPerWindow="4" Recipe="NONE" KernelHandler="true"/>
    </p:Interrupts>
    <p:Event_Channels>
      <p:EventChannel Identifier="1" SourcePartition="1" DestinationPartition="2" Vector="48"/>
      <p:EventChannel Identifier="2" SourcePartition="2" DestinationPartition="1" Vector="49"/>
      <p:EventChannel Identifier="4" SourcePartition="4" DestinationPartition="4" Vector="50"/>
    </p:Event_Channels>
    </ARINC_653_Module>
    """
  }

  /// The tables of system and module: whose an error is, and what the module does about one of its own.
  private mutating func levels() -> String {
    var system = ""
    var module = ""
    for state in 1...3 {
      system += "<System_State_Entry SystemState=\"\(state)\" Description=\"state\">"
      module += "<System_State_Entry SystemState=\"\(state)\">"
      for (number, error) in Self.codes.enumerated() {
        let isModules = generator.oneIn(50) && character == .stormy
        let level = isModules ? "MODULE" : state == 1 && !generator.oneIn(3) ? "PROCESS" : "PARTITION"
        let action = generator.oneIn(10) ? "IGNORE" : "RESET"
        system += "<Error_ID_Level ErrorIdentifier=\"\(number)\" Description=\"error\" ErrorLevel=\"\(level)\""
        system += " ErrorCode=\"\(error.code)\"/>\n"
        module += "<Error_ID_Action ErrorIdentifier=\"\(number)\" Action=\"\(action)\"/>\n"
      }
      system += "</System_State_Entry>"
      module += "</System_State_Entry>"
    }
    let callback = generator.oneIn(3) ? " ModuleCallback=\"steward\"" : ""
    return "<System_HM_Table>\(system)</System_HM_Table><Module_HM_Table\(callback)>\(module)</Module_HM_Table>"
  }

  /// What the health monitor does with a partition. The steward is never stopped: it alone may change the schedule.
  private mutating func actions(of partition: Int) -> String {
    let starts = ["WARM_START", "WARM_START", "COLD_START", "COLD_START"]
    let all = partition == Self.steward ? starts : starts + ["IDLE"]
    let callback = generator.oneIn(3) ? " PartitionCallback=\"mayfly_callback\"" : ""
    var text = "<Partition_HM_Table PartitionIdentifier=\"\(partition)\"\(callback)>"
    for state in 1...3 {
      text += "<System_State_Entry SystemState=\"\(state)\">"
      for (number, error) in Self.codes.enumerated() {
        // What comes again and again by itself must not be ignored.
        let isIgnored = !error.isRare && generator.oneIn(2)
        let action = isIgnored ? "IGNORE" : all.randomElement(using: &generator) ?? "COLD_START"
        text += "<Error_ID_Action ErrorIdentifier=\"\(number)\" Action=\"\(action)\"/>\n"
      }
      text += "</System_State_Entry>"
    }
    return text + "</Partition_HM_Table>"
  }

  private mutating func partition(_ partition: Int) -> String {
    let name = Self.names[partition] ?? ""
    let others = ["killer", "reader", "sender", "waiter", "ticker", "periodic"]
    let processes = partition == Self.onlooker ? ["periodic", "receiver", "busy"] : others
    let overflow = ["", " p:Overflow=\"BLOCK\"", " p:Overflow=\"DISCARD\""].randomElement(using: &generator) ?? ""
    let depth = [1, 2, 4].randomElement(using: &generator) ?? 1
    let ticks = ["COUNT", "LATEST_ONLY", "DELIVER_ALL"].randomElement(using: &generator) ?? "COUNT"
    return """
      <Partition PartitionIdentifier="\(partition)" PartitionName="\(name)" p:Image="\(name)" EntryPoint="main"
        SystemPartition="\(partition == Self.steward)"\(generator.oneIn(2) ? " p:MaximumUpcallDepth=\"\(depth)\"" : "")>
        <Sampling_Port Name="SAMPLE" MaxMessageSize="16" Direction="SOURCE" RefreshRateSeconds="0.1"/>
        <Sampling_Port Name="SEEN" MaxMessageSize="16" Direction="DESTINATION" RefreshRateSeconds="0.1"/>
        <Queuing_Port Name="OUT" MaxMessageSize="16" Direction="SOURCE" MaxNbMessages="4"/>
        <Queuing_Port Name="IN" MaxMessageSize="16" Direction="DESTINATION" MaxNbMessages="4"\(overflow)/>
        \(processes.map { self.process($0) }.joined(separator: "\n  "))
        <p:VirtualClock MissedTicks="\(ticks)"/>
      </Partition>
      """
  }

  private func process(_ name: String) -> String {
    let frame = seconds(schedules.schedules[0].frame)
    let isDeclared = arePeriodsEqual && name == "periodic"
    let timing =
      "p:PeriodSeconds=\"\(frame)\" p:TimeCapacitySeconds=\"0.0001\" p:DeadlineSeconds=\"\(frame)\" p:Priority=\"20\""
    return "<Process Name=\"\(name)\" StackSize=\"0x1000\" p:Completion=\"TOLD\" \(isDeclared ? timing : "")/>"
  }

  /// The onlooker's channels lead to itself.
  private mutating func connections() -> String {
    let sampling =
      [[1: 2, 2: 1, 4: 4], [1: 2, 2: 4, 4: 1], [1: 1, 2: 2, 4: 4]].randomElement(using: &generator) ?? [:]
    let queuing =
      [[1: 2, 2: 1, 4: 4], [1: 1, 2: 2, 4: 4], [1: 4, 2: 1, 4: 2]].randomElement(using: &generator) ?? [:]
    var text = "<Connection_Table>"
    var identifier = 1
    for (channels, source, destination) in [(sampling, "SAMPLE", "SEEN"), (queuing, "OUT", "IN")] {
      for (from, to) in channels.merging([3: 3], uniquingKeysWith: { one, _ in one }).sorted(by: { $0.key < $1.key }) {
        text += "<Channel ChannelIdentifier=\"\(identifier)\"><Source>"
        text += "<Standard_Partition PartitionIdentifier=\"\(from)\" PortName=\"\(source)\"/></Source><Destination>"
        text +=
          "<Standard_Partition PartitionIdentifier=\"\(to)\" PortName=\"\(destination)\"/></Destination></Channel>\n"
        identifier += 1
      }
    }
    return text + "</Connection_Table>"
  }
}

extension [UInt8] {
  fileprivate mutating func replace(at place: Int, by bytes: UnsafeRawBufferPointer) {
    replaceSubrange(place..<(place + bytes.count), with: bytes)
  }
}
