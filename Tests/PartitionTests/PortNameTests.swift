import APEXTypes
import ModuleConfiguration
import PartitionKit
import ProcessScheduling
import Testing

/// Whatever name `partita check` accepts, a partition in Swift can ask for.
@Suite struct PortNameTests {
  private static func crossing(_ name: StaticString) throws -> [UInt8] {
    try ObjectName(name).withAddress { (address) throws(ReturnCode) in
      guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else { throw .invalidParameter }
      return Array(UnsafeRawBufferPointer(start: pointer, count: ObjectName.byteCount))
    }
  }

  @Test(
    arguments: [
      "A", "THIRTY_CHARACTERS_AS_IN_PART_1", "THIRTY_ONE_CHARACTERS_IN_THIS_X", "THIRTY_TWO_CHARACTERS_AND_NO_ZER",
      "GRÖSSE_IN_ZWEIUNDDREISSIG_BYTES",
    ] as [StaticString])
  func namesCrossWhole(name: StaticString) throws {
    #expect(ObjectName.byteCount == ModuleLimits.maximumNameLength)
    let bytes = Array(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    #expect(bytes.count <= 32)
    #expect(try Self.crossing(name) == bytes + [UInt8](repeating: 0, count: 32 - bytes.count))
  }

  /// The length is looked at before the kernel is asked: on this host there is none to ask.
  @Test func longerOnesAreRefused() {
    #expect(throws: ReturnCode.invalidParameter) {
      try SamplingPort(
        named: "THIRTY_THREE_CHARACTERS_ARE_TOO_M", maximumMessageBytes: 8, direction: .source,
        refreshPeriod: Nanoseconds(1))
    }
  }
}
