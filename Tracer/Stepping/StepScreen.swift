import APEXTypes
import ModuleConfiguration
import PartitionCore
import Replay
import Terminal
import TextForms
import TraceFormat
import TraceReading

/// A stepper's screen as lines, for a terminal of any size, or for a file; made for 80 × 24 and more.
public struct StepScreen {
  let session: StepSession
  let width: Int
  let height: Int
  var stepper: TraceStepper { session.stepper }
  var vocabulary: TraceVocabulary { session.stepper.vocabulary }

  /// Takes a screen of less than 40 columns or 3 lines for one of so many.
  public init(_ session: StepSession, width: Int, height: Int) {
    self.session = session
    self.width = max(40, width)
    self.height = max(3, height)
  }

  /// At most `height` lines.
  ///
  /// - Parameter status: the last line: a message, or what is being typed.
  public func lines(status: StyledLine) throws -> [StyledLine] {
    let (position, event) = try stepper.current()
    var lines = [title(position, event)]
    if session.isHelpShown { return Array((lines + help).prefix(height - 1)) + [status] }
    let panels = panelLines()
    let schedule = scheduleLines(event)
    // The status line, and at least five events beside the tables.
    let detail = detailLines(event)
    let room = height - lines.count - schedule.count - detail.count - 1
    // Of many partitions those around the chosen one, so that its tables are on the screen too.
    let partitions = partitionLines(count: max(6, room - 5 - 1 - min(4, panels.count)))
    let tables = min(partitions.count + panels.count, max(0, room - 5))
    let eventCount = max(1, min(height / 2, room - tables))
    lines += try eventLines(eventCount)
    lines += detail + schedule
    lines += (partitions + panels).prefix(max(0, height - lines.count - 1))
    return Array(lines.prefix(height - 1)) + [status]
  }

  private var help: [StyledLine] {
    let keys = [
      "q    quit                     Ctrl-Z  stop, 'fg' goes on",
      "?    this help, on and off",
      "n j → space  one event on     p k ←     one event back",
      "PgDn PgUp    twenty on, back  Home End  first, last",
      "f F  major frame on, back     w W  window start",
      "i I  input                    h H  hypercall",
      "m M  mark                     u U  upcall",
      "e E  health monitor, modes    / \\  find a kind on, back",
      "g    go to an instant, 'event N' or 'frame N'",
      "Tab  next partition's tables",
      "v o l x  panel: vCPU, ports, lines, health log",
    ]
    let remarks = [
      "The state is PartitionCore's, replayed over the inputs",
      "up to the current event: at every event of an entry to",
      "the kernel it is the one after that entry.",
      "IF: virtual interrupts on or off; '*': initialising;",
      "40×11: eleven pending at vector 40; [40]: in service;",
      "'exception (return untold)': a guest's handler got one,",
      "and may have returned since.",
    ]
    return [StyledLine()] + keys.map { StyledLine("  " + $0) } + [StyledLine()]
      + remarks.map { StyledLine("  " + $0, .soft) }
  }

  // MARK: Title and events

  private func title(_ position: UInt64, _ event: TraceEvent) -> StyledLine {
    let name = TraceVocabulary.text(stepper.table, stepper.table.module.name)
    let total = stepper.store.eventCount
    var text = " \(name)   event \(position)   \(EventField.seconds(event.time)) s"
    switch stepper.schedulePlace {
    case .frame(let number, _, _, _): text += "   frame \(number)"
    case .unknown: text += "   frame unknown"
    case .beforeFirstFrame: break
    }
    let share = total > 1 ? stepper.ordinal * 100 / (total - 1) : 100
    // What does not fit is left out: half a number is another one.
    let rights = ["\(share) % of \(total) ", "\(share) % ", ""]
    let right = rights.first { text.columns + 1 + $0.count <= width } ?? ""
    let fill = String(repeating: " ", count: max(1, width - text.columns - right.count))
    return StyledLine(text + fill + right, .inverse)
  }

  /// The current event and those around it; where some are missing between two, a line says so.
  private func eventLines(_ count: Int) throws -> [StyledLine] {
    let total = stepper.store.eventCount
    let first = max(0, min(stepper.ordinal - count / 2, total - count))
    var lines: [StyledLine] = []
    var place = 0
    for ordinal in first..<min(total, first + count) {
      if let gap = gapLine(before: ordinal) { lines.append(gap) }
      if ordinal == stepper.ordinal { place = lines.count }
      lines.append(try eventLine(ordinal))
    }
    // For each such line an event gives way, at the end that is farther from the current one.
    while lines.count > count {
      if place > lines.count - 1 - place {
        lines.removeFirst()
        place -= 1
      } else {
        lines.removeLast()
      }
    }
    return lines
  }

