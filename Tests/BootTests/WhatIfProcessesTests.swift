import CommandFolder
import Foundation
import Testing

/// Processes that take the processor from each other, in other windows: the order in which they have it is their
/// scheduler's decision, of which a recorded run has the outcome alone.
@Suite struct WhatIfProcessesTests {
  struct Answer: Decodable {
    struct Claim: Decodable {
      var claim: String
      var predictedVerdict: String?
      var predictedWorst: Int64?
    }
    var claims: [Claim]
    var weaknesses: [String]

    var isInDoubtOfDeadlines: Bool {
      weaknesses.contains { $0.contains("misses its deadline at") || $0.contains("of a missed deadline") }
    }

    func claim(_ identifier: String) throws -> Claim { try #require(claims.first { $0.claim == identifier }) }
  }

  private static let run = Result { try CapturedRun.capture(.shipped("Autopilot"), milliseconds: 500) }

  private static let deadlines = ["guidance", "surveillance", "navigation", "telemetry"].map {
    "process.deadline.Autopilot.\($0)"
  }

  /// Autopilot's windows, in microseconds.
  struct Windows: CustomTestStringConvertible {
    var first = 4000
    var secondStart = 10_000
    var second = 2000

    var testDescription: String { "\(first) µs, and \(second) µs from \(secondStart) µs on" }
  }

  /// The module with these windows; Loader's begins where the first ends.
  private static func module(_ windows: Windows) throws -> ModuleVariant {
    func seconds(_ microseconds: Int) -> String { "\"\(Double(microseconds) / 1e6)\"" }
    let periods = (1...2).map { "PartitionIdentifier=\"\($0)\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=" }
    let loader = min(6000, windows.secondStart - windows.first)
    return try ModuleVariant.shipped("Autopilot")
      .replacing(periods[0] + "\"0.006\"", by: periods[0] + seconds(windows.first + windows.second))
      .replacing(periods[1] + "\"0.006\"", by: periods[1] + seconds(loader))
      .replacing(
        "\"0.000\" WindowDurationSeconds=\"0.004\"", by: "\"0.000\" WindowDurationSeconds=" + seconds(windows.first)
      )
      .replacing(
        "\"0.004\" WindowDurationSeconds=\"0.006\"",
        by: seconds(windows.first) + " WindowDurationSeconds=" + seconds(loader)
      )
      .replacing(
        "\"0.010\" WindowDurationSeconds=\"0.002\"",
        by: seconds(windows.secondStart) + " WindowDurationSeconds=" + seconds(windows.second))
  }

  static func answer(_ arguments: String..., to trace: [UInt8], _ other: ModuleVariant) throws -> Answer {
    let folder = try CommandFolder()
    try folder.write(trace, to: "run.partita")
    try folder.write(Array(other.description.utf8), to: "other.xml")
    for (name, bytes) in other.images { try folder.write(bytes, to: name + ".elf") }
    let text = try folder.partita(
      [
        "what-if", "run.partita", "--module", "other.xml", "--images", BootImages.package + "/.build/images", "--all",
        "--format", "json",
      ] + arguments
    ).text
    return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
  }

