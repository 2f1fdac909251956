import TextForms

extension VerificationReport {
  /// The report for a reader at a terminal: a table of all claims, then what failed or is unknown, then a summary.
  ///
  /// - Parameters:
  ///   - isColored: whether to set colours by escape sequences.
  ///   - isQuiet: whether to leave out the claims that pass.
  public func text(isColored: Bool, isQuiet: Bool = false) -> String {
    let shown = isQuiet ? claims.filter { $0.verdict != .pass } : claims
    var lines: [String] = []
    if !shown.isEmpty {
      let table = TextTable(
        head: ["", "claim", "checked", "worst", "bound", "margin", "at event"], rows: shown.map(Self.row),
        textColumns: [0, 1]
      ).lines
      lines.append(table[0])
      lines += zip(shown, table.dropFirst()).map { Self.colored($1, $0.verdict, isColored) }
    }
    lines += explanations(of: shown)
    if !fileDefect.isEmpty { lines += ["", part == nil ? "the trace file is \(fileDefect)" : fileDefect] }
    if let origin { lines += ["", origin] }
    lines += ["", summary(isColored: isColored)]
    if let health { lines.append(health) }
    if let discarding { lines.append(discarding) }
    if let omission { lines.append(omission) }
    if let part { lines.append(part.sentence) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is wrong with claims, or why nobody knows. Of a part nearly all are unknown for one reason: it is told once.
  private func explanations(of shown: [ClaimResult]) -> [String] {
    var lines: [String] = []
    var told: Set<String> = []
    for claim in shown where claim.verdict != .pass {
      let alike = shown.count { $0.verdict == .unknown && $0.remark == claim.remark }
      if part != nil, claim.verdict == .unknown, alike > 1 {
        if told.insert(claim.remark).inserted { lines += ["", "unknown: \(alike) claims: \(claim.remark)"] }
      } else {
        lines += [""] + Self.explanation(of: claim)
      }
    }
    return lines
  }

  /// That errors were dealt with as the module says violates nothing, and is to be known all the same.
  private var health: String? {
    guard errorCount > 0 else { return nil }
    let those =
      errorCount == 1
      ? "one error: 'partita dump --kind healthError' shows it"
      : "\(errorCount) errors: 'partita dump --kind healthError' lists them"
    return "the health monitor took \(those)"
  }

  /// Nor does it violate anything that a full queue discards messages where the module says so.
  private var discarding: String? {
    guard !discards.isEmpty else { return nil }
    let total = discards.reduce(0) { $0 &+ $1.messages }
    let most = discards.sorted { $0.messages > $1.messages }.prefix(Self.portsNamed)
    var places = most.map { "\($0.messages) at port \($0.port) of \($0.partition)" }
    if discards.count > most.count { places.append("others at \(discards.count - most.count) ports more") }
    let messages = total == 1 ? "1 message" : "\(total) messages"
    return "full queues discarded \(messages), \(places.joined(separator: ", ")): 'partita stats' counts them by port"
  }

  private static let portsNamed = 5

  /// One line: how many claims pass, fail, are unknown, and what that means.
  func summary(isColored: Bool) -> String {
    let meaning =
      switch verdict {
      case .pass where part != nil: "every claim judged holds in this part"
      case .pass: leftOut.isEmpty ? "every claim holds" : "every claim judged holds"
      case .fail: "the module's rules were violated"
      case .unknown where !claims.isEmpty && count(.pass) == claims.count:
        "inconclusive: every claim holds, but the trace file is not as it was written"
      case .unknown: "inconclusive: evidence is missing"
      }
    let counts = "\(count(.pass)) pass, \(count(.fail)) fail, \(count(.unknown)) unknown"
    let span = Self.duration(timeSpan.upperBound - timeSpan.lowerBound)
    return Self.colored("\(moduleName): \(meaning)", verdict, isColored)
      + " (\(counts); \(eventCount) events, \(span))"
  }

  private static func row(_ claim: ClaimResult) -> [String] {
    let unit = claim.unit.rawValue
    func value(_ number: Int64?) -> String { number.map { "\(grouped($0)) \(unit)" } ?? "" }
    let place = claim.firstViolations.first?.position ?? claim.worst?.position
    let sign = claim.bound == nil ? "" : claim.isFloor ? "≥ " : "≤ "
    return [
      claim.verdict.rawValue, claim.identifier, "\(claim.checked)", value(claim.worst?.value),
      claim.bound == nil ? "" : sign + value(claim.bound), value(claim.margin), place.map { "\($0)" } ?? "",
    ]
  }

  private static func explanation(of claim: ClaimResult) -> [String] {
    var lines = ["\(claim.verdict.rawValue): \(claim.identifier) — \(claim.title)"]
    if !claim.remark.isEmpty { lines.append("  \(claim.remark)") }
    guard claim.failures > 0 else { return lines }
    lines.append("  \(count(ofViolations: claim)); the first:")
    return lines + violations(of: claim)
  }

  static func count(ofViolations claim: ClaimResult) -> String {
    "\(claim.failures) violation\(claim.failures == 1 ? "" : "s")"
  }

  /// The first violations, a line each, and where there are more and they have a measure, the worst ones of all, unless
  /// these are the same.
  static func violations(of claim: ClaimResult) -> [String] {
    let first = claim.firstViolations.map(violation)
    guard claim.failures > claim.firstViolations.count, !claim.worstViolations.isEmpty else { return first }
    guard claim.worstViolations != claim.firstViolations else { return first + ["  none of the others is worse"] }
    return first + ["  the worst:"] + claim.worstViolations.map(violation)
  }

  static func violation(_ violation: Violation) -> String {
    "    event \(violation.position) at \(duration(violation.timeInNanoseconds)): \(violation.explanation)"
  }

  private static func colored(_ text: String, _ verdict: Verdict, _ isColored: Bool) -> String {
    guard isColored else { return text }
    let color =
      switch verdict {
      case .pass: "32"
      case .fail: "31"
      case .unknown: "33"
      }
    return "\u{1B}[\(color)m\(text)\u{1B}[0m"
  }

  /// A number with its digits in groups of three.
  public static func grouped(_ number: Int64) -> String {
    (number < 0 ? "−" : "") + number.magnitude.grouped(by: "\u{202F}")
  }

  /// Nanoseconds as seconds, all nine places.
  static func duration(_ nanoseconds: UInt64) -> String { nanoseconds.decimal(places: 9) + " s" }
}
