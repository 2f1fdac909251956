import Testing

@testable import TestSeeds

/// A failure can be had again: a setting gives each test a seed of its own, and always the same.
@Suite struct TestSeedTests {
  @Test func aSettingDecidesEverySeed() {
    let places = (0..<500).map { "SomeTests/SomeFile.swift:\($0)" }
    let seeds = places.map { TestSeed.draw(by: "f050f87", at: $0) }
    #expect(seeds == places.map { TestSeed.draw(by: "f050f87", at: $0) })
    #expect(Set(seeds).count == places.count)
    #expect(seeds.allSatisfy { $0 <= UInt64.max / 2 })
    let others = places.map { TestSeed.draw(by: "46010be", at: $0) }
    #expect(zip(seeds, others).allSatisfy { $0 != $1 })
  }

  @Test func withoutOneItIsChance() {
    #expect(Set((0..<20).map { _ in TestSeed.draw(by: "", at: "here") }).count == 20)
  }
}
