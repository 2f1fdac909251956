import APEXTypes
import Foundation
import ModuleConfiguration
import Testing
import TraceFormat

/// The attack suite: each attack is contained, and two witnesses beside it notice nothing, to the nanosecond.
///
/// A run is compared with that of an innocent in the attacker's place: all images of Kernel/Partitions/Hostile have the
/// same sizes, so both boot in the same time and the witnesses' windows begin at the same instants.
@Suite struct AttackTests {
  // Contract 41, 54, 75.
  @Test(arguments: Attack.all) func anAttackIsContained(_ attack: Attack) throws {
    let result = try AttackRun(attack)
    let run = result.run
    var row = AttackReport.Row(attack)
    defer { AttackReport.add(row) }
    checkOutcome(attack, result, &row)
    if attack.overflowsDepth { checkOverflow(result, &row) }

    // The witnesses' own account: first instructions, registers, memory, messages.
    for name in AttackRun.honest {
      let testimony = try AttackRun.testimony(of: name, in: run)
      check(testimony.wrong == 0, "\(name) found something wrong: \(testimony.wrong)", &row)
      check(testimony.startError == 0, "\(name): a first instruction \(testimony.startError) ns off", &row)
      check(testimony.windows >= (attack.losesEvents ? 3 : 8), "\(name) tells of \(testimony.windows) windows", &row)
      row.isIdentical = row.isIdentical && testimony.wrong == 0
      row.starts += testimony.windows
      row.startError = max(row.startError, testimony.startError)
    }
    if attack.losesEvents {
      try checkLoss(run, &row)
    } else {
      // And the trace's.
      for name in AttackRun.honest { try compare(attack, run, name, &row) }
      let replay = try Judge.replay(run.trace)
      check(replay.verdict == .identical, "replay: \(replay.divergence?.reason ?? "\(replay.doubts)")", &row)
      check(run.report.progress.lost == 0, "\(run.report.progress.lost) events lost", &row)
    }
    check(run.condition == .complete && run.events.last?.knownKind == .end, "the trace is \(run.condition)", &row)
    let (report, _) = try Judge.verify(run.trace)
    let failed = report.identifiers(.fail).subtracting(attack.selfReported)
    check(failed.isEmpty, "verify: \(report.claims(.fail))", &row)
  }

  /// An expectation whose failure shows in the table too.
  private func check(
    _ condition: Bool, _ comment: String, _ row: inout AttackReport.Row,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(condition, "\(comment)", sourceLocation: sourceLocation)
    row.isContained = row.isContained && condition
  }

  private func checkOutcome(_ attack: Attack, _ result: AttackRun, _ row: inout AttackReport.Row) {
    check(result.survivals == [], "offences that nothing stopped: \(result.survivals)", &row)
    let found = result.exceptionVectors
    let vectors = found.sorted().map(Attack.mnemonic).joined(separator: ", ")
    let actions = Set(result.healthActions.map(\.detail))
    switch attack.outcome {
    case .idled(let vector, let error):
      check(found == [vector], "exceptions: \(vectors)", &row)
      checkIdled(result, error, afterVector: vector, &row)
      row.seen = "\(vectors), idle"
    case .refused(let error):
      check(found.isEmpty, "exceptions: \(vectors)", &row)
      checkIdled(result, error, afterVector: nil, &row)
      row.seen = "idle"
    case .storm(let vector, let error):
      check(found == [vector] && result.exceptions.count > 1_000, "\(result.exceptions.count): \(vectors)", &row)
      check(actions == [PartitionRecoveryAction.ignore.rawValue], "actions: \(actions)", &row)
      let errors = Set(result.healthActions.map(\.operand))
      check(errors == [UInt32(error.rawValue)], "errors: \(errors)", &row)
      row.seen = "\(vectors), all ignored"
    case .attempts(let allowed):
      check(found.isSubset(of: allowed), "exceptions: \(vectors)", &row)
      check(actions.isSubset(of: [PartitionRecoveryAction.ignore.rawValue]), "actions: \(actions)", &row)
      checkFinding(result, &row)
      row.seen = vectors.isEmpty ? "nothing succeeded" : "\(vectors), nothing succeeded"
    case .harmless:
      check(found.isEmpty && actions.isEmpty, "exceptions: \(vectors), actions: \(actions)", &row)
      checkFinding(result, &row)
      row.seen = "nothing succeeded"
    case .endless:
      check(found.isEmpty && actions.isEmpty, "exceptions: \(vectors), actions: \(actions)", &row)
      row.seen = "its own time spent"
    }
  }

  private func checkFinding(_ result: AttackRun, _ row: inout AttackReport.Row) {
    let finding = result.finding.map(String.init) ?? "it was not carried out to its end"
    check(result.finding == 0, "the attack's own finding: \(finding)", &row)
  }

