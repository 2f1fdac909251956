import ModuleConfiguration
import Testing
import TraceFormat
import Verification

/// Processes of one partition that take the processor from each other, and whose scheduler tells of it (Autopilot).
@Suite struct AutopilotTests {
  private static let run = Result { try CapturedRun.capture(try .shipped("Autopilot"), milliseconds: 1000) }
  /// Those with deadlines, in the order of the numbers in their notes.
  private static let names = ["guidance", "navigation", "surveillance", "telemetry"]

  private func tellings(_ run: CapturedRun) throws -> [ProcessTelling] {
    let partition = try run.partition("Autopilot")
    return run.events(.hypercall).map(\.event)
      .filter {
        $0.partition == partition && $0.operand & 0xFFFF == UInt32(HypercallNumber.tellProcess.rawValue)
      }
      .map { ProcessTelling(($0.words.w3, $0.words.w4, $0.words.w5)) }
  }

  private func responses(_ run: CapturedRun) throws -> [UInt64: [UInt64]] {
    let partition = try run.partition("Autopilot")
    var responses: [UInt64: [UInt64]] = [:]
    for event in run.events(.hypercall).map(\.event) where event.partition == partition {
      guard event.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue) else { continue }
      responses[event.words.w3, default: []].append(event.words.w4)
    }
    return responses
  }

  private func key(_ name: String) -> ProcessKey { Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) } }

  /// What `verify` says of each process is what the process itself has seen by its own clock.
  @Test func eachProcessIsJudgedByItsOwnJobs() throws {
    let run = try Self.run.get()
    let report = try Judge.verify(run.trace).report
    #expect(report.exitStatus == 0, "\(report.claims(.fail)) \(report.claims(.unknown))")
    #expect(try Judge.replay(run.trace).verdict == .identical)
    let responses = try responses(run)
    for (index, name) in Self.names.enumerated() {
      let own = try #require(responses[UInt64(index) + 1])
      let claim = try #require(report.finding("process.deadline.Autopilot.\(name)"))
      #expect(own.count > 10 && claim.checked == UInt64(own.count), "jobs of \(name)")
      let worst = try #require(claim.worst?.value)
      let seen = Int64(try #require(own.max()))
      // The note comes first, then the wait in which the job is told to be complete.
      #expect(worst > seen && worst < seen + 1500, "\(name): \(worst) ns, by itself \(seen)")
    }
  }

  /// Whoever is told to leave the processor had it, nobody has it where the window is given up, and only the more
  /// urgent take it.
  @Test func whoHasTheProcessorIsToldWithoutGap() throws {
    let run = try Self.run.get()
    let tellings = try tellings(run).filter(\.isDispatch)
    #expect(tellings.count > 200)
    var holder = ProcessKey.none
    for telling in tellings {
      #expect(telling.from == holder)
      #expect(telling.from != telling.to || telling.state == .complete)
      holder = telling.to
    }
    let ranks = ["guidance", "surveillance", "navigation", "telemetry", "answer"].map(key)
    let preemptions = tellings.filter { $0.state == .ready && !$0.from.isNone }
    #expect(preemptions.count > 5)
    for telling in preemptions {
      let (left, next) = (ranks.firstIndex(of: telling.from), ranks.firstIndex(of: telling.to))
      #expect(try #require(next) < #require(left))
    }
    #expect(tellings.contains { $0.to == key("answer") && $0.age == ProcessTelling.aperiodic })
    #expect(tellings.filter { $0.to == key("surveillance") }.allSatisfy { $0.age == -10_000_000 })
    let partition = try run.partition("Autopilot")
    let calls = run.events(.hypercall).map(\.event).filter { $0.partition == partition }
    var isTold = false
    for call in calls {
      switch HypercallNumber(rawValue: UInt16(truncatingIfNeeded: call.operand)) {
      case .tellProcess: isTold = call.words.w3 >> 32 != 0
      case .yield: #expect(!isTold, "at \(call.time) ns")
      default: break
      }
    }
  }

  /// Where the module file does not say that completion is told, all processes complete together: so the urgent ones
  /// are late where a less urgent one takes long.
  @Test func untoldTheyCompleteTogether() throws {
    var module = try ModuleVariant.shipped("Autopilot")
    // Of whom nobody tells, nobody knows either that it is released later.
    for told in [" p:Completion=\"TOLD\"", " p:ReleaseOffsetSeconds=\"0.010\""] {
      module.description = module.description.replacing(told, with: "")
    }
    let run = try CapturedRun.capture(module, milliseconds: 200)
    let report = try Judge.verify(run.trace).report
    let late = ["guidance", "surveillance"].map { "process.deadline.Autopilot.\($0)" }
    #expect(report.identifiers(.fail).sorted() == late)
    let claims = ["guidance", "navigation"].map { report.finding("process.deadline.Autopilot.\($0)")?.worst?.value }
    #expect(claims[0] == claims[1] && claims[0] != nil)
  }

  /// Another place of the second window: each process's response is predicted, and the one that is late then. What
  /// comes of the error that its scheduler raises for that, no prediction knows, and this one says so.
  @Test func anotherScheduleIsForetold() throws {
    let other = try ModuleVariant.shipped("Autopilot").replacing(
      "WindowIdentifier=\"11\" WindowStartSeconds=\"0.010\"",
      by: "WindowIdentifier=\"11\" WindowStartSeconds=\"0.012\"")
    let real = try CapturedRun.capture(other, milliseconds: 1000)
    let (predicted, doubts) = try WhatIfTests.predict(try Self.run.get().trace, under: real.trace)
    #expect(doubts.map { $0.weakness.lateJob?.process } == ["surveillance"])
    let reports = try [predicted, real.trace].map { try WhatIfTests.report($0) }
    for report in reports { #expect(report.identifiers(.fail) == ["process.deadline.Autopilot.surveillance"]) }
    for name in Self.names {
      let worst = try reports.map { report in
        let claim = try #require(report.finding("process.deadline.Autopilot.\(name)"))
        #expect(claim.checked > 10)
        return try #require(claim.worst?.value)
      }
      #expect((worst[0] - worst[1]).magnitude <= 2000, "\(name): \(worst[0]) ns, and really \(worst[1])")
    }
  }
}
