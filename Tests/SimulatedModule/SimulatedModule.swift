import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A module table in memory, written from a description and kept alive for the tests.
public final class SimulatedModule: @unchecked Sendable {
  private let storage: UnsafeMutableRawBufferPointer
  /// Points into this object's memory: not to be used when it has gone.
  public let table: ModuleTable

  /// - Throws: the defect, where the description is none that a table may have.
  public convenience init(_ description: ModuleDescription) throws(ModuleTable.Defect) {
    try self.init(sections: description.sections)
  }

  /// Writes the sections' words as they are, in the order of their numbers, with a header that fits them.
  public init(sections: [TableSection]) throws(ModuleTable.Defect) {
    let words = Self.words(sections)
    storage = .allocate(byteCount: words.count * 8, alignment: 8)
    for (index, word) in words.enumerated() { storage.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self) }
    let checksum = ModuleTable.checksum(of: UnsafeRawBufferPointer(storage))
    storage.storeBytes(of: checksum, toByteOffset: 32, as: UInt64.self)
    do {
      table = try ModuleTable(UnsafeRawBufferPointer(storage))
    } catch {
      storage.deallocate()
      throw error
    }
  }

  deinit { storage.deallocate() }

  private static func words(_ sections: [TableSection]) -> [UInt64] {
    var head: [UInt64] = [ModuleTableLayout.magic, ModuleTableLayout.version, 0, 0, 0, 0, UInt64(sections.count), 0]
    var body: [UInt64] = []
    for section in sections.sorted(by: { $0.number < $1.number }) {
      let offset = UInt64((8 + sections.count * 4 + body.count) * 8)
      head += [section.number, UInt64(section.recordWords), UInt64(section.words.count / section.recordWords), offset]
      body += section.words
    }
    head[2] = UInt64((head.count + body.count) * 8)
    head[3] = head[2]
    return head + body
  }
}

/// One section of a module table as plain words.
public struct TableSection: Sendable {
  /// As the directory has it: that of a `ModuleSection`, or any other that a test wants.
  public var number: UInt64
  /// Words of one record, at least 1; what is no multiple of it in `words` is not counted by the directory.
  public var recordWords: Int
  /// The records one after another.
  public var words: [UInt64]

  /// The section of names.
  init(names: [UInt8]) {
    number = ModuleSection.strings.rawValue
    recordWords = 1
    words = stride(from: 0, to: names.count, by: 8).map { start in
      names[start...].prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }
  }

  init<Record: TableRecord>(_ records: [Record]) {
    number = Record.section.rawValue
    recordWords = Record.section.recordWords
    words = []
    for record in records { record.write { words.append($0) } }
  }
}

extension ModuleDescription {
  /// The table's sections, as the module compiler would write them.
  public var sections: [TableSection] {
    let noName = NameReference(offset: 0, length: 0)
    let module = ModuleRecord(
      name: noName, identifier: 1, switchAllowance: Nanoseconds(allowance), finalPad: Nanoseconds(5000),
      ringBytes: 65536, keyframeIntervalFrames: keyframeInterval, intervalTimerHertz: 1000, realTimeClockHertz: 256,
      initialSchedule: 0, drainer: drainer, eventsPerBlock: 1000, hasModuleCallback: hasModuleCallback,
      ringPolicy: ringPolicy, leftOutKinds: leftOut)
    var schedules = [
      ScheduleRecord(
        identifier: 0, name: noName, majorFrame: Nanoseconds(frame),
        windows: RecordRange(first: 0, count: windows.count))
    ]
    var allWindows = windows
    for other in otherSchedules {
      schedules.append(
        ScheduleRecord(
          identifier: other.identifier, name: noName, majorFrame: Nanoseconds(other.frame),
          windows: RecordRange(first: allWindows.count, count: other.windows.count)))
      allWindows += other.windows
    }
    return [
      TableSection([module]), TableSection(partitions), TableSection(schedules), TableSection(allWindows),
      TableSection(segments), TableSection(ports), TableSection(channels), TableSection(lines), TableSection(stimuli),
      TableSection(healthActions), TableSection(scheduleActions), TableSection(eventChannels),
    ] + (processes.isEmpty ? [] : [TableSection(processes)]) + (names.isEmpty ? [] : [TableSection(names: names)])
  }
}
