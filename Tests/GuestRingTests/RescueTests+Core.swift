import Foundation
import GuestRing
import Testing

/// Cores, whose segments say what they hold.
extension RescueTests {
  /// A core whose segments overlap has the control page twice, at one address: that is one ring.
  @Test func aPageInTwoSegmentsIsOneRing() throws {
    let machine = try Self.machine(stoppedAfter: 900)
    let core = try File(Self.core(of: machine.memory, segments: [0..<0x30_0000, 0x10_0000..<machine.memory.count]))
    // The ring lies in both, the module table in the second alone.
    #expect(try TraceRescue(GuestMemory(coreFile: core.path)).eventCount == 900)
  }

  /// However many segments show a page, it is searched once: else a core of a few kilobytes takes hours.
  @Test func whatManySegmentsShowIsSearchedOnce() throws {
    let machine = try Self.machine(stoppedAfter: 900)
    let all = 0..<machine.memory.count
    let shifted = (0..<500).map { ($0 * 24)..<all.upperBound }
    let cores: [[Range<Int>]] = [[all], Array(repeating: all, count: 500), shifted]
    var asked: [Int] = []
    for segments in cores {
      let core = try File(Self.core(of: machine.memory, segments: segments))
      var count = 0
      let rescue = try TraceRescue(GuestMemory(coreFile: core.path)) {
        count += 1
        return false
      }
      #expect(rescue.eventCount == 900)
      asked.append(count)
    }
    #expect(asked[1] == asked[0] && asked[2] == asked[0], "\(asked)")
  }

  /// A core that is made with paging has what was mapped: that the rest is missing is no damage of the ring.
  @Test func aCoreOfMappingsSaysSo() throws {
    let machine = try Self.machine(stoppedAfter: 900)
    let whole = 0..<machine.memory.count
    func rescue(_ segments: [Range<Int>], mappedAt: Int) throws -> Int {
      let core = try File(Self.core(of: machine.memory, segments: segments, mappedAt: mappedAt))
      do {
        return try TraceRescue(GuestMemory(coreFile: core.path)).eventCount
      } catch RescueError.mappedOnly(core.path) {
        return 0
      }
    }
    #expect(try rescue([whole], mappedAt: 0x4000_0000) == 900, "all was mapped")
    // The ring's page lies in the first, the module table behind it.
    #expect(try rescue([0..<0x30_0000], mappedAt: 0x4000_0000) == 0)
    #expect(try rescue([0..<0x1000], mappedAt: 0x4000_0000) == 0)
    #expect(throws: RescueError.noRing(end: 0x1000)) { try rescue([0..<0x1000], mappedAt: 0) }
  }

  /// An ELF core of a machine's memory, with these ranges of addresses as its segments, mapped so much higher.
  private static func core(of memory: [UInt8], segments: [Range<Int>], mappedAt offset: Int = 0) -> [UInt8] {
    let headerBytes = 64 + segments.count * 56
    var bytes = [UInt8](repeating: 0, count: headerBytes)
    func put(_ value: Int, _ count: Int, at offset: Int) {
      for index in 0..<count { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (index * 8)) }
    }
    bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    // A core, of x86-64; where its table of segments is, and how large.
    put(4, 2, at: 16)
    put(62, 2, at: 18)
    put(64, 8, at: 32)
    put(56, 2, at: 54)
    put(segments.count, 2, at: 56)
    for (index, range) in segments.enumerated() {
      let entry = 64 + index * 56
      put(1, 4, at: entry)
      put(headerBytes + range.lowerBound, 8, at: entry + 8)
      if offset > 0 { put(range.lowerBound + offset, 8, at: entry + 16) }
      put(range.lowerBound, 8, at: entry + 24)
      put(range.count, 8, at: entry + 32)
    }
    return bytes + memory
  }
}
