import APEXTypes
import ModuleConfiguration
import PartitionEntry
import PartitionKit
import Testing
import TrampolineHarness

struct PartitionKitTests {
  /// Assembly and C have the contract's numbers in a header of their own.
  @Test func headerAgreesWithTheContract() {
    #expect(UInt64(PARTITA_SHARED_PAGE) == PartitionLayout.sharedPage)
    #expect(UInt64(PARTITA_INFORMATION_PAGE) == PartitionLayout.informationPage)
    #expect(Int(PARTITA_VIRTUAL_INTERRUPT_FLAG) == SharedPage.virtualInterruptFlag)
    #expect(Int(PARTITA_PENDING) == SharedPage.pending)
    #expect(Int(PARTITA_FLIPS) == SharedPage.flips)
    #expect(Int(PARTITA_UPCALLS_ENTERED) == SharedPage.upcallsEntered)
    #expect(Int(PARTITA_UPCALLS_RETURNED) == SharedPage.upcallsReturned)
    #expect(Int(PARTITA_EXCEPTIONS_RETURNED) == SharedPage.exceptionsReturned)
    #expect(Int(PARTITA_CLOCK_ORIGIN) == InformationPage.clockOrigin)
    #expect(Int(PARTITA_CLOCK_SCALE) == InformationPage.clockScale)
    #expect(Int(PARTITA_PARTITION_INDEX) == InformationPage.partitionIndex)
    #expect(Int(PARTITA_PARTITION_IDENTIFIER) == InformationPage.partitionIdentifier)
    #expect(Int(PARTITA_WINDOW_START) == InformationPage.windowStart)
    #expect(Int(PARTITA_WINDOW_END) == InformationPage.windowEnd)
    #expect(Int(PARTITA_PERIOD_START) == InformationPage.periodStart)
    #expect(Int(PARTITA_EXTENDED_STATE_BYTES) == InformationPage.extendedStateBytes)
    #expect(Int(PARTITA_EXTENDED_STATE_MASK) == InformationPage.extendedStateMask)
    #expect(UInt64(PARTITA_FRAME_RETURN) == UpcallFrame.returnFrame)
    #expect(UInt64(PARTITA_FRAME_BYTES) == UpcallFrame.byteCount)
    #expect(UInt64(PARTITA_FRAME_RETURN_STACK) == UpcallFrame.returnStack)
    #expect(UInt64(PARTITA_FRAME_ERROR_CODE) == UpcallFrame.errorCode)
    #expect(UInt64(PARTITA_FRAME_FAULT_ADDRESS) == UpcallFrame.faultAddress)
    #expect(UInt64(PARTITA_FRAME_CAUSE) == UpcallFrame.cause)
    #expect(UInt64(1) << UInt64(PARTITA_FRAME_CAUSE_ENABLED_BIT) == UpcallFrame.interruptsWereEnabled)
    #expect(UInt64(MemoryLayout<partita_exception_frame>.size) == UpcallFrame.byteCount)
    #expect(MemoryLayout<partita_exception_frame>.offset(of: \.rip).map(UInt64.init) == UpcallFrame.returnFrame)
    #expect(MemoryLayout<partita_exception_frame>.offset(of: \.cause).map(UInt64.init) == UpcallFrame.cause)
    #expect(UInt64(PARTITA_RETURN_WORDS_DEPTH) == UpcallFrame.returnWordsDepth)
  }

