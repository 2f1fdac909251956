import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// Where a process was that missed its deadline: what it is told of its scheduler, and of which schedule its job was.
@Suite struct WhereaboutsTests {
  typealias Module = RichModule
  static let (law, trim) = (ToldStory.law, ProcessKey(of: "trim"))

  /// What is said of the first job of Control's process law, and of its other one, trim.
  private static func explained(
    trimmed: UInt64 = SampleModule.frame, _ change: (inout Story) -> Void
  ) throws -> (law: String, trim: String?, second: String?) {
    let module = try SampleModule.working([
      .init(owner: 1, name: "law", period: SampleModule.frame, deadline: 9_000_000),
      .init(owner: 1, name: "trim", period: trimmed, deadline: 9_000_000),
    ])
    var story = Story(Scribe.story(of: module))
    change(&story)
    let whole = report(story.events, module)
    judgeInPieces(story.events, module)
    func explanations(_ name: String) -> [String] {
      whole.claim("process.deadline.Control.\(name)")?.firstViolations.map(\.explanation) ?? []
    }
    let law = explanations("law")
    return (try #require(law.first), explanations("trim").first, law.dropFirst().first)
  }

  /// Several threads say the same.
  private static func judgeInPieces(_ events: [TraceEvent], _ module: SampleModule) {
    let alone = PieceTests.text(PieceTests.alone(events, module))
    for seed in UInt64(1)...100 {
      let outcome = PieceTests.judge(events, module, seed: seed)
      #expect(PieceTests.text(outcome.report) == alone, "seed \(seed)")
    }
  }

  private static let start = "law, released at 0.003000000 s, had not completed at 0.013000000 s"

  @Test func aDeadlockIsSaid() throws {
    let told = try Self.explained { story in
      story.tell(0, at: 100_000, ProcessTelling(from: .none, .dormant, to: Self.law))
      story.tell(0, at: 200_000, ProcessTelling(from: Self.law, .waiting, to: Self.trim))
      story.tell(0, at: 300_000, ProcessTelling(from: Self.trim, .waiting, to: .none))
    }
    let idle = "and no process of Control had been ready since 0.003300000 s"
    #expect(
      told.law
        == "\(Self.start): it had waited since 0.003200000 s, trim had waited since 0.003300000 s, \(idle)")
    #expect(
      told.trim?.hasSuffix("it had waited since 0.003300000 s, law had waited since 0.003200000 s, \(idle)") == true)
    // It waits on with every job that comes.
    #expect(told.second?.contains("released at 0.013000000 s") == true, "\(told)")
    #expect(told.second?.contains("it had waited since 0.003200000 s, trim had waited") == true, "\(told)")
  }

  @Test func whatItsSchedulerToldLastIsSaid() throws {
    func law(_ state: ProcessTelling.State?) throws -> String {
      try Self.explained { story in
        story.tell(0, at: 100_000, ProcessTelling(from: .none, .dormant, to: Self.law))
        if let state { story.tell(0, at: 200_000, ProcessTelling(from: Self.law, state, to: Self.trim)) }
      }.law
    }
    #expect(try law(.ready) == Self.start + ": it had been ready, without the processor, since 0.003200000 s")
    #expect(try law(.faulted) == Self.start + ": it had been faulted since 0.003200000 s")
    #expect(try law(.waiting) == Self.start + ": it had waited since 0.003200000 s")
    #expect(try law(nil) == Self.start + ": it had the processor of Control")
  }

  @Test func whoGetsTheProcessorAgainWaitsNoLonger() throws {
    let again = try Self.explained { story in
      story.tell(0, at: 100_000, ProcessTelling(from: .none, .dormant, to: Self.law))
      story.tell(0, at: 200_000, ProcessTelling(from: Self.law, .waiting, to: .none))
      story.tell(0, at: 300_000, ProcessTelling(from: .none, .dormant, to: Self.law))
    }
    #expect(again.law == Self.start + ": it had the processor of Control")
    // Somebody else is ready again, and waits no more.
    let other = try Self.explained { story in
      story.tell(0, at: 100_000, ProcessTelling(from: .none, .dormant, to: Self.law))
      story.tell(0, at: 200_000, ProcessTelling(from: Self.law, .waiting, to: .none))
      story.tell(0, at: 300_000, ProcessTelling(from: .none, .dormant, to: Self.trim))
      story.tell(0, at: 400_000, ProcessTelling(from: Self.trim, .complete, to: Self.trim))
    }
    #expect(other.law == Self.start + ": it had waited since 0.003200000 s")
    // A job that has not begun, after one that was complete.
    let next = try Self.explained { story in
      story.work([0])
    }
    #expect(
      next.law
        == "law, released at 0.013000000 s, had not completed at 0.023000000 s: it had not been given the processor")
  }

  /// Of who tells nothing nothing is said.
  @Test func whoTellsNothingIsNotSoughtAfter() throws {
    let silent = try ToldStory(deadline: 9_000_000, completion: .yield, without: [0]) { _ in }
    #expect(silent.claim.firstViolations.map(\.explanation) == [Self.start])
  }

  // MARK: Ports

  /// A process of Worker is told to wait right after a call at its queue was refused, or after another call.
  private func explanation(with call: HypercallNumber) throws -> String {
    let module = try Module.make(processes: [
      .init(owner: Module.worker, name: "take", period: Module.frame, deadline: 1)
    ])
    var events = Story(RichStory.tell(of: module)).events
    let result = try #require(
      events.firstIndex {
        $0.knownKind == .hypercallResult && $0.detail == ReturnCode.notAvailable.rawValue
          && $0.operand == UInt32(HypercallNumber.receiveQueuingMessage.rawValue)
      })
    func ask(_ number: HypercallNumber, _ words: [UInt64] = []) -> [TraceEvent] {
      let input = events[result - 1]
      var begin = input
      begin.time = events[result].time
      begin.operand = begin.operand & ~0xFFFF | UInt32(number.rawValue)
      begin.words = .init(begin.words.w0)
      for (index, word) in words.enumerated() { begin.words[3 + index] = word }
      let end = TraceEvent(
        time: begin.time, .hypercallResult, partition: Module.worker, operand: UInt32(number.rawValue))
      return [begin, end]
    }
    let key = UInt64(ProcessKey(of: "take").rawValue)
    let waiting = UInt64(ProcessTelling.State.waiting.rawValue)
    let between = call == .receiveQueuingMessage ? [] : ask(call)
    let after = between + ask(.tellProcess, [key, waiting])
    var before = ask(.tellProcess, [key << 32, 0])
    for index in before.indices { before[index].time = events[result - 2].time }
    events = events[..<(result - 1)] + before + [events[result - 1], events[result]] + after + events[(result + 1)...]
    Self.judgeInPieces(events, module)
    let claim = try #require(report(events, module).claim("process.deadline.Worker.take"))
    return try #require(claim.firstViolations.first?.explanation)
  }

  @Test func aPortIsSaidThatRefusedTheCallRightBefore() throws {
    let refused = try explanation(with: .receiveQueuingMessage)
    #expect(refused.contains(": it had waited at port jobs since 0.013"), "\(refused)")
    let other = try explanation(with: .null)
    #expect(other.contains(": it had waited since 0.013"), "\(other)")
  }

  // MARK: Schedules

  /// Master never yields; at 31 ms the module's schedule changes.
  @Test func aJobOfTheScheduleBeforeIsSaidToBe() throws {
    let module = try Module.make(processes: [
      .init(owner: Module.master, name: "rule", period: Module.frame, deadline: 9_000_000, completion: .yield)
    ])
    let claim = try #require(
      report(Story(RichStory.tell(of: module)).events, module).claim("process.deadline.Master.rule"))
    let texts = claim.firstViolations.map(\.explanation)
    #expect(
      texts.contains(
        "rule, released at 0.021000000 s under the module schedule before the change at 0.031000000 s, "
          + "had not completed at 0.031000000 s"), "\(texts)")
    #expect(texts.filter { $0.contains("schedule") }.count == 1 && texts.count > 1, "\(texts)")
  }
}
