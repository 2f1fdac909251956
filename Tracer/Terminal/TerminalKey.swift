/// A key as a terminal sends it.
public enum TerminalKey: Equatable, Sendable {
  case character(Character)
  case enter, escape, tab, backspace
  case up, down, left, right, home, end, pageUp, pageDown
  /// Ctrl-C or Ctrl-D.
  case interrupt
  /// Ctrl-Z.
  case suspend
  /// Before and behind what is pasted, where the terminal has been asked to tell.
  case pasteBegin, pasteEnd
  /// A character that was not typed.
  case pasted(Character)
  case other

  /// Takes the first key off bytes; nil where they end within one.
  public static func take(_ bytes: inout ArraySlice<UInt8>) -> TerminalKey? {
    guard let first = bytes.first else { return nil }
    bytes.removeFirst()
    switch first {
    case 3, 4: return .interrupt
    case 9: return .tab
    case 10, 13: return .enter
    case 8, 127: return .backspace
    case 26: return .suspend
    case 27: return sequence(&bytes)
    case 0..<32: return .other
    case 32..<128: return .character(Character(UnicodeScalar(first)))
    default:
      let length = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1
      let text = String(decoding: [first] + bytes.prefix(length), as: UTF8.self)
      bytes.removeFirst(min(length, bytes.count))
      return text.first.map { .character($0) } ?? .other
    }
  }

  /// Whether bytes end within a key that has more of them: behind an escape, in a key's name, or in a character.
  public static func endsWithin(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    var last = rest
    while !rest.isEmpty {
      last = rest
      _ = take(&rest)
    }
    let key = Array(last)
    guard let first = key.first, key.count > 1 || first == 27 || first >= 0x80 else { return false }
    if first == 27 {
      let isNamed = key.count > 1 && (key[1] == 0x5B || key[1] == 0x4F)
      return key.count == 1 || isNamed && (key.count == 2 || key[key.count - 1] < 0x40)
    }
    return key.count < (first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2)
  }

  /// What follows an escape: nothing (the key itself), or a key's name.
  private static func sequence(_ bytes: inout ArraySlice<UInt8>) -> TerminalKey {
    guard let opening = bytes.first, opening == 0x5B || opening == 0x4F else { return .escape }
    bytes.removeFirst()
    var name: [UInt8] = []
    while let byte = bytes.first {
      bytes.removeFirst()
      name.append(byte)
      if byte >= 0x40 { break }
    }
    switch String(decoding: name, as: UTF8.self) {
    case "A": return .up
    case "B": return .down
    case "C": return .right
    case "D": return .left
    case "H", "1~", "7~": return .home
    case "F", "4~", "8~": return .end
    case "5~": return .pageUp
    case "6~": return .pageDown
    case "200~": return .pasteBegin
    case "201~": return .pasteEnd
    default: return .other
    }
  }
}