  @Test(arguments: [
    (PARTITA_REGISTER_HANDLER, HypercallNumber.registerHandler),
    (PARTITA_UNREGISTER_HANDLER, .unregisterHandler), (PARTITA_ENABLE_INTERRUPT, .enableInterrupt),
    (PARTITA_DISABLE_INTERRUPT, .disableInterrupt), (PARTITA_ACKNOWLEDGE_INTERRUPT, .acknowledgeInterrupt),
    (PARTITA_REGISTER_VCPU, .registerVCPU), (PARTITA_UNREGISTER_VCPU, .unregisterVCPU),
    (PARTITA_RETURN_FROM_UPCALL, .returnFromUpcall), (PARTITA_SET_UPCALL_ENTRY, .setUpcallEntry),
    (PARTITA_YIELD, .yield), (PARTITA_READ_TIME, .readTime), (PARTITA_WRITE_CONSOLE, .writeConsole),
    (PARTITA_CREATE_SAMPLING_PORT, .createSamplingPort), (PARTITA_WRITE_SAMPLING_MESSAGE, .writeSamplingMessage),
    (PARTITA_READ_SAMPLING_MESSAGE, .readSamplingMessage), (PARTITA_NOTE, .note),
    (PARTITA_BIND_EVENT, .bindEvent), (PARTITA_RAISE_EVENT, .raiseEvent), (PARTITA_SET_TIMER, .setTimer),
    (PARTITA_SET_EXCEPTION_HANDLER, .setExceptionHandler), (PARTITA_SET_EXCEPTION_ENTRY, .setExceptionEntry),
    (PARTITA_SET_SEGMENT_BASE, .setSegmentBase), (PARTITA_NULL, .null), (PARTITA_READ_STATISTIC, .readStatistic),
    (PARTITA_STOP_MODULE, .stopModule), (PARTITA_SET_PARTITION_MODE, .setPartitionMode),
    (PARTITA_RAISE_APPLICATION_ERROR, .raiseApplicationError), (PARTITA_COMPLETE_CALLBACK, .completeCallback),
    (PARTITA_READ_ERROR_LOG, .readErrorLog), (PARTITA_SET_MODULE_SCHEDULE, .setModuleSchedule),
    (PARTITA_CREATE_QUEUING_PORT, .createQueuingPort), (PARTITA_SEND_QUEUING_MESSAGE, .sendQueuingMessage),
    (PARTITA_RECEIVE_QUEUING_MESSAGE, .receiveQueuingMessage), (PARTITA_READ_QUEUING_STATUS, .readQueuingStatus),
    (PARTITA_CLEAR_QUEUING_PORT, .clearQueuingPort), (PARTITA_FIND_MODULE_SCHEDULE, .findModuleSchedule),
    (PARTITA_NOTE_WORDS, .noteWords), (PARTITA_TELL_PROCESS, .tellProcess),
    (PARTITA_READ_SAMPLING_TIME, .readSamplingTime),
  ])
  func headerHasTheSameNumber(header: Int32, number: HypercallNumber) {
    #expect(header == Int32(number.rawValue))
  }

  @Test(arguments: [
    (PARTITA_ERROR_TIME, ErrorLogField.time), (PARTITA_ERROR_DESCRIPTION, .description),
    (PARTITA_ERROR_ADDRESS, .address), (PARTITA_ERROR_NEXT, .next),
  ])
  func headerHasTheSameFields(header: Int32, field: ErrorLogField) {
    #expect(header == Int32(field.rawValue))
  }

  @Test func headerHasTheSameLimits() {
    #expect(Int(PARTITA_MAXIMUM_NOTE_WORDS) == ModuleLimits.maximumNoteWords)
  }

  /// The tail ends with the instruction that the kernel takes for granted.
  @Test func publishedTailEndsWithItsReturn() {
    let tail = UnsafeBufferPointer(start: harness_tail_start(), count: Int(harness_tail_bytes()))
    #expect(tail.count > 18)
    #expect(Array(tail.suffix(4)) == [0x9D, 0xC2, 0x80, 0x00])
  }

  @Test func clockScalesExactly() {
    #expect(ClockScale(fixedPoint: 1 << 32).duration(ofTicks: 123) == Nanoseconds(123))
    #expect(ClockScale(fixedPoint: 1 << 31).duration(ofTicks: 123) == Nanoseconds(61), "rounded down")
    #expect(
      ClockScale(fixedPoint: 3 << 31).duration(ofTicks: 1 << 62) == Nanoseconds(3 << 61), "no overflow on the way")
    #expect(ClockScale(fixedPoint: 1 << 33).duration(ofTicks: .max) == Nanoseconds(.max), "too long for 64 bits")
    #expect(ClockScale(fixedPoint: 1 << 32).duration(ofTicks: .max) == Nanoseconds(.max))
  }

  @Test(arguments: [
    (UInt64(0), "0"), (9, "9"), (10, "10"), (1_000_000_007, "1000000007"), (.max, "18446744073709551615"),
  ])
  func linesHoldDecimals(number: UInt64, text: String) {
    var line = TextLine()
    line.append(decimal: number)
    #expect(line.withBytes { String(decoding: $0, as: UTF8.self) } == text)
  }

  @Test(arguments: [(UInt64(0), "0x0"), (0xE9, "0xe9"), (0x10, "0x10"), (.max, "0xffffffffffffffff")])
  func linesHoldHexadecimals(number: UInt64, text: String) {
    var line = TextLine()
    line.append(hexadecimal: number)
    #expect(line.withBytes { String(decoding: $0, as: UTF8.self) } == text)
  }

  @Test func linesAreCutAtTheirCapacity() {
    var line = TextLine()
    for _ in 0..<300 { line.append(0x2E) }
    #expect(line.count == TextLine.capacity)
  }
}
