import ModuleConfiguration
import TraceFormat
import TraceReading

/// Which fields events of a kind have: those that `partita dump` shows, as numbers.
///
/// A test compares the two for every kind, so that whatever is exported says what the dump says. As numbers the call
/// that tells of processes has its three arguments; in words it has what they mean, as in the dump.
public struct EventShape: Sendable {
  /// The raw kind, which need not be a known one.
  public let kind: UInt8
  /// In the order of the dump's.
  public let fields: [ShapeField]

  /// The shapes of all kinds, by raw kind.
  public static let all: [EventShape] = (0...UInt8.max).map { EventShape(kind: $0, fields: fields(of: $0)) }

  /// The shape of an event's kind, a known one or not.
  public static func of(_ event: TraceEvent) -> EventShape { all[Int(event.kind)] }

  /// What an event says, for people.
  public func describe(_ event: TraceEvent, _ vocabulary: TraceVocabulary) -> [EventField] {
    if let told = EventDescription.telling(event, vocabulary) {
      let rest = fields[Self.arguments.upperBound...]
      return described(fields[..<Self.arguments.lowerBound], event, vocabulary) + told
        + described(rest, event, vocabulary)
    }
    return described(fields[...], event, vocabulary)
  }

  private func described(
    _ fields: ArraySlice<ShapeField>, _ event: TraceEvent, _ vocabulary: TraceVocabulary
  ) -> [EventField] {
    fields.compactMap { field in
      field.value(event).map { EventField(field.name, field.described($0, vocabulary)) }
    }
  }

  /// Puts what an event says, for people: `name=value`, with spaces in between.
  func write(_ event: TraceEvent, _ vocabulary: TraceVocabulary, to text: inout TextBytes) {
    var isFirst = true
    func put(_ field: EventField) {
      if !isFirst { text.put(byte: 0x20) }
      isFirst = false
      field.write(to: &text)
    }
    let told = EventDescription.telling(event, vocabulary)
    for (index, field) in fields.enumerated() {
      if let told, Self.arguments.contains(index) {
        if index == Self.arguments.lowerBound { told.forEach(put) }
      } else if let value = field.value(event) {
        put(EventField(field.name, field.described(value, vocabulary)))
      }
    }
  }

  private static func fields(of kind: UInt8) -> [ShapeField] {
    guard let kind = EventKind(rawValue: kind) else { return raw }
    switch kind.eventClass {
    case .input: return input(kind)
    case .decision: return decision(kind) ?? ofModule(kind) ?? [vector]
    case .observation: return observation(kind)
    case .state, .control: return control(kind)
    }
  }

  /// What nobody knows the meaning of.
  static let raw: [ShapeField] =
    [ShapeField("detail", .count, bytes: 1) { UInt64($0.detail) }, operand("operand", .count)]
    + (0..<8).map { word($0, "w\($0)", .address) }

  // MARK: Pieces

  static let vector = operand("vector", .label(.vector))

  static func operand(_ name: String, _ meaning: ShapeField.Meaning) -> ShapeField {
    ShapeField(name, meaning, bytes: 4) { UInt64($0.operand) }
  }

  /// Eight bits of the operand.
  static func operandByte(_ shift: UInt32, _ name: String, _ meaning: ShapeField.Meaning) -> ShapeField {
    ShapeField(name, meaning, bytes: 1) { UInt64($0.operand >> shift & 0xFF) }
  }

  static func detail(_ name: String, _ meaning: ShapeField.Meaning) -> ShapeField {
    ShapeField(name, meaning, bytes: 1) { UInt64($0.detail) }
  }

  static func word(_ index: Int, _ name: String, _ meaning: ShapeField.Meaning) -> ShapeField {
    ShapeField(name, meaning) { $0.words[index] }
  }

  /// Eight bits of a word.
  static func wordByte(_ index: Int, _ name: String, _ meaning: ShapeField.Meaning) -> ShapeField {
    ShapeField(name, meaning, bytes: 1) { $0.words[index] & 0xFF }
  }

  /// A flag: whether a word is not 0.
  static func wordFlag(_ index: Int, _ name: String) -> ShapeField {
    ShapeField(name, .flag, bytes: 1) { $0.words[index] != 0 ? 1 : 0 }
  }
}
