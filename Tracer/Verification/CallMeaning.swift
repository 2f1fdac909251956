import ModuleConfiguration

/// What a hypercall's number means, looked up once a call.
struct CallMeaning: Equatable {
  /// What is to be done for a call beside judging its entry and that it is answered.
  struct Duties: OptionSet, Equatable {
    var rawValue: UInt8
    /// Success may change what an entry of the caller is judged by.
    static let disturb = Duties(rawValue: 1)
    /// Something is to be judged when it has succeeded.
    static let take = Duties(rawValue: 2)
    /// Something is to be judged when its step closes.
    static let close = Duties(rawValue: 4)
    /// The call itself tells more than its arguments.
    static let learn = Duties(rawValue: 8)
    /// No service has its number: it must fail.
    static let refuse = Duties(rawValue: 16)
    /// What is to be done when it is answered.
    static let answered: Duties = [.disturb, .take, .refuse]
  }

  /// Numbers up to here, without, have a place in the table; the table's last is for all others, which no service has.
  static let tableCount = 128

  /// In place of a claim: which one, if any, depends on the number.
  static let claimByNumber: Int32 = -2

  /// The claim about how long it takes, −1 for none.
  var claim: Int32 = -1
  var number: HypercallNumber?
  var duties: Duties = .refuse

  /// That of a number that no service has: it changes nothing.
  init() {}

  init(_ raw: UInt16) {
    number = HypercallNumber(rawValue: raw)
    guard number != nil else { return }
    duties = [.disturb, .take, .close]
    switch number {
    case .null, .note, .readTime, .readStatistic, .readErrorLog, .setSegmentBase, .acknowledgeInterrupt, .writeConsole,
      .writeSamplingMessage, .readSamplingMessage, .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus,
      .noteWords, .tellProcess, .readSamplingTime, .setTimer, .returnFromUpcall:
      duties.remove(.disturb)
    default: break
    }
    switch number {
    case .null, .note, .setSegmentBase, .returnFromUpcall, .writeConsole, .writeSamplingMessage, .readSamplingMessage,
      .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus, .clearQueuingPort, .setPartitionMode,
      .completeCallback, .findModuleSchedule, .readSamplingTime:
      duties.remove(.take)
    default: break
    }
    switch number {
    case .null, .note, .readTime, .readStatistic, .readErrorLog, .setSegmentBase, .acknowledgeInterrupt, .setTimer,
      .registerHandler, .unregisterHandler, .enableInterrupt, .disableInterrupt, .registerVCPU, .unregisterVCPU,
      .yield, .returnFromUpcall, .tellProcess:
      duties.remove(.close)
    default: break
    }
    if number == .returnFromUpcall || number == .raiseApplicationError { duties.insert(.learn) }
  }

  /// The meanings of all numbers that have a place, and of any other.
  static func table() -> InlineArray<129, CallMeaning> {
    var table = InlineArray<129, CallMeaning>(repeating: CallMeaning(UInt16(tableCount)))
    for raw in 0..<tableCount { table[raw] = CallMeaning(UInt16(raw)) }
    return table
  }
}
