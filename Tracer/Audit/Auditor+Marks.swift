import ModuleConfiguration
import TraceFormat

/// Marks, upcalls, results, and the claims that the module file adds.
extension Auditor {
  mutating func mark(_ event: TraceEvent) {
    let index = Int(event.partition)
    guard index < partitions.count, event.operand >= 32 else { return }
    let line = Int(event.operand) - 32
    if step.kind == .interrupt, !step.isSpurious, UInt32(step.what) == event.operand { step.lastMark = now }
    if partitions[index].isWaitingKnown[line], !partitions[index].isWaiting[line] {
      partitions[index].waitsSince[line] = clock(of: index, at: now)
      partitions[index].waitsFrom[line] = now
    }
    partitions[index].isWaiting[line] = true
    partitions[index].isWaitingKnown[line] = true
  }

  mutating func upcall(_ event: TraceEvent) {
    let index = Int(event.partition)
    guard index < partitions.count, event.operand >= 32, !step.upcalled else { return }
    step.upcalled = true
    step.upcall = (index, Int(event.operand) - 32)
  }

  /// An upcall takes all marks of its step, wherever in the step they stand. Budgets are about lines: timers and event
  /// channels have none.
  mutating func take(_ index: Int, _ line: Int) {
    if let since = partitions[index].waitsSince[line], partitions[index].isWaiting[line],
      line < 16, places["budget.markToUpcall.\(line)"] != nil
    {
      partitions[index].awaited = (line, since, partitions[index].waitsFrom[line])
    }
    partitions[index].waitsSince[line] = nil
    partitions[index].isWaiting[line] = false
    partitions[index].isWaitingKnown[line] = true
  }

  /// The run is over: nothing answers the marks that wait. In one that no kernel has made they wait for what may not
  /// have been recorded.
  mutating func endAllMarks() {
    guard kernelBuild != 0 else { return }
    for index in partitions.indices { endMarks(of: index) }
  }

  /// Nothing answers a partition's marks any more, or what would is not in the trace.
  mutating func endMarks(of index: Int) {
    for line in partitions[index].waitsSince.indices { endMark(of: index, on: line) }
    guard let awaited = partitions[index].awaited else { return }
    partitions[index].awaited = nil
    endWait(of: index, on: awaited.line, since: awaited.clock, from: awaited.instant)
  }

  /// The same of a line.
  private mutating func endMark(of index: Int, on line: Int) {
    guard let since = partitions[index].waitsSince[line] else { return }
    partitions[index].waitsSince[line] = nil
    let vector = UInt64(line) + 32
    let isAsked = partitions[index].handled.contains(vector) && partitions[index].ready.contains(vector)
    if partitions[index].isWaiting[line], isAsked {
      endWait(of: index, on: line, since: since, from: partitions[index].waitsFrom[line])
    }
  }

  /// A mark that has waited for longer than its upcall may take has waited too long, whatever comes.
  private mutating func endWait(of index: Int, on line: Int, since: UInt64, from instant: UInt64) {
    let passed = clock(of: index, at: now)
    guard line < 16, let bound = facts.budget(.markToUpcall, UInt64(line)), passed > since, passed - since > bound
    else { return }
    measure(
      "budget.markToUpcall.\(line)", Int64(clamping: passed - since),
      over: Measure.Span(from: instant, to: now, part: .windows(of: index)))
  }

  /// A partition entered a mode in which it should have started, and no start was told: which of its marks wait on is
  /// not known, nor since when.
  mutating func missStart(of index: Int) {
    guard partitions[index].mode == 1 || partitions[index].mode == 2 else { return }
    for line in partitions[index].isWaiting.indices {
      if partitions[index].isWaiting[line] { partitions[index].isWaitingKnown[line] = false }
      partitions[index].waitsSince[line] = nil
    }
    partitions[index].awaited = nil
  }

  mutating func result(_ event: TraceEvent) {
    let index = Int(event.partition)
    guard step.kind == .hypercall, step.partition == index, UInt32(step.what) == event.operand, !step.answered,
      index < partitions.count
    else { return }
    step.answered = true
    guard event.detail == 0 else { return }
    switch HypercallNumber(rawValue: step.what) {
    case .yield: yielded(index)
    case .tellProcess: told(by: index)
    case .registerHandler: partitions[index].handled.insert(step.argument)
    case .unregisterHandler: partitions[index].handled.remove(step.argument)
    case .enableInterrupt: partitions[index].ready.insert(step.argument)
    case .disableInterrupt: partitions[index].ready.remove(step.argument)
    case .unregisterVCPU where (32..<48).contains(step.argument):
      endMark(of: index, on: Int(step.argument) - 32)
      partitions[index].isWaitingKnown[Int(step.argument) - 32] = false
    default: break
    }
  }

  // MARK: The module's own claims

  private func isLike(_ event: TraceEvent, _ pattern: EventPattern) -> Bool {
    if event.kind != pattern.kind.rawValue { return false }
    if let partition = pattern.partition, partition != event.partition { return false }
    if let detail = pattern.detail, detail != event.detail { return false }
    // Inputs with a snapshot have an address space above their number, errors their cause.
    let hasMore = (1...4).contains(event.kind) || event.kind == EventKind.healthError.rawValue
    let number = hasMore ? event.operand & 0xFFFF : event.operand
    if let operand = pattern.operand, number != UInt32(operand) { return false }
    return true
  }

  mutating func followCustom(_ event: TraceEvent) {
    for index in customs.indices {
      let custom = customs[index]
      switch custom.record.form {
      case .never:
        guard isLike(event, custom.record.first) else { continue }
        customs[index].violations += 1
        if custom.violations < 5 { customs[index].firstViolations.append(.init(position: position, excess: 0)) }
      case .within:
        if let since = custom.since, isLike(event, custom.record.second), let measure = custom.measure {
          measures[measure].add(
            Int64(clamping: event.time &- since), at: position, over: Measure.Span(from: since, to: now))
          customs[index].since = nil
        }
        if customs[index].since == nil, isLike(event, custom.record.first) { customs[index].since = event.time }
      case .atMost:
        if event.knownKind == .majorFrameStart {
          if custom.isFrameKnown, let measure = custom.measure {
            measures[measure].add(
              Int64(clamping: custom.count), at: position, over: Measure.Span(from: custom.frameSince, to: now))
          }
          customs[index].isFrameKnown = true
          customs[index].frameSince = now
          customs[index].count = 0
        }
        if isLike(event, custom.record.first) { customs[index].count += 1 }
      }
    }
  }

  mutating func endCustom() {
    for custom in customs {
      guard let measure = custom.measure else { continue }
      switch custom.record.form {
      case .within:
        if let since = custom.since, now > since, now - since > custom.record.bound {
          measures[measure].add(
            Int64(clamping: now - since), at: position, over: Measure.Span(from: since, to: now))
        }
      case .atMost where custom.isFrameKnown && custom.count > custom.record.bound:
        measures[measure].add(
          Int64(clamping: custom.count), at: position, over: Measure.Span(from: custom.frameSince, to: now))
      default: break
      }
    }
  }
}
