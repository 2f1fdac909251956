import Testing
import TraceFormat

@testable import Verification

/// What a module begins with: its initial schedule, and frame 0.
@Suite struct FirstFrameTests {
  private func first(_ edit: (inout TraceEvent) -> Void) throws -> (verdict: Verdict?, isFirst: Bool) {
    let module = try RichModule.make()
    var story = Story(RichStory.tell(of: module))
    story.change(.majorFrameStart) { edit(&$0) }
    let claim = story.verify(module).claim("frame.regular")
    let place = UInt64(story.index(.majorFrameStart))
    return (claim?.verdict, claim?.firstViolations.first?.position == place)
  }

  @Test func itIsWhatItIs() throws {
    #expect(try first { _ in }.verdict == .pass)
  }

  @Test func itIsOfTheInitialSchedule() throws {
    let found = try first { $0.detail ^= 1 }
    #expect(found.verdict == .fail && found.isFirst)
  }

  @Test func itIsNumberZero() throws {
    let found = try first { $0.operand = 1 }
    #expect(found.verdict == .fail && found.isFirst)
  }
}
