import MaintenanceConsole
import Testing

struct MaintenanceConsoleTests {
  /// The lines that the bytes make, without their ends.
  static func lines(_ text: String) -> [String] {
    var editor = LineEditor()
    var lines: [String] = []
    for byte in text.utf8 where editor.feed(byte) {
      lines.append(editor.withBytes { String(decoding: $0, as: UTF8.self) })
    }
    return lines
  }

  static func command(_ line: String) -> Command {
    Array(line.utf8).withUnsafeBytes { Command(parsing: $0) }
  }

  @Test(arguments: [
    ("status\n", ["status"]), ("status\r", ["status"]), ("status\r\nstats\r\n", ["status", "stats"]),
    ("\n\n", ["", ""]), ("stax\u{8}ts\n", ["stats"]), ("x\u{7F}\u{7F}\u{7F}y\n", ["y"]),
    ("wrong\u{15}right\n", ["right"]),
    ("a\u{1}\u{1B}b\n", ["ab"]), ("unfinished", []),
  ])
  func editorMakesLines(typed: String, expected: [String]) {
    #expect(Self.lines(typed) == expected)
  }

  @Test func overlongLineIsCutAndTold() {
    var editor = LineEditor()
    var finished = false
    for _ in 0..<LineEditor.capacity { finished = editor.feed(0x61) || finished }
    #expect(!editor.isOverlong)
    finished = editor.feed(0x62) || finished
    #expect(editor.isOverlong)
    #expect(!finished)
    finished = editor.feed(0x0A)
    #expect(finished)
    #expect(editor.isOverlong)
    #expect(editor.count == LineEditor.capacity)
    finished = editor.feed(0x63)
    #expect(!finished)
    #expect(!editor.isOverlong, "the next line starts afresh")
    #expect(editor.count == 1)
  }

  @Test(arguments: [
    ("", Command.empty), ("   ", .empty), ("help", .help), ("  status ", .status), ("stats now", .stats),
    ("echo", .echo(4..<4)), ("echo ", .echo(5..<5)), ("echo a  b", .echo(5..<9)), ("  echo x", .echo(7..<8)),
    ("statu", .unknown(0..<5)), ("statuss", .unknown(0..<7)), (" Echo a", .unknown(1..<5)),
  ])
  func commandsAreTold(line: String, expected: Command) {
    #expect(Self.command(line) == expected)
  }

  @Test func anyBytesGiveSomeCommand() {
    var generator = SystemRandomNumberGenerator()
    let seed = generator.next()
    var state = seed | 1
    for _ in 0..<2_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(state % 90) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(truncatingIfNeeded: state >> 33))
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      switch bytes.withUnsafeBytes({ Command(parsing: $0) }) {
      case .echo(let range), .unknown(let range):
        #expect(range.lowerBound >= 0 && range.upperBound <= bytes.count, "seed \(seed)")
      case .empty, .help, .status, .stats: break
      }
    }
  }

  @Test func queueKeepsOrderAcrossItsEndAndCountsLosses() {
    var queue = ByteQueue()
    for round in 0..<10 {
      for value in 0..<200 { queue.append(UInt8((value + round) % 256)) }
      for value in 0..<200 {
        let byte = queue.popFirst()
        #expect(byte == UInt8((value + round) % 256))
      }
      let none = queue.popFirst()
      #expect(none == nil)
    }
    for value in 0..<300 { queue.append(UInt8(value % 256)) }
    #expect(queue.count == ByteQueue.capacity)
    #expect(queue.lostCount == 44)
    let oldest = queue.popFirst()
    #expect(oldest == 0)
  }
}
