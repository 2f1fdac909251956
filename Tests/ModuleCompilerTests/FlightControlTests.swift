import APEXTypes
import Foundation
import ModuleConfiguration
import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// The module that the repository ships.
@Suite struct FlightControlTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Kernel/Modules/FlightControl").path

  @Test func holds() throws {
    let images = try TemporaryFolder()
    for name in ["Sensors", "Control", "Maintenance", "Loader", "Drainer"] {
      try images.write(TinyELF().bytes, to: name + ".elf")
    }
    let packed = try ModuleCompiler.compile(
      file: Self.folder + "/module.xml",
      options: .init(isStrict: true, imageDirectories: [images.path], stimulusFile: Self.folder + "/stimulus.txt"))
    #expect(packed.diagnostics.isEmpty)
    try packed.withTable { table in
      #expect(table.partitionCount == 5)
      #expect(table.module.drainer == PartitionIndex(4))
      #expect((10_000...30_000).contains(table.module.switchAllowance.count))
      let quantities = (0..<table.count(BudgetRecord.self)).map { table.record(BudgetRecord.self, $0).quantity }
      #expect(Set(quantities) == Set((0...255).compactMap(BudgetRecord.Quantity.init)))
      #expect(table.count(StimulusRecord.self) > 50)
      #expect(table.partition(PartitionIndex(0)).permittedLines == 1 << 8)
      #expect(table.partition(PartitionIndex(2)).permittedLines == 1 << 0 | 1 << 4)
    }
  }

  @Test func summaryTellsTheSupply() throws {
    let module = try #require(ModuleCompiler.check(file: Self.folder + "/module.xml").description)
    let allowance = SwitchAllowance(module)
    #expect(allowance.total.count == allowance.parts.reduce(0) { $0 + $1.time.count })
    let schedule = module.schedules[0]
    let supply = GuaranteedSupply(module: module, allowance: allowance.total)
    let sensors = schedule.partitions[0]
    // Foreign to Sensors and marked at once: line 0, four interrupts a window. Line 8 is its own, line 4 is masked.
    let stolen = 4 * SwitchAllowance.interruptCost(ownerCount: 1).count
    #expect(
      supply.perPeriod(sensors, majorFrame: schedule.majorFrame).count == 2_000_000 - allowance.total.count - stolen)
    let summary = ModuleSummary(module)
    #expect(summary.idleNanosecondsPerFrame == 2_000_000)
    #expect(summary.text.contains("Loader"))
  }
}
