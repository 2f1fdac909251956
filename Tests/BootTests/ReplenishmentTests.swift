import CommandFolder
import ModuleConfiguration
import Testing
import TraceFormat
import Verification

/// What schedulers tell beside who has the processor, on the machine: a deadline that REPLENISH moves is the job's, and
/// who is started and never runs is late.
@Suite struct ReplenishmentTests {
  /// First words of Replenisher's notes.
  private enum Note: UInt64 {
    case worked = 1
    case starved, wrong
  }
  private static let run = Result { try CapturedRun.capture(ProcessModules.replenishing, milliseconds: 85) }

  private func notes(_ kind: Note) throws -> [UInt64] {
    let run = try Self.run.get()
    let partition = try run.partition("Replenisher")
    return run.events(.hypercall).map(\.event).filter {
      $0.partition == partition && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue)
        && $0.words.w3 == kind.rawValue
    }.map(\.words.w4)
  }

  private func tellings(_ state: ProcessTelling.State) throws -> [ProcessTelling] {
    try Self.run.get().events(.hypercall).map(\.event)
      .filter { $0.operand & 0xFFFF == UInt32(HypercallNumber.tellProcess.rawValue) }
      .map { ProcessTelling(($0.words.w3, $0.words.w4, $0.words.w5)) }.filter { $0.state == state }
  }

  @Test func startsAndDeadlinesAreTold() throws {
    #expect(try notes(.wrong) == [] && notes(.starved) == [])
    let jobs = try notes(.worked)
    #expect(jobs.count >= 7 && jobs == Array(0..<UInt64(jobs.count)))
    // In the order of their creation, those with periods.
    let started = try tellings(.started)
    #expect(started.map(\.to) == [ProcessKey("extending"), ProcessKey("starving")])
    #expect(started.allSatisfy { $0.from.isNone && $0.age == 0 })
    let moved = try tellings(.replenished)
    #expect(moved.count == jobs.count || moved.count == jobs.count + 1)
    // It asks 1 ms after the period's start for 4 ms.
    #expect(moved.allSatisfy { $0.from == ProcessKey("extending") && (-5_010_000 ... -5_000_000).contains($0.age) })
  }

  @Test func bothOraclesAgree() throws {
    let run = try Self.run.get()
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    let (report, condition) = try Judge.verify(run.trace)
    #expect(condition == .complete)
    #expect(report.identifiers(.fail) == ["process.deadline.Replenisher.starving"])
    // 3.5 ms of 5: what is left of 2 ms is half a millisecond.
    let jobs = UInt64(try notes(.worked).count)
    let extending = try #require(report.finding("process.deadline.Replenisher.extending"))
    #expect(extending.verdict == .pass && extending.checked == jobs)
    let worst = try #require(extending.worst?.value)
    #expect((490_000...530_000).contains(worst), "\(worst)")
    // Nobody sees the last one's end.
    let starving = try #require(report.finding("process.deadline.Replenisher.starving"))
    #expect(starving.checked == starving.failures && (jobs - 1...jobs + 1).contains(starving.checked))
    #expect(starving.firstViolations.first?.explanation.contains("had not completed") ?? false)
  }

  /// Who has met his deadline for `verify` has met it for the views and the page, too.
  @Test func theViewsSayWhatVerifySays() throws {
    let folder = try CommandFolder()
    try folder.write(try Self.run.get().trace, to: "run.partita")
    let asked = """
      SELECT process, min(met) AS least, max(met) AS most, max(response_ns) AS longest FROM processes
      WHERE completed_ns IS NOT NULL OR became = 'late' GROUP BY process
      """
    let answer = try folder.partita("query", "run.partita", asked, "--format", "csv")
    #expect(answer.status == 0)
    let lines = answer.text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let extending = try #require(lines.first { $0.first == "extending" })
    #expect(extending[1] == "1" && extending[2] == "1", "\(answer.text)")
    let longest = try #require(Int(extending[3]))
    #expect((490_000...530_000).contains(longest))
    let starving = try #require(lines.first { $0.first == "starving" })
    #expect(starving[1] == "0" && starving[2] == "0", "\(answer.text)")
  }

  /// Under its own module the prediction is the run, to the nanosecond: however many upcalls interrupt a computation
  /// (here one each 100 µs until the first period begins), what their handlers take is none of it.
  @Test func whatIfOfTheSameModuleIsTheRun() throws {
    let run = try Self.run.get()
    let (report, _) = try Judge.verify(run.trace)
    let answer = try WhatIfProcessesTests.answer(to: run.trace, ProcessModules.replenishing)
    for name in ["extending", "starving"] {
      let recorded = try #require(report.finding("process.deadline.Replenisher.\(name)"))
      let predicted = try answer.claim("process.deadline.Replenisher.\(name)")
      #expect(predicted.predictedVerdict == recorded.verdict.rawValue)
      #expect(predicted.predictedWorst == recorded.worst?.value)
    }
    #expect(answer.weaknesses.isEmpty, "\(answer.weaknesses)")
  }
}

extension ProcessKey {
  fileprivate init(_ name: String) { self = Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) } }
}
