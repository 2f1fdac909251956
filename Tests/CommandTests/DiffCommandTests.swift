import CommandFolder
import Foundation
import ModuleConfiguration
import SimulatedModule
import StoredTraces
import Testing
import TraceFormat
import TraceReading

@Suite struct DiffCommandTests {
  private func diff(_ one: String, _ other: String, in folder: CommandFolder) throws -> (
    RunningCommand.Ending, [String: Any]
  ) {
    let run = try folder.run("diff", one, other, "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return (run.ending, try #require(object as? [String: Any]))
  }

  /// A program that asks for "equal" is told so only where all was compared.
  @Test func whatWasComparedInPartIsNotCalledEqual() throws {
    let folder = try CommandFolder()
    let whole = SmallStory.file(SmallStory.whole)
    try folder.write(whole, to: "whole.partita")
    try folder.write(SmallStory.file(Array(SmallStory.whole.dropLast(4))), to: "cut.partita")
    let (equal, same) = try diff("whole.partita", "whole.partita", in: folder)
    #expect(equal == .status(0) && same["equal"] as? Bool == true && same["complete"] as? Bool == true)
    #expect(same["windows"] as? Int == SmallStory.whole.count { $0.knownKind == .windowStart })
    // What lies before the first window is no window, and is told of as well.
    var lossy = SmallStory.whole
    lossy[1] = SmallStory.event(100, .loss, 0xFF, .init(1))
    try folder.write(SmallStory.file(lossy), to: "lossy.partita")
    let run = try folder.run("diff", "whole.partita", "lossy.partita")
    #expect(
      run.ending == .status(3) && run.errors.contains("before a frame's first window"), "\(run.output) \(run.errors)")
    let (ending, part) = try diff("whole.partita", "cut.partita", in: folder)
    #expect(ending == .status(3) && part["equal"] as? Bool == false && part["complete"] as? Bool == false, "\(part)")
  }

  /// What was played to one run alone is told, and the events are compared all the same.
  @Test func anotherStimulusIsNotAnotherModule() throws {
    let folder = try CommandFolder()
    func write(_ name: String, _ text: String, frame: UInt64 = 10_000_000) throws {
      var description = ModuleDescription.lively
      description.frame = frame
      description.stimuli = text.utf8.enumerated().map { place, byte in
        .init(time: .init(nanoseconds: UInt64(place + 1) * 2_000_000), action: .serialByte, data: UInt64(byte))
      }
      let module = try SimulatedModule(description)
      var writer = withExtendedLifetime(module) {
        TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 4)
      }
      for event in SmallStory.whole { writer.append(event) }
      try folder.write(writer.finish(), to: name)
    }
    try write("one", "ab\n")
    try write("other", "axyz\"123")
    try write("slower", "ab\n", frame: 20_000_000)
    let run = try folder.run("diff", "one", "other")
    #expect(run.ending == .status(1), "\(run.errors)")
    let lines = run.output.split(separator: "\n").map(String.init)
    let told = [
      "the stimulus differs, the modules do not: 3 actions and 8, 1 of them alike",
      #"-0.004000000 serial "b""#, #"-0.006000000 serial "\x0a""#, #"+0.004000000 serial "x""#,
      #"+0.006000000 serial "y""#, #"+0.008000000 serial "z""#, #"+0.010000000 serial "\x22""#,
      #"+0.012000000 serial "1""#, "+… and 2 more",
    ]
    #expect(Array(lines.dropFirst(2).dropLast()) == told, "\(run.output)")
    let compared = SmallStory.whole.count { ![.keyframe, .keyframeWords].contains($0.knownKind) }
    #expect(lines.last?.hasSuffix("0 retimed; \(compared) events compared in pairs") == true, "\(run.output)")
    let (_, object) = try diff("one", "other", in: folder)
    #expect(object["sameModule"] as? Bool == true && object["sameStimulus"] as? Bool == false)
    #expect(object["equal"] as? Bool == false && object["compared"] as? Int == compared)
    // Another module is another one.
    let slower = try folder.run("diff", "one", "slower")
    #expect(slower.ending == .status(1) && slower.output.contains("the modules differ: "), "\(slower.output)")
    #expect(!slower.output.contains("stimulus"), "\(slower.output)")
  }
}
