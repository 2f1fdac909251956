import TraceReading

/// Two traces' statistics side by side: what a change of the module or of the kernel costs.
///
/// Partitions are paired by name, so that traces of different modules compare as far as they have the same ones. All
/// figures are of virtual time, and so the same on every host; rates and shares are of the time in which no events are
/// missing, so that a trace with losses compares with a whole one. (The tools of the field call this a comparison of
/// baselines; `RunComparison` is the other question, which events differ.)
public struct StatisticsComparison: Sendable {
  /// A figure of both traces; nil where one has none.
  public struct Row: Sendable, Equatable {
    /// What is measured, as a heading.
    public var section: String
    /// Of what: a kind of events, a partition, a hypercall.
    public var subject: String
    /// Which figure of the measure: `count`, `length`, `perSecond`, `share`, `minimum`, `median`, `p99`, `maximum`.
    public var figure: String
    /// `events`, `1/s`, `%` or `ns`.
    public var unit: String
    /// The first trace's figure, in `unit`; nil where it has none.
    public var one: Double?
    /// The second trace's figure, in `unit`; nil where it has none.
    public var other: Double?

    /// Whether both have the same figure, or neither has one.
    public var isEqual: Bool { one == other }
    /// By how much of the first value the second one is greater; nil without both, or from zero.
    public var relativeChange: Double? {
      guard let one, let other, one != 0 else { return nil }
      return other / one - 1
    }
  }

  /// In the order to show them: by section, then by subject, then by figure.
  public let rows: [Row]

  /// Compares two traces that have been read to their ends; each brings the vocabulary of its own module.
  public init(
    _ one: TraceStatistics, _ other: TraceStatistics, vocabularies: (one: TraceVocabulary, other: TraceVocabulary)
  ) {
    rows =
      Self.general(one, other) + Self.counts(one, other) + Self.utilisation(one, other, vocabularies)
      + Self.measures(one, other, vocabularies)
  }

  /// The rows of which one trace has another figure, or none, in the same order.
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
      row(TraceStatistics.missingName, "length", "ns") { $0.missingTime },
      Row(
        section: "Trace", subject: TraceStatistics.missingName, figure: "share", unit: "%",
        one: share(one.missingTime, of: one.span), other: share(other.missingTime, of: other.span)),
    ]
  }

  /// In percent; nil of no time.
  private static func share(_ part: UInt64, of whole: UInt64) -> Double? {
    whole == 0 ? nil : 100 * Double(part) / Double(whole)
  }

  /// So often in a second of the time in which no events are missing; nil where there is none.
  private static func rate(_ count: UInt64, _ statistics: TraceStatistics) -> Double? {
    statistics.knownTime == 0 ? nil : Double(count) * 1e9 / Double(statistics.knownTime)
  }

  /// Counts of a longer trace are greater; rates compare.
  private static func counts(_ one: TraceStatistics, _ other: TraceStatistics) -> [Row] {
    (0..<256).filter { one.counts[$0] > 0 || other.counts[$0] > 0 }.map { kind in
      Row(
        section: "Events a second", subject: TraceVocabulary.kind(UInt8(kind)), figure: "perSecond", unit: "1/s",
        one: rate(one.counts[kind], one), other: rate(other.counts[kind], other))
    }
  }

  private static func utilisation(
    _ one: TraceStatistics, _ other: TraceStatistics, _ vocabularies: (one: TraceVocabulary, other: TraceVocabulary)
  ) -> [Row] {
    func shares(_ statistics: TraceStatistics, _ vocabulary: TraceVocabulary) -> [(String, Double)] {
      statistics.shares(vocabulary).filter { $0.name != TraceStatistics.missingName }.compactMap { part in
        share(part.nanoseconds, of: statistics.knownTime).map { (part.name, $0) }
      }
    }
    return paired(shares(one, vocabularies.one), shares(other, vocabularies.other)).map {
      Row(
        section: "Utilisation (events missing left out)", subject: $0.name, figure: "share", unit: "%", one: $0.one,
        other: $0.other)
    }
  }

  /// What was measured of a subject, and how often.
  private typealias Measured = (histogram: LogHistogram, rate: Double?)

  private static func measures(
    _ one: TraceStatistics, _ other: TraceStatistics, _ vocabularies: (one: TraceVocabulary, other: TraceVocabulary)
  ) -> [Row] {
    func named(_ statistics: TraceStatistics, _ vocabulary: TraceVocabulary) -> [(String, Measured)] {
      statistics.measures.compactMap { measure -> (String, Measured)? in
        guard let histogram = statistics.histograms[measure] else { return nil }
        let measured: Measured = (histogram, rate(histogram.count, statistics))
        return ("\(measure.title)\u{0}\(measure.subject(vocabulary))", measured)
      }
    }
    func nanoseconds(_ value: @escaping (LogHistogram) -> UInt64?) -> (Measured) -> Double? {
      { value($0.histogram).map { Double($0) } }
    }
    let figures: [(String, (Measured) -> Double?)] = [
      ("perSecond", { $0.rate }), ("minimum", nanoseconds { $0.minimum }),
      ("median", nanoseconds { $0.quantile(perMille: 500) }), ("p99", nanoseconds { $0.quantile(perMille: 990) }),
      ("maximum", nanoseconds { $0.maximum }),
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
            unit: name == "perSecond" ? "1/s" : "ns", one: pair.one.flatMap(value), other: pair.other.flatMap(value))
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
