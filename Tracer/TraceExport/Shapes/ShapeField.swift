import TraceFormat
import TraceReading

/// One thing that events of a kind say: a number, with what it means.
public struct ShapeField: Sendable {
  /// What the number is: formats show it accordingly.
  public enum Meaning: Equatable, Sendable {
    case count, address
    /// Nanoseconds.
    case duration
    /// Nanoseconds of the module's clock; all ones for never.
    case instant
    case flag
    /// A partition's index; 255 for none.
    case partition
    /// A partition's index; 255 for the kernel, 254 for unknown.
    case addressSpace
    case label(LabelSet)
  }

  /// As the dump calls it.
  public let name: String
  /// The same for all events of the kind.
  public let meaning: Meaning
  /// How many bytes hold every value that can be: 1, 2, 4 or 8.
  public let byteWidth: Int
  /// The value; nil where an event of the kind does not say it.
  public let value: @Sendable (TraceEvent) -> UInt64?

  init(_ name: String, _ meaning: Meaning, bytes: Int = 8, _ value: @escaping @Sendable (TraceEvent) -> UInt64?) {
    self.name = name
    self.meaning = meaning
    byteWidth = bytes
    self.value = value
  }

  /// The field with its value, for people.
  func described(_ value: UInt64, _ vocabulary: TraceVocabulary) -> EventField.Value {
    switch meaning {
    case .count: .count(value)
    case .address: .address(value)
    case .duration: .duration(value)
    case .instant: .instant(value)
    case .flag: .flag(value != 0)
    case .partition: .name(vocabulary.partition(UInt8(truncatingIfNeeded: value)))
    case .addressSpace: .name(vocabulary.addressSpace(UInt8(truncatingIfNeeded: value)))
    case .label(let set): .name(set.text(value))
    }
  }
}
