import CommandFolder
import Foundation
import Testing

/// Parts of a trace with a hole: what is missing elsewhere is no matter, and what is missing there is told.
@Suite struct PartTests {
  /// The hole: the positions of the first event that is missing, and of the first after it.
  private static func damaged() throws -> (folder: CommandFolder, hole: Range<Int>) {
    let folder = try CommandFolder()
    var bytes = try LongTrace.ofSomeBlocks.get()
    bytes[bytes.count / 2] ^= 0x10
    try folder.write(bytes, to: "damaged")
    let dump = try folder.run("dump", "damaged", "--kind", "boot")
    let line = try #require(dump.output.split(separator: "\n").first { $0.hasPrefix("--- gap before event ") })
    let numbers = line.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    try #require(numbers.count > 1 && numbers[0] > numbers[1] + 100, "\(line)")
    return (folder, numbers[0] - numbers[1]..<numbers[0])
  }

  /// A part, both of its events included; nil stands for the trace's own beginning or end.
  private struct Part {
    let from: Int?
    let to: Int?
    /// Whether nothing is missing in it.
    let isWhole: Bool

    var options: [String] {
      var options: [String] = []
      if let from { options += ["--from", "event:\(from)"] }
      if let to { options += ["--to", "event:\(to)"] }
      return options
    }
  }

  private static func parts(_ hole: Range<Int>) -> [Part] {
    let first = hole.lowerBound
    let next = hole.upperBound
    var parts: [Part] = []
    func add(_ from: Int?, _ to: Int?, isWhole: Bool) { parts.append(Part(from: from, to: to, isWhole: isWhole)) }
    add(nil, first - 1, isWhole: true)
    add(first - 50, first - 1, isWhole: true)
    add(next, next + 50, isWhole: true)
    add(next, nil, isWhole: true)
    add(next + 20, nil, isWhole: true)
    add(nil, first, isWhole: false)
    add(first + 5, first + 9, isWhole: false)
    add(first - 5, next + 5, isWhole: false)
    add(next - 1, next + 5, isWhole: false)
    add(next - 1, nil, isWhole: false)
    add(nil, nil, isWhole: false)
    return parts
  }

  @Test func aDumpTellsOfItsOwnHoleOnly() throws {
    let (folder, hole) = try Self.damaged()
    for part in Self.parts(hole) {
      let command = try RunningCommand(["dump", "damaged"] + part.options, in: folder)
      let what = "\(part), hole \(hole)"
      #expect(command.finish() == .status(part.isWhole ? 0 : 3), "\(what): \(command.errors)")
      #expect(command.output.contains("--- gap") != part.isWhole, "\(what)")
      #expect(command.errors.isEmpty == part.isWhole, "\(what): \(command.errors)")
    }
  }

  /// So many events are printed: where that is enough, what follows is not looked at.
  @Test func aLimitEndsTheDumpBeforeTheHole() throws {
    let (folder, hole) = try Self.damaged()
    let before = try folder.run("dump", "damaged", "--limit", "\(hole.lowerBound)")
    #expect(before.ending == .status(0) && before.errors == "", "\(before.errors)")
    #expect(before.output.split(separator: "\n").count == hole.lowerBound)
    let beyond = try folder.run("dump", "damaged", "--limit", "\(hole.lowerBound + 1)")
    #expect(beyond.ending == .status(3) && beyond.errors.contains("events are missing"), "\(beyond.errors)")
    let none = try folder.run("dump", "damaged", "--limit", "0")
    #expect(none.ending == .status(0) && none.output == "", "\(none.errors)")
  }

  @Test(arguments: ["run.csv", "run.vcd", "run.json", "run.pftrace", "run.db", "run.ctf"])
  func anExportTellsOfItsOwnHoleOnly(output: String) throws {
    let (folder, hole) = try Self.damaged()
    for part in Self.parts(hole) {
      let arguments = ["export", "damaged", "-o", output, "--force"] + part.options
      let command = try RunningCommand(arguments, in: folder)
      let what = "\(part), hole \(hole)"
      #expect(command.finish() == .status(part.isWhole ? 0 : 3), "\(what): \(command.errors)")
      #expect(command.errors.isEmpty == part.isWhole, "\(what): \(command.errors)")
      #expect(folder.names.contains(output), "\(what)")
    }
  }

  /// What is there of a cut trace is whole as far as it goes.
  @Test func beforeTheCutNothingIsMissing() throws {
    let folder = try CommandFolder()
    let bytes = try LongTrace.ofSomeBlocks.get()
    try folder.write(Array(bytes.prefix(bytes.count / 2)), to: "cut")
    let dump = try folder.run("dump", "cut")
    let count = dump.output.split(separator: "\n").count
    #expect(dump.ending == .status(3) && count > 1000, "\(dump.errors)")
    for (to, status) in [("event:\(count - 1)", 0), ("event:\(count)", 3), ("1000s", 3)] as [(String, Int32)] {
      let part = try folder.run("dump", "cut", "--to", to)
      #expect(part.ending == .status(status) && part.output == dump.output, "\(to): \(part.errors)")
      let export = try folder.run("export", "cut", "--to", to, "-o", "out.csv", "--force")
      #expect(export.ending == .status(status), "\(to): \(export.errors)")
    }
  }
}
