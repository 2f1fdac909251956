import TraceFormat

/// A place in a trace as people name it: `1.5s`, `frame:50` or `event:10000`.
public enum TracePlace: Equatable, Sendable {
  /// Nanoseconds of the module's clock.
  case instant(UInt64)
  /// A major frame's number, from 0.
  case frame(UInt32)
  /// An event's position, from 0.
  case event(UInt64)

  /// Reads what `TraceInstant` reads, or a number after `frame:` or `event:`; nil for anything else.
  public init?(_ text: String) {
    if let number = Self.number(text, after: "frame:") {
      guard let frame = UInt32(exactly: number) else { return nil }
      self = .frame(frame)
    } else if let number = Self.number(text, after: "event:") {
      self = .event(number)
    } else {
      guard let instant = TraceInstant(text) else { return nil }
      self = .instant(instant.nanoseconds)
    }
  }

  private static func number(_ text: String, after prefix: String) -> UInt64? {
    guard text.hasPrefix(prefix) else { return nil }
    let digits = text.dropFirst(prefix.count)
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return UInt64(digits)
  }
}

/// A part of a trace, from one place to another, both included.
public struct TraceSpan: Equatable, Sendable {
  /// Where an event is.
  public enum Side: Equatable, Sendable {
    case before, within, after
  }

  /// Nil for the trace's beginning.
  public var from: TracePlace?
  /// Nil for the trace's end.
  public var to: TracePlace?
  /// Whether an event has come with which, or after which, the span begins.
  private(set) var hasBegun: Bool
  private var hasEnded = false

  /// The span before its first event: without places it is the whole trace.
  public init(from: TracePlace? = nil, to: TracePlace? = nil) {
    self.from = from
    self.to = to
    hasBegun = from == nil
  }

  /// Whether it ends before it begins, as far as that shows without a trace.
  public var isBackward: Bool {
    switch (from, to) {
    case (.instant(let from)?, .instant(let to)?): from > to
    case (.event(let from)?, .event(let to)?): from > to
    case (.frame(let from)?, .frame(let to)?): from > to
    default: false
    }
  }

  /// Where the next event of the trace is; once one is after the span, all others are.
  public mutating func side(of event: TraceEvent, position: UInt64) -> Side {
    if !hasBegun, let from { hasBegun = Self.reaches(from, event, position) }
    if !hasEnded, let to { hasEnded = Self.passes(to, event, position) }
    return hasEnded ? .after : hasBegun ? .within : .before
  }

  private static func reaches(_ place: TracePlace, _ event: TraceEvent, _ position: UInt64) -> Bool {
    switch place {
    case .instant(let instant): event.time >= instant
    case .event(let number): position >= number
    case .frame(let number): event.kind == EventKind.majorFrameStart.rawValue && event.operand >= number
    }
  }

  private static func passes(_ place: TracePlace, _ event: TraceEvent, _ position: UInt64) -> Bool {
    switch place {
    case .instant(let instant): event.time > instant
    case .event(let number): position > number
    case .frame(let number): event.kind == EventKind.majorFrameStart.rawValue && event.operand > number
    }
  }
}