  /// Telemetry is not done in the shorter window and goes on in the next period, where guidance is due: nobody knows
  /// from a recorded run in which it was, but every deadline is met, and none by a window later than predicted.
  @Test(arguments: [Windows(second: 1800), Windows(second: 1500)])
  func whatIsNotDoneInAWindowGoesOnInTheNext(_ windows: Windows) throws {
    let run = try Self.run.get()
    let shorter = try Self.module(windows)
    let other = try WhatIfTests.report(CapturedRun.capture(shorter, milliseconds: 500).trace)
    let answer = try Self.answer(to: run.trace, shorter)
    for identifier in Self.deadlines {
      let (seen, predicted) = (try #require(other.claim(identifier)), try answer.claim(identifier))
      #expect(seen.verdict == .pass)
      #expect(predicted.predictedVerdict == "unknown", "\(identifier)")
      let worst = try #require(predicted.predictedWorst)
      #expect(abs(worst - (try #require(seen.worst?.value))) < 1_000_000, "\(identifier): \(worst)")
    }
    #expect(answer.weaknesses.contains { $0.contains("Autopilot is interrupted at another of its processes' calls") })
  }

  /// What changes nothing of that order is known.
  @Test func aMarginThatKeepsTheOrderLeavesNoDoubt() throws {
    let module = try ModuleVariant.shipped("Autopilot")
    let run = try Self.run.get()
    let same = try Self.answer(to: run.trace, module)
    let little = try Self.answer("--margin", "1", to: run.trace, module)
    for identifier in Self.deadlines {
      #expect(try same.claim(identifier).predictedVerdict == "pass")
      #expect(try little.claim(identifier).predictedVerdict == "pass", "\(identifier)")
    }
    #expect(same.weaknesses.isEmpty && little.weaknesses.isEmpty, "\(little.weaknesses)")
  }

  /// The second window begins half a millisecond before surveillance is released. An idle scheduler waits for that by
  /// the clock, and no longer where processes compute more: the job is later by what it computes more itself.
  @Test func anIdleSchedulerWaitsNoLongerWithAMargin() throws {
    let module = try Self.module(Windows(secondStart: 9500))
    let trace = try CapturedRun.capture(module, milliseconds: 200).trace
    let claim = "process.deadline.Autopilot.surveillance"
    let seen = try #require(try WhatIfTests.report(trace).claim(claim)?.worst?.value)
    let predicted = try #require(try Self.answer("--margin", "10", to: trace, module).claim(claim).predictedWorst)
    #expect(abs(predicted - seen * 11 / 10) < 2000, "\(predicted), and \(seen) in the recorded run")
  }

  /// Windows that begin before a release, or end in the midst of jobs, each way once: whoever loses the processor
  /// earlier than recorded has the rest of its work left, and a job that begins before its release is in doubt.
  @Test(arguments: [
    Windows(first: 3000, secondStart: 9500, second: 1300), Windows(first: 3500, secondStart: 9500),
    Windows(first: 4500, secondStart: 12_000, second: 2200), Windows(first: 3000, secondStart: 10_500, second: 3000),
  ])
  func noVerdictIsAnotherThanTheCaptures(_ windows: Windows) throws {
    let other = try Self.module(windows)
    let real = try WhatIfTests.report(CapturedRun.capture(other, milliseconds: 500).trace)
    let answer = try Self.answer(to: Self.run.get().trace, other)
    for claim in answer.claims {
      guard let seen = real.claim(claim.claim)?.verdict, seen != .unknown else { continue }
      let predicted = try #require(claim.predictedVerdict)
      #expect(["unknown", seen.rawValue].contains(predicted), "\(claim.claim): \(predicted), and \(seen) in a capture")
    }
    // What such processes do not touch is known.
    #expect(answer.claims.count { $0.predictedVerdict == "pass" } > 100)
  }

  /// The end of a module file with a claim on Autopilot's errors.
  private static let healthy =
    "<p:Claims><p:Claim Name=\"healthy\" Form=\"NEVER\"><p:Event Kind=\"healthError\" "
    + "PartitionIdentifier=\"1\"/></p:Claim></p:Claims></ARINC_653_Module>"

  /// What the module file says of surveillance, and what of that is left out.
  struct Omission: CustomTestStringConvertible {
    var text: String
    var testDescription: String { String(text.prefix(16)) }

    static let deadline = Self(text: "p:DeadlineSeconds=\"0.002\" ")
    static let process = Self(
      text: "<Process Name=\"surveillance\" StackSize=\"0x1000\" p:PeriodSeconds=\"0.020\" "
        + "p:TimeCapacitySeconds=\"0.0004\"\n      p:DeadlineSeconds=\"0.002\" p:ReleaseOffsetSeconds=\"0.010\" "
        + "p:Priority=\"25\" p:Completion=\"TOLD\"/>")
  }

  /// A scheduler has its deadlines whether the module file has them or not, and its processes.
  @Test(arguments: [Omission.deadline, .process])
  func aDeadlineThatTheFileDoesNotHaveIsInDoubt(_ omission: Omission) throws {
    let modules = try [Windows(), Windows(secondStart: 12_000)].map { windows in
      try Self.module(windows).replacing(omission.text, by: "").replacing("</ARINC_653_Module>", by: Self.healthy)
    }
    let runs = try modules.map { try CapturedRun.capture($0, milliseconds: 300).trace }
    let healthy = try runs.map { try #require(try WhatIfTests.report($0).claim("custom.healthy")).verdict }
    #expect(healthy == [.pass, .fail])
    for (recorded, other) in [(0, 1), (1, 0)] {
      let answer = try Self.answer(to: runs[recorded], modules[other])
      #expect(try answer.claim("custom.healthy").predictedVerdict == "unknown", "\(answer.weaknesses)")
      #expect(try Self.answer(to: runs[recorded], modules[recorded]).weaknesses.allSatisfy { !$0.contains("deadline") })
    }
  }

  /// A deadline that only one of both modules meets is the scheduler's to tell of, and what comes of that nobody has
  /// recorded.
  @Test(arguments: ["WARM_START", "IDLE", "IGNORE"])
  func aDeadlineMissedOnOneSideOnlyIsInDoubt(action: String) throws {
    let modules = try [Windows(), Windows(secondStart: 12_000)].map { windows in
      try Self.module(windows)
        .replacing("Action=\"IGNORE\"", by: "Action=\"\(action)\"")
        .replacing("</ARINC_653_Module>", by: Self.healthy)
    }
    let runs = try modules.map { try CapturedRun.capture($0, milliseconds: 300).trace }
    let real = try runs.map(WhatIfTests.report)
    let healthy = try real.map { try #require($0.claim("custom.healthy")).verdict }
    #expect(healthy == [.pass, .fail])
    for (recorded, other) in [(0, 1), (1, 0)] {
      let answer = try Self.answer(to: runs[recorded], modules[other])
      for claim in answer.claims {
        guard let seen = real[other].claim(claim.claim)?.verdict, seen != .unknown else { continue }
        let predicted = try #require(claim.predictedVerdict)
        #expect(["unknown", seen.rawValue].contains(predicted), "\(claim.claim): \(predicted), captured \(seen)")
      }
      for identifier in ["custom.healthy", "partition.supply.Autopilot"] {
        #expect(try answer.claim(identifier).predictedVerdict == "unknown")
      }
      let surveillance = try answer.claim("process.deadline.Autopilot.surveillance").predictedVerdict
      #expect(surveillance == (other == 1 ? "fail" : "unknown"))
      #expect(answer.isInDoubtOfDeadlines, "\(answer.weaknesses)")
      // Of the module itself all is known.
      let same = try Self.answer(to: runs[recorded], modules[recorded])
      #expect(!same.isInDoubtOfDeadlines, "\(same.weaknesses)")
    }
  }
}