  private func gapLine(before ordinal: Int) -> StyledLine? {
    guard let missing = stepper.store.missing(before: ordinal) else { return nil }
    let text = missing > 0 ? "\(missing) event\(missing == 1 ? " is" : "s are") missing" : "events are missing"
    return StyledLine("  ·······  " + text, .bad)
  }

  private func eventLine(_ ordinal: Int) throws -> StyledLine {
    let nameWidth = max(6, min(14, vocabulary.partitions.map(\.columns).max() ?? 0))
    let (position, event) = try stepper.store.event(ordinal)
    let description = EventDescription(event, position: position, vocabulary)
    var line = StyledLine()
    line.isHighlighted = ordinal == stepper.ordinal
    line.append(line.isHighlighted ? "▶" : " ", .strong)
    line.append("\(position)", .soft, width: 9, isRight: true)
    line.append(" " + EventField.seconds(event.time) + " ")
    line.append(description.kind, style(event), width: 16)
    line.append(" ")
    line.append(description.partition, colour(event.partition), width: nameWidth)
    for field in description.fields { line.append(" " + field.text) }
    return line
  }

  /// What the current event says, in full where its line is cut: two lines, always, so that nothing jumps.
  private func detailLines(_ event: TraceEvent) -> [StyledLine] {
    guard height >= 20 else { return [] }
    var rows = ["", ""]
    var row = 0
    for field in EventDescription(event, position: 0, vocabulary).fields {
      if rows[row].columns + field.text.columns + 3 > width, row == 0 { row = 1 }
      rows[row] += " " + field.text
    }
    return rows.map { StyledLine("  " + $0, .strong) }
  }

  private func style(_ event: TraceEvent) -> StyledLine.Style {
    switch event.knownKind?.eventClass {
    case .input: .strong
    case .observation, .state: .soft
    case .control: .doubtful
    default: .plain
    }
  }

  func colour(_ partition: UInt8) -> StyledLine.Style {
    Int(partition) < vocabulary.partitions.count ? .partition(Int(partition)) : .soft
  }

  // MARK: Schedule

  /// The major frame as a strip, with a pointer to where the current event is in it.
  private func scheduleLines(_ event: TraceEvent) -> [StyledLine] {
    let schedule: Int
    var (start, runningWindow): (UInt64?, Int?)
    switch stepper.schedulePlace {
    case .beforeFirstFrame(let first): schedule = first
    case .frame(_, let index, let nominal, let window): (schedule, start, runningWindow) = (index, nominal, window)
    case .unknown:
      let text = " Events are missing: the place in the schedule is unknown until the next frame."
      return [StyledLine(), StyledLine(text, .doubtful)]
    }
    let record = stepper.table.record(ScheduleRecord.self, schedule)
    let length = record.majorFrame.count
    guard length > 0 else { return [] }
    let columns = width - 2
    let strip = strip(record, columns, runningWindow)
    let name = TraceVocabulary.text(stepper.table, record.name)
    let offset = start.map { event.time - min(event.time, $0) } ?? 0
    let place = min(columns - 1, WindowStrip.column(of: offset, length, columns))
    var pointer = StyledLine(String(repeating: " ", count: place + 1) + "▲", .strong)
    let note =
      start == nil
      ? " before the first major frame" : " +\(Self.duration(offset)) of \(Self.duration(length)), \(name)"
    if place + 3 + note.count < width {
      pointer.append(note, .soft)
    } else {
      pointer = StyledLine(String(repeating: " ", count: max(0, place - note.count)) + note + " ", .soft)
      pointer.append("▲", .strong)
    }
    return [strip, pointer]
  }

  /// The windows of a major frame, the one that runs filled.
  private func strip(_ record: ScheduleRecord, _ columns: Int, _ runningWindow: Int?) -> StyledLine {
    var windows = WindowStrip(columns: columns, length: record.majorFrame.count)
    for index in record.windows.indices {
      let window = stepper.table.record(WindowRecord.self, index)
      windows.add(
        start: window.start.count, duration: window.duration.count, owner: window.partition.rawValue,
        name: vocabulary.partition(window.partition.rawValue), isRunning: runningWindow == index)
    }
    var strip = StyledLine(" ")
    for (label, owner) in zip(windows.labels, windows.owners) { strip.append(label, colour(owner)) }
    return strip
  }

