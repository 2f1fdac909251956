import ModuleConfiguration
import TestSeeds
import Testing

/// Names that partitions give, against those of the table.
@Suite struct GivenNameTests {
  /// `given` as it stands in a partition's memory, at an odd address and with something else behind it.
  private func isEqual(_ given: String, _ name: String) -> Bool {
    var memory = Array(("?" + given + (given.utf8.count < 32 ? "\0" : "")).utf8)
    memory += Array(repeating: UInt8(ascii: "Z"), count: max(0, 64 - memory.count))
    return memory.withUnsafeBytes { memory in
      Array(("!" + name).utf8).withUnsafeBytes { names in
        GivenName(memory.baseAddress! + 1).isEqual(to: UnsafeRawBufferPointer(rebasing: names[1...]))
      }
    }
  }

  @Test func onlyTheWholeNameIsEqual() {
    let longest = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    for length in 0...32 {
      let name = String(longest.prefix(length))
      #expect(isEqual(name, name))
      for other in 0...32 where other != length { #expect(!isEqual(name, String(longest.prefix(other)))) }
      // Any one byte different.
      for place in 0..<length {
        var bytes = Array(name.utf8)
        bytes[place] ^= 0x20
        #expect(!isEqual(name, String(decoding: bytes, as: UTF8.self)), "byte \(place) of \(length)")
      }
    }
  }

  /// What stands behind the longest name is no part of it; a longer name of a table is nobody's.
  @Test func thirtyTwoBytesAreTheMost() {
    let longest = String(repeating: "A", count: 32)
    #expect(isEqual(longest + "B", longest))
    #expect(!isEqual(longest + "B", longest + "B"))
  }
}
