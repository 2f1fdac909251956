import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The numbers by which events name partitions, ports, event channels, schedules and windows, a second module's turned
/// into those of a first one.
///
/// Kernel and trace number all these by their places in the module table: one partition more, or the same in another
/// order, moves them. So they are paired by their names, channels by their identifiers, and windows by whose they are
/// and in which order.
struct ModuleNumbers {
  private let partitions: NumberPairs
  private let ports: NumberPairs
  private let channels: NumberPairs
  private let schedules: NumberPairs
  private let windows: NumberPairs
  /// Whether every number means the same in both modules.
  private let areSame: Bool
  /// For each schedule of the first module which place each of its windows has among those of both.
  let places: [[Int]]
  /// The same of the second one's.
  let otherPlaces: [[Int]]

  /// What is not in a table, and has no place there, is left as it is.
  init(_ one: ModuleTable, _ other: ModuleTable) {
    let (names, otherNames) = (Self.partitionNames(one), Self.partitionNames(other))
    // A byte names it, and 0xFE and 0xFF are nobody's.
    partitions = NumberPairs(names, otherNames, free: 0x80)
    ports = NumberPairs(Self.portNames(one, names), Self.portNames(other, otherNames), free: 0x1_0000)
    channels = NumberPairs(Self.channels(one), Self.channels(other), free: 0x1_0000)
    let (plans, otherPlans) = (Self.plans(one), Self.plans(other))
    schedules = NumberPairs(plans.map(\.name), otherPlans.map(\.name), free: 0x80)
    var merged = plans.map { Array(1...($0.owners.count + 1)) }
    var otherMerged = otherPlans.map { Array(1...($0.owners.count + 1)) }
    for (number, plan) in otherPlans.enumerated() where plans.indices.contains(schedules[number]) {
      let counterpart = schedules[number]
      let owners = plan.owners.map { [partitions] in partitions[$0] }
      (merged[counterpart], otherMerged[number]) = Self.merge(plans[counterpart].owners, owners)
    }
    (places, otherPlaces) = (merged, otherMerged)
    windows = NumberPairs(
      Self.windows(of: plans, at: merged, in: one) { $0 },
      Self.windows(of: otherPlans, at: otherMerged, in: other) { [schedules] in schedules[$0] }, free: 0x1_0000)
    areSame = [partitions, ports, channels, schedules, windows].allSatisfy(\.areSame)
  }

  /// An event of the second module, as the first one would have it.
  func translated(_ event: TraceEvent) -> TraceEvent {
    guard !areSame else { return event }
    var event = event
    event.partition = partitions[event.partition]
    switch event.knownKind {
    case .interrupt, .timer, .hypercall, .exception:
      let space = UInt32(partitions[UInt8(truncatingIfNeeded: event.operand >> 16)])
      event.operand = event.operand & ~0xFF_0000 | space << 16
      if event.knownKind == .hypercall { translateCall(&event) }
    case .hypercallResult:
      let isCreation = [.createSamplingPort, .createQueuingPort].contains(Self.number(event))
      if isCreation, event.detail == ReturnCode.noError.rawValue { event.words.w0 = port(event.words.w0) }
    case .portOperation, .messageCopied: event.operand = ports[event.operand]
    case .partitionSwitch: event.detail = partitions[event.detail]
    case .windowStart, .windowEnd: event.operand = windows[event.operand]
    case .majorFrameStart: event.detail = schedules[event.detail]
    case .scheduleChange: event.operand = schedules[event.operand]
    case .eventRaised:
      event.operand = channels[event.operand]
      event.words.w0 = partitions[event.words.w0]
    default: break
    }
    return event
  }

  /// What a partition names by a number that the kernel gave it.
  private func translateCall(_ event: inout TraceEvent) {
    switch Self.number(event) {
    case .createSamplingPort, .createQueuingPort: event.words.w2 = port(event.words.w2)
    case .findModuleSchedule where event.words.w2 > 0: event.words.w2 = schedules[event.words.w2 - 1] &+ 1
    case .writeSamplingMessage, .readSamplingMessage, .readSamplingTime, .sendQueuingMessage, .receiveQueuingMessage,
      .readQueuingStatus, .clearQueuingPort:
      event.words.w3 = port(event.words.w3)
    case .readStatistic where event.words.w3 == StatisticSelector.operatingMode.rawValue:
      event.words.w4 = partitions[event.words.w4]
    default: break
    }
  }

  private static func number(_ event: TraceEvent) -> HypercallNumber? {
    HypercallNumber(rawValue: UInt16(truncatingIfNeeded: event.operand))
  }

  /// A port's identifier, from 1; 0 is none's.
  private func port(_ identifier: UInt64) -> UInt64 { identifier == 0 ? 0 : ports[identifier - 1] &+ 1 }

  // MARK: Tables

  /// A schedule's windows, in their order.
  private struct Plan {
    var name: [UInt8]
    /// The place of the first among the table's windows.
    var first: Int
    var owners: [UInt8]
  }

  private static func plans(_ table: ModuleTable) -> [Plan] {
    (0..<table.count(ScheduleRecord.self)).map { index in
      let schedule = table.record(ScheduleRecord.self, index)
      let owners = (0..<schedule.windows.count).map {
        table.record(WindowRecord.self, schedule.windows.first + $0).partition.rawValue
      }
      return Plan(name: Array(table.name(schedule.name)), first: schedule.windows.first, owners: owners)
    }
  }

  /// Each window of a table by its schedule and its place there.
  private static func windows(
    of plans: [Plan], at places: [[Int]], in table: ModuleTable, schedule: (Int) -> Int
  ) -> [[Int]] {
    var windows = Array(repeating: [Int](), count: table.count(WindowRecord.self))
    for (number, plan) in plans.enumerated() {
      for offset in plan.owners.indices { windows[plan.first + offset] = [schedule(number), places[number][offset]] }
    }
    return windows
  }

  private static func partitionNames(_ table: ModuleTable) -> [[UInt8]] {
    (0..<table.partitionCount).map { Array(table.name(table.record(PartitionRecord.self, $0).name)) }
  }

  /// A port is known by its own name and its partition's.
  private static func portNames(_ table: ModuleTable, _ partitions: [[UInt8]]) -> [[[UInt8]]] {
    (0..<table.count(PortRecord.self)).map { index in
      let port = table.record(PortRecord.self, index)
      return [partitions[Int(port.partition.rawValue)], Array(table.name(port.name))]
    }
  }

  private static func channels(_ table: ModuleTable) -> [UInt64] {
    (0..<table.count(EventChannelRecord.self)).map { table.record(EventChannelRecord.self, $0).identifier }
  }

  /// Which place each window has where both lists are one, from 1, and behind these that of what would follow.
  static func merge(_ one: [UInt8], _ other: [UInt8]) -> (one: [Int], other: [Int]) {
    var (removed, inserted) = (Set<Int>(), Set<Int>())
    for change in other.difference(from: one) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var (places, otherPlaces) = ([Int](), [Int]())
    var next = 1
    while places.count < one.count || otherPlaces.count < other.count {
      let (isLone, isOtherLone) = (removed.contains(places.count), inserted.contains(otherPlaces.count))
      if isLone || !isOtherLone { places.append(next) }
      if !isLone { otherPlaces.append(next) }
      next += 1
    }
    return (places + [next], otherPlaces + [next])
  }
}
