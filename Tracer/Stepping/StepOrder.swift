import APEXTypes
import TraceReading

/// What the user of a stepper asks for: the same orders by key and by line.
public enum StepOrder: Equatable, Sendable {
  case move(Int)
  /// To the next event of these kinds, or the one before.
  case find(kinds: Set<UInt8>, partition: UInt8?, isBackward: Bool)
  case goToEvent(UInt64)
  case goToTime(UInt64)
  case goToFrame(UInt64)
  case first, last
  case partition(UInt8)
  case nextPartition
  case panel(StepPanel)
  case show
  case help
  case quit

  /// Why a line is no order.
  public struct Misunderstanding: Error, Equatable, CustomStringConvertible {
    /// Names what was typed, and what can be typed instead.
    public var description: String

    init(_ description: String) { self.description = description }
  }

  /// Reads a line such as `next 5`, `find mark Sensors`, `goto frame 50`; nil for an empty one or a comment.
  public static func parse(
    _ line: String, _ vocabulary: TraceVocabulary
  ) throws(Misunderstanding) -> StepOrder? {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let verb = words.first, !verb.hasPrefix("#") else { return nil }
    let rest = Array(words.dropFirst())
    switch verb {
    case "next", "n": return .move(try count(rest))
    case "back", "b", "p": return .move(-(try count(rest)))
    case "find", "/": return try find(rest, vocabulary, isBackward: false)
    case "rfind", "\\": return try find(rest, vocabulary, isBackward: true)
    case "goto", "g": return try goTo(rest)
    case "first": return .first
    case "last": return .last
    case "partition":
      let name = rest.joined(separator: " ")
      guard let index = vocabulary.partitionIndex(name), index != 0xFF else {
        throw Misunderstanding(
          "no partition is called '\(name)'; there are \(vocabulary.partitions.joined(separator: ", "))")
      }
      return .partition(index)
    case "panel":
      guard let panel = StepPanel(rawValue: rest.first ?? "") else {
        let names = StepPanel.allCases.map(\.rawValue).joined(separator: ", ")
        throw Misunderstanding("panels are \(names)")
      }
      return .panel(panel)
    case "show", "s": return .show
    case "help", "?": return .help
    case "quit", "q": return .quit
    default: throw Misunderstanding("no order is called '\(verb)'; 'help' lists them")
    }
  }

  private static func count(_ words: [String]) throws(Misunderstanding) -> Int {
    guard let word = words.first else { return 1 }
    guard let count = Int(word), count > 0, words.count == 1 else {
      throw Misunderstanding("'\(words.joined(separator: " "))' is no number of events")
    }
    return count
  }

  private static func find(
    _ words: [String], _ vocabulary: TraceVocabulary, isBackward: Bool
  ) throws(Misunderstanding) -> StepOrder {
    guard let kinds = words.first.flatMap({ EventFilter.kinds($0) }) else {
      throw Misunderstanding(
        "no kind or class of events is called '\(words.first ?? "")'; try mark, upcall, hypercall, input …"
      )
    }
    guard words.count > 1 else { return .find(kinds: kinds, partition: nil, isBackward: isBackward) }
    let name = words.dropFirst().joined(separator: " ")
    guard let partition = vocabulary.partitionIndex(name) else {
      throw Misunderstanding(
        "no partition is called '\(name)'; there are \(vocabulary.partitions.joined(separator: ", "))")
    }
    return .find(kinds: kinds, partition: partition, isBackward: isBackward)
  }

  private static func goTo(_ words: [String]) throws(Misunderstanding) -> StepOrder {
    let usage = Misunderstanding("'goto' wants an instant (1.5s, 250us), event:253, or frame:50")
    if words.count == 2, let number = UInt64(words[1]) {
      if words[0] == "event" { return .goToEvent(number) }
      if words[0] == "frame" { return .goToFrame(number) }
    }
    guard words.count == 1 else { throw usage }
    if words[0].hasPrefix("#"), let number = UInt64(words[0].dropFirst()) { return .goToEvent(number) }
    guard let place = TracePlace(words[0]) else { throw usage }
    return StepOrder(goingTo: place)
  }

  /// To a place as all commands take it.
  public init(goingTo place: TracePlace) {
    switch place {
    case .instant(let instant): self = .goToTime(instant)
    case .frame(let number): self = .goToFrame(UInt64(number))
    case .event(let number): self = .goToEvent(number)
    }
  }

  /// What can be typed, a line an order: the command's help and the order `help` show the same.
  public static let manual = [
    "next [N]               N events on (1)", "back [N]               N events back",
    "find KIND [PARTITION]  to the next of a kind or class: mark, upcall, input …",
    "rfind KIND [PARTITION] to the one before",
    "goto INSTANT           to an instant: 1.5s, 10ms, 250us, 40ns",
    "goto event N           to the event at position N; event:N too",
    "goto frame N           to the start of major frame N; frame:N too", "first, last            to the ends",
    "partition NAME         whose tables are shown", "panel NAME             vcpu, ports, lines, health",
    "show                   the whole screen", "quit                   the end",
  ]
}

/// What the lower part of a small screen shows.
public enum StepPanel: String, CaseIterable, Sendable {
  case vcpu, ports, lines, health
}
