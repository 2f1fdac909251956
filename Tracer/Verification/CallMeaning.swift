import ModuleConfiguration

/// What a hypercall's number means, looked up once a call.
struct CallMeaning: Equatable {
  /// Numbers up to here, without, have a place in the table; the table's last is for all others, which no service has.
  static let tableCount = 128

  var number: HypercallNumber?
  /// Whether success changes nothing of what an entry of the caller is judged by.
  var isCalm = false
  /// Whether something is to be judged when it has succeeded, and when its step closes.
  var mustTake = true
  var mustClose = true

  /// That of a number that no service has.
  init() {}

  init(_ raw: UInt16) {
    number = HypercallNumber(rawValue: raw)
    switch number {
    case .null, .note, .readTime, .readStatistic, .readErrorLog, .setSegmentBase, .acknowledgeInterrupt, .writeConsole,
      .writeSamplingMessage, .readSamplingMessage, .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus,
      .noteWords, .tellProcess, .readSamplingTime, .setTimer, .returnFromUpcall:
      isCalm = true
    default: isCalm = false
    }
    switch number {
    case .null, .note, .setSegmentBase, .returnFromUpcall, .writeConsole, .writeSamplingMessage, .readSamplingMessage,
      .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus, .clearQueuingPort, .setPartitionMode,
      .completeCallback, .findModuleSchedule, .readSamplingTime:
      mustTake = false
    default: mustTake = true
    }
    switch number {
    case .null, .note, .readTime, .readStatistic, .readErrorLog, .setSegmentBase, .acknowledgeInterrupt, .setTimer,
      .registerHandler, .unregisterHandler, .enableInterrupt, .disableInterrupt, .registerVCPU, .unregisterVCPU,
      .yield, .returnFromUpcall, .tellProcess:
      mustClose = false
    default: mustClose = true
    }
  }

  /// The meanings of all numbers that have a place, and of any other.
  static func table() -> InlineArray<129, CallMeaning> {
    var table = InlineArray<129, CallMeaning>(repeating: CallMeaning(UInt16(tableCount)))
    for raw in 0..<tableCount { table[raw] = CallMeaning(UInt16(raw)) }
    return table
  }
}
