import APEXTypes
import ModuleConfiguration
import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// Queuing ports as the module file has them and the kernel reads them.
@Suite struct QueuingPackTests {
  private static let text = BrokenModule.queuingEdits.reduce(SampleModule.text) { text, edit in
    var result = text
    result.replaceSubrange(result.firstRange(of: edit.0)!, with: edit.1)
    return result
  }

  @Test func aQueuingChannelHolds() {
    let report = SampleModule.check(Self.text, strict: true)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics)")
  }

  @Test func theTableHasThePortsOfTheFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.text, to: "module.xml")
    try folder.write(TinyELF().bytes, to: "Tiny.elf")
    let packed = try ModuleCompiler.compile(file: file)
    try packed.withTable { table in
      func port(
        _ index: Int, _ partition: UInt8, _ direction: PortDirection, _ count: UInt64, _ discards: Bool
      ) -> PortRecord {
        PortRecord(
          partition: PartitionIndex(partition), name: table.record(PortRecord.self, index).name, kind: .queuing,
          direction: direction, maximumMessageBytes: 8192, refreshPeriod: Nanoseconds(0), channel: 1,
          maximumMessageCount: count, discardsWhenFull: discards)
      }
      #expect(table.record(PortRecord.self, 1) == port(1, 0, .source, 5, false))
      #expect(table.record(PortRecord.self, 3) == port(3, 1, .destination, 40, false))
      #expect(table.record(PortRecord.self, 4) == port(4, 1, .destination, 24, true))
      #expect(
        table.record(ChannelRecord.self, 1)
          == ChannelRecord(identifier: 6, sourcePort: 1, maximumMessageBytes: 8192))
      #expect(table.messageSlotCount(ofChannel: 0) == 1)
      #expect(table.messageSlotCount(ofChannel: 1) == 64)
    }
  }

  /// L has the longest copy in it, and each byte of it.
  @Test func theLongestMessageIsPartOfTheAllowance() throws {
    func allowance(_ bytes: String) throws -> UInt64 {
      let text = Self.text.replacing("\"8192\"", with: "\"\(bytes)\"")
      return SwitchAllowance(try #require(SampleModule.check(text).description)).total.count
    }
    let difference = try allowance("8192") - allowance("4096")
    #expect(difference == 4096 / 8 * SwitchAllowance.Cost.copiedWord)
  }
}
