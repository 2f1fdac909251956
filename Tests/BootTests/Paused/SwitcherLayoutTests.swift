import ModuleConfiguration
import Testing

/// Numbers that SwitcherLayout.h repeats because assembly cannot ask Swift.
@Suite struct SwitcherLayoutTests {
  @Test(arguments: [
    ("CALL_READ_TIME", HypercallNumber.readTime), ("CALL_NOTE", .note), ("CALL_NULL", .null),
    ("CALL_SAMPLING_WRITE", .writeSamplingMessage), ("CALL_SAMPLING_READ", .readSamplingMessage),
    ("CALL_QUEUING_SEND", .sendQueuingMessage), ("CALL_QUEUING_RECEIVE", .receiveQueuingMessage),
  ])
  func `The switcher knows the calls by their numbers`(name: String, number: HypercallNumber) throws {
    #expect(try SwitcherConstants.value(name) == UInt64(number.rawValue))
  }

  @Test func `Every service may be asked for at once`() throws {
    let limit = try SwitcherConstants.value("CALLS_AT_ONCE")
    for number in 0...UInt16(200) where HypercallNumber(rawValue: number) != nil { #expect(UInt64(number) < limit) }
  }
}
