import Testing

@testable import Debugging

/// Page tables in a dictionary: four levels, one large page, one that is not there.
@Suite struct InterruptedContextTests {
  private let root: UInt64 = 0x8000_0000_0000_1000
  private let address: UInt64 = 0xFFFF_FFFF_8000_E000
  private var words: [UInt64: UInt64] {
    func place(_ table: UInt64, _ level: UInt64) -> UInt64 { table + (address >> level & 511) * 8 }
    return [
      place(0x1000, 39): 0x2063, place(0x2000, 30): 0x3063, place(0x3000, 21): 0x4063,
      place(0x4000, 12): 0x8000_0000_0004_5063, 0x45418: 0x40_0123, 0x45430: 0x2FEF_FF00,
      // The next 2 MiB are one page.
      place(0x3000, 21) + 8: 0x20_00E3, 0x21_E418: 7,
    ]
  }
  private func context(instruction: UInt64, stack: UInt64) -> InterruptedContext? {
    let places = KernelPlaces(
      switcherDisplacement: 0, foundRoot: 0, instructionPointer: instruction, stackPointer: stack)
    return InterruptedContext(places, root: root) { words[$0] }
  }

  @Test func theTablesAreWalked() {
    let found = context(instruction: address + 0x418, stack: address + 0x430)
    #expect(found == InterruptedContext(instructionPointer: 0x40_0123, stackPointer: 0x2FEF_FF00))
    let large = context(instruction: address + 0x21_0418, stack: address + 0x418)
    #expect(large == InterruptedContext(instructionPointer: 7, stackPointer: 0x40_0123))
  }

  @Test func whatIsNotMappedIsNotGuessed() {
    #expect(context(instruction: address + 0x1418, stack: address + 0x430) == nil)
    #expect(context(instruction: address + 0x418, stack: 0x40_0000) == nil)
    #expect(context(instruction: address + 0x410, stack: address + 0x430) == nil, "mapped, and not in memory")
  }
}
