/// One thing that an event says, by name.
public struct EventField: Equatable, Sendable {
  /// What a field says, by how it is to be read; text and JSON write each in a way of its own.
  public enum Value: Equatable, Sendable {
    /// A number in decimal digits.
    case count(UInt64)
    /// A number in hexadecimal digits: an address, a mask, a digest, a register.
    case address(UInt64)
    /// A length of time in nanoseconds.
    case duration(UInt64)
    /// An instant of the module's clock in nanoseconds; all ones stand for never.
    case instant(UInt64)
    case name(String)
    case flag(Bool)
  }
  /// Nothing in it needs escaping in JSON, where `Ns` follows the name of a time.
  public var name: String
  /// As it was recorded, or the name that `TraceVocabulary` has for it.
  public var value: Value

  /// - Parameter name: one of our own, and no text of a module or a trace.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// The field as `name=value`.
  public var text: String {
    var text = TextBytes()
    write(to: &text)
    return text.text
  }

  /// Puts the field as `name=value`.
  public func write(to text: inout TextBytes) {
    text.put(name)
    text.put(byte: 0x3D)
    switch value {
    case .count(let count): text.put(count)
    case .address(let address): text.put(hexadecimal: address)
    case .duration(let nanoseconds):
      text.put(nanoseconds)
      text.put("ns")
    case .instant(.max): text.put("never")
    case .instant(let nanoseconds):
      text.put(seconds: nanoseconds)
      text.put("s")
    case .name(let name): text.put(name)
    case .flag(let isSet): text.put(isSet ? "yes" : "no")
    }
  }

  /// Puts the field as a member of a JSON object; times are in nanoseconds and say so in their key.
  public func write(jsonTo text: inout TextBytes) {
    // Names are our own: there is nothing in them to escape.
    text.put(byte: 0x22)
    text.put(name)
    switch value {
    case .duration, .instant: text.put("Ns\":")
    default: text.put("\":")
    }
    switch value {
    case .count(let count): text.put(count)
    case .address(let address):
      text.put(byte: 0x22)
      text.put(hexadecimal: address)
      text.put(byte: 0x22)
    case .duration(let nanoseconds), .instant(let nanoseconds): text.put(nanoseconds)
    case .name(let name): text.put(quoted: name)
    case .flag(let isSet): text.put(isSet ? "true" : "false")
    }
  }

  /// Nanoseconds as seconds with nine decimals.
  public static func seconds(_ nanoseconds: UInt64) -> String {
    var text = TextBytes()
    text.put(seconds: nanoseconds)
    return text.text
  }

  /// A JSON string.
  public static func quoted(_ string: String) -> String {
    var text = TextBytes()
    text.put(quoted: string)
    return text.text
  }
}
