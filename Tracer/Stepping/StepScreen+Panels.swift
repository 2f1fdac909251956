import APEXTypes
import ModuleConfiguration
import Terminal
import TextForms
import TraceFormat
import TraceReading

/// The tables below the partitions: the chosen one first, the others as far as there is room.
extension StepScreen {
  func panelLines() -> [StyledLine] {
    guard stepper.knowledge == .known || stepper.knowledge == .diverged else { return [] }
    let order = [session.panel] + StepPanel.allCases.filter { $0 != session.panel }
    return order.flatMap { panel -> [StyledLine] in
      switch panel {
      case .vcpu: vcpuLines
      case .ports: portLines
      case .lines: lineLines
      case .health: healthLines
      }
    }
  }

  private func rule(_ title: String) -> StyledLine {
    var line = StyledLine("── ", .soft)
    line.append(title, .strong)
    line.append(" " + String(repeating: "─", count: max(0, width - title.columns - 4)), .soft)
    return line
  }

  private var vcpuLines: [StyledLine] {
    guard Int(session.partition) < vocabulary.partitions.count else { return [] }
    let partition = PartitionIndex(session.partition)
    let state = stepper.withCore { $0.inspect(partition: partition) }
    var title = "vCPU of \(vocabulary.partition(session.partition))"
    if let tick = state.nextTick {
      title += ", timer at \(EventField.seconds(tick)) s"
      if state.tickPeriod > 0 { title += " every \(Self.duration(state.tickPeriod))" }
    }
    if state.missedTicks > 0 { title += ", \(state.missedTicks) ticks missed" }
    var lines = [rule(title)]
    for number in 0..<VirtualInterrupt.count {
      let interrupt = VirtualInterrupt(number)
      let view = stepper.withCore { $0.inspect(interrupt, of: partition) }
      guard view.isInUse else { continue }
      var line = StyledLine("   ")
      line.append(TraceVocabulary.vector(UInt64(interrupt.vector)), width: 12)
      line.append(view.isRegistered ? " registered" : "          –", view.isRegistered ? .plain : .soft)
      line.append(view.isReady ? " ready" : "     –", view.isReady ? .plain : .soft)
      line.append(view.handler == 0 ? " no handler " : " " + view.handler.hexadecimal, .soft, width: 12)
      line.append(" pending ", .soft)
      line.append("\(view.waiting)", view.waiting > 0 ? .doubtful : .plain, width: 5)
      if view.isInService { line.append("in service ×\(view.delivered)", .strong) }
      if view.isDeferred { line.append(" until window or call", .soft) }
      lines.append(line)
    }
    if lines.count == 1 { lines.append(StyledLine("   nothing registered", .soft)) }
    return lines
  }

  private var portLines: [StyledLine] {
    let table = stepper.table
    let count = table.count(PortRecord.self)
    guard count > 0 else { return [rule("ports"), StyledLine("   the module has none", .soft)] }
    // The chosen partition's ports come first.
    let order = (0..<count).sorted { one, other in
      let (left, right) = (owner(one) == session.partition, owner(other) == session.partition)
      return left == right ? one < other : left
    }
    return [rule("ports")] + order.map { portLine($0) }
  }

  private func owner(_ port: Int) -> UInt8 { stepper.table.record(PortRecord.self, port).partition.rawValue }

  private func portLine(_ index: Int) -> StyledLine {
    let record = stepper.table.record(PortRecord.self, index)
    let state = stepper.withCore { $0.inspect(port: index) }
    var line = StyledLine("   ")
    line.append(vocabulary.partition(record.partition.rawValue), colour(record.partition.rawValue), width: 12)
    line.append(" ")
    line.append(TraceVocabulary.text(stepper.table, record.name), width: 18)
    let way = record.direction == .source ? "out" : "in"
    line.append(" \(record.kind == .sampling ? "sampling" : "queuing") \(way)", .soft, width: 13)
    guard state.isCreated else {
      line.append(" not created", .soft)
      return line
    }
    line.append(" #\(state.sequence)")
    if record.kind == .queuing {
      if record.direction == .destination { line.append(", \(state.waiting) of \(record.maximumMessageCount) waiting") }
      if state.hasOverflowed { line.append(", overflowed", .bad) }
    } else if state.sequence > 0 {
      line.append(", \(state.messageBytes) B at \(EventField.seconds(state.writtenNanoseconds)) s")
    }
    return line
  }

  private var lineLines: [StyledLine] {
    let table = stepper.table
    var lines = [rule("lines")]
    for index in 0..<table.count(LineRecord.self) {
      let record = table.record(LineRecord.self, index)
      guard record.line < UInt64(ModuleLimits.lineCount) else { continue }
      let number = InterruptLine(UInt8(record.line))
      let state = stepper.withCore { $0.inspect(line: number) }
      var line = StyledLine("   ")
      line.append(TraceVocabulary.vector(record.line + 32), width: 12)
      line.append(state.isMasked ? " masked " : " open   ", state.isMasked ? .doubtful : .good)
      if record.policy == .markedAtOnce {
        line.append(" \(state.takenInWindow) of \(record.budgetPerWindow) in a foreign window")
      } else {
        line.append(" masked until its owner's window")
      }
      let owners = (0..<vocabulary.partitions.count).filter { state.owners & 1 << UInt32($0) != 0 }
      line.append("  owners ", .soft)
      if owners.isEmpty { line.append("none", .soft) }
      for owner in owners { line.append(vocabulary.partition(UInt8(owner)) + " ", .partition(owner)) }
      lines.append(line)
    }
    return lines
  }

  private var healthLines: [StyledLine] {
    let count = stepper.withCore { $0.errorCount }
    var lines = [rule("health monitor's log: \(count) \(count == 1 ? "entry" : "entries")")]
    var numbers: [UInt64] = []
    while let number = stepper.withCore({ $0.nextError(from: numbers.last.map { $0 + 1 } ?? 0) }) {
      numbers.append(number)
    }
    for number in numbers.suffix(8).reversed() {
      guard let entry = stepper.withCore({ $0.inspect(error: number) }) else { break }
      let word = entry.description
      let partition = UInt8(truncatingIfNeeded: word)
      var line = StyledLine("   ")
      line.append("\(number)", .soft, width: 5)
      line.append(EventField.seconds(entry.time) + " s ")
      line.append(vocabulary.partition(partition), colour(partition), width: 12)
      line.append(" " + TraceVocabulary.errorCode(UInt8(truncatingIfNeeded: word >> 8)), .bad)
      line.append(" \(TraceVocabulary.errorLevel(UInt8(truncatingIfNeeded: word >> 24))) level")
      let vector = UInt8(truncatingIfNeeded: word >> 32)
      if vector != 0 { line.append(" " + TraceVocabulary.exception(UInt64(vector) - 1)) }
      if entry.address != 0 { line.append(" at " + entry.address.hexadecimal) }
      lines.append(line)
    }
    return lines
  }
}
