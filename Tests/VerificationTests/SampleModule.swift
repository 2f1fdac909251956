import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A module table written word by word, and kept alive for the tests.
final class SampleModule: @unchecked Sendable {
  static let allowance: UInt64 = 50_000
  static let frame: UInt64 = 10_000_000
  static let entry: UInt64 = 0x40_0100
  static let handler: UInt64 = 0x40_0200
  static let sensors: UInt8 = 0
  static let control: UInt8 = 1
  static let loader: UInt8 = 2
  static let drainer: UInt8 = 3

  let storage: UnsafeMutableRawBufferPointer
  let table: ModuleTable

  typealias Sections = [(UInt64, Int, [UInt64])]

  convenience init() throws { try self.init(SampleModule.configuration) }

  /// A module of the sections that `configuration` answers, given what makes references to names.
  convenience init(_ configuration: ((String) -> NameReference) -> Sections) throws {
    try self.init(words: Self.words(configuration))
  }

  /// A module of a table's words, whatever they say of their checksum.
  init(words: [UInt64]) throws {
    storage = .allocate(byteCount: words.count * 8, alignment: 8)
    for (index, word) in words.enumerated() { storage.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self) }
    let checksum = ModuleTable.checksum(of: UnsafeRawBufferPointer(storage))
    storage.storeBytes(of: checksum, toByteOffset: 32, as: UInt64.self)
    table = try ModuleTable(UnsafeRawBufferPointer(storage))
  }

  deinit { storage.deallocate() }

  static func records<R: TableRecord>(_ list: [R]) -> (UInt64, Int, [UInt64]) {
    var words: [UInt64] = []
    for record in list { record.write { words.append($0) } }
    return (R.section.rawValue, list.count, words)
  }

  private static func words(_ configuration: ((String) -> NameReference) -> Sections) -> [UInt64] {
    var text: [UInt8] = []
    func name(_ string: String) -> NameReference {
      defer { text += Array(string.utf8) }
      return NameReference(offset: text.count, length: string.utf8.count)
    }
    var sections = configuration(name)
    while text.count % 8 != 0 { text.append(0) }
    let letters = stride(from: 0, to: text.count, by: 8).map { start in
      text[start..<start + 8].reversed().reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) }
    }
    sections.append((ModuleSection.strings.rawValue, letters.count, letters))
    sections.sort { $0.0 < $1.0 }
    var head: [UInt64] = [ModuleTableLayout.magic, ModuleTableLayout.version, 0, 0, 0, 0, UInt64(sections.count), 0]
    var body: [UInt64] = []
    for (number, count, words) in sections {
      let offset = UInt64((8 + sections.count * 4 + body.count) * 8)
      head += [number, count == 0 ? 1 : UInt64(words.count / count), UInt64(count), offset]
      body += words
    }
    let total = UInt64((head.count + body.count) * 8)
    head[2] = total
    head[3] = total
    return head + body
  }

  private static let budgets: [BudgetRecord] = {
    func budget(_ quantity: BudgetRecord.Quantity, _ subject: UInt64, _ bound: UInt64) -> BudgetRecord {
      BudgetRecord(quantity: quantity, subject: subject, bound: bound)
    }
    return [
      budget(.windowStartError, 0, 10), budget(.interruptToMark, 0, 500), budget(.interruptToMark, 8, 500),
      budget(.markToUpcall, 0, 1_000_000), budget(.markToUpcall, 8, 10_000), budget(.hypercall, 73, 600),
      budget(.kernelTimePerFrame, 0, 1_000_000), budget(.traceBytesPerSecond, 0, 1_000_000),
    ]
  }()

  static func configuration(_ name: (String) -> NameReference) -> Sections {
    let none = RecordRange(first: 0, count: 0)
    func partition(
      _ text: String, _ duration: UInt64, _ lines: UInt16, _ flags: PartitionRecord.Flags, _ ports: RecordRange
    )
      -> PartitionRecord
    {
      PartitionRecord(
        name: name(text), identifier: 1, flags: flags, criticality: 0, period: Nanoseconds(duration == 0 ? 0 : frame),
        duration: Nanoseconds(duration), entryPoint: 0x40_0000, stackBytes: 4096,
        segments: RecordRange(first: 0, count: 1), ports: ports, portGrants: none, buildIdentity: 0,
        permittedLines: lines)
    }
    func window(_ start: UInt64, _ length: UInt64, _ owner: UInt8, _ first: Bool) -> WindowRecord {
      WindowRecord(
        start: Nanoseconds(start), duration: Nanoseconds(length), partition: PartitionIndex(owner), identifier: 0,
        isPeriodStart: first)
    }
    let module = ModuleRecord(
      name: name("Sample"), identifier: 1, switchAllowance: Nanoseconds(allowance), finalPad: Nanoseconds(5000),
      ringBytes: 65536, keyframeIntervalFrames: 1, intervalTimerHertz: 1000, realTimeClockHertz: 256,
      initialSchedule: 0,
      drainer: PartitionIndex(drainer), eventsPerBlock: 1000)
    let partitions = [
      partition("Sensors", 3_990_000, 1 | 1 << 8, PartitionRecord.Flags(), RecordRange(first: 0, count: 1)),
      partition("Control", 2_000_000, 1, .system, RecordRange(first: 1, count: 1)),
      partition("Loader", 2_400_000, 0, PartitionRecord.Flags(), none),
      partition("Drainer", 0, 0, .drainer, none),
    ]
    let windows = [
      window(0, 2_000_000, sensors, true), window(2_000_000, 2_000_000, control, true),
      window(5_000_000, 2_000_000, sensors, false), window(7_000_000, 2_500_000, loader, true),
    ]
    let schedule = ScheduleRecord(
      identifier: 0, name: name("main"), majorFrame: Nanoseconds(frame), windows: RecordRange(first: 0, count: 4))
    let segment = SegmentRecord(
      partition: PartitionIndex(0), virtualAddress: 0x40_0000, memoryBytes: 0x1000, imageOffset: 0, imageBytes: 0,
      access: SegmentRecord.Access.read.union(.execute), checksum: 0)
    func port(_ owner: UInt8, _ direction: PortDirection) -> PortRecord {
      PortRecord(
        partition: PartitionIndex(owner), name: name("angles"), kind: .sampling, direction: direction,
        maximumMessageBytes: 64,
        refreshPeriod: Nanoseconds(direction == .source ? 0 : 6_000_000), channel: 0)
    }
    func line(_ number: UInt64, _ policy: LineRecord.ForeignPolicy, _ budget: UInt64, _ handled: Bool) -> LineRecord {
      LineRecord(
        line: number, policy: policy, budgetPerWindow: budget, recipe: .none, hasKernelHandler: handled,
        stolenTime: Nanoseconds(2000))
    }
    let process = ProcessRecord(
      partition: PartitionIndex(control), name: name("law"), period: Nanoseconds(frame),
      capacity: Nanoseconds(1_000_000),
      deadline: Nanoseconds(1_800_000), priority: 1)
    let stimulus = StimulusRecord(time: SystemTime(nanoseconds: 10_900_000), action: .linePulse, data: 5)
    return [
      records([module]), records(partitions), records([schedule]), records(windows), records([segment]),
      records([port(sensors, .source), port(control, .destination)]),
      records([ChannelRecord(identifier: 0, sourcePort: 0, maximumMessageBytes: 64)]),
      records([line(0, .markedAtOnce, 3, true), line(8, .maskedUntilOwner, 0, false)]), records(budgets),
      records([process]), records([stimulus]),
      records([HealthActionRecord(partition: PartitionIndex(loader), error: .numericError, action: .idle)]),
    ]
  }
}
