import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Who may use a port and when, and what a sampling port's reader gets.
extension ReferenceChecker {
  func port(_ index: Int) -> PortRecord { table.record(PortRecord.self, Int(events[index].operand)) }
  /// The port that messages of a channel come from.
  func writer(_ channel: UInt64) -> Int? {
    (0..<table.count(PortRecord.self)).first {
      let record = table.record(PortRecord.self, $0)
      return record.channel == channel && record.direction == .source
    }
  }
  private func isPort(_ index: Int) -> Bool { Int(events[index].operand) < table.count(PortRecord.self) }

  /// With its start a partition loses its ports, and with its stop.
  func losesPorts(_ index: Int) -> Bool {
    kinds[index] == .restart || kinds[index] == .modeChange && events[index].detail == OperatingMode.idle.rawValue
  }

  /// The port exists: it was created since its owner's start.
  func isCreated(_ number: Int, before index: Int) -> Bool {
    let owner = Int(table.record(PortRecord.self, number).partition.rawValue)
    let place = last(
      before: index, of: operation(.create, port: number), topic(.restart, owner), topic(.modeChange, owner)
    ) { kinds[$0] == .portOperation || losesPorts($0) }
    return place.map { kinds[$0] == .portOperation } ?? false
  }

  func judgePortRights() {
    for index in places[Int(EventKind.portOperation.rawValue)] where isPort(index) {
      guard let operation = PortOperation(rawValue: events[index].detail), operation != .overflow else { continue }
      judgeRights(index, operation)
      if operation == .read { judgeValidity(index) }
      if operation == .create {
        let owner = Int(port(index).partition.rawValue)
        require("port.created", mode(of: owner, before: index) != OperatingMode.normal.rawValue)
      }
    }
    for step in steps { judgeOperations(of: step) }
  }

  private func service(_ operation: PortOperation, _ isQueuing: Bool) -> HypercallNumber {
    switch operation {
    case .create: isQueuing ? .createQueuingPort : .createSamplingPort
    case .write: .writeSamplingMessage
    case .read: .readSamplingMessage
    case .send: .sendQueuingMessage
    case .receive, .overflow: .receiveQueuingMessage
    case .clear: .clearQueuingPort
    }
  }

  /// Whether ports of its kind and direction do such a thing at all; what does not fit changes nothing.
  func isOfItsNature(_ index: Int) -> Bool {
    let isQueuing = port(index).kind == .queuing
    let isSource = port(index).direction == .source
    switch PortOperation(rawValue: events[index].detail) {
    case .write, .read: return !isQueuing && (events[index].detail == PortOperation.write.rawValue) == isSource
    case .send, .receive, .clear: return isQueuing && (events[index].detail == PortOperation.send.rawValue) == isSource
    default: return true
    }
  }

  private func judgeRights(_ index: Int, _ operation: PortOperation) {
    let port = port(index)
    let isQueuing = port.kind == .queuing
    require("port.permitted", Int(port.partition.rawValue) == partition(index))
    require("port.permitted", events[index].words.w0 <= port.maximumMessageBytes)
    guard let step = step(of: index) else { return }
    let isAsked = isCall(step, service(operation, isQueuing)) && partition(step.input) == partition(index)
    require("port.permitted", isAsked)
    if isAsked { judgeMeant(index, operation, step) }
    if operation != .create { require("port.permitted", isCreated(Int(events[index].operand), before: index)) }
    let isSecond = all(.portOperation, in: step.input..<index).contains { !isOperation($0, .overflow) }
    require("port.permitted", !isSecond)
  }

  /// The operation is on the port that its call names, and on so many bytes as it says, or has room for.
  private func judgeMeant(_ index: Int, _ operation: PortOperation, _ step: Step) {
    let (number, bytes) = (Int(events[index].operand), events[index].words.w0)
    let isNamed =
      operation == .create
      ? word(step, 2) == UInt64(number) + 1
      : port(of: partition(index), word(step, 3), before: index) == number
    require("port.permitted", isNamed)
    switch operation {
    case .write, .send: require("port.permitted", bytes == word(step, 5))
    case .read, .receive: require("port.permitted", bytes <= word(step, 5))
    default: break
    }
  }

  private func judgeOperations(of step: Step) {
    guard let answer = answer(step) else { return }
    let isCreation = isCall(step, .createSamplingPort) || isCall(step, .createQueuingPort)
    if isCreation, events[answer].detail == ReturnCode.invalidMode.rawValue {
      // Only NORMAL mode is a mode to refuse it for.
      require("port.created", mode(of: partition(step.input), before: step.end) == OperatingMode.normal.rawValue)
    }
    let isOperating =
      isCreation
      || [.writeSamplingMessage, .sendQueuingMessage, .receiveQueuingMessage, .clearQueuingPort].contains {
        isCall(step, $0)
      }
    if events[answer].detail != 0, isOperating || isCall(step, .readSamplingMessage) {
      let isDone = all(.portOperation, in: range(step)).contains { isPort($0) && !isOperation($0, .overflow) }
      require("port.result", !isDone)
    }
    guard isOperating, events[answer].detail == 0 else { return }
    require(
      "port.permitted",
      all(.portOperation, in: range(step)).contains { isPort($0) && !isOperation($0, .overflow) })
  }

  // MARK: Sampling

  /// A message is valid exactly while it is no older than the refresh period; a port is empty until one is written.
  private func judgeValidity(_ index: Int) {
    let number = Int(events[index].operand)
    let port = port(index)
    let isValid = events[index].words.w2 & 1 != 0
    guard isCreated(number, before: index) else { return }
    let written = writer(port.channel).flatMap { last(before: index, of: operation(.write, port: $0)) }
    let created = last(before: index, of: operation(.create, port: number))
    guard let written, let created, written > created else {
      return require("port.empty", events[index].words.w0 == 0 && !isValid)
    }
    guard let from = input(of: written), let input = input(of: index), events[input].time >= events[from].time else {
      return
    }
    let age = events[input].time - events[from].time
    // At the refresh period exactly, either is right.
    if age != port.refreshPeriod.count { require("port.valid", isValid == (age < port.refreshPeriod.count)) }
  }
}
