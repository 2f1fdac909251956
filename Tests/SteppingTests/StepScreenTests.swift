import PartitionCore
import SimulatedModule
import Terminal
import Testing
import TraceFormat
import TraceReading

@testable import Stepping

/// What the stepper shows and understands, without a terminal.
@Suite struct StepScreenTests {
  func session(seed: UInt64 = 5, _ description: ModuleDescription = .lively) throws -> StepSession {
    let module = try SimulatedModule(description)
    let events = RecordedWorld<OwnersMarked>(module, seed: seed).run(until: 200_000_000, inputs: 5_000)
    let trace = SteppingTests.trace(of: events, module)
    return StepSession(try TraceStepper { try TraceReader(bytes: trace) })
  }

  @Test func screenFitsEverySizeAndShowsTheCurrentEvent() throws {
    var session = try session()
    for share in [0, 13, 50, 99, 100] {
      try session.stepper.go(to: session.stepper.store.eventCount * share / 100)
      for (width, height) in [(30, 5), (40, 12), (80, 24), (120, 40), (200, 100)] {
        for panel in StepPanel.allCases {
          session.panel = panel
          let lines = try StepScreen(session, width: width, height: height).lines(status: StyledLine("status"))
          #expect(lines.count <= height)
          #expect(lines.last?.text == "status")
          let current = lines.filter { $0.text.hasPrefix("▶") }
          #expect(current.count == 1)
          let (position, _) = try session.stepper.current()
          #expect(current.first?.text.contains(" \(position) ") == true)
          for line in lines { #expect(line.rendered(width: width, isColored: false).count <= width) }
        }
      }
    }
  }

  /// The keys are told on small terminals too, and nothing of the help is cut at 60 columns.
  @Test func helpFitsSmallTerminals() throws {
    var session = try session()
    try session.obey(.help)
    let status = StyledLine("status")
    let whole = try StepScreen(session, width: 60, height: 24).lines(status: status)
    #expect(whole.count < 24 && whole.allSatisfy { $0.text.count <= 60 }, "\(whole.map(\.text))")
    #expect(whole.contains { $0.text.hasSuffix("may have returned since.") })
    // The table's own signs: its flag, its star, its crosses and its brackets.
    for sign in ["IF: ", "'*': ", "40×11: ", "[40]: "] { #expect(whole.contains { $0.text.contains(sign) }) }
    let low = try StepScreen(session, width: 60, height: 15).lines(status: status).map(\.text)
    for key in ["q    quit", "?    this help, on", "f F  major frame", "g    go to", "v o l x  panel"] {
      #expect(low.contains { $0.hasPrefix("  \(key)") }, "\(low)")
    }
    #expect(low.count == 15 && low.last == "status")
    // Half a number would be another one: the title leaves out what has no room.
    try session.stepper.go(to: session.stepper.store.eventCount / 2)
    for width in 50...80 {
      #expect(try StepScreen(session, width: width, height: 24).lines(status: status).first?.text.count == width)
    }
  }

  @Test func tablesAreTheCoresOwn() throws {
    let session = try session()
    try session.stepper.go(to: session.stepper.store.eventCount / 2)
    let text = try StepScreen(session, width: 120, height: 80).lines(status: StyledLine()).map(\.text)
    for name in session.stepper.vocabulary.partitions { #expect(text.contains { $0.contains(name) }) }
    for title in ["vCPU of", "ports", "lines", "health monitor's log"] {
      #expect(text.contains { $0.hasPrefix("── \(title)") })
    }
    let errors = session.stepper.withCore { $0.errorCount }
    #expect(text.contains { $0.contains("health monitor's log: \(errors) ") })
  }

  /// Of many partitions the chosen one, who runs, and the chosen one's tables are on a small screen.
  @Test func manyPartitionsLeaveRoomForTables() throws {
    var description = ModuleDescription.lively
    while description.partitions.count < 20 { description.addPartition(permitted: 0) }
    var session = try session(seed: 5, description.named())
    let stepper = session.stepper
    try stepper.go(to: stepper.store.eventCount / 2)
    let found = try stepper.find(isBackward: false) { $0.knownKind == .windowStart }
    try stepper.go(to: #require(found))
    let running = stepper.withCore { $0.current }.rawValue
    try #require(running < 20)
    for chosen in 0..<UInt8(20) {
      try session.obey(.partition(chosen))
      let lines = try StepScreen(session, width: 80, height: 24).lines(status: StyledLine())
        .map(\.text)
      let table = lines.drop { !$0.contains("state after entry") }.prefix { !$0.hasPrefix("──") }
      #expect(table.first?.hasSuffix("  (8 of 20)") == true && table.count == 9 && lines.count <= 24, "\(lines)")
      for partition in [chosen, running] {
        let row = (partition == running ? " ▶ " : "   ") + "Partition \(partition) "
        #expect(table.count { $0.hasPrefix(row) } == 1, "\(table)")
      }
      let title = "── vCPU of Partition \(chosen)"
      #expect(lines.contains { $0.hasPrefix(title + " ") || $0.hasPrefix(title + ",") }, "\(lines)")
    }
  }

  @Test func ordersAreReadAndRefusedWithReasons() throws {
    let vocabulary = TraceVocabulary(partitions: ["Sensors", "Control"])
    func parse(_ text: String) throws -> StepOrder? { try StepOrder.parse(text, vocabulary) }
    #expect(try parse("next") == .move(1))
    #expect(try parse("  back 12 ") == .move(-12))
    #expect(try parse("find mark sensors") == .find(kinds: [17], partition: 0, isBackward: false))
    #expect(try parse("rfind upcall") == .find(kinds: [18], partition: nil, isBackward: true))
    #expect(try parse("goto 1.5s") == .goToTime(1_500_000_000))
    #expect(try parse("goto event 253") == .goToEvent(253))
    #expect(try parse("goto #253") == .goToEvent(253))
    #expect(try parse("goto frame 50") == .goToFrame(50))
    #expect(try parse("partition Control") == .partition(1))
    #expect(try parse("panel health") == .panel(.health))
    #expect(try parse("") == nil)
    #expect(try parse("# a remark") == nil)
    for text in [
      "nxt", "next x", "next 0", "next -3", "find", "find nothing", "find mark Nobody", "goto", "goto 5 minutes",
      "goto event x", "partition", "partition None", "panel", "panel sky",
    ] {
      #expect(throws: StepOrder.Misunderstanding.self, "\(text)") { try parse(text) }
    }
  }

  @Test func keysAreReadFromTheirBytes() {
    func keys(_ bytes: [UInt8]) -> [TerminalKey] {
      var rest = bytes[...]
      var keys: [TerminalKey] = []
      while let key = TerminalKey.take(&rest) { keys.append(key) }
      return keys
    }
    #expect(keys(Array("nq".utf8)) == [.character("n"), .character("q")])
    #expect(
      keys(Array("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D\u{1B}OH\u{1B}[F".utf8)) == [.up, .down, .right, .left, .home, .end])
    #expect(keys(Array("\u{1B}[5~\u{1B}[6~\u{1B}[99~".utf8)) == [.pageUp, .pageDown, .other])
    #expect(keys([27]) == [.escape])
    #expect(keys(Array("\u{1B}[200~\u{1A}\u{1B}[201~".utf8)) == [.pasteBegin, .suspend, .pasteEnd])
    #expect(keys([9, 13, 127, 3, 4]) == [.tab, .enter, .backspace, .interrupt, .interrupt])
    #expect(keys(Array("é→".utf8)) == [.character("é"), .character("→")])
    for whole in ["n", "\u{1B}[A", "\u{1B}[A\u{1B}OH", "\u{1B}[99~", "é→", "\u{1B}[Aq", ""] {
      #expect(!TerminalKey.endsWithin(Array(whole.utf8)), "\(whole.utf8.map { $0 })")
    }
    for cut in ["\u{1B}", "n\u{1B}", "\u{1B}[", "\u{1B}[A\u{1B}O", "\u{1B}[9", "q\u{1B}[12;"] {
      #expect(TerminalKey.endsWithin(Array(cut.utf8)), "\(cut.utf8.map { $0 })")
    }
    #expect(TerminalKey.endsWithin([0x41, 0xE2, 0x86]) && TerminalKey.endsWithin([0xF0]))
    #expect(keys([0xF0]) == [.character("\u{FFFD}")], "a cut character is no crash")
  }
}
