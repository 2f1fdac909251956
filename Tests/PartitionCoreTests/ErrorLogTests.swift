import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// The health monitor's log is all partitions' together, and nobody can drive the others out of it.
@Suite struct ErrorLogTests {
  /// A log by itself, with the state's memory that it is cut from.
  final class SingleLog {
    private let memory: UnsafeMutableRawBufferPointer
    var log: ErrorLog

    init(_ partitionCount: Int) {
      memory = .allocate(byteCount: ErrorLog.byteCount(partitionCount: partitionCount) + 64, alignment: 16)
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      var state = StateMemory(memory)
      log = ErrorLog(partitionCount: partitionCount, memory: &state)
    }

    deinit { memory.deallocate() }

    func err(_ partition: Int) {
      let number = log.count
      log.setAction(
        UInt8(number % 3), at: log.append(.init(time: number * 7, description: UInt64(partition), address: number * 3)))
    }

    /// The numbers of the entries that are kept, by their own search.
    func kept(of owner: PartitionIndex? = nil) -> [UInt64] {
      var numbers: [UInt64] = []
      while let next = log.next(from: numbers.last.map { $0 + 1 } ?? 0, of: owner) { numbers.append(next) }
      return numbers
    }
  }

  private static let length = ModuleLimits.errorLogLength

  /// One partition errs thousands of times after another's few: those stay.
  @Test(arguments: [2, 3, 5, 32]) func aFloodLeavesTheOthersTheirShare(_ partitionCount: Int) throws {
    let bench = SingleLog(partitionCount)
    let share = Self.length / partitionCount
    for partition in 1..<partitionCount { for _ in 0..<share { bench.err(partition) } }
    let others = Array(0..<UInt64((partitionCount - 1) * share))
    for _ in 0..<5_000 { bench.err(0) }
    let kept = bench.kept()
    #expect(kept.count == Self.length && Array(kept.prefix(others.count)) == others)
    #expect(bench.log.droppedCount == bench.log.count - UInt64(Self.length))
    // Its own last ones have all the rest.
    let rest = UInt64(Self.length - others.count)
    #expect(Array(kept.dropFirst(others.count)) == Array((bench.log.count - rest)..<bench.log.count))
    // Who errs after it has room at once.
    bench.err(1)
    #expect(bench.kept(of: PartitionIndex(1)).last == bench.log.count - 1)
  }

  /// Of several that have the most, whoever has the oldest entry gives it up, whatever their numbers.
  @Test(arguments: [[0, 1], [1, 0]]) func ofEqualsTheOldestGoes(_ order: [Int]) {
    let bench = SingleLog(3)
    for _ in 0..<Self.length / 2 { for partition in order { bench.err(partition) } }
    #expect(bench.kept() == Array(0..<UInt64(Self.length)))
    bench.err(2)
    #expect(bench.kept() == Array(1...UInt64(Self.length)), "the first one's first")
    bench.err(2)
    #expect(bench.kept() == Array(2..<UInt64(Self.length + 2)), "and then the other's, who has the most now")
  }

  /// Whatever happens, each keeps its last errors up to its share, and what is kept is what was entered.
  @Test func eachKeepsItsLastErrors() throws {
    let seed = TestSeed.draw()
    print("error log seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for partitionCount in [1, 2, 3, 5, 7, 20, 32] {
      let bench = SingleLog(partitionCount)
      var own = [[UInt64]](repeating: [], count: partitionCount)
      var favourite = 0
      for number in 0..<2_000 as Range<UInt64> {
        if generator.oneIn(50) { favourite = Int(generator.number(0...UInt64(partitionCount - 1))) }
        let partition = generator.oneIn(4) ? Int(generator.number(0...UInt64(partitionCount - 1))) : favourite
        own[partition].append(number)
        bench.err(partition)
        let kept = bench.kept()
        #expect(kept.count == min(Int(number) + 1, Self.length))
        for index in 0..<partitionCount {
          let share = own[index].suffix(Self.length / partitionCount)
          #expect(Set(share).isSubset(of: kept), "partition \(index) of \(partitionCount) at \(number), seed \(seed)")
          let seen = bench.kept(of: PartitionIndex(UInt8(index)))
          #expect(seen == Array(own[index].suffix(seen.count)), "its last ones, without a gap")
        }
      }
      for number in bench.kept() {
        let entry = try #require(bench.log.entry(number, of: nil))
        #expect(entry.time == number * 7 && entry.address == number * 3)
        #expect(entry.description >> 40 == number % 3 && own[entry.owner].contains(number))
        for owner in 0..<partitionCount {
          let seen = bench.log.entry(number, of: PartitionIndex(UInt8(owner)))
          #expect(seen?.number == (owner == entry.owner ? number : nil), "each finds its own alone")
        }
      }
      #expect(bench.log.entry(bench.log.count, of: nil) == nil)
    }
  }

  /// What a keyframe holds of the log is all of it, whoever has errors and whatever was done about them.
  @Test func aKeyframeHoldsTheWholeLog() throws {
    let bench = SingleLog(32)
    for number in 0..<100 as Range<UInt64> {
      let what: UInt64 = number % 32 | (number % 8) << 8
      let how: UInt64 = (number % 3 + 1) << 16 | (number % 3) << 24 | (number % 33) << 32
      let place = bench.log.append(.init(time: number, description: what | how, address: .max - number))
      bench.log.setAction([0, 1, 2, 3, 0xFF][Int(number % 5)], at: place)
    }
    var words: [UInt64] = []
    bench.log.forEachWord { words.append($0) }
    #expect(words.count == 2 + 3 * Self.length)
    let other = SingleLog(32)
    var rest = words.makeIterator()
    #expect(other.log.restore { rest.next() ?? 0 })
    #expect(other.kept() == bench.kept())
    for index in 0..<32 as Range<UInt8> {
      #expect(other.kept(of: PartitionIndex(index)) == bench.kept(of: PartitionIndex(index)))
    }
    for number in bench.kept() {
      let (one, two) = (try #require(bench.log.entry(number, of: nil)), try #require(other.log.entry(number, of: nil)))
      #expect(one.time == two.time && one.description == two.description && one.address == two.address)
    }
    // And it goes on the same way.
    for partition in [3, 3, 7, 3, 31, 0, 3] { (bench.err(partition), other.err(partition)) }
    #expect(other.kept() == bench.kept())
  }

  /// By hypercall: a system partition goes from one kept entry to the next, others see their own.
  @Test func whoReadsGoesFromEntryToEntry() throws {
    var description = ModuleDescription.standard
    description.healthActions = (0..<2).map {
      HealthActionRecord(partition: PartitionIndex($0), error: .memoryViolation, action: .ignore)
    }
    let bench = try Bench(description)
    bench.start()
    func fault() { _ = bench.take(.exception(vector: 14, address: 1, bench.snapshot), at: bench.now + 10) }
    func next(_ number: UInt64) -> HypercallAnswer {
      bench.call(.readErrorLog, number, ErrorLogField.next.rawValue)
    }
    for _ in 0..<3 { fault() }
    bench.run(to: 1)
    fault()
    bench.run(to: 0)
    for _ in 0..<60 { fault() }
    #expect(next(0).value > 3 && next(63).value == 63 && next(64).status == .notAvailable)
    bench.run(to: 1)
    #expect(next(0).value == 3, "the other's one, before those that are left of the flood")
    #expect(next(4).value == 64 - 31)
    bench.run(to: 2)
    #expect(next(0).status == .notAvailable, "no system partition, and no error of its own")
  }
}
