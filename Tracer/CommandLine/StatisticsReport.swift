import TextForms
import TraceFormat
import TraceReading

/// What `partita stats` shows.
struct StatisticsReport {
  private let statistics: TraceStatistics
  private let times: ProcessTimes
  private let services: ServiceCounts
  private let vocabulary: TraceVocabulary
  private let sizes: TraceSizes
  private let condition: TraceCondition
  private let identity: String
  /// Kinds of events that the trace leaves out.
  private let leftOut: [String]

  init(
    _ statistics: TraceStatistics, _ times: ProcessTimes, _ services: ServiceCounts, _ reader: TraceReader,
    _ vocabulary: TraceVocabulary
  ) {
    self.statistics = statistics
    self.times = times
    self.services = services
    self.vocabulary = vocabulary
    sizes = reader.statistics
    condition = reader.condition
    identity = reader.runIdentity
    leftOut = TraceVocabulary.kinds(of: reader.moduleTable.module.leftOutKinds)
  }

  // MARK: Text

  func text(isColored: Bool) -> String {
    func heading(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    var lines = [heading("Trace"), "  run identity     \(identity)", "  condition        \(condition)"]
    lines += [
      "  recorded         \(recorder)",
      "  events           \(statistics.eventCount)", "  virtual time     \(EventField.seconds(statistics.span)) s",
      "  bytes            \(sizes.storedBytes) in \(sizes.blockCount) blocks, "
        + "\(sizes.tableBytes) of them module table",
      "  bytes an event   \(Self.ratio(sizes.storedBytes, statistics.eventCount)) with all headers, "
        + "\(Self.ratio(sizes.storedBytes - sizes.tableBytes, statistics.eventCount)) without the table",
      "  lost             \(statistics.eventsLost) in the recorder, \(statistics.eventsMissing) by damage "
        + "in \(statistics.gapCount) gaps",
    ]
    // What is not there did not fail to happen.
    if !leftOut.isEmpty { lines.append("  left out         \(leftOut.joined(separator: ", ")) (p:Trace LeftOut)") }
    lines += ["", heading("Events")]
    for kind in 0..<256 where statistics.counts[kind] > 0 {
      let count = statistics.counts[kind]
      lines.append(
        "  " + Self.left(TraceVocabulary.kind(UInt8(kind)), 18) + Self.right("\(count)", 12)
          + Self.right(Self.rate(count, statistics.knownTime), 14) + "/s")
    }
    if statistics.missingTime > 0 {
      lines.append("  a second of the \(EventField.seconds(statistics.knownTime)) s in which no events are missing")
    }
    lines += ["", heading("Utilisation (time in ring 3)")]
    for part in statistics.shares(vocabulary) {
      let share = statistics.span == 0 ? 0 : Double(part.nanoseconds) / Double(statistics.span)
      let bar = String(repeating: "█", count: Int((share * 40).rounded()))
      let percent = Self.percent(part.nanoseconds, statistics.span)
      lines.append("  " + Self.left(part.name, 18) + Self.right(percent, 9) + " %  \(bar)")
    }
    lines += processLines(heading)
    lines += portLines(heading)
    lines += answerLines(heading)
    lines += measureLines(heading)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Who recorded the trace.
  private var recorder: String {
    guard let kernel = statistics.kernelIdentity else { return "by whom is not known: the boot event is missing" }
    return kernel == 0
      ? "not from a kernel but made by partita: the boot event names no kernel"
      : "from kernel \(kernel.hexadecimalDigits)"
  }

  /// Processes of which schedulers tell.
  private func processLines(_ heading: (String) -> String) -> [String] {
    guard !times.told.isEmpty else { return [] }
    let title = heading(Self.left("Processes, as told", 36) + " dispatched   ns with the processor")
    return ["", title]
      + times.told.map { process in
        let name = "\(vocabulary.partition(process.partition)) \(process.name)"
        return "  " + Self.left(name, 34) + Self.right("\(process.dispatches)", 11)
          + Self.right("\(process.time)", 24) + Self.right(Self.percent(process.time, statistics.span), 9) + " %"
      }
  }

  private func portLines(_ heading: (String) -> String) -> [String] {
    guard !services.ports.isEmpty else { return [] }
    let title = heading(Self.left("Messages", 36) + "     count not valid discarded most waiting")
    return ["", title]
      + services.ports.map { port in
        let name = "\(vocabulary.partition(port.partition)) \(port.name)"
        let notValid = port.isQueuing || port.isSource ? "–" : "\(port.notValid)"
        let discarded = port.isQueuing && !port.isSource ? "\(port.discarded)" : "–"
        let mostWaiting = port.isQueuing ? "\(port.mostWaiting)" : "–"
        return "  " + Self.left(name, 28) + Self.left(port.isSource ? "out" : "in", 6)
          + Self.right("\(port.messages)", 10) + Self.right(notValid, 10) + Self.right(discarded, 10)
          + Self.right(mostWaiting, 13)
      }
  }

  private func answerLines(_ heading: (String) -> String) -> [String] {
    let answers = services.answers
    guard !answers.isEmpty else { return [] }
    return ["", heading("Calls answered otherwise than noError")]
      + answers.map { answer, count in
        let name = "\(vocabulary.partition(answer.partition)) \(TraceVocabulary.hypercall(answer.call))"
        return "  " + Self.left(name, 38) + Self.left(TraceVocabulary.returnCode(answer.status), 22)
          + Self.right("\(count)", 10)
      }
  }

  private func measureLines(_ heading: (String) -> String) -> [String] {
    var lines: [String] = []
    var title = ""
    for measure in statistics.measures {
      guard let histogram = statistics.histograms[measure] else { continue }
      if measure.title != title {
        title = measure.title
        lines += ["", heading(Self.left("\(title), ns", 36)) + "     count       min    median       p99       max"]
      }
      let figures = [
        histogram.count, histogram.minimum, histogram.quantile(perMille: 500) ?? 0,
        histogram.quantile(perMille: 990) ?? 0, histogram.maximum,
      ]
      lines.append(
        "  " + Self.left(measure.subject(vocabulary), 34) + figures.map { Self.right("\($0)", 10) }.joined()
          + "  " + Self.picture(histogram))
    }
    return lines
  }

  /// A histogram in sixteen characters, from minimum to maximum on a logarithmic scale.
  private static func picture(_ histogram: LogHistogram) -> String {
    guard histogram.minimum < histogram.maximum else { return "▏" }
    let outline = histogram.outline(columns: 16)
    let most = outline.max() ?? 1
    let blocks = Array("▁▂▃▄▅▆▇█")
    return String(outline.map { $0 == 0 ? " " : blocks[Int(Double($0) / Double(most) * 7)] })
  }

  // MARK: JSON

  var json: String {
    let quoted = EventField.quoted
    let kinds = (0..<256).filter { statistics.counts[$0] > 0 }.map {
      "\(quoted(TraceVocabulary.kind(UInt8($0)))):\(statistics.counts[$0])"
    }
    let measures = statistics.measures.compactMap { measure -> String? in
      guard let histogram = statistics.histograms[measure] else { return nil }
      return "{\"measure\":\(quoted(measure.title)),\"subject\":\(quoted(measure.subject(vocabulary))),"
        + "\"count\":\(histogram.count),\"minimumNs\":\(histogram.minimum),"
        + "\"medianNs\":\(histogram.quantile(perMille: 500) ?? 0),\"p99Ns\":\(histogram.quantile(perMille: 990) ?? 0),"
        + "\"maximumNs\":\(histogram.maximum)}"
    }
    let shares = statistics.shares(vocabulary).map { "\(quoted($0.name)):\($0.nanoseconds)" }
    let processes = times.told.map { process in
      "{\"process\":\(quoted(process.name)),\"partition\":\(quoted(vocabulary.partition(process.partition))),"
        + "\"dispatches\":\(process.dispatches),\"processorNs\":\(process.time)}"
    }
    let ports = services.ports.map { port in
      "{\"port\":\(quoted(port.name)),\"partition\":\(quoted(vocabulary.partition(port.partition))),"
        + "\"isSource\":\(port.isSource),\"messages\":\(port.messages),\"notValid\":\(port.notValid),"
        + "\"discarded\":\(port.discarded),\"mostWaiting\":\(port.mostWaiting)}"
    }
    let answers = services.answers.map { answer, count in
      "{\"partition\":\(quoted(vocabulary.partition(answer.partition))),"
        + "\"hypercall\":\(quoted(TraceVocabulary.hypercall(answer.call))),"
        + "\"status\":\(quoted(TraceVocabulary.returnCode(answer.status))),\"count\":\(count)}"
    }
    let recorded = statistics.isRecorded.map { "\($0)" } ?? "null"
    return "{\"runIdentity\":\"\(identity)\",\"complete\":\(condition.isComplete),"
      + "\"condition\":\(quoted("\(condition)")),\"recorded\":\(recorded),"
      + "\"events\":\(statistics.eventCount),\"spanNs\":\(statistics.span),"
      + "\"storedBytes\":\(sizes.storedBytes),\"tableBytes\":\(sizes.tableBytes),\"rawBytes\":\(sizes.rawBytes),"
      + "\"blocks\":\(sizes.blockCount),\"eventsLost\":\(statistics.eventsLost),"
      + "\"eventsMissing\":\(statistics.eventsMissing),\"gaps\":\(statistics.gapCount),"
      + "\"leftOut\":[\(leftOut.map { quoted($0) }.joined(separator: ","))],"
      + "\"kinds\":{\(kinds.joined(separator: ","))},\"ringThreeNs\":{\(shares.joined(separator: ","))},"
      + "\"processes\":[\(processes.joined(separator: ","))],"
      + "\"ports\":[\(ports.joined(separator: ","))],\"answers\":[\(answers.joined(separator: ","))],"
      + "\"measures\":[\(measures.joined(separator: ","))]}"
  }

  // MARK: Numbers

  private static func left(_ text: String, _ width: Int) -> String { EventDescription.padded(text, width) }
  private static func right(_ text: String, _ width: Int) -> String {
    EventDescription.padded(text, width, isRight: true)
  }

  private static func decimals(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    guard value.isFinite, value < 1e15 else { return "–" }
    return UInt64((value * scale).rounded()).decimal(places: digits)
  }

  private static func ratio(_ part: UInt64, _ whole: UInt64) -> String {
    whole == 0 ? "–" : decimals(Double(part) / Double(whole), 2)
  }

  private static func percent(_ part: UInt64, _ whole: UInt64) -> String {
    whole == 0 ? "–" : decimals(100 * Double(part) / Double(whole), 2)
  }

  private static func rate(_ count: UInt64, _ span: UInt64) -> String {
    span == 0 ? "–" : decimals(Double(count) * 1e9 / Double(span), 1)
  }
}
