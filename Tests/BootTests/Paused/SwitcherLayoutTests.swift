import ModuleConfiguration
import Testing

/// Numbers that SwitcherLayout.h repeats because assembly cannot ask Swift.
@Suite struct SwitcherLayoutTests {
  @Test(arguments: [
    ("ENABLE_INTERRUPT", HypercallNumber.enableInterrupt), ("DISABLE_INTERRUPT", .disableInterrupt),
    ("ACKNOWLEDGE_INTERRUPT", .acknowledgeInterrupt), ("READ_TIME", .readTime),
    ("SAMPLING_WRITE", .writeSamplingMessage), ("SAMPLING_READ", .readSamplingMessage), ("NOTE", .note),
    ("NULL", .null), ("READ_STATISTIC", .readStatistic), ("RAISE_EVENT", .raiseEvent),
    ("QUEUING_SEND", .sendQueuingMessage), ("QUEUING_RECEIVE", .receiveQueuingMessage),
    ("READ_QUEUING_STATUS", .readQueuingStatus), ("NOTE_WORDS", .noteWords),
    ("TELL_PROCESS", .tellProcess), ("READ_SAMPLING_TIME", .readSamplingTime),
  ])
  func `The switcher knows the calls by their numbers`(name: String, number: HypercallNumber) throws {
    #expect(try SwitcherConstants.value("CALL_" + name) == UInt64(number.rawValue))
  }
}
