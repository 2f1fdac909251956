import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat
import TraceReading

@testable import Comparison

/// Runs of modules that number the same things otherwise.
extension ComparisonTests {
  /// A module whose partitions have these names, with a millisecond's window for each of `windows` and a channel from
  /// Nav to Map.
  private func description(_ names: [String], windows: [String], portsReversed: Bool) throws -> ModuleDescription {
    var description = ModuleDescription()
    description.drainer = .none
    func reference(_ name: String) -> NameReference {
      defer { description.names += Array(name.utf8) }
      return NameReference(offset: description.names.count, length: name.utf8.count)
    }
    for (index, name) in names.enumerated() {
      description.addPartition(permitted: 0)
      description.partitions[index].name = reference(name)
    }
    for (place, owner) in windows.enumerated() {
      let owner = try #require(names.firstIndex(of: owner))
      description.addWindow(UInt64(place) * 1_000_000, 1_000_000, of: UInt8(owner))
    }
    let (nav, map) = (try #require(names.firstIndex(of: "Nav")), try #require(names.firstIndex(of: "Map")))
    description.addChannel(from: UInt8(nav), to: [UInt8(map)], bytes: 8, refresh: 1)
    for (port, name) in ["out", "in"].enumerated() { description.ports[port].name = reference(name) }
    if portsReversed {
      description.ports.reverse()
      description.channels[0].sourcePort = 1
    }
    description.eventChannels = [
      .init(identifier: 7, source: .init(UInt8(nav)), destination: .init(UInt8(map)), vector: 48)
    ]
    if portsReversed {
      description.eventChannels.insert(
        .init(identifier: 6, source: .init(UInt8(map)), destination: .init(UInt8(nav)), vector: 48), at: 0)
    }
    return description
  }

  /// The same in each window of two frames, in the numbers of the module: whatever names a partition, a port, a channel
  /// or a window.
  private func story(_ description: ModuleDescription, _ names: [String]) throws -> [TraceEvent] {
    let (nav, map) = (try #require(names.firstIndex(of: "Nav")), try #require(names.firstIndex(of: "Map")))
    let out = try #require(description.ports.firstIndex { $0.direction == .source })
    let channel = try #require(description.eventChannels.firstIndex { $0.identifier == 7 })
    var events = [TraceEvent(time: 0, .start)]
    for frame in 0..<2 as Range<UInt64> {
      let origin = frame * description.frame
      events.append(TraceEvent(time: origin, .majorFrameStart, operand: UInt32(frame), words: .init(origin)))
      for (place, window) in description.windows.enumerated() {
        // Each partition at the same instants of its own windows.
        let (owner, time) = (window.partition.rawValue, origin + 1)
        func add(_ kind: EventKind, detail: UInt8 = 0, operand: UInt32 = 0, _ words: TraceEvent.Words = .init()) {
          events.append(
            TraceEvent(time: time, kind, partition: owner, detail: detail, operand: operand, words: words))
        }
        add(.windowStart, operand: UInt32(place))
        add(.partitionSwitch, detail: owner)
        func call(_ number: HypercallNumber, _ words: TraceEvent.Words, value: UInt64 = 0) {
          let operand = UInt32(number.rawValue)
          add(.hypercall, operand: operand | UInt32(owner) << 16, words)
          add(.hypercallResult, detail: ReturnCode.noError.rawValue, operand: operand, .init(value))
        }
        if owner == UInt8(nav) {
          call(.createSamplingPort, .init(0, 0, UInt64(out + 1), 5, 6, 7, 8), value: UInt64(out + 1))
          call(.writeSamplingMessage, .init(0, 0, 0, UInt64(out + 1), 5, 6))
          add(.portOperation, operand: UInt32(out), .init(8, 1))
          add(.messageCopied, operand: UInt32(out), .init(0x77, 8))
          add(.eventRaised, operand: UInt32(channel), .init(UInt64(map), 48))
        } else {
          call(.readStatistic, .init(0, 0, 0, StatisticSelector.operatingMode.rawValue, UInt64(nav)), value: 3)
        }
        add(.windowEnd, operand: UInt32(place))
      }
    }
    return events + [TraceEvent(time: 2 * description.frame, .end, words: .init(UInt64(events.count)))]
  }

  private func reader(_ description: ModuleDescription, _ events: [TraceEvent]) throws -> TraceReader {
    let module = try SimulatedModule(description)
    var writer = withExtendedLifetime(module) {
      TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 500)
    }
    for event in events { writer.append(event) }
    return try TraceReader(bytes: writer.finish())
  }

  private static let inOrder = (names: ["Nav", "Map"], windows: ["Nav", "Map", "Nav"])

  /// Kernel and trace number by the table's order, which says nothing of what a partition does.
  @Test func partitionsInAnotherOrderAreTheSame() throws {
    let names = ["Map", "Nav"]
    let one = try description(Self.inOrder.names, windows: Self.inOrder.windows, portsReversed: false)
    let other = try description(names, windows: Self.inOrder.windows, portsReversed: true)
    let (events, otherEvents) = (try story(one, Self.inOrder.names), try story(other, names))
    let comparison = RunComparison(try reader(one, events), try reader(other, otherEvents))
    #expect(comparison.counts.isEmpty, "\(comparison.first)")
    #expect(comparison.comparedEventCount == UInt64(events.count) && comparison.windowCount == 6)
    #expect(!comparison.modules.haveSameModule && comparison.uncomparedCount == 0)
    // What the other partition does is not this one's, though it has its number.
    let mistaken = RunComparison(try reader(one, events), try reader(other, events))
    #expect(!mistaken.counts.isEmpty)
    // What differs is shown as its own trace has it.
    var changed = otherEvents
    let place = try #require(changed.firstIndex { $0.knownKind == .messageCopied })
    changed[place].words.w0 += 1
    let found = RunComparison(try reader(one, events), try reader(other, changed))
    #expect(found.counts == [.changed: 1] && found.first.first?.other?.event == changed[place])
    #expect(found.first.first?.one?.event == events[place])
  }

  /// One partition more, with a window between those of the others: only what it does is added.
  @Test func anInsertedPartitionIsThatOneAndNothingElse() throws {
    let names = ["New", "Nav", "Map"]
    let one = try description(Self.inOrder.names, windows: Self.inOrder.windows, portsReversed: false)
    let other = try description(names, windows: ["Nav", "New", "Map", "Nav"], portsReversed: true)
    let (events, otherEvents) = (try story(one, Self.inOrder.names), try story(other, names))
    let new = UInt64(otherEvents.count { $0.partition == 0 })
    let (left, right) = (try reader(one, events), try reader(other, otherEvents))
    // The end events count others.
    let comparison = RunComparison(left, right)
    #expect(comparison.counts == [.added: new, .changed: 1], "\(comparison.counts) \(comparison.first)")
    #expect(comparison.comparedEventCount == UInt64(events.count) && comparison.windowCount == 8)
    let first = try #require(comparison.first.first)
    #expect(first.window == 2 && first.owner == 0 && first.other?.event.knownKind == .windowStart)
    let back = RunComparison(try reader(other, otherEvents), try reader(one, events))
    #expect(back.counts == [.missing: new, .changed: 1], "\(back.counts)")
  }

  @Test func windowsAreMergedByTheirOwners() {
    func places(_ one: [UInt8], _ other: [UInt8]) -> [[Int]] {
      let places = ModuleNumbers.merge(one, other)
      return [places.one, places.other]
    }
    #expect(places([0, 1, 0], [0, 1, 0]) == [[1, 2, 3, 4], [1, 2, 3, 4]])
    #expect(places([0, 1, 0], [0, 2, 1, 0, 3]) == [[1, 3, 4, 6], [1, 2, 3, 4, 5, 6]])
    #expect(places([0, 1], []) == [[1, 2, 3], [3]] && places([], [5]) == [[2], [1, 2]])
  }
}
