import CAPEX
import ModuleConfiguration
import PartitionKit
import TestSeeds
import Testing
import TraceFormat

/// The tracer and both libraries of partitions make the same number of a process's name.
@Suite struct ProcessKeyTests {
  /// The key that a partition in C has for a name.
  private static func inC(_ name: String) -> UInt32 { name.withCString { partita_process_key($0) } }

  private static func inSwift(_ name: String) -> UInt32 {
    Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0).rawValue }
  }

  /// CRC-32C as it is published, and the names' lengths that there are.
  @Test(
    arguments: [
      ("123456789", 0xE306_9283), ("a", 0xC1D0_4330), ("", UInt32.max), ("law", nil), ("Autopilot", nil),
      ("THIRTY_TWO_CHARACTERS_AND_NO_ZER", nil), ("GRÖSSE_IN_ZWEIUNDDREISSIG_BYTES", nil),
    ] as [(String, UInt32?)])
  func bothMakeTheSameOfAName(name: String, published: UInt32?) {
    let key = Self.inSwift(name)
    #expect(key == Self.inC(name) && key != 0)
    #expect(!ProcessKey(rawValue: key).isNone)
    if let published { #expect(key == published) }
  }

  @Test func aPartitionInSwiftHasIt() {
    #expect(ProcessKey("law").rawValue == Self.inC("law"))
    #expect(ProcessKey("GRÖSSE_IN_ZWEIUNDDREISSIG_BYTES").rawValue == Self.inC("GRÖSSE_IN_ZWEIUNDDREISSIG_BYTES"))
  }

  /// A name ends after 32 bytes, whatever follows it in memory.
  @Test func aNameHasAtMost32Bytes() {
    let name = "THIRTY_TWO_CHARACTERS_AND_NO_ZER"
    #expect(Self.inC(name + "X") == Self.inC(name))
    #expect(Self.inC(String(name.dropLast())) != Self.inC(name))
  }

  @Test func anyNamesAgree() {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var keys: Set<UInt32> = []
    for _ in 0..<500 {
      let bytes = (0..<Int(generator.number(1...32))).map { _ in UInt8(generator.number(1...127)) }
      let name = String(decoding: bytes, as: UTF8.self)
      let key = Self.inSwift(name)
      #expect(key == Self.inC(name) && key != 0, "seed \(seed): \(bytes)")
      keys.insert(key)
    }
    #expect(keys.count > 400, "seed \(seed)")
  }

  /// A name whose checksum is 0 has a key all the same.
  @Test func noNameIsNobody() {
    #expect(Array("DYB|O".utf8).withUnsafeBytes { UInt32(truncatingIfNeeded: MessageDigest.digest($0)) } == 0)
    #expect(Self.inSwift("DYB|O") == .max && Self.inC("DYB|O") == .max)
  }

  @Test func whatIsToldCrossesWhole() {
    let telling = ProcessTelling(from: ProcessKey("law"), .complete, to: ProcessKey("filter"), age: -300_000)
    let keys = UInt64(telling.to.rawValue) << 32 | UInt64(telling.from.rawValue)
    #expect(ProcessTelling((keys, 5, UInt64(bitPattern: -300_000))) == telling)
    for (inC, state) in [
      (PARTITA_TOLD_DORMANT, .dormant), (PARTITA_TOLD_READY, .ready), (PARTITA_TOLD_WAITING, .waiting),
      (PARTITA_TOLD_FAULTED, .faulted), (PARTITA_TOLD_COMPLETE, .complete), (PARTITA_TOLD_STARTED, .started),
      (PARTITA_TOLD_REPLENISHED, .replenished),
    ] as [(partita_told_state, ProcessTelling.State)] {
      #expect(inC.rawValue == UInt32(state.rawValue))
    }
    for state in [2, 8, 255, 256, 261, .max] as [UInt64] { #expect(ProcessTelling((keys, state, 0)).state == nil) }
  }
}
