import TraceFormat

/// Which events a reader is interested in.
public struct EventFilter: Equatable, Sendable {
  /// Raw kinds; nil for all.
  public var kinds: Set<UInt8>?
  /// Partition indices; nil for all.
  public var partitions: Set<UInt8>?
  /// First instant, in nanoseconds.
  public var from: UInt64 = 0
  /// Last instant, in nanoseconds.
  public var to: UInt64 = .max

  /// Admits every event, until something is asked for.
  public init() {}

  /// Whether an event is what each of the four asks for.
  public func admits(_ event: TraceEvent) -> Bool {
    event.time >= from && event.time <= to && kinds?.contains(event.kind) ?? true
      && partitions?.contains(event.partition) ?? true
  }

  /// The kinds that a command line means: a kind's name or number, or a class's name (`input`, `decision` …).
  public static func kinds(_ text: String) -> Set<UInt8>? {
    if let kind = EventKind.allCases.first(where: { "\($0)".lowercased() == text.lowercased() }) {
      return [kind.rawValue]
    }
    let ofClass = EventKind.allCases.filter { "\($0.eventClass)" == text.lowercased() }
    if !ofClass.isEmpty { return Set(ofClass.map(\.rawValue)) }
    return UInt8(text).map { [$0] }
  }

  /// Every name that `kinds` takes: those of classes, then those of kinds.
  public static let names: [String] = {
    let classes = Set(EventKind.allCases.map { "\($0.eventClass)" })
    return classes.sorted() + EventKind.allCases.map { "\($0)" }.filter { !classes.contains($0) }
  }()
}
