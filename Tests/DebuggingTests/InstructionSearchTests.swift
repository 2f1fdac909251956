import Testing

@testable import Debugging

@Suite struct InstructionSearchTests {
  @Test(arguments: [1, 2, 999, 1000, 4096] as [UInt64])
  func findsTheFirst(first: UInt64) {
    var asked: Set<UInt64> = []
    let found = InstructionSearch.first(in: 0...4096) { count in
      asked.insert(count)
      return count >= first
    }
    #expect(found == first)
    #expect(asked.count <= 12 && !asked.contains(0) && !asked.contains(4096), "the ends are known")
  }

  @Test func whatFailsEndsIt() {
    struct Lost: Error {}
    #expect(throws: Lost.self) { try InstructionSearch.first(in: 0...100) { _ throws(Lost) in throw Lost() } }
  }
}
