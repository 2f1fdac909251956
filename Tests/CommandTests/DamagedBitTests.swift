import CommandFolder
import Foundation
import TestSeeds
import Testing
import TraceFormat
import TraceReading

/// One bit of a trace turned over: every command and every export ends as `dump` of the same part does, says why,
/// replaces nothing, and leaves nothing that is not whole.
@Suite(.serialized) struct DamagedBitTests {
  /// What reads a trace; `@` stands for it, and `out` is what it may write.
  static let commands: [[String]] = [
    ["dump", "@", "--format", "json"], ["stats", "@"], ["verify", "@"], ["verify", "@", "--evidence"],
    ["verify", "@", "--certificate", "out"], ["replay", "@"], ["claims", "@"],
    ["query", "@", "SELECT count(*) FROM event"], ["report", "@", "-o", "out"], ["step", "@"], ["diff", "@", "good"],
    ["diff", "good", "@"], ["what-if", "@", "--schedule-search"], ["what-if", "@", "--module", "module.xml"],
    ["top", "@"], ["audit", "certificate", "@"], ["analyse", "module.xml", "@"], ["stats", "good", "--compare", "@"],
    ["stats", "@", "--compare", "good"],
  ]
  static let exports: [[String]] =
    ["ctf", "perfetto", "chrome", "sqlite", "csv", "vcd"].map { ["export", "@", "--format", $0, "-o", "out"] } + [
      ["export", "@", "--format", "csv", "--by-kind", "-o", "out"]
    ]
  /// Parts of the trace, which has frames 0 to 5.
  private static let parts = [
    ["--to", "frame:1"], ["--from", "frame:3"], ["--from", "frame:1", "--to", "frame:2"],
  ]

  /// Where a bit is turned: the trace's first block holds its module's table, its last one only closes it.
  enum Place: CaseIterable {
    case table, first, second, seal
  }

  @Test(arguments: Place.allCases) func everyCommandEndsAsADumpDoes(place: Place) throws {
    let seed = TestSeed.draw() &+ UInt64(Place.allCases.firstIndex(of: place) ?? 0)
    let folder = try Self.folder()
    let what = try "seed \(seed), \(Self.damage(folder, place, seed))"
    print("damaged bit:", what)
    let before = folder.names
    let status = try Self.status(of: ["dump", "@"], in: folder, what)
    #expect(status == (place == .table ? 2 : 3), "\(what)")
    for words in Self.commands + Self.exports {
      let command = try RunningCommand(Self.filled(words), in: folder)
      let ending = command.finish()
      let said = command.errors + String(command.output.suffix(4000))
      let due = Self.dueStatuses(words, dump: status)
      #expect(due.contains { ending == .status($0) }, "\(what), \(words): \(ending) \(command.errors)")
      if due != [0] {
        let reasons = ["damaged", "checksum", "missing", "refused", "no trace block", "no block may have", "version"]
        #expect(reasons.contains { said.contains($0) }, "\(what), \(words): \(said)")
      }
      #expect(!said.contains("Fatal"), "\(what), \(words): \(said)")
      #expect(command.peakBytes <= 64 << 20, "\(what), \(words): \(command.peakBytes >> 10) KiB")
      let hasOutput = words.contains("out") && status == 3
      #expect(folder.names == (before + (hasOutput ? ["out"] : [])).sorted(), "\(what), \(words): \(folder.names)")
      #expect(folder.leftovers == [], "\(what), \(words)")
      try? FileManager.default.removeItem(atPath: folder.file("out"))
    }
    for part in Self.parts {
      let status = try Self.status(of: ["dump", "@"] + part, in: folder, what)
      for words in Self.exports {
        let ending = try Self.status(of: words + part, in: folder, what)
        #expect(ending == status, "\(what), \(words + part)")
        #expect(folder.names.contains("out") == (status != 2), "\(what), \(words + part)")
        try? FileManager.default.removeItem(atPath: folder.file("out"))
      }
    }
  }

  @Test func nothingIsReplacedByWhatIsDamaged() throws {
    let seed = TestSeed.draw()
    let folder = try Self.folder()
    let what = try "seed \(seed), \(Self.damage(folder, .first, seed))"
    try folder.write(Array("mine".utf8), to: "out")
    let before = folder.names
    let prediction = ["what-if", "@", "--module", "module.xml", "-o", "out"]
    for words in Self.exports + Self.commands.filter({ $0.contains("out") }) + [prediction] {
      let command = try RunningCommand(Self.filled(words), in: folder)
      #expect(command.finish() == .status(2), "\(what), \(words): \(command.output)")
      // No force puts a folder where a file is, so that the message must not offer it.
      let isForFolder = words.contains("ctf") || words.contains("--by-kind")
      #expect(command.errors.contains(isForFolder ? "out is not replaced" : "out exists"), "\(what), \(words)")
      #expect(command.errors.contains("--force") != isForFolder, "\(what), \(words): \(command.errors)")
      #expect(try String(contentsOfFile: folder.file("out"), encoding: .utf8) == "mine", "\(what), \(words)")
      #expect(folder.names == before && folder.leftovers == [], "\(what), \(words)")
    }
  }

  /// What a command may end with, given how a dump of the trace ends.
  private static func dueStatuses(_ words: [String], dump: Int32) -> [Int32] {
    guard dump == 3 else { return [2] }
    switch words[0] {
    // The table is whole, and that is all it looks at.
    case "claims": return [0]
    // Another file than the certificate is of: it may be refused for that.
    case "audit": return [1, 3]
    default: return [3]
    }
  }

  private static func filled(_ words: [String]) -> [String] { words.map { $0 == "@" ? "bad" : $0 } }

  private static func status(of words: [String], in folder: CommandFolder, _ what: String) throws -> Int32 {
    let command = try RunningCommand(filled(words), in: folder)
    guard case .status(let status) = command.finish() else {
      Issue.record("\(what), \(words): \(command.errors)")
      return -1
    }
    return status
  }

  /// Writes "bad", the good trace with one bit turned; answers which.
  private static func damage(_ folder: CommandFolder, _ place: Place, _ seed: UInt64) throws -> String {
    var generator = SeededGenerator(seed: seed)
    var bytes = try trace.get()
    let table = bytes.withUnsafeBytes { BlockHeader.byteCount + Int(BlockHeader($0)?.storedByteCount ?? 0) }
    let seal = bytes.count - BlockHeader.byteCount
    let range =
      switch place {
      // Without its magic number it is no trace: that is what `ForeignInputTests` are about.
      case .table: 8..<table
      case .first, .second: table..<seal
      case .seal: seal..<bytes.count
      }
    let byte = Int.random(in: range, using: &generator)
    let bit = Int.random(in: 0..<8, using: &generator)
    bytes[byte] ^= 1 << UInt8(bit)
    try folder.write(bytes, to: "bad")
    return "bit \(bit) of byte \(byte), in \(range) of \(bytes.count)"
  }

  /// A folder with the trace, its certificate, and its module.
  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(trace.get(), to: "good")
    try folder.write(Array(OtherModule().text.utf8), to: "module.xml")
    let certified = try folder.run("verify", "good", "--certificate", "certificate")
    #expect(certified.ending != .status(2), "\(certified.errors)")
    return folder
  }

  /// A short run in many blocks, of which each command finds what it looks for.
  private static let trace: Result<[UInt8], any Error> = Result {
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", OtherModule.path, "--events", "4000", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let reader = try TraceReader(path: folder.file("run"))
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes), eventsPerBlock: 250)
    while case .event(_, let event)? = reader.next() { writer.append(event) }
    return writer.finish()
  }
}