  /// A length of time in a unit that suits it.
  static func duration(_ nanoseconds: UInt64) -> String {
    let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
    let (scale, unit) = units.first { nanoseconds >= $0.0 } ?? (1, "ns")
    guard scale > 1, nanoseconds % scale != 0 else { return "\(nanoseconds / scale) \(unit)" }
    let thousandths = nanoseconds / scale * 1000 + nanoseconds % scale * 1000 / scale
    return "\(thousandths.decimal(places: 3)) \(unit)"
  }

  // MARK: Partitions

  /// - Parameter count: for so many partitions there is room; more than one.
  private func partitionLines(count: Int) -> [StyledLine] {
    switch stepper.knowledge {
    case .notStarted: return [StyledLine(" The module has not started: no state yet.", .doubtful)]
    case .unknown:
      return [StyledLine(" Events are missing: the state is unknown until the next keyframe.", .doubtful)]
    case .diverged, .known: break
    }
    var lines: [StyledLine] = []
    if let divergence = stepper.divergence {
      lines.append(StyledLine(" Diverged at event \(divergence.position), whose state this is:", .bad))
      // On a line of its own: it may be longer than any terminal is wide.
      var reason = StyledLine("   ", .bad)
      reason.append(divergence.reason, .bad, width: width - 4)
      lines.append(reason)
    }
    let nameWidth = max(9, min(14, vocabulary.partitions.map(\.columns).max() ?? 0))
    var head = StyledLine()
    head.append("   ", .soft)
    // The core takes an entry's input in one step: its decisions have one state, that at their end.
    head.append("state after entry", .soft, width: nameWidth + 11)
    head.append(" IF  depth  upcalls    marks  pending / in service", .soft)
    let running = Int(stepper.withCore { $0.current }.rawValue)
    let shown = shownPartitions(count, running)
    if shown.count < vocabulary.partitions.count {
      head.append("  (\(shown.count) of \(vocabulary.partitions.count))", .doubtful)
    }
    lines.append(head)
    for index in shown { lines.append(partitionLine(UInt8(index), isRunning: running == index, nameWidth)) }
    return lines
  }

  /// All partitions, or so many around the chosen one, with who runs among them.
  private func shownPartitions(_ count: Int, _ running: Int) -> [Int] {
    let all = vocabulary.partitions.count
    guard all > count else { return Array(0..<all) }
    let first = max(0, min(Int(session.partition) - count / 2, all - count))
    guard running < all, !(first..<first + count).contains(running) else { return Array(first..<first + count) }
    // At the end that is farther from the chosen one.
    return running < first ? [running] + (first + 1..<first + count) : Array(first..<first + count - 1) + [running]
  }

  private func partitionLine(_ index: UInt8, isRunning: Bool, _ nameWidth: Int) -> StyledLine {
    let state = stepper.withCore { $0.inspect(partition: PartitionIndex(index)) }
    var line = StyledLine()
    line.isHighlighted = session.partition == index
    line.append(isRunning ? " ▶ " : "   ", .good)
    line.append(vocabulary.partition(index), colour(index), width: nameWidth)
    let mode = "\(state.mode)" + (state.isInitialising ? "*" : "")
    line.append(" ")
    line.append(mode, state.mode == .normal ? .plain : .doubtful, width: 10)
    line.append(state.interruptsEnabled ? " on " : " off", state.interruptsEnabled ? .good : .soft)
    line.append("\(state.upcallDepth)", width: 6, isRight: true)
    line.append("\(state.upcallCount)", width: 9, isRight: true)
    line.append("\(state.markTotal)", width: 9, isRight: true)
    line.append("  ")
    for number in 0..<VirtualInterrupt.count {
      let interrupt = VirtualInterrupt(number)
      let view = stepper.withCore { $0.inspect(interrupt, of: PartitionIndex(index)) }
      if view.waiting > 0 { line.append("\(interrupt.vector)×\(view.waiting) ", .doubtful) }
      if view.isInService { line.append("[\(interrupt.vector)] ", .strong) }
    }
    if let process = stepper.process(of: index) {
      let name = TraceVocabulary.text(stepper.table, stepper.table.record(ProcessRecord.self, process).name)
      line.append("process \(name) ")
    }
    if state.hasYielded { line.append("yielded ", .soft) }
    if state.isInCallback { line.append("in callback ", .bad) }
    // Back from a handler a guest goes without the kernel, which learns of it at its next exception.
    if state.isInExceptionHandler { line.append("exception (return untold) ", .doubtful) }
    return line
  }
}
