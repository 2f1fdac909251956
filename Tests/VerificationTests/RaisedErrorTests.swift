import APEXTypes
import ModuleConfiguration
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// An error that a partition raises itself, beside the one of a mark that finds no room in the same entry or the next.
@Suite struct RaisedErrorTests {
  private static let raise = UInt32(HypercallNumber.raiseApplicationError.rawValue)

  /// Whether both judges find a claim violated.
  private static func isViolated(_ claim: String, _ edit: (inout Story) -> Void) throws -> Bool {
    let module = try RichModule.make()
    var story = Story(RichStory.tell(of: module))
    edit(&story)
    let events = story.events
    let isFailed = report(events, module).claim(claim)?.verdict == .fail
    let isRefused = ReferenceChecker.violations(events, module.table).contains(claim)
    #expect(isFailed == isRefused, "\(claim): verify \(isFailed), reference checker \(isRefused)")
    return isFailed
  }

  /// The error of Master's mark that finds no room, with the action that answers it.
  private static func errorOfMark(_ story: Story) -> (place: Int, lines: [StoryLine]) {
    let place = story.index(.healthError, 5)
    return (place, Array(story.lines[place...place + 1]))
  }

  /// Such lines at another instant.
  private static func moved(_ lines: [StoryLine], to time: UInt64) -> [StoryLine] {
    lines.map { line in
      var line = line
      line.event.time = time
      if line.resume != nil { line.resume = time }
      return line
    }
  }

  /// A call by which Master raises STACK_OVERFLOW, made of its null call behind the mark that finds no room.
  private static func raiseOfStackOverflow(_ story: Story) -> [StoryLine] {
    let (place, error) = errorOfMark(story)
    let call = story.nextEntry(after: place)
    var lines = Array(story.lines[call...call + 1])
    let time = story.lines[call].event.time
    let known = story.index(.hypercall, where: { $0.operand & 0xFFFF == raise && $0.time > time })
    for index in lines.indices { lines[index].event.operand = lines[index].event.operand & ~0xFFFF | raise }
    lines[0].event.words.w2 = story.lines[known].event.words.w2
    lines[0].event.words.w3 = UInt64(ErrorCode.stackOverflow.rawValue)
    (lines[0].event.words.w4, lines[0].event.words.w5) = (0, 0)
    lines.insert(contentsOf: moved(error, to: lines[0].event.time), at: 1)
    return lines
  }

  @Test func whatIsRaisedIsNotToldAgainOfAMark() throws {
    #expect(
      try !Self.isViolated("upcall.room") { story in
        let call = story.nextEntry(after: Self.errorOfMark(story).place)
        story.lines.replaceSubrange(call...call + 1, with: Self.raiseOfStackOverflow(story))
      })
  }

  @Test func whatIsRaisedTellsOfNoMark() throws {
    #expect(
      try Self.isViolated("upcall.room") { story in
        let raised = Self.raiseOfStackOverflow(story)
        let place = Self.errorOfMark(story).place
        story.lines.removeSubrange(place...place + 1)
        let interrupt = story.lines[..<place].lastIndex { $0.event.knownKind == .interrupt }!
        let time = story.lines[interrupt - 1].event.time
        story.lines.insert(contentsOf: Self.moved(raised, to: time), at: interrupt)
      })
  }

  /// The last error of an entry need not be the one that its call has raised.
  @Test func anErrorBehindTheAnswerIsAMarks() throws {
    let isLast = { (event: TraceEvent) in event.operand & 0xFFFF == Self.raise && event.detail == 0 }
    #expect(
      try !Self.isViolated("health.entered") { story in
        let error = Self.errorOfMark(story).lines
        let answer = story.lines.lastIndex { $0.event.knownKind == .hypercallResult && isLast($0.event) }!
        story.lines.insert(contentsOf: Self.moved(error, to: story.lines[answer].event.time), at: answer + 1)
      })
    #expect(
      try Self.isViolated("health.entered") { story in
        // Behind its own answer.
        let answer = story.lines.lastIndex { $0.event.knownKind == .hypercallResult && isLast($0.event) }!
        let error = story.lines[..<answer].lastIndex { $0.event.knownKind == .healthError }!
        story.lines.swapAt(error, answer)
      })
  }
}
