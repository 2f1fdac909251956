import CommandFolder
import Foundation
import Testing

/// A CTF trace as babeltrace2 reads it.
struct BabelTrace {
  enum Value: Equatable {
    case number(UInt64)
    case text(String)
    /// An enumeration; nil where no name stands for the number.
    case label(String?, UInt64)
  }
  struct Event {
    var time: UInt64
    var name: String
    var fields: [String: Value]
  }
  var events: [Event] = []
  /// What babeltrace2 says of events that are missing, a line each.
  var warnings: [String] = []

  init(_ folder: String) throws {
    let run = try CommandRun("/usr/bin/babeltrace2", ["--clock-cycles", "--no-delta", folder])
    try #require(run.status == 0, "babeltrace2: \(run.errors)")
    warnings = run.errors.split(separator: "\n").map(String.init)
    for line in run.output.split(separator: "\n") { events.append(try Self.event(line)) }
  }

  /// `[cycles] host name: { … }, { … }`
  private static func event(_ line: Substring) throws -> Event {
    let time = try #require(UInt64(line.dropFirst().prefix { $0 != "]" }), "\(line)")
    let rest = line[line.index(after: line.firstIndex(of: "]")!)...]
    let end = try #require(rest.range(of: ": {"), "\(line)")
    let name = rest[..<end.lowerBound].split(separator: " ", maxSplits: 1)[1]
    var scanner = FieldScanner(rest[end.lowerBound...].dropFirst(2))
    return Event(time: time, name: String(name), fields: try scanner.fields())
  }
}

/// Reads `{ a = 1, b = ( "x" : container = 2 ) }, { … }`.
private struct FieldScanner {
  private var rest: Substring

  init(_ text: Substring) { rest = text }

  mutating func fields() throws -> [String: BabelTrace.Value] {
    var fields: [String: BabelTrace.Value] = [:]
    while true {
      skip { " ,{}".contains($0) }
      guard !rest.isEmpty else { return fields }
      let name = String(take { $0 != " " })
      skip { " =".contains($0) }
      try #require(fields[name] == nil, "two fields are called \(name)")
      fields[name] = try value()
    }
  }

  private mutating func value() throws -> BabelTrace.Value {
    if rest.first == "\"" { return .text(quoted()) }
    guard rest.first == "(" else {
      let text = take { !" ,}".contains($0) }
      if text.hasPrefix("0x") { return .number(try #require(UInt64(text.dropFirst(2), radix: 16))) }
      if text.hasPrefix("-") { return .number(UInt64(bitPattern: try #require(Int64(text)))) }
      return .number(try #require(UInt64(text), "\(text)"))
    }
    skip { "( ".contains($0) }
    var label: String?
    if rest.first == "\"" { label = quoted() } else { skip { $0 != ":" } }
    skip { $0 != "=" }
    skip { "= ".contains($0) }
    let text = take { !" )".contains($0) }
    let number = UInt64(text) ?? Int64(text).map(UInt64.init(bitPattern:))
    skip { " )".contains($0) }
    return .label(label, try #require(number, "\(text)"))
  }

  private mutating func quoted() -> String {
    rest.removeFirst()
    var text = ""
    while let character = rest.popFirst(), character != "\"" {
      text.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
    }
    return text
  }

  private mutating func skip(_ isSkipped: (Character) -> Bool) { rest = rest.drop(while: isSkipped) }

  private mutating func take(_ isTaken: (Character) -> Bool) -> Substring {
    let taken = rest.prefix(while: isTaken)
    rest = rest.dropFirst(taken.count)
    return taken
  }
}
