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
  @Test(arguments: Attack.all) func anAttackIsContained(_ attack: Attack) throws {
    let result = try AttackRun(attack)
    let run = result.run
    var row = AttackReport.Row(attack)
    expectOutcome(attack, result, &row)

    // The witnesses' own account: first instructions, registers, memory, messages.
    for name in AttackRun.honest {
      let testimony = try AttackRun.testimony(of: name, in: run)
      #expect(testimony.wrong == 0, "\(name)")
      #expect(testimony.startError == 0, "\(name): ns from the window's instant to its first instruction")
      #expect(testimony.windows >= (attack.losesEvents ? 3 : 8))
      row.starts += testimony.windows
      row.startError = max(row.startError, testimony.startError)
    }
    if attack.losesEvents {
      try expectCountedLoss(run)
    } else {
      // And the trace's.
      for name in AttackRun.honest { row.windows += try expectIdentical(run, name) }
      #expect(try Judge.replay(run.trace).verdict == .identical)
      #expect(run.report.progress.lost == 0)
    }
    #expect(run.condition == .complete)
    #expect(run.events.last?.knownKind == .end)
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.identifiers(.fail).subtracting(attack.selfReported) == [], "\(report.claims(.fail))")
    AttackReport.add(row)
  }

  private func expectOutcome(_ attack: Attack, _ result: AttackRun, _ row: inout AttackReport.Row) {
    #expect(result.survivals == [], "offences that nothing stopped")
    let vectors = result.exceptionVectors.sorted().map(Attack.mnemonic).joined(separator: ", ")
    let actions = Set(result.healthActions.map(\.detail))
    switch attack.outcome {
    case .idled(let vector, let error):
      #expect(result.exceptionVectors == [vector])
      expectIdled(result, error, afterVector: vector)
      row.seen = "\(vectors), idle"
    case .refused(let error):
      #expect(result.exceptions.isEmpty)
      expectIdled(result, error, afterVector: nil)
      row.seen = "idle"
    case .storm(let vector, let error):
      #expect(result.exceptionVectors == [vector])
      #expect(result.exceptions.count > 1_000)
      #expect(actions == [PartitionRecoveryAction.ignore.rawValue])
      #expect(Set(result.healthActions.map(\.operand)) == [UInt32(error.rawValue)])
      row.seen = "\(vectors), all ignored"
    case .attempts(let allowed):
      #expect(result.exceptionVectors.isSubset(of: allowed))
      #expect(actions.subtracting([PartitionRecoveryAction.ignore.rawValue]).isEmpty)
      #expect(result.finding == 0, "the attack's own finding; nil: it was not carried out to its end")
      row.seen = vectors.isEmpty ? "nothing succeeded" : "\(vectors), nothing succeeded"
    case .harmless:
      #expect(result.exceptions.isEmpty && result.healthActions.isEmpty)
      #expect(result.finding == 0, "the attack's own finding; nil: it was not carried out to its end")
      row.seen = "nothing succeeded"
    case .endless:
      #expect(result.exceptions.isEmpty && result.healthActions.isEmpty)
      row.seen = "its own time spent"
    }
  }

  private func expectIdled(_ result: AttackRun, _ error: ErrorCode, afterVector vector: UInt8?) {
    let last = result.healthActions.last
    #expect(last?.operand == UInt32(error.rawValue))
    #expect(last?.detail == PartitionRecoveryAction.idle.rawValue)
    #expect(last?.words.w0 == vector.map { UInt64($0) + 1 } ?? 0)
    #expect(last.map { $0.time >= AttackRun.due } ?? false)
    #expect(result.inputsAfterIdling == 0, "it never ran again")
  }

  /// Compares a witness's windows with those beside the innocent; answers how many there were.
  private func expectIdentical(_ run: CapturedRun, _ name: String) throws -> Int {
    let innocent = try AttackRun.innocent.get()
    let partition = try run.partition(name)
    let found = OwnWindows(run.events, of: partition, from: AttackRun.settled)
    let end = run.events.last?.time ?? 0
    // Each window but the last has its switch, its calls and its end; the last may be cut by the module's.
    let last = found.windows.last?.nominal ?? end
    let whole = found.before(last)
    #expect(whole.windows.count >= 10)
    #expect(whole.windows.allSatisfy { $0.matters.count >= 8 })
    let expected = OwnWindows(innocent.events, of: partition, from: AttackRun.settled).before(last)
    let difference = whole.difference(from: expected)
    #expect(difference == nil, "\(name) notices it")
    return whole.windows.count
  }

  private func expectCountedLoss(_ run: CapturedRun) throws {
    let lost = run.events.reduce(0) { $0 + ($1.knownKind == .loss ? $1.words.w0 : 0) }
    #expect(lost > 0)
    #expect(run.events.last?.words.w1 == lost)
    #expect(run.report.progress.lost == lost)
    let replay = try Judge.replay(run.trace)
    #expect(replay.divergence == nil)
    #expect(replay.verdict == .inconclusive)
  }

  /// The suite, the folder and the table in README have the same attacks, and enough of them.
  @Test func everyAttackIsInTheSuiteAndInREADME() throws {
    let names = Attack.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count >= 44)
    let folder = BootImages.package + "/Kernel/Partitions/Hostile"
    let notAttacks: Set = [
      "Witness", "LineOwner", "MemoryWriter", "InterruptDisabler", "PortWriter", "ZeroDivider", "StateKeeper",
    ]
    let folders = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(notAttacks)
    #expect(folders == Set(names))
    let readme = try String(contentsOfFile: BootImages.package + "/README.md", encoding: .utf8)
    let section = try #require(AttackReport.section(of: readme), "README has no section between the markers")
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(rows.map { String($0.split(separator: "`")[1]) } == names, "Tools/attacks writes them")
    #expect(rows.allSatisfy { $0.contains("| identical |") || $0.contains("| by their own account |") })
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
