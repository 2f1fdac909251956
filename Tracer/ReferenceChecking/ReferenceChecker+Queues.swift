import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Queuing ports: what each destination holds, message by message, from the trace's beginning.
extension ReferenceChecker {
  private struct Message {
    var number: UInt64
    var bytes: UInt64
    var digest: UInt64?
  }
  private struct Queue {
    var isCreated = false
    /// A stopped partition's queues are nobody's to see.
    var isKnown = true
    var waiting: [Message] = []
    var lastReceived: UInt64 = 0
    var hasDiscarded = false
    /// Who clears a queue may or may not be told later what it had discarded.
    var isDiscardKnown = true
  }
  /// Who is to be marked for a queue in a step, and who may be.
  private struct Marking {
    var due: Set<Int> = []
    var allowed: Set<Int> = []
    var isAnyAllowed = false
  }

  func portRecord(_ number: Int) -> PortRecord { table.record(PortRecord.self, number) }
  private func owner(ofPort number: Int) -> Int { Int(portRecord(number).partition.rawValue) }

  private func destinations(_ channel: UInt64) -> [Int] {
    (0..<table.count(PortRecord.self)).filter {
      portRecord($0).channel == channel && portRecord($0).direction == .destination
    }
  }

  func judgeQueues() {
    for index in places[Int(EventKind.portOperation.rawValue)] where isOperation(index, .overflow) {
      judgeDiscarded(index)
    }
    let hasQueues = (0..<table.count(PortRecord.self)).contains { portRecord($0).kind == .queuing }
    guard hasQueues else { return judgeMarksWithoutQueues() }
    for index in places[Int(EventKind.portOperation.rawValue)] where isOperation(index, .send) {
      let before = last(before: index, of: operation(.send, port: Int(events[index].operand)))
      require("queue.sequence", events[index].words.w1 == before.map { events[$0].words.w1 &+ 1 } ?? 1)
    }
    var queues = [Queue](repeating: Queue(), count: table.count(PortRecord.self))
    for step in steps { judgeQueues(step, &queues) }
  }

  private func judgeQueues(_ step: Step, _ queues: inout [Queue]) {
    var marking = Marking()
    for index in range(step) {
      if losesPorts(index) {
        for port in queues.indices where owner(ofPort: port) == partition(index) { queues[port] = Queue() }
        // A start empties queues, as a stop does, and may so make room in any.
        marking.isAnyAllowed = true
      }
      guard kinds[index] == .portOperation, Int(events[index].operand) < queues.count else { continue }
      let port = Int(events[index].operand)
      switch PortOperation(rawValue: events[index].detail) {
      case .create: queues[port] = Queue(isCreated: true)
      case .receive: judgeReceipt(index, port, step, &queues, &marking)
      case .clear:
        if queues[port].isKnown { noteRoom(port, queues, &marking) } else { marking.isAnyAllowed = true }
        queues[port].waiting = []
        queues[port].isKnown = true
        if queues[port].hasDiscarded { queues[port].isDiscardKnown = false }
      default: break
      }
    }
    // A refusal is of what waited before.
    if !has(step, .stop) { judgeAnswers(step, &queues) }
    if let sent = sent(step) { judgeSent(sent, step, &queues, &marking) }
    if !has(step, .stop) { judgeQueueMarks(step, marking) }
  }

  /// The message that a step sends: what its call copied last, if that was sent.
  private func sent(_ step: Step) -> Int? {
    guard kinds[step.input] == .hypercall else { return nil }
    return all(.portOperation, in: range(step)).last(where: isCopying).flatMap { isOperation($0, .send) ? $0 : nil }
  }

  // MARK: Sending

  private func judgeDiscarded(_ index: Int) {
    let before = input(of: index).map { all(.portOperation, in: $0..<index).last(where: isCopying) }
    // Before the first input nobody sends.
    let belongs =
      before.map { sent in
        sent.map {
          isOperation($0, .send) && port($0).channel == port(index).channel
            && events[$0].words.w1 == events[index].words.w1
        } ?? false
      } ?? true
    require("queue.overflow", belongs && port(index).direction == .destination && port(index).discardsWhenFull)
  }

