import CommandFolder
import Foundation
import Testing

/// A trace with a hole in which major frames start: which one an event behind it is in, only time tells.
@Suite struct HiddenFrameTests {
  private struct Damaged {
    let folder: CommandFolder
    /// The last frame that starts before the hole, and the first one behind it.
    let frames: ClosedRange<Int>
    /// When these start, in seconds.
    let instants: ClosedRange<Double>
    /// The position of the first event behind the hole.
    let behind: Int
  }

  /// The files "whole" and "damaged".
  private static func damaged() throws -> Damaged {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    #expect(try folder.run("synthesize", module, "--events", "60000", "-o", "whole").ending == .status(0))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("whole"))))
    bytes[bytes.count / 2] ^= 0x10
    try folder.write(bytes, to: "damaged")
    let dump = try folder.run("dump", "damaged", "--kind", "majorFrameStart")
    let lines = dump.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let gap = try #require(lines.firstIndex { $0.starts(with: ["---", "gap", "before", "event"]) })
    try #require(gap > 0 && gap + 1 < lines.count)
    func number(_ line: [String]) throws -> Int {
      try #require(line.first { $0.hasPrefix("frame=") }.flatMap { Int($0.dropFirst("frame=".count)) })
    }
    let frames = (try number(lines[gap - 1]), try number(lines[gap + 1]))
    let instants = (try #require(Double(lines[gap - 1][1])), try #require(Double(lines[gap + 1][1])))
    try #require(frames.1 > frames.0 + 4 && instants.1 > instants.0)
    return Damaged(
      folder: folder, frames: frames.0...frames.1, instants: instants.0...instants.1,
      behind: try #require(Int(lines[gap][4].prefix(while: \.isNumber))))
  }

  @Test func whatIsBehindTheFrameIsNotOfIt() throws {
    let damaged = try Self.damaged()
    let (first, last) = (damaged.frames.lowerBound, damaged.frames.lowerBound + 1)
    let options = ["--from", "frame:\(first)", "--to", "frame:\(last)"]
    let dump = try RunningCommand(["dump", "damaged"] + options, in: damaged.folder)
    #expect(dump.finish() == .status(3), "\(dump.errors)")
    let lines = dump.output.split(separator: "\n")
    // Behind the hole the frames are later ones.
    #expect(lines.last?.hasPrefix("--- gap") == true && lines.count > 1, "\(lines.suffix(3))")
    let export = try RunningCommand(["export", "damaged", "-o", "out.csv"] + options, in: damaged.folder)
    #expect(export.finish() == .status(3), "\(export.errors)")
    #expect(export.output.contains(": \(lines.count - 1) events"), "\(export.output)")
  }

  /// Its start is in the hole, and may have been before the place to end at.
  @Test func aHiddenFrameIsNoBackwardPart() throws {
    let damaged = try Self.damaged()
    let middle = (damaged.instants.lowerBound + damaged.instants.upperBound) / 2
    let options = ["--from", "frame:\(damaged.frames.lowerBound + 1)", "--to", String(format: "%.6fs", middle)]
    for command in [["dump", "damaged"], ["export", "damaged", "-o", "out.csv"]] {
      let part = try RunningCommand(command + options, in: damaged.folder)
      #expect(part.finish() == .status(3), "\(part.errors)")
      #expect(part.errors.contains("events are missing"), "\(part.errors)")
    }
  }

  /// The event with which a block begins: a reader that begins there has seen nothing before it.
  @Test(arguments: ["whole", "damaged"]) func aBackwardPartIsKnownAtABlocksBeginning(name: String) throws {
    let damaged = try Self.damaged()
    let instant = String(format: "%.6fs", damaged.instants.lowerBound)
    let options = ["--from", "event:\(damaged.behind)", "--to", instant]
    for command in [["dump", name], ["export", name, "-o", "out.csv"]] {
      let part = try RunningCommand(command + options, in: damaged.folder)
      #expect(part.finish() == .status(2) && part.output == "", "\(part.errors)")
      #expect(part.errors.contains("--to is before --from"), "\(part.errors)")
      #expect(damaged.folder.names == ["damaged", "whole"])
    }
  }
}
