import Foundation
import Stepping
import Terminal
import TraceFormat
import TraceReading

/// The user does not want to wait any longer.
struct StepInterruption: Error {}

/// A way through a trace that may take long, before somebody who waits: tells how far it is, and obeys Ctrl-C.
private final class LongWay {
  let screen: FullScreen
  /// What the screen shows; its last line is the one that tells.
  var lines: [StyledLine] = []
  private var next = ContinuousClock.now

  init(screen: FullScreen) { self.screen = screen }

  /// What is quick tells nothing.
  func begin() { next = .now + .milliseconds(300) }

  func tell(_ place: Int, of count: Int) throws {
    guard ContinuousClock.now >= next else { return }
    next = .now + .milliseconds(100)
    if screen.takesInterrupt() { throw StepInterruption() }
    screen.show(lines.dropLast() + [StyledLine(" \(place) of \(count) events; Ctrl-C stays here", .soft)])
  }
}

/// The stepper in a terminal: keys, prompts, messages.
struct StepConversation {
  let screen: FullScreen
  var session: StepSession
  private var prompt: (label: String, verb: String, text: String)?
  private var message = ""
  private let way: LongWay

  init(screen: FullScreen, session: StepSession) {
    self.screen = screen
    self.session = session
    way = LongWay(screen: screen)
  }

  mutating func run() throws {
    let (way, stepper) = (way, session.stepper)
    let count = stepper.store.eventCount
    stepper.onProgress = { place in try way.tell(place, of: count) }
    // The terminal is given back when nobody has its screen any more, and the stepper stays.
    defer { stepper.onProgress = { _ in } }
    while true {
      if !screen.hasMoreKeys {
        let size = screen.size
        way.lines = try StepScreen(session, width: size.columns, height: size.rows).lines(status: status)
        screen.show(way.lines)
      }
      guard let key = screen.key(within: 1000) else { continue }
      if prompt != nil {
        try take(key)
      } else {
        message = ""
        guard let order = order(key) else { continue }
        if order == .quit { return }
        try obey(order)
      }
    }
  }

  private var status: StyledLine {
    if let prompt { return StyledLine(" \(prompt.label): \(prompt.text)▏", .strong) }
    if !message.isEmpty { return StyledLine(" " + message, .doubtful) }
    // A narrow terminal cuts what help tells, not the key for it.
    let hints = " ? help  q quit  n p event  f frame  w window  u upcall  / find  g go to  Tab"
    return StyledLine(hints, .soft)
  }

  private mutating func obey(_ order: StepOrder) throws {
    way.begin()
    do {
      try session.obey(order)
    } catch is StepInterruption {
      message = "interrupted; nothing has moved"
    } catch let refusal as StepSession.Refusal {
      message = refusal.description
      // First where one is: on a narrow screen the rest is cut.
      if case .move = order { return }
      message = "still at event \(try session.stepper.current().position): \(refusal)"
    }
  }

  /// A key while a line is typed.
  private mutating func take(_ key: TerminalKey) throws {
    switch key {
    case .character(let character), .pasted(let character): prompt?.text.append(character)
    case .backspace: _ = prompt?.text.popLast()
    case .escape, .interrupt: prompt = nil
    case .enter:
      guard let line = prompt else { return }
      prompt = nil
      do {
        if let order = try StepOrder.parse("\(line.verb) \(line.text)", session.stepper.vocabulary) { try obey(order) }
      } catch let error as StepOrder.Misunderstanding {
        message = error.description
      }
    default: break
    }
  }

  /// What a key stands for; nil for a prompt that begins, and for keys that mean nothing.
  private mutating func order(_ key: TerminalKey) -> StepOrder? {
    if session.isHelpShown, key == .escape { return .help }
    switch key {
    case .right, .down, .enter: return .move(1)
    case .left, .up: return .move(-1)
    case .pageDown: return .move(20)
    case .pageUp: return .move(-20)
    case .home: return .first
    case .end: return .last
    case .tab: return .nextPartition
    case .interrupt: return .quit
    case .character(let character): return order(character)
    default: return nil
    }
  }

  private mutating func order(_ character: Character) -> StepOrder? {
    let isBackward = character.isUppercase
    func find(_ kinds: EventKind...) -> StepOrder {
      .find(kinds: Set(kinds.map(\.rawValue)), partition: nil, isBackward: isBackward)
    }
    switch character {
    case "n", "j", " ": return .move(1)
    case "p", "k": return .move(-1)
    case "f", "F": return find(.majorFrameStart)
    case "w", "W": return find(.windowStart)
    case "i", "I": return .find(kinds: EventFilter.kinds("input") ?? [], partition: nil, isBackward: isBackward)
    case "h", "H": return find(.hypercall)
    case "m", "M": return find(.mark)
    case "u", "U": return find(.upcall)
    case "e", "E": return find(.healthError, .healthAction, .moduleAction, .modeChange, .exception, .kernelFault)
    case "v": return .panel(.vcpu)
    case "o": return .panel(.ports)
    case "l": return .panel(.lines)
    case "x": return .panel(.health)
    case "?": return .help
    case "q", "Q": return .quit
    case "/": prompt = ("find", "find", "")
    case "\\": prompt = ("find back", "rfind", "")
    case "g": prompt = ("go to (1.5s, event N, frame N)", "goto", "")
    default: break
    }
    return nil
  }
}