  private func judgeSent(_ sent: Int, _ step: Step, _ queues: inout [Queue], _ marking: inout Marking) {
    let copy = ownCopy(of: sent)
    let message = Message(
      number: events[sent].words.w1, bytes: events[sent].words.w0, digest: copy.map { events[$0].words.w0 })
    let destinations = destinations(port(sent).channel)
    // Who starts anew in this step has nothing of it any more; how many waited before is not to be seen.
    let started = Set(all(.restart, in: range(step)).map { partition($0) })
    for port in destinations where !started.contains(owner(ofPort: port)) {
      let isDiscarded = all(.portOperation, in: sent..<step.end).contains {
        isOperation($0, .overflow) && Int(events[$0].operand) == port && events[$0].words.w1 == message.number
          && portRecord(port).discardsWhenFull
      }
      if isDiscarded { queues[port].hasDiscarded = true }
      if isStopped(owner(ofPort: port), before: step.end) { queues[port].isKnown = false }
      guard queues[port].isKnown else {
        marking.allowed.insert(owner(ofPort: port))
        continue
      }
      let isFull = queues[port].waiting.count >= Int(portRecord(port).maximumMessageCount)
      if isDiscarded {
        require("queue.overflow", isFull && queues[port].isCreated)
      } else if queues[port].isCreated {
        if isFull {
          require(portRecord(port).discardsWhenFull ? "queue.overflow" : "queue.capacity", false)
        } else {
          if queues[port].waiting.isEmpty { marking.due.insert(owner(ofPort: port)) }
          queues[port].waiting.append(message)
        }
      }
    }
    let areAllKnown = destinations.allSatisfy { queues[$0].isKnown && !started.contains(owner(ofPort: $0)) }
    guard areAllKnown else { return }
    let fullest = destinations.map { queues[$0].waiting.count }.max() ?? 0
    require("queue.status", events[sent].words.w2 == UInt64(fullest))
  }

  // MARK: Receiving

  private func judgeReceipt(
    _ index: Int, _ port: Int, _ step: Step, _ queues: inout [Queue], _ marking: inout Marking
  ) {
    let (number, told) = (events[index].words.w1, events[index].words.w2)
    let last = queues[port].lastReceived
    require("queue.order", last == 0 || number > last)
    queues[port].lastReceived = number
    require("queue.overflow", !queues[port].isDiscardKnown || (told & 1 != 0) == queues[port].hasDiscarded)
    queues[port].hasDiscarded = false
    queues[port].isDiscardKnown = true
    guard queues[port].isKnown else {
      marking.isAnyAllowed = true
      if told >> 1 == 0 {
        queues[port].waiting = []
        queues[port].isKnown = true
      }
      return
    }
    guard let first = queues[port].waiting.first else { return require("queue.order", false) }
    noteRoom(port, queues, &marking)
    queues[port].waiting.removeFirst()
    if last == 0 || number > last { require("queue.order", first.number == number) }
    require("queue.status", told >> 1 == UInt64(queues[port].waiting.count))
    guard first.number == number else { return }
    require("queue.content", first.bytes == events[index].words.w0)
    guard let digest = first.digest, let copy = ownCopy(of: index) else { return }
    require("queue.content", digest == events[copy].words.w0)
  }

  /// A message leaves a queue: if that was what kept its sender waiting, the sender is told.
  private func noteRoom(_ port: Int, _ queues: [Queue], _ marking: inout Marking) {
    let record = portRecord(port)
    guard queues[port].waiting.count >= Int(record.maximumMessageCount), let source = writer(record.channel) else {
      return
    }
    marking.allowed.insert(owner(ofPort: source))
    let areOthersFull = destinations(record.channel).contains {
      $0 != port && !portRecord($0).discardsWhenFull
        && (!queues[$0].isKnown || queues[$0].waiting.count >= Int(portRecord($0).maximumMessageCount))
    }
    if !record.discardsWhenFull, !areOthersFull { marking.due.insert(owner(ofPort: source)) }
  }

  // MARK: Answers and marks

