import ModuleConfiguration
import TraceFormat

/// Handlers of exceptions and errors: what a partition's own count of those that came back says of them.
///
/// A handler lasts until that count changes. It lies in the partition's memory, which may write anything there: where
/// it is again what it was when the handler began, nobody can say whether somebody is in it.
extension ReferenceChecker {
  /// What is so from an event on.
  struct HandlerCount {
    var since: Int
    /// What the partition tells if it is in no handler; nil while nobody knows.
    var count: UInt32?
    /// What it told when its last handler began; nil where that is not known.
    var before: UInt32?
    /// Something was given to a handler since the partition's start.
    var isGiven = false
    /// The kernel has been told that the last handler came back.
    var isOver = false
    /// It came back, and the count was as before again.
    var isWrittenBack = false
  }

  func handlerCount(_ partition: Int, before index: Int) -> HandlerCount {
    let counts = handlerCounts[partition] ?? readHandlerCounts(of: partition)
    var (low, high) = (0, counts.count)
    while low < high {
      let middle = (low + high) / 2
      if counts[middle].since < index { low = middle + 1 } else { high = middle }
    }
    return counts[max(0, low - 1)]
  }

  /// Whether a handler is at work when an error is told that no exception of its own caused; nil where nobody knows.
  func isInHandler(_ partition: Int, before index: Int, ofOwnException isOwn: Bool) -> Bool? {
    let now = handlerCount(partition, before: index)
    guard now.isGiven, isOwn || !isHandlerOverTold(partition, before: index) else { return false }
    if now.isWrittenBack { return nil }
    if now.isOver { return false }
    return isShownOver(partition, before: index) ? nil : true
  }

  /// Whether the partition's last entry has told that the handler is over.
  private func isHandlerOverTold(_ partition: Int, before index: Int) -> Bool {
    guard let entry = lastEntry(of: partition, before: index), entry > lastGiven(partition, before: index) else {
      return false
    }
    return isUsableReturn(entry) ? events[entry].words.w2 & 4 != 0 : events[entry].detail & 32 != 0
  }

  /// Whether an entry since the handler began has told so.
  private func isShownOver(_ partition: Int, before index: Int) -> Bool {
    let given = lastGiven(partition, before: index)
    return [EventKind.interrupt, .timer, .hypercall, .exception].contains { kind in
      all(topic(kind, partition), in: (given + 1)..<index).contains { entry in
        isEntry(entry)
          && (events[entry].detail & 32 != 0 || isUsableReturn(entry) && events[entry].words.w2 & 4 != 0)
      }
    }
  }

  /// Where the last exception or error was given to a handler, or the partition started.
  private func lastGiven(_ partition: Int, before index: Int) -> Int {
    last(before: index, of: topic(.exceptionReflected, partition), topic(.restart, partition)) ?? -1
  }

  /// The count that an exception, or an error that is raised, tells.
  private func toldCount(_ entry: Int) -> UInt32? {
    guard isEntry(entry) else { return nil }
    if kinds[entry] == .exception { return UInt32(truncatingIfNeeded: events[entry].words.w5) }
    guard what(entry) == Int(HypercallNumber.raiseApplicationError.rawValue) else { return nil }
    return UInt32(truncatingIfNeeded: events[entry].words.w2)
  }

  /// Reads the whole trace once for a partition.
  private func readHandlerCounts(of partition: Int) -> [HandlerCount] {
    let whole = 0..<events.count
    var places = [EventKind.exception, .hypercall].flatMap { kind in
      all(topic(kind, partition), in: whole).filter { toldCount($0) != nil }
    }
    for kind in [EventKind.restart, .exceptionReflected, .healthError] {
      places += all(topic(kind, partition), in: whole)
    }
    let untold = all(topic(.modeChange, partition), in: whole).compactMap { place -> Int? in
      guard let step = step(of: place), untoldStart(of: partition, before: step.end) == place else { return nil }
      return step.end
    }
    // The shared page is new with the module's start only.
    var counts = [HandlerCount(since: -1, count: 0)]
    // What was not told is so before whatever comes next.
    for (place, isUntold) in (places.map { ($0, false) } + untold.map { ($0, true) }).sorted(by: {
      $0.0 < $1.0 || $0.0 == $1.0 && $0.1 && !$1.1
    }) {
      let now = counts[counts.count - 1]
      var next =
        isUntold ? HandlerCount(since: place - 1, count: nil) : followed(now, by: place, of: partition)
      next.since = isUntold ? place - 1 : place
      counts.append(next)
    }
    handlerCounts[partition] = counts
    return counts
  }

  private func followed(_ now: HandlerCount, by place: Int, of partition: Int) -> HandlerCount {
    var next = now
    switch kinds[place] {
    case .restart:
      let isNew = input(of: place).map { kinds[$0] == .start } ?? false
      return HandlerCount(since: place, count: isNew ? 0 : nil)
    case .exceptionReflected:
      // By the partition's exception, or the error that it raised, whatever was given for it.
      let told = step(of: place).flatMap { self.partition($0.input) == partition ? toldCount($0.input) : nil }
      next = HandlerCount(since: place, count: now.count.map { $0 &+ 1 }, isGiven: true)
      if now.count == nil || now.isWrittenBack, belongs(place), let told { next.count = told &+ 1 }
      next.before = told ?? now.count
    case .healthError:
      let isOwn =
        step(of: place).map { kinds[$0.input] == .exception && self.partition($0.input) == partition } ?? false
      if now.isGiven, !now.isWrittenBack, !isOwn, isHandlerOverTold(partition, before: place) { next.isOver = true }
    default:
      guard now.count != nil, let told = toldCount(place) else { break }
      if !now.isGiven {
        next.count = told
      } else if told != now.before {
        next.count = told
        (next.isOver, next.isWrittenBack) = (true, false)
      } else if now.isOver || now.isWrittenBack || isShownOver(partition, before: place + 1) {
        (next.isOver, next.isWrittenBack) = (false, true)
      }
    }
    return next
  }
}
