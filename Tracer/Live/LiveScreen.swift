import APEXTypes
import ModuleConfiguration
import Terminal
import TextForms
import TraceFormat
import TraceReading
import Verification

/// Live figures as lines of a terminal.
public struct LiveScreen {
  /// What the trace itself does not tell.
  public struct Surroundings: Sendable {
    /// What is going on, such as "capturing".
    public var state: String
    /// Of the trace so far, as it is stored.
    public var bytes: UInt64
    /// Virtual seconds in a second of the host's; nil where that means nothing.
    public var pace: Double?

    /// By default without a pace, as of a trace that is not played.
    public init(state: String, bytes: UInt64, pace: Double? = nil) {
      self.state = state
      self.bytes = bytes
      self.pace = pace
    }
  }

  private let figures: LiveFigures
  private let claims: [ClaimResult]
  private let table: ModuleTable
  private let vocabulary: TraceVocabulary
  private let surroundings: Surroundings
  private let width: Int
  /// What stands for each partition in a strip.
  private let letters: [Character]
  /// Numbers come closer to each other, without bars.
  private var isNarrow: Bool { width < 80 }

  /// - Parameters:
  ///   - claims: as they stand with these figures.
  ///   - table: its bytes must outlive the screen.
  public init(
    _ figures: LiveFigures, _ claims: [ClaimResult], _ table: ModuleTable, _ surroundings: Surroundings, width: Int
  ) {
    self.figures = figures
    self.claims = claims
    self.table = table
    self.surroundings = surroundings
    self.width = max(60, width)
    vocabulary = TraceVocabulary(table)
    letters = Self.letters(vocabulary.partitions)
  }

  /// The first letter of each name that no partition before it has, or a digit.
  static func letters(_ names: [String]) -> [Character] {
    var used: Set<Character> = []
    return names.map { name in
      let letters = name.filter { ($0.isLetter || $0.isNumber) && $0.columns == 1 }
      return (letters + "0123456789abcdefghijklmnopqrstuvwxyz").first { used.insert($0).inserted } ?? "?"
    }
  }

  /// At most `height` lines: the margins get what room the rest leaves.
  public func lines(height: Int) -> [StyledLine] {
    var lines = [title, totals, loss] + strip + partitionLines
    lines.append(interruptLine)
    lines += claimLines(room: max(3, height - lines.count))
    return Array(lines.prefix(height))
  }

  // MARK: Head

  private var title: StyledLine {
    let name = " \(TraceVocabulary.text(table, table.module.name))"
    let state = surroundings.state + " "
    let time = "   \(EventField.seconds(figures.time)) s"
    // The state tells the key that ends it: others give way where there is no room.
    let choices = [time + (figures.frameCount > 0 ? "   \(figures.frameCount) major frames" : ""), time, ""]
    let text = name + (choices.first { name.columns + $0.count + 1 + state.count <= width } ?? "")
    let fill = String(repeating: " ", count: max(1, width - text.columns - state.count))
    return StyledLine(text + fill + state, .inverse)
  }

  private var totals: StyledLine {
    var line = StyledLine(" \(figures.eventCount) events")
    line.append(" (\(Self.whole(figures.rate { UInt64($0.events) }))/s)", .soft)
    line.append("   \(surroundings.bytes) bytes")
    if figures.eventCount > 0 {
      line.append(" (\(Self.decimal(Double(surroundings.bytes) / Double(figures.eventCount), 2)) an event)", .soft)
    }
    if let pace = surroundings.pace { line.append("   \(Self.decimal(pace, 2)) × real time", .soft) }
    return line
  }

  private var loss: StyledLine {
    if figures.eventsLost == 0, figures.gapCount == 0 { return StyledLine(" nothing lost", .good) }
    var text = " LOST \(figures.eventsLost) events in the recorder"
    if figures.gapCount > 0 {
      let isUnknown = figures.unknownGapCount > 0
      let count = figures.eventsDamaged == 0 && isUnknown ? "unknown" : "\(figures.eventsDamaged)"
      text += ", \(isUnknown && count != "unknown" ? "at least " : "")\(count) by damage"
      text += " (\(figures.gapCount) gap\(figures.gapCount == 1 ? "" : "s"))"
    }
    return StyledLine(text + ": what they touch is unknown", .bad)
  }

  // MARK: The last frame