  /// The port that a partition means by an identifier, since its start.
  func port(of partition: Int, _ identifier: UInt64, before index: Int) -> Int? {
    let place = last(
      before: index, of: topic(.restart, partition), topic(.modeChange, partition),
      granted(.createQueuingPort, partition), granted(.createSamplingPort, partition)
    ) {
      losesPorts($0)
        || kinds[$0] == .hypercallResult && events[$0].words.w0 == identifier && portCreated(before: $0) != nil
    }
    guard let place, kinds[place] == .hypercallResult else { return nil }
    return portCreated(before: place)
  }

  /// The port that the step of an answer created before it.
  private func portCreated(before answer: Int) -> Int? {
    guard let input = input(of: answer) else { return nil }
    return all(.portOperation, in: input..<answer).last { isOperation($0, .create) }.map { Int(events[$0].operand) }
  }

  private func judgeAnswers(_ step: Step, _ queues: inout [Queue]) {
    guard let answer = answer(step), kinds[step.input] == .hypercall,
      let port = port(of: partition(step.input), word(step, 3), before: step.end),
      portRecord(port).kind == .queuing
    else { return }
    let isSource = portRecord(port).direction == .source
    let all = isSource ? destinations(portRecord(port).channel) : [port]
    if isCall(step, .readQueuingStatus), events[answer].detail == 0, all.allSatisfy({ queues[$0].isKnown }) {
      let most = all.map { queues[$0].waiting.count }.max() ?? 0
      require("queue.status", events[answer].words.w0 == UInt64(most))
    }
    judgeReason(step, answer, port)
    guard events[answer].detail == ReturnCode.notAvailable.rawValue else { return }
    if isCall(step, .receiveQueuingMessage) {
      require("queue.available", !queues[port].isKnown || queues[port].waiting.isEmpty)
      if !queues[port].isKnown { queues[port] = Queue(isCreated: queues[port].isCreated) }
    } else if isCall(step, .sendQueuingMessage) {
      let isFull = destinations(portRecord(port).channel).contains {
        !portRecord($0).discardsWhenFull
          && (!queues[$0].isKnown
            || queues[$0].isCreated && queues[$0].waiting.count >= Int(portRecord($0).maximumMessageCount))
      }
      require("queue.available", isFull)
    }
  }

  /// Beside what waits only the message and its place are reasons to refuse who uses its own port as it may.
  private func judgeReason(_ step: Step, _ answer: Int, _ port: Int) {
    let isSend = isCall(step, .sendQueuingMessage)
    let code = ReturnCode(rawValue: events[answer].detail)
    let caller = partition(step.input)
    guard isSend || isCall(step, .receiveQueuingMessage), code != .noError, code != .notAvailable,
      portRecord(port).direction == (isSend ? .source : .destination), owner(ofPort: port) == caller,
      all(.portOperation, in: range(step)).allSatisfy({ isOperation($0, .overflow) })
    else { return }
    let (address, byteCount, most) = (word(step, 4), word(step, 5), portRecord(port).maximumMessageBytes)
    let fits = byteCount > 0 && (isSend ? byteCount <= most : byteCount >= most)
    let isAllowed =
      isSend ? isReadable(address, byteCount, by: caller) : isWritable(address, byteCount, by: caller)
    require("queue.available", code == .invalidParameter && !(fits && isAllowed))
  }

  /// Where there are no queues nothing marks anybody for one. A start or a stop, which makes room in any, is taken for
  /// a cause.
  private func judgeMarksWithoutQueues() {
    for step in steps where !has(step, .stop) {
      judgeQueueMarks(step, Marking(isAnyAllowed: range(step).contains(where: losesPorts)))
    }
  }

  private func judgeQueueMarks(_ step: Step, _ marking: Marking) {
    let marks = all(.mark, in: range(step)).filter { what($0) == 66 }
    for index in marks {
      require("queue.mark", isRegistered(partition(index), 66, before: index))
      require(
        "queue.mark",
        marking.isAnyAllowed || marking.due.contains(partition(index)) || marking.allowed.contains(partition(index)))
    }
    for partition in marking.due where !marks.contains(where: { self.partition($0) == partition }) {
      require("queue.mark", !mustBeMarked(partition, 66, before: step.end))
    }
  }
}
