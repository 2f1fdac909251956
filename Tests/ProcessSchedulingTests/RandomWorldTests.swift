import TestSeeds
import Testing

/// Module and reference, side by side in random partitions.
@Suite struct RandomWorldTests {
  private func compare(_ seed: UInt64, worlds: UInt64, steps: Int) {
    for number in 0..<worlds {
      let world = RandomWorld(seed: seed &+ number)
      if let wrong = world.run(steps) {
        Issue.record("seed \(seed), world \(number): \(wrong)")
        return
      }
    }
  }

  @Test func theModuleDoesWhatTheReferenceDoesInManyWorlds() {
    let seed = TestSeed.draw()
    print("many worlds' seed \(seed)")
    compare(seed, worlds: 400, steps: 400)
  }

  @Test func theModuleDoesWhatTheReferenceDoesForLong() {
    let seed = TestSeed.draw()
    print("long worlds' seed \(seed)")
    compare(seed, worlds: 50, steps: 4_000)
  }

  /// The script is nothing without its seed.
  @Test func aSeedSaysWhatHappens() {
    let seed = TestSeed.draw()
    let worlds = [seed, seed, seed &+ 1].map { RandomWorld(seed: $0) }
    for world in worlds { _ = world.run(200) }
    #expect(worlds[0].layer.finished == worlds[1].layer.finished, "seed \(seed)")
    #expect(worlds[0].layer.finished != worlds[2].layer.finished, "seed \(seed)")
  }

  /// Nothing is compared where nothing happens: all services succeed in some world, and some time out.
  @Test func randomWorldsAreFullOfLife() {
    let seed = TestSeed.draw()
    print("seed of worlds full of life \(seed)")
    var successes: Set<String> = []
    var timeOuts: Set<String> = []
    for number in 0..<120 as Range<UInt64> {
      let world = RandomWorld(seed: seed &+ number)
      _ = world.run(300)
      for finished in world.layer.finished {
        let service = String("\(finished.call)".prefix { $0 != "(" })
        if finished.answer.code == .noError { successes.insert(service) }
        if finished.answer.code == .timedOut { timeOuts.insert(service) }
      }
    }
    // Only stopSelf has no answer.
    #expect(successes.count == 24, "seed \(seed): \(successes.sorted())")
    let waits = ["acquireMutex", "readBlackboard", "receiveBuffer", "sendBuffer", "suspendSelf"]
    #expect(timeOuts.isSuperset(of: waits + ["waitEvent", "waitSemaphore"]), "seed \(seed): \(timeOuts.sorted())")
  }
}