  /// The last whole major frame: its windows by schedule, and who really had the processor. The drainer and the idle
  /// loop have what others leave: a column is longer than much of the work in windows, which else would not be seen.
  private var strip: [StyledLine] {
    guard let frame = figures.frames.last, frame.end > frame.start, frame.schedule < table.count(ScheduleRecord.self)
    else { return stripToCome }
    let columns = width - 12
    let length = frame.end - frame.start
    var actual = [UInt8](repeating: WindowStrip.nobody, count: columns)
    let drainer = table.module.drainer.rawValue
    for isLeftOver in [true, false] {
      let stays = frame.stays.filter { ($0.partition == drainer || $0.partition == WindowStrip.nobody) == isLeftOver }
      Self.fill(&actual, stays, frame)
    }
    var bottom = StyledLine("  ran       ", .soft)
    for column in 0..<columns { bottom.append(letter(actual[column]), colour(actual[column])) }
    let head =
      " frame \(frame.number), \(Self.decimal(Double(length) / 1e6, 3)) ms from \(EventField.seconds(frame.start)) s"
    return [StyledLine(head, .strong), planned(frame.schedule, length), bottom]
  }

  /// The same while no frame is whole: the windows by the schedule that the module begins with.
  private var stripToCome: [StyledLine] {
    let head = figures.eventCount == 0 ? " waiting for the first events" : " no major frame is whole yet"
    let schedule = Int(clamping: table.module.initialSchedule)
    guard schedule < table.count(ScheduleRecord.self) else { return [StyledLine(head), StyledLine(), StyledLine()] }
    let length = table.record(ScheduleRecord.self, schedule).majorFrame.count
    return [StyledLine(head, .strong), length > 0 ? planned(schedule, length) : StyledLine(), StyledLine()]
  }

  /// The windows of a schedule in a frame so long.
  private func planned(_ schedule: Int, _ length: UInt64) -> StyledLine {
    var strip = WindowStrip(columns: width - 12, length: length)
    for index in table.record(ScheduleRecord.self, schedule).windows.indices {
      let window = table.record(WindowRecord.self, index)
      strip.add(
        start: window.start.count, duration: window.duration.count, owner: window.partition.rawValue,
        name: vocabulary.partition(window.partition.rawValue))
    }
    var line = StyledLine("  schedule  ", .soft)
    for (label, owner) in zip(strip.labels, strip.owners) { line.append(label, colour(owner)) }
    return line
  }

  /// What stands for a partition in a strip, and before its name in the table.
  private func letter(_ partition: UInt8) -> String {
    Int(partition) < letters.count ? String(letters[Int(partition)]) : "·"
  }

  private func colour(_ partition: UInt8) -> StyledLine.Style {
    Int(partition) < vocabulary.partitions.count ? .partition(Int(partition)) : .soft
  }

  // MARK: Tables

  /// Columns of a partition's name and numbers.
  private var columns: (name: Int, share: Int, calls: Int, marks: Int, upcalls: Int) {
    isNarrow ? (13, 9, 8, 8, 10) : (13, 9, 9, 10, 10)
  }

  private var partitionLines: [StyledLine] {
    let columns = columns
    var head = StyledLine()
    let count = figures.frames.count
    let numbers = columns.share + columns.calls + columns.marks + columns.upcalls
    // The longest mode is "coldStart".
    let first = isNarrow ? 2 + columns.name : width - numbers - 11
    head.append(isNarrow ? " last \(count)" : " in ring 3, last \(count) frames", .soft, width: first)
    for (text, width) in [
      ("share", columns.share - 2), ("calls/s", columns.calls + 2), ("marks/s", columns.marks),
      ("upcalls/s", columns.upcalls),
    ] { head.append(text, .soft, width: width, isRight: true) }
    head.append(isNarrow ? " mode" : "  mode", .soft)
    return [head] + (0...vocabulary.partitions.count).compactMap { partitionLine($0, bar: first - 16) }
  }

