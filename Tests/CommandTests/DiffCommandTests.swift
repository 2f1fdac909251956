import CommandFolder
import Foundation
import StoredTraces
import Testing
import TraceFormat

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
}
