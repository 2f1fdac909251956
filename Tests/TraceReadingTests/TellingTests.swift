import APEXTypes
import ModuleConfiguration
import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// What a scheduler tells of its processes is shown by their names.
@Suite("Tells of processes") struct TellingTests {
  private static func key(_ name: String) -> UInt64 {
    UInt64(Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) }.rawValue)
  }

  /// The processes 'law' of the partition 0 and 'two words' of both.
  private static func vocabulary() throws -> TraceVocabulary {
    var table = HandmadeTable()
    let module = ModuleRecord(
      name: table.name("Module"), identifier: 1, switchAllowance: Nanoseconds(20_000), finalPad: Nanoseconds(2_000),
      ringBytes: 65536, keyframeIntervalFrames: 100, intervalTimerHertz: 100, realTimeClockHertz: 1024,
      initialSchedule: 0, drainer: .none, eventsPerBlock: 512)
    let none = RecordRange(first: 0, count: 0)
    let partitions = (0..<2).map { index in
      PartitionRecord(
        name: table.name("P\(index)"), identifier: UInt64(index + 1), flags: .init(), criticality: 0,
        period: Nanoseconds(10_000_000), duration: Nanoseconds(2_000_000), entryPoint: PartitionLayout.imageBase,
        stackBytes: 8192, segments: none, ports: none, portGrants: none, buildIdentity: 1, permittedLines: 0)
    }
    let processes = [(UInt8(0), "law"), (0, "two words"), (1, "two words")].map { partition, name in
      ProcessRecord(
        partition: PartitionIndex(partition), name: table.name(name), period: Nanoseconds(10_000_000),
        capacity: Nanoseconds(1_000_000), deadline: Nanoseconds(.max), priority: 1, completion: .told)
    }
    let schedule = ScheduleRecord(
      identifier: 1, name: table.name("Main"), majorFrame: Nanoseconds(10_000_000),
      windows: RecordRange(first: 0, count: 1))
    let window = WindowRecord(
      start: Nanoseconds(0), duration: Nanoseconds(2_000_000), partition: PartitionIndex(0), identifier: 0,
      isPeriodStart: true)
    table.add([module])
    table.add(partitions)
    table.add([schedule])
    table.add([window])
    table.add(processes)
    return try table.bytes().withUnsafeBytes { TraceVocabulary(try ModuleTable($0)) }
  }

  @Test("Names, states and ages", arguments: [0, 1] as [UInt8])
  func fields(partition: UInt8) throws {
    let names = try Self.vocabulary()
    func line(_ from: UInt64, _ state: UInt64, _ to: UInt64, _ age: Int64, _ found: UInt64 = 0) -> String {
      let event = TraceEvent(
        time: 0, .hypercall, partition: partition, operand: 94,
        words: .init(0, 0, found, from | to << 32, state, UInt64(bitPattern: age)))
      return EventDescription(event, position: 0, names).fields.prefix { $0.name != "enabled" }.map(\.text)
        .joined(separator: " ")
    }
    let (law, two) = (Self.key("law"), Self.key("two words"))
    let first = partition == 0 ? "law" : "0x\(String(law, radix: 16))"
    #expect(line(law, 1, two, 0) == "call=tellProcess from=\(first) state=ready to=two words age=0ns")
    #expect(line(two, 5, 0, 10_000) == "call=tellProcess from=two words state=complete to=–")
    #expect(line(0, 0, two, -7) == "call=tellProcess from=– to=two words delay=7ns")
    let strange = "call=tellProcess from=0xbad state=waiting to=0xffffffff age=aperiodic"
    #expect(line(0xBAD, 3, 0xFFFF_FFFF, .min) == strange)
    #expect(line(0, 0, two, .min + 1).hasSuffix("to=two words delay=9223372036854775807ns"))
    #expect(line(two, 200, 0, .max).contains("state=state 200 to=–"))
    #expect(line(two, 4, 0, .min + 1, 3).hasSuffix("state=faulted to=– found=3"))
  }

  @Test("The raw arguments are in the JSON object")
  func json() throws {
    let names = try Self.vocabulary()
    let keys = Self.key("law") | Self.key("two words") << 32
    let event = TraceEvent(time: 0, .hypercall, partition: 0, operand: 94, words: .init(0, 0, 0, keys, 1, 5))
    let json = EventDescription(event, position: 0, names).json
    #expect(json.contains("\"from\":\"law\",\"state\":\"ready\",\"to\":\"two words\",\"ageNs\":5"))
    #expect(json.contains("[0,0,0,\(keys),1,5]"))
    // A vocabulary without a module table has no processes.
    let bare = EventDescription(event, position: 0, TraceVocabulary(partitions: ["P0"]))
    #expect(bare.fields[1].text == "from=0x\(String(Self.key("law"), radix: 16))")
  }
}
