/// One thing that an event says, by name.
public struct EventField: Equatable, Sendable {
  public enum Value: Equatable, Sendable {
    case count(UInt64)
    case address(UInt64)
    /// A length of time in nanoseconds.
    case duration(UInt64)
    /// An instant of the module's clock in nanoseconds; all ones stand for never.
    case instant(UInt64)
    case name(String)
    case flag(Bool)
  }
  public var name: String
  public var value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// The field as `name=value`.
  public var text: String {
    switch value {
    case .count(let count): "\(name)=\(count)"
    case .address(let address): "\(name)=\(Self.hexadecimal(address))"
    case .duration(let nanoseconds): "\(name)=\(nanoseconds)ns"
    case .instant(let nanoseconds): "\(name)=" + (nanoseconds == .max ? "never" : Self.seconds(nanoseconds) + "s")
    case .name(let text): "\(name)=\(text)"
    case .flag(let isSet): "\(name)=\(isSet ? "yes" : "no")"
    }
  }

  /// The field as a member of a JSON object; times are in nanoseconds and say so in their key.
  public var json: String {
    switch value {
    case .count(let count): "\(Self.quoted(name)):\(count)"
    case .address(let address): "\(Self.quoted(name)):\"\(Self.hexadecimal(address))\""
    case .duration(let nanoseconds), .instant(let nanoseconds): "\(Self.quoted(name + "Ns")):\(nanoseconds)"
    case .name(let text): "\(Self.quoted(name)):\(Self.quoted(text))"
    case .flag(let isSet): "\(Self.quoted(name)):\(isSet)"
    }
  }

  static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

  /// Nanoseconds as seconds with nine decimals.
  public static func seconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000)
    return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }

  /// A JSON string.
  public static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case let control where control.value < 32:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
