import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Messages: who may use a port, what is copied, and what the sampling channel holds.
extension ReferenceChecker {
  func isOperation(_ index: Int, _ operation: PortOperation) -> Bool {
    kinds[index] == .portOperation && events[index].detail == operation.rawValue
  }

  /// The copy of the message that an operation decided.
  func copy(of operation: Int) -> Int? {
    guard stepOf[operation] >= 0 else { return nil }
    return (operation..<steps[stepOf[operation]].end).first { kinds[$0] == .messageCopied }
  }

  func isCopying(_ index: Int) -> Bool {
    isOperation(index, .write) || isOperation(index, .read) && events[index].words.w0 > 0
      || isOperation(index, .send) || isOperation(index, .receive)
  }

  func isRightCopy(_ index: Int, of operation: Int) -> Bool {
    events[index].operand == events[operation].operand && events[index].detail == events[operation].detail
      && events[index].words.w1 == events[operation].words.w0
      && input(of: index).map { events[$0].partition == events[index].partition } ?? false
  }

  /// Its copy, where that is right, and of no later operation: a copy is that of the last one before it.
  func ownCopy(of operation: Int) -> Int? {
    guard let copy = copy(of: operation), isRightCopy(copy, of: operation) else { return nil }
    return all(.portOperation, in: (operation + 1)..<copy).contains(where: isCopying) ? nil : copy
  }

  func judgePorts() {
    judgeSamplingTimes()
    for index in events.indices where kinds[index] == .portOperation {
      let written = writer(port(index).channel).flatMap { last(before: index, of: operation(.write, port: $0)) }
      let event = events[index]
      switch PortOperation(rawValue: event.detail) {
      case .write:
        let number = event.words.w1
        require("port.sequence", written.map { number == events[$0].words.w1 &+ 1 } ?? (number <= 1))
        judgeCopied(index)
      case .send, .receive: judgeCopied(index)
      case .read:
        if event.words.w0 > 0 { judgeCopied(index) }
        judgeRead(index, written)
      default: break
      }
    }
    for index in events.indices where kinds[index] == .messageCopied {
      guard let input = input(of: index) else { continue }
      let decided = (input..<index).last(where: isCopying)
      let isFirst = decided.map { copy(of: $0) == index } ?? false
      require("port.copied", isFirst && decided.map { isRightCopy(index, of: $0) } ?? false)
    }
    for step in steps where !has(step, .stop) {
      let isReceipt = isCall(step, .receiveQueuingMessage)
      guard let result = success(step, isReceipt ? .receiveQueuingMessage : .readSamplingMessage) else { continue }
      let read = range(step).last { isOperation($0, isReceipt ? .receive : .read) }
      // Of a length no more is told than 32 bits.
      let value = read.map { min(events[$0].words.w0, UInt64(UInt32.max)) | (events[$0].words.w2 & 1) << 32 }
      require("port.result", value == events[result].words.w0)
    }
  }

  /// Who asks when a sampling port's message was written is told the instant of the call that wrote the last one since
  /// the port was created.
  private func judgeSamplingTimes() {
    for step in steps where isCall(step, .readSamplingTime) && !has(step, .stop) {
      guard let answer = answer(step),
        let number = port(of: partition(step.input), word(step, 3), before: step.input),
        portRecord(number).kind == .sampling, portRecord(number).direction == .destination,
        isCreated(number, before: step.input)
      else { continue }
      let written = writer(portRecord(number).channel).flatMap {
        last(before: step.input, of: operation(.write, port: $0))
      }
      let created = last(before: step.input, of: operation(.create, port: number))
      let message = written.flatMap { written in created.flatMap { $0 < written ? written : nil } }
      switch events[answer].detail {
      case ReturnCode.noError.rawValue:
        guard let message else {
          require("port.result", false)
          continue
        }
        if let input = input(of: message) {
          require("port.result", events[answer].words.w0 == events[input].time)
        }
      case ReturnCode.noAction.rawValue: require("port.result", message == nil)
      default: break
      }
    }
  }

  private func judgeCopied(_ operation: Int) {
    guard stepOf[operation] >= 0, !has(steps[stepOf[operation]], .stop), !leftOut.contains(.messageCopied) else {
      return
    }
    require("port.copied", copy(of: operation) != nil)
  }

  private func judgeRead(_ index: Int, _ written: Int?) {
    let event = events[index]
    let created = last(before: index, of: operation(.create, port: Int(event.operand)))
    // What a port gets that was not created is another claim's affair.
    guard isCreated(Int(event.operand), before: index), let written, let created, created < written else { return }
    require("port.sequence", event.words.w1 == events[written].words.w1)
    require("port.content", event.words.w0 == events[written].words.w0)
    guard let source = ownCopy(of: written), let own = ownCopy(of: index) else { return }
    require("port.content", events[own].words.w0 == events[source].words.w0)
  }
}