  /// - Parameters:
  ///   - index: that of a partition; behind the last, the idle loop's, which has a line where it has any time.
  ///   - bar: how long the bar of all time is.
  private func partitionLine(_ index: Int, bar room: Int) -> StyledLine? {
    let isIdle = index == vocabulary.partitions.count
    let share = figures.share(index)
    if isIdle, share == 0 { return nil }
    let style: StyledLine.Style = isIdle ? .soft : .partition(index)
    var line = StyledLine(letter(UInt8(clamping: index)) + " ", style)
    line.append(isIdle ? "idle loop" : vocabulary.partitions[index], style, width: columns.name)
    if !isNarrow {
      let filled = Self.filled(share, of: room, .toNearestOrAwayFromZero)
      line.append(" ")
      line.append(filled == 0 && share > 0 ? "▏" : String(repeating: "█", count: filled), style, width: room)
    }
    let digits = share > 0 && share < 0.001 ? 4 : 2
    line.append(Self.decimal(share * 100, digits) + " %", width: columns.share, isRight: true)
    guard !isIdle else { return line }
    line.append(Self.whole(figures.rate { $0.hypercalls[index] }), width: columns.calls, isRight: true)
    line.append(Self.whole(figures.rate { $0.marks[index] }), width: columns.marks, isRight: true)
    line.append(Self.whole(figures.rate { $0.upcalls[index] }), width: columns.upcalls, isRight: true)
    let mode = figures.modes[index]
    line.append((isNarrow ? " " : "  ") + (mode.map { "\($0)" } ?? "?"), mode == .normal ? .plain : .doubtful)
    return line
  }

  private var interruptLine: StyledLine {
    var line = StyledLine(" interrupts/s ", .soft)
    for number in 0..<ModuleLimits.lineCount {
      let rate = figures.rate { $0.interrupts[number] }
      if rate > 0 { line.append("  \(TraceVocabulary.vector(UInt64(number + 32))) \(Self.whole(rate))") }
    }
    return line
  }

  private func claimLines(room: Int) -> [StyledLine] {
    let failed = claims.filter { $0.verdict == .fail }
    var head = StyledLine(" claims ", .soft)
    head.append(
      failed.isEmpty ? "nothing violated so far" : "\(failed.count) VIOLATED", failed.isEmpty ? .good : .bad)
    // Told first: a narrow screen cuts the rest.
    if figures.leftOutCount > 0 { head.append(" (\(figures.leftOutCount) left out)", .doubtful) }
    head.append("; narrowest margins of \(claims.count):", .soft)
    var lines = [head]
    for claim in failed.prefix(room - 1) {
      let first = claim.firstViolations.first
      let text = first.map { "event \($0.position): \($0.explanation)" } ?? claim.title
      lines.append(StyledLine(" ✕ \(claim.identifier)  \(text)", .bad))
    }
    let measured = claims.filter { $0.verdict != .fail && Self.used($0) != nil }
      .sorted { (Self.used($0) ?? 0) > (Self.used($1) ?? 0) }
    let shown = Array(measured.prefix(max(0, room - lines.count)))
    return lines + marginLines(shown)
  }

  /// How much of its bound a claim has used; nil where it has none to use up.
  private static func used(_ claim: ClaimResult) -> Double? {
    guard let bound = claim.bound, bound > 0, !claim.isFloor, let worst = claim.worst else { return nil }
    return Double(max(0, worst.value)) / Double(bound)
  }

  /// What each claim has used of its bound; the names get what the numbers leave.
  private func marginLines(_ claims: [ClaimResult]) -> [StyledLine] {
    let grouped = { (value: Int64?) in VerificationReport.grouped(value ?? 0) }
    let texts = claims.map { (grouped($0.worst?.value), "\(grouped($0.bound)) \($0.unit.rawValue)") }
    let worst = texts.map(\.0.count).max() ?? 0
    let bound = texts.map(\.1.count).max() ?? 0
    let room = width < 100 ? 6 : 12
    return zip(claims, texts).map { claim, text in
      let used = Self.used(claim) ?? 0
      var line = StyledLine("   ")
      line.append(claim.identifier, width: max(8, width - room - worst - bound - 9))
      line.append(" ")
      let filled = Self.filled(used, of: room, .up)
      line.append(String(repeating: "▮", count: filled), used > 0.8 ? .doubtful : .good)
      line.append(String(repeating: "▯", count: room - filled), .soft)
      line.append(text.0, width: worst + 1, isRight: true)
      line.append(" of ", .soft)
      line.append(text.1, width: bound)
      return line
    }
  }

  // MARK: Numbers

  static func whole(_ value: Double) -> String { Int(exactly: value.rounded()).map { String($0) } ?? "–" }

  /// How many of so many columns a part fills. A hostile trace makes parts far beyond the whole.
  static func filled(_ part: Double, of columns: Int, _ rule: FloatingPointRoundingRule) -> Int {
    guard part > 0 else { return 0 }
    return Int((min(1, part) * Double(columns)).rounded(rule))
  }

  static func decimal(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "–" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    let fraction = String(abs(scaled) % scale)
    let sign = scaled < 0 ? "-" : ""
    return "\(sign)\(abs(scaled) / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
