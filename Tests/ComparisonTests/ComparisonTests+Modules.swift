import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat
import TraceReading

@testable import Comparison

/// Runs of modules that differ, in what is played to them or in themselves.
extension ComparisonTests {
  /// The module, its segments placed behind so many bytes of table, with these stimuli instead of its own.
  private static func description(_ stimuli: [StimulusRecord], tableBytes: UInt64) -> ModuleDescription {
    var description = ModuleDescription.lively
    description.stimuli = stimuli
    for index in description.segments.indices where index % 3 != 2 {
      description.segments[index].imageBytes = 0x1000
      description.segments[index].imageOffset = tableBytes + UInt64(index) * 0x1000
    }
    return description
  }

  private func compare(_ one: ModuleDescription, _ other: ModuleDescription) throws -> RunComparison {
    func reader(_ description: ModuleDescription) throws -> TraceReader {
      let module = try SimulatedModule(description)
      var writer = withExtendedLifetime(module) {
        TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 500)
      }
      for event in events { writer.append(event) }
      return try TraceReader(bytes: writer.finish())
    }
    return RunComparison(try reader(one), try reader(other))
  }

  private static func byte(_ byte: UInt64, at milliseconds: UInt64) -> StimulusRecord {
    StimulusRecord(time: SystemTime(nanoseconds: milliseconds * 1_000_000), action: .serialByte, data: byte)
  }

  @Test func anotherStimulusIsNoOtherModule() throws {
    let pulse = StimulusRecord(time: SystemTime(nanoseconds: 7_000_000), action: .linePulse, data: 5)
    let one = [Self.byte(65, at: 3), pulse, Self.byte(66, at: 9), Self.byte(66, at: 9)]
    let other = [Self.byte(65, at: 3), Self.byte(66, at: 9), Self.byte(67, at: 11), Self.byte(66, at: 12)]
    // A longer list of stimuli may move all segments by a page.
    let comparison = try compare(
      Self.description(one, tableBytes: 0x2000), Self.description(other, tableBytes: 0x3000))
    let modules = comparison.modules
    #expect(modules.haveSameModule && !modules.haveSameStimulus && modules.counts == (4, 4))
    #expect(modules.onlyOne == [pulse, Self.byte(66, at: 9)])
    #expect(modules.onlyOther == [Self.byte(67, at: 11), Self.byte(66, at: 12)])
    // Events are compared all the same.
    #expect(comparison.comparedEventCount == UInt64(events.count { !EventLikeness.isLeftOut($0) }), "seed \(seed)")
    #expect(comparison.counts.isEmpty && !comparison.isEqual)

    // One that had none before, and the same in another order.
    let none = try compare(Self.description([], tableBytes: 0x2000), Self.description(one, tableBytes: 0x2000)).modules
    #expect(none.haveSameModule && none.onlyOne.isEmpty && none.onlyOther == one)
    let (left, right) = ([one[0], Self.byte(66, at: 3)], [Self.byte(66, at: 3), one[0]])
    let turned = try compare(Self.description(left, tableBytes: 0), Self.description(right, tableBytes: 0)).modules
    #expect(turned.haveSameModule && !turned.haveSameStimulus && turned.onlyOne.isEmpty && turned.onlyOther.isEmpty)
  }

  @Test func anotherModuleIsToldWhateverIsPlayed() throws {
    let stimuli = [Self.byte(65, at: 3)]
    let one = Self.description(stimuli, tableBytes: 0x2000)
    let same = try compare(one, one)
    #expect(same.modules.haveSameModule && same.modules.haveSameStimulus && same.isEqual, "seed \(seed)")
    var changed = [one, one, one, one]
    changed[0].allowance += 1
    changed[1].segments[1].imageOffset += 0x1000
    changed[2].segments[0].checksum = 1
    changed[3].windows[0].duration = Nanoseconds(changed[3].windows[0].duration.count - 1)
    for (number, other) in changed.enumerated() {
      let modules = try compare(one, other).modules
      #expect(!modules.haveSameModule && modules.haveSameStimulus, "\(number)")
      var played = other
      played.stimuli = []
      let both = try compare(one, played).modules
      #expect(!both.haveSameModule && !both.haveSameStimulus && both.onlyOne == stimuli, "\(number)")
    }
  }
}
