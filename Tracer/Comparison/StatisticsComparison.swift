import TraceReading

/// Two traces' statistics side by side: what a change of the module or of the kernel costs.
///
/// Partitions are paired by name, so that traces of different modules compare as far as they have the same ones. All
/// figures are of virtual time, and so the same on every host. (The tools of the field call this a comparison of
/// baselines; `RunComparison` is the other question, which events differ.)
public struct StatisticsComparison: Sendable {
  /// A figure of both traces; nil where one has none.
  public struct Row: Sendable, Equatable {
    /// What is measured, as a heading.
    public var section: String
    /// Of what: a kind of events, a partition, a hypercall.
    public var subject: String
    /// Which figure of the measure: `count`, `perSecond`, `share`, `minimum`, `median`, `p99`, `maximum`.
    public var figure: String
    /// `events`, `1/s`, `%` or `ns`.
    public var unit: String
    public var one: Double?
    public var other: Double?

    public var isEqual: Bool { one == other }
    /// By how much of the first value the second one is greater; nil without both, or from zero.
    public var relativeChange: Double? {
      guard let one, let other, one != 0 else { return nil }
      return other / one - 1
    }
  }

  /// In the order to show them: by section, then by subject, then by figure.
  public let rows: [Row]

  public init(
    _ one: TraceStatistics, _ other: TraceStatistics, vocabularies: (one: TraceVocabulary, other: TraceVocabulary)
  ) {
    rows =
      Self.general(one, other) + Self.counts(one, other) + Self.utilisation(one, other, vocabularies)
      + Self.measures(one, other, vocabularies)
  }

  public var differing: [Row] { rows.filter { !$0.isEqual } }

  private static func general(_ one: TraceStatistics, _ other: TraceStatistics) -> [Row] {
    func row(_ subject: String, _ figure: String, _ unit: String, _ value: (TraceStatistics) -> UInt64) -> Row {
      Row(
        section: "Trace", subject: subject, figure: figure, unit: unit, one: Double(value(one)),
        other: Double(value(other)))
    }
    return [
      row("events", "count", "events") { $0.eventCount },
      row("virtual time", "length", "ns") { $0.span },
      row("lost in the recorder", "count", "events") { $0.eventsLost },
      row("missing by damage", "count", "events") { $0.eventsMissing },
    ]
  }

  /// Counts of a longer trace are greater; rates compare.
  private static func counts(_ one: TraceStatistics, _ other: TraceStatistics) -> [Row] {
    func rate(_ statistics: TraceStatistics, _ kind: Int) -> Double? {
      statistics.span == 0 ? nil : Double(statistics.counts[kind]) * 1e9 / Double(statistics.span)
    }
    return (0..<256).filter { one.counts[$0] > 0 || other.counts[$0] > 0 }.map { kind in
      Row(
        section: "Events a second", subject: TraceVocabulary.kind(UInt8(kind)), figure: "perSecond", unit: "1/s",
        one: rate(one, kind), other: rate(other, kind))
    }
  }

  private static func utilisation(
    _ one: TraceStatistics, _ other: TraceStatistics, _ vocabularies: (one: TraceVocabulary, other: TraceVocabulary)
  ) -> [Row] {
    func shares(_ statistics: TraceStatistics, _ vocabulary: TraceVocabulary) -> [(String, Double)] {
      guard statistics.span > 0 else { return [] }
      return (0..<256).filter { statistics.ringThreeTime[$0] > 0 || $0 < vocabulary.partitions.count }.map {
        (
          $0 == 0xFF ? "idle loop" : vocabulary.partition(UInt8($0)),
          100 * Double(statistics.ringThreeTime[$0]) / Double(statistics.span)
        )
      }
    }
    return paired(shares(one, vocabularies.one), shares(other, vocabularies.other)).map {
      Row(
        section: "Utilisation (time in ring 3)", subject: $0.name, figure: "share", unit: "%", one: $0.one,
        other: $0.other)
    }
  }

  private static func measures(
    _ one: TraceStatistics, _ other: TraceStatistics, _ vocabularies: (one: TraceVocabulary, other: TraceVocabulary)
  ) -> [Row] {
    typealias Named = (name: String, histogram: LogHistogram)
    func named(_ statistics: TraceStatistics, _ vocabulary: TraceVocabulary) -> [(String, LogHistogram)] {
      statistics.measures.compactMap { measure in
        statistics.histograms[measure].map { ("\(measure.title)\u{0}\(measure.subject(vocabulary))", $0) }
      }
    }
    let figures: [(String, (LogHistogram) -> UInt64?)] = [
      ("count", { $0.count }), ("minimum", { $0.minimum }), ("median", { $0.quantile(perMille: 500) }),
      ("p99", { $0.quantile(perMille: 990) }), ("maximum", { $0.maximum }),
    ]
    let pairs = paired(named(one, vocabularies.one), named(other, vocabularies.other))
    // A measure that only the second trace has comes behind the others; its section is brought together again.
    let titles = pairs.map { $0.name.split(separator: "\u{0}")[0] }
    let order = titles.reduce(into: [Substring]()) { if !$0.contains($1) { $0.append($1) } }
    return order.flatMap { title in
      pairs.filter { $0.name.hasPrefix(title + "\u{0}") }.flatMap { pair in
        figures.map { name, value in
          Row(
            section: String(title), subject: String(pair.name.dropFirst(title.count + 1)), figure: name,
            unit: name == "count" ? "events" : "ns", one: pair.one.flatMap(value).map { Double($0) },
            other: pair.other.flatMap(value).map { Double($0) })
        }
      }
    }
  }

  /// The first's in their order, then those that only the second has.
  private static func paired<Value>(
    _ one: [(String, Value)], _ other: [(String, Value)]
  ) -> [(name: String, one: Value?, other: Value?)] {
    let values = Dictionary(other, uniquingKeysWith: { first, _ in first })
    let names = Set(one.map(\.0))
    return one.map { ($0.0, $0.1, values[$0.0]) } + other.filter { !names.contains($0.0) }.map { ($0.0, nil, $0.1) }
  }
}
