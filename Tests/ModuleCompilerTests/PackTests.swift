import APEXTypes
import ModuleConfiguration
import TemporaryFolder
import Testing
import TraceFormat

@testable import ModuleCompiler

/// Packs the sample module and compares every record of the table, as the kernel reads it, with what the file says.
@Suite struct PackTests {
  private func pack(_ text: String = SampleModule.text, stimulus: String? = nil) throws -> PackedModule {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "module.xml")
    try folder.write(TinyELF().bytes, to: "Tiny.elf")
    let options = ModuleCompiler.Options(stimulusFile: try stimulus.map { try folder.write($0, to: "stimulus.txt") })
    return try withExtendedLifetime(folder) { try ModuleCompiler.compile(file: file, options: options) }
  }

  private func all<Record: TableRecord>(_ type: Record.Type, _ table: ModuleTable) -> [Record] {
    (0..<table.count(type)).map { table.record(type, $0) }
  }

  private func text(_ name: NameReference, _ table: ModuleTable) -> String {
    String(decoding: table.name(name), as: UTF8.self)
  }

  @Test func moduleAndPartitions() throws {
    let packed = try pack()
    try packed.withTable { table in
      #expect(table.byteCount == packed.tableByteCount)
      #expect(table.imageByteCount == packed.imageBytes.count)
      let allowance = SwitchAllowance(packed.description).total
      #expect(text(table.module.name, table) == "Sample")
      #expect(
        table.module
          == ModuleRecord(
            name: table.module.name, identifier: 42, switchAllowance: allowance, finalPad: SwitchAllowance.finalPad,
            ringBytes: 65536, keyframeIntervalFrames: 10, intervalTimerHertz: 100, realTimeClockHertz: 64,
            initialSchedule: 0, drainer: PartitionIndex(2), eventsPerBlock: 100))
      let partitions = all(PartitionRecord.self, table)
      #expect(partitions.map { text($0.name, table) } == ["Alpha", "Beta", "Drain"])
      func expected(
        _ index: Int, _ identifier: UInt64, _ flags: PartitionRecord.Flags, _ criticality: UInt64,
        _ period: UInt64, _ duration: UInt64, stack: UInt64, ports: RecordRange, grants: RecordRange,
        lines: UInt16, marked: UInt16 = 0, depth: UInt8 = 4, missedTicks: MissedTickPolicy = .count
      ) -> PartitionRecord {
        PartitionRecord(
          name: partitions[index].name, identifier: identifier, flags: flags, criticality: criticality,
          period: Nanoseconds(period), duration: Nanoseconds(duration), entryPoint: 0x40_0010, stackBytes: stack,
          segments: RecordRange(first: index * 3, count: 3), ports: ports, portGrants: grants,
          buildIdentity: 0xDEAD_BEEF_0102_0304, permittedLines: lines, markedLines: marked,
          maximumUpcallDepth: depth, missedTickPolicy: missedTicks)
      }
      #expect(
        partitions == [
          expected(
            0, 10, PartitionRecord.Flags(), 1, 5_000_000, 2_000_000, stack: 8192, ports: .init(first: 0, count: 1),
            grants: .init(first: 0, count: 1), lines: 1 << 4),
          expected(
            1, 20, PartitionRecord.Flags(), 4, 10_000_000, 2_000_000, stack: 65536, ports: .init(first: 1, count: 1),
            grants: .init(first: 1, count: 0), lines: 1 << 8, marked: 1 << 8, depth: 7, missedTicks: .latestOnly),
          expected(
            2, 30, PartitionRecord.Flags.system.union(.drainer), 0, 0, 0, stack: 65536,
            ports: .init(first: 2, count: 0),
            grants: .init(first: 1, count: 1), lines: 0),
        ])
    }
  }

  @Test func eventChannels() throws {
    try pack().withTable { table in
      #expect(
        all(EventChannelRecord.self, table) == [
          EventChannelRecord(identifier: 3, source: PartitionIndex(0), destination: PartitionIndex(1), vector: 50),
          EventChannelRecord(identifier: 4, source: PartitionIndex(1), destination: PartitionIndex(0), vector: 63),
        ])
    }
  }

  @Test func schedulePortsAndChannels() throws {
    try pack().withTable { table in
      let schedules = all(ScheduleRecord.self, table)
      #expect(schedules.map { text($0.name, table) } == ["only"])
      #expect(schedules[0].identifier == 4 && schedules[0].majorFrame == Nanoseconds(10_000_000))
      #expect(schedules[0].windows == RecordRange(first: 0, count: 3))
      func window(_ start: UInt64, _ partition: UInt8, _ identifier: UInt64) -> WindowRecord {
        WindowRecord(
          start: Nanoseconds(start), duration: Nanoseconds(2_000_000), partition: PartitionIndex(partition),
          identifier: identifier, isPeriodStart: true)
      }
      #expect(all(WindowRecord.self, table) == [window(0, 0, 8), window(2_000_000, 1, 7), window(5_000_000, 0, 9)])
      let ports = all(PortRecord.self, table)
      #expect(ports.map { text($0.name, table) } == ["OUT", "IN"])
      #expect(
        ports == [
          PortRecord(
            partition: PartitionIndex(0), name: ports[0].name, kind: .sampling, direction: .source,
            maximumMessageBytes: 64, refreshPeriod: Nanoseconds(10_000_000), channel: 0),
          PortRecord(
            partition: PartitionIndex(1), name: ports[1].name, kind: .sampling, direction: .destination,
            maximumMessageBytes: 64, refreshPeriod: Nanoseconds(20_000_000), channel: 0),
        ])
      #expect(
        all(ChannelRecord.self, table) == [
          ChannelRecord(identifier: 5, sourcePort: 0, maximumMessageBytes: 64)
        ])
    }
  }

  /// How the trace is stored: by LZ4 unless the file says otherwise.
  @Test(arguments: [("", BlockCompression.lz4), ("LZ4", .lz4), ("NONE", .stored)])
  func traceCompression(_ word: String, _ expected: BlockCompression) throws {
    let attribute = word.isEmpty ? "" : "Compression=\"\(word)\" "
    let text = SampleModule.text.replacing("<p:Trace ", with: "<p:Trace \(attribute)")
    #expect(text.contains("<p:Trace \(attribute)RingBytes"))
    try pack(text).withTable { table in
      #expect(table.module.traceCompression == expected && table.module.ringPolicy == .discardNew)
      #expect(table.module.leftOutKinds.isEmpty)
    }
  }

  /// Which kinds of events the trace leaves out: none unless the file names some.
  @Test(
    arguments: [
      ("", []), ("noteWords", [.noteWords]), (" messageCopied\n noteWords ", [.messageCopied, .noteWords]),
      (
        "acknowledged upcallWritten messageCopied consoleWritten noteWords acknowledged",
        [.acknowledged, .upcallWritten, .messageCopied, .consoleWritten, .noteWords]
      ),
    ] as [(String, [EventKind])])
  func leftOutKinds(_ words: String, _ expected: [EventKind]) throws {
    let text = SampleModule.text.replacing("<p:Trace ", with: "<p:Trace LeftOut=\"\(words)\" ")
    let bits = expected.reduce(0 as UInt64) { $0 | 1 << UInt64($1.rawValue - 48) }
    try pack(text).withTable { table in
      #expect(UInt64(table.module.leftOutKinds.rawValue) == bits && table.module.traceCompression == .lz4)
      var kinds: [EventKind] = []
      table.module.leftOutKinds.forEach { kinds.append($0) }
      #expect(kinds == expected)
    }
    let (whole, thin) = (try pack().imageBytes, try pack(text).imageBytes)
    #expect((whole == thin) == expected.isEmpty && whole.count == thin.count)
  }

  /// A table that names other kinds is none: without them a trace could not be replayed.
  @Test func otherKindsAreNotLeftOut() throws {
    try pack().withTable { table in
      for bit in 0..<16 as Range<UInt64> {
        var words = Array(table.bytes.bindMemory(to: UInt64.self))
        let entry = ModuleTableLayout.headerWordCount
        words[Int(words[entry + 3]) / 8 + 11] |= 1 << (16 + bit)
        words[4] = words.withUnsafeBytes { ModuleTable.checksum(of: $0) }
        let isOpen = words.withUnsafeBytes { (try? ModuleTable($0)) != nil }
        #expect(isOpen == LeftOutKinds.choosable.contains(kind: UInt8(48 + bit)), "bit \(bit)")
      }
    }
  }

  @Test func linesGrantsBudgetsProcessesHealth() throws {
    try pack().withTable { table in
      #expect(
        all(LineRecord.self, table) == [
          LineRecord(
            line: 0, policy: .markedAtOnce, budgetPerWindow: 3, recipe: .none, hasKernelHandler: true,
            stolenTime: SwitchAllowance.interruptCost(ownerCount: 0)),
          LineRecord(
            line: 4, policy: .maskedUntilOwner, budgetPerWindow: 0, recipe: .ownerReadsReceiver,
            hasKernelHandler: false, stolenTime: SwitchAllowance.interruptCost(ownerCount: 1)),
          LineRecord(
            line: 8, policy: .markedAtOnce, budgetPerWindow: 2, recipe: .readRealTimeClockStatus,
            hasKernelHandler: false, stolenTime: Nanoseconds(3000)),
        ])
      #expect(
        all(PortGrantRecord.self, table) == [
          PortGrantRecord(partition: PartitionIndex(0), firstPort: 0x3F8, count: 8),
          PortGrantRecord(partition: PartitionIndex(2), firstPort: 0xE9, count: 1),
        ])
      #expect(
        all(BudgetRecord.self, table) == [
          BudgetRecord(quantity: .windowStartError, subject: 0, bound: 1000),
          BudgetRecord(quantity: .hypercall, subject: 65, bound: 5000),
          BudgetRecord(quantity: .markToUpcall, subject: 8, bound: 5000),
          BudgetRecord(quantity: .traceBytesPerSecond, subject: 0, bound: 1000),
        ])
      let processes = all(ProcessRecord.self, table)
      #expect(processes.map { text($0.name, table) } == ["main", "second"])
      #expect(
        processes == [
          ProcessRecord(
            partition: PartitionIndex(0), name: processes[0].name, period: Nanoseconds(5_000_000),
            capacity: Nanoseconds(1_000_000), deadline: Nanoseconds(.max), priority: 7),
          ProcessRecord(
            partition: PartitionIndex(1), name: processes[1].name, period: Nanoseconds(10_000_000),
            capacity: Nanoseconds(1_000_000), deadline: Nanoseconds(4_000_000), priority: 1),
        ])
      #expect(
        all(HealthActionRecord.self, table) == [
          HealthActionRecord(partition: PartitionIndex(1), error: .numericError, action: .warmStart)
        ])
      #expect(table.count(StimulusRecord.self) == 0)
    }
  }

  @Test func segmentsCarryTheImage() throws {
    let packed = try pack()
    let image = try PartitionImage(elf: TinyELF().bytes)
    try packed.withTable { table in
      let segments = all(SegmentRecord.self, table)
      #expect(segments.count == 9)
      var identity: [UInt8] = []
      for (index, record) in segments.enumerated() {
        let source = image.segments[index % 3]
        #expect(record.partition == PartitionIndex(UInt8(index / 3)))
        #expect(record.virtualAddress == source.virtualAddress && record.memoryBytes == source.memoryBytes)
        #expect(record.access == source.access && record.imageOffset % 4096 == 0)
        let contents = packed.imageBytes[Int(record.imageOffset)...].prefix(Int(record.imageBytes))
        #expect(Array(contents) == source.contents)
        #expect(record.checksum == source.contents.withUnsafeBytes { XXH64.hash($0) })
        identity += contents
      }
      #expect(table.imageIdentity == identity.withUnsafeBytes { XXH64.hash($0) })
    }
    #expect(packed.imageBytes.count % 4096 == 0)
    #expect(packed.tableBytes == Array(packed.imageBytes.prefix(packed.tableByteCount)))
  }

  @Test func stimuliAreSorted() throws {
    try pack(stimulus: "0.2 pulse 5\n0.1 serial \"ok\"\n").withTable { table in
      #expect(
        all(StimulusRecord.self, table) == [
          StimulusRecord(time: SystemTime(nanoseconds: 100_000_000), action: .serialByte, data: 0x6F),
          StimulusRecord(time: SystemTime(nanoseconds: 102_000_000), action: .serialByte, data: 0x6B),
          StimulusRecord(time: SystemTime(nanoseconds: 200_000_000), action: .linePulse, data: 5),
        ])
    }
  }

  @Test func isRepeatable() throws {
    #expect(try pack().imageBytes == pack().imageBytes)
  }

  @Test func failuresCarryTheReport() {
    func failure(_ text: String, _ stimulus: String? = nil) -> CheckReport? {
      do throws(any Error) {
        _ = try pack(text, stimulus: stimulus)
        return nil
      } catch {
        return (error as? CompilationFailure)?.report
      }
    }
    let missing = failure(SampleModule.text.replacing("Tiny.elf", with: "no-such-image"))
    #expect(missing?.errors.map(\.rule) == [.imageNotFound])
    #expect(missing?.exitStatus == 2)
    let wrong = failure(SampleModule.text, "nonsense\n")
    #expect(wrong?.errors.map(\.rule) == [.stimulusSyntax])
    #expect(wrong?.errors.map { $0.file.hasSuffix("stimulus.txt") } == [true])
    #expect(wrong?.exitStatus == 2)
    let overlap = failure(SampleModule.text.replacing("Seconds=\"0.002\" WindowD", with: "Seconds=\"0.001\" WindowD"))
    #expect(overlap?.exitStatus == 1)
  }

  @Test func safestActionWins() throws {
    let text = SampleModule.text.replacing(
      "<Error_ID_Action ErrorIdentifier=\"3\" Action=\"WARM_START\"/>",
      with: ["IGNORE", "COLD_START", "WARM_START"].map {
        "<Error_ID_Action ErrorIdentifier=\"3\" Action=\"\($0)\"/>"
      }.joined())
    try pack(text).withTable { table in
      #expect(all(HealthActionRecord.self, table).map(\.action) == [.coldStart])
    }
  }
}