  private func checkIdled(
    _ result: AttackRun, _ error: ErrorCode, afterVector vector: UInt8?, _ row: inout AttackReport.Row
  ) {
    let last = result.healthActions.last
    check(last?.operand == UInt32(error.rawValue), "the error: \(String(describing: last?.operand))", &row)
    check(last?.detail == PartitionRecoveryAction.idle.rawValue, "the action", &row)
    check(last?.words.w0 == vector.map { UInt64($0) + 1 } ?? 0, "the exception that it answers", &row)
    check(last.map { $0.time >= AttackRun.due } ?? false, "not before the attack", &row)
    check(result.inputsAfterIdling == 0, "it never runs again: \(result.inputsAfterIdling)", &row)
  }

  /// Upcalls nest to the greatest depth there is, and marks find none there.
  private func checkOverflow(_ result: AttackRun, _ row: inout AttackReport.Row) {
    let upcalls = result.run.events.filter { $0.knownKind == .upcall && $0.partition == result.attacker }
    let greatest = upcalls.map { $0.detail >> 1 }.max() ?? 0
    check(Int(greatest) == ModuleLimits.maximumUpcallDepth, "the greatest depth is \(greatest)", &row)
    let overflows = result.healthActions.count { $0.operand == UInt32(ErrorCode.stackOverflow.rawValue) }
    check(overflows > 0, "every mark has found a depth", &row)
  }

  /// Compares a witness's windows with those beside the innocent.
  private func compare(_ attack: Attack, _ run: CapturedRun, _ name: String, _ row: inout AttackReport.Row) throws {
    let innocent = try AttackRun.innocent(of: attack)
    let partition = try run.partition(name)
    let found = OwnWindows(run.events, of: partition, from: AttackRun.settled)
    // The last window may be cut by the module's end.
    let last = found.windows.last?.nominal ?? 0
    let whole = found.before(last)
    check(whole.windows.count >= 10, "\(name) has \(whole.windows.count) windows", &row)
    // Each has its switch, its calls and its end.
    check(whole.windows.allSatisfy { $0.matters.count >= 8 }, "\(name) has an empty window", &row)
    let expected = OwnWindows(innocent.events, of: partition, from: AttackRun.settled).before(last)
    let difference = whole.difference(from: expected)
    check(difference == nil, "\(name) notices it \(difference ?? "")", &row)
    row.isIdentical = row.isIdentical && difference == nil
    row.windows += whole.windows.count
  }

  private func checkLoss(_ run: CapturedRun, _ row: inout AttackReport.Row) throws {
    let lost = run.events.reduce(0) { $0 + ($1.knownKind == .loss ? $1.words.w0 : 0) }
    check(lost > 0, "nothing was lost", &row)
    check(run.events.last?.words.w1 == lost && run.report.progress.lost == lost, "the loss is not counted", &row)
    let replay = try Judge.replay(run.trace)
    check(replay.verdict == .inconclusive, "replay: \(replay.divergence?.reason ?? "no doubt")", &row)
  }

  /// The suite, the folder and the table in README have the same attacks, and enough of them.
  @Test func everyAttackIsInTheSuiteAndInREADME() throws {
    let names = Attack.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count >= 44)
    let folder = BootImages.package + "/Kernel/Partitions/Hostile"
    let notAttacks: Set = [
      "Witness", "LineOwner", "MemoryWriter", "InterruptDisabler", "PortWriter", "ZeroDivider", "StateKeeper",
      "WindowStarter", "FirstInstructions", "LatePublisher", "Interruptible",
    ]
    let folders = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(notAttacks)
    #expect(folders == Set(names))
    let readme = try String(contentsOfFile: BootImages.package + "/README.md", encoding: .utf8)
    let section = try #require(AttackReport.section(of: readme), "README has no section between the markers")
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(rows.map { String($0.split(separator: "`")[1]) } == names, "Tools/attacks writes them")
    #expect(rows.allSatisfy { $0.contains("| identical |") || $0.contains("| by their own account |") })
    #expect(section.contains("\(names.count) of \(names.count) contained"))
  }

  /// What the comparison must not overlook, done to a witness's events one at a time.
  @Test func theComparisonNoticesAWitnessDisturbed() throws {
    let run = try AttackRun.innocent.get()
    let witness = try run.partition("Witness")
    let original = OwnWindows(run.events, of: witness, from: AttackRun.settled)
    let note = UInt32(HypercallNumber.note.rawValue)
    let place = try #require(
      run.events.firstIndex {
        $0.partition == witness && $0.knownKind == .hypercall && $0.operand & 0xFFFF == note && $0.time > 60_000_000
      })
    func notices(_ change: (inout [TraceEvent]) -> Void) -> Bool {
      var events = run.events
      change(&events)
      return OwnWindows(events, of: witness, from: AttackRun.settled).difference(from: original) != nil
    }
    #expect(!notices { _ in })
    #expect(notices { $0[place].time += 1 })
    #expect(notices { $0[place].words.w1 += 1 })
    #expect(notices { $0[place].words.w3 += 1 })
    #expect(notices { $0.remove(at: place) })
    #expect(notices { $0.insert(TraceEvent(time: $0[place].time, .interrupt, partition: witness), at: place) })
  }
}
