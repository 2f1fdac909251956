import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing

@testable import PartitionCore

/// The words of a keyframe at the edges of what the module has: the last one is adopted, the next one refused.
@Suite struct KeyframeRefusalTests {
  /// Places of words in a keyframe (`forEachStateWord`).
  private enum Place {
    static let schedules = 0
    static let activeWindow = 2
    static let cursor = 3
    static let running = 6
    static let nextStimulus = 11
  }

  private let module: SimulatedModule

  init() throws {
    var description = QueuingPortTests.module()
    description.otherSchedules = [.init(identifier: 7, frame: 10_000_000, windows: description.windows)]
    module = try SimulatedModule(description)
  }

  private func isAdopted(_ words: [UInt64]) -> Bool {
    let bench = CoreBench<OwnersMarked>(module)
    var rest = words.makeIterator()
    return bench.core.restore { rest.next() }
  }

  private func words() -> [UInt64] {
    let bench = CoreBench<OwnersMarked>(module)
    bench.start()
    return bench.stateWords
  }

  @Test func schedulesAreTheModules() {
    var words = words()
    #expect(isAdopted(words))
    for (next, isThere) in [(1, true), (2, false), (0xFFFF, false)] as [(UInt64, Bool)] {
      words[Place.schedules] = 0xFF << 32 | next << 16
      #expect(isAdopted(words) == isThere, "\(next) is next")
      words[Place.schedules] = 0xFF << 32 | next
      #expect(isAdopted(words) == isThere, "\(next) runs")
    }
  }

  @Test func windowsAreTheSchedules() {
    let good = words()
    let count = UInt64(module.table.count(WindowRecord.self) / 2)
    for (window, isThere) in [(UInt64.max, true), (count - 1, true), (count, false), (.max - 1, false)] {
      var words = good
      words[Place.activeWindow] = window
      #expect(isAdopted(words) == isThere, "window \(window) runs")
    }
    for (window, isThere) in [(0, true), (count, true), (count + 1, false), (.max, false)] {
      var words = good
      words[Place.cursor] = window
      #expect(isAdopted(words) == isThere, "window \(window) is next")
    }
  }

  @Test func whoRunsIsOneOfThePartitions() {
    let good = words()
    let count = UInt64(module.table.partitionCount)
    for (partition, isThere) in [(0, true), (count - 1, true), (count, false), (0xFE, false), (0xFF, true)] {
      var words = good
      words[Place.running] = words[Place.running] & ~0xFF | partition
      #expect(isAdopted(words) == isThere, "\(partition) runs")
    }
  }

  /// When all of it has been played the next action is the one behind the last.
  @Test func actionsAreTheTestDevices() {
    var words = words()
    #expect(words[Place.nextStimulus] == 0 && isAdopted(words))
    words[Place.nextStimulus] = 1
    #expect(!isAdopted(words))
  }

  /// A message has bytes, no more than its port takes, and a place that its channel has.
  @Test func messagesAreWhatAPortCanHold() throws {
    let tests = QueuingPortTests()
    let bench = try tests.connected()
    tests.send(bench, QueuingPortTests.bytes)
    let good = bench.stateWords
    // The last two words: how many messages wait in the last port that is created, and the message.
    let (count, message) = (good.count - 2, good.count - 1)
    #expect(good[count] == 1 && QueuedMessage(word: good[message]).byteCount == QueuingPortTests.bytes)
    let slots = bench.module.table.messageSlotCount(ofChannel: 1)
    func isAdopted(_ place: Int, _ word: UInt64) -> Bool {
      var words = good
      words[place] = word
      var rest = words.makeIterator()
      let other = CoreBench<OwnersMarked>(bench.module)
      return other.core.restore { rest.next() }
    }
    let most = QueuingPortTests.bytes
    for (bytes, isRight) in [(0, false), (1, true), (most, true), (most + 1, false)] {
      #expect(isAdopted(message, QueuedMessage(slot: 0, byteCount: bytes, number: 1).word) == isRight, "\(bytes) bytes")
    }
    for (slot, isRight) in [(0, true), (slots - 1, true), (slots, false)] {
      #expect(isAdopted(message, QueuedMessage(slot: slot, byteCount: 1, number: 1).word) == isRight, "place \(slot)")
    }
    // More than the port can hold, and one without its word.
    #expect(!isAdopted(count, 4) && !isAdopted(count, 2) && isAdopted(count, 0))
  }

  /// Nobody runs while the memory of whoever has the window is made anew.
  @Test func whoStartsDoesNotRun() {
    for (running, starting, isStarting, isRight) in [
      (0xFF, 1, true, true), (0, 1, true, false), (0xFF, 1, false, false), (0xFF, 4, true, false),
    ] as [(UInt8, UInt8, Bool, Bool)] {
      let bench = CoreBench<OwnersMarked>(module)
      bench.core.current = PartitionIndex(running)
      bench.core.partitions[1].life.isInitialising = isStarting
      bench.core.decision.initialising = PartitionIndex(starting)
      #expect(isAdopted(bench.stateWords) == isRight, "\(starting) starts, \(running) runs")
    }
  }

  /// A module that is over stays so.
  @Test func theStopIsAdopted() {
    let (one, other) = (CoreBench<OwnersMarked>(module), CoreBench<OwnersMarked>(module))
    one.start(stop: 1_000_000)
    for _ in 0..<5 where !one.hasStopped { one.fireTimer() }
    #expect(one.hasStopped && one.core.decision.hasStopped)
    var rest = one.stateWords.makeIterator()
    #expect(other.core.restore { rest.next() })
    #expect(other.hasStopped && other.core.decision.hasStopped)
  }

  /// Whoever a pending action at module level is about is one of the partitions.
  @Test func theCulpritIsOneOfThePartitions() {
    let count = UInt8(module.table.partitionCount)
    for (isPending, culprit, isThere) in [
      (true, count - 1, true), (true, count, false), (true, 0xFF, false), (false, 0xFF, true),
    ] {
      let bench = CoreBench<OwnersMarked>(module)
      bench.core.pendingModuleAction = PendingModuleAction(
        isPending: isPending, action: .reset, error: .illegalRequest, culprit: culprit)
      #expect(isAdopted(bench.stateWords) == isThere, "\(culprit)")
    }
  }
}
