import ModuleConfiguration
import Testing
import TraceFormat

/// Where the trace ring ends depends on how much everybody has recorded: into whose entry its end falls, that entry's
/// time must not tell.
///
/// The arena's own ring is so large that no attack comes to its end.
@Suite struct RingTurnTests {
  /// The smallest ring: a frame of the arena fits, and a run is many turns.
  private static let ringBytes: UInt64 = 0x10000

  private static func run(_ attacker: String, due: UInt64) throws -> CapturedRun {
    let module = try ModuleVariant.arena(attacker: attacker, due: due)
      .replacing("RingBytes=\"0x1000000\"", by: "RingBytes=\"0x\(String(ringBytes, radix: 16))\"")
    return try CapturedRun.capture(module, milliseconds: 1_500)
  }

  /// How much is recorded differs as soon as the attacker is idled, and with it where the ring ends.
  @Test func nobodyNoticesWhereTheRingEnds() throws {
    let runs = [try Self.run("NeverYield", due: HostileImage.never), try Self.run("Halt", due: AttackRun.due)]
    var words: Set<UInt64> = []
    for run in runs {
      #expect(run.report.progress.lost == 0 && run.condition == .complete)
      let drained = try #require(run.events.last { $0.knownKind == .drained }).words.w0
      #expect(drained > 12 * Self.ringBytes / 8, "\(drained) words")
      words.insert(drained)
    }
    #expect(words.count == 2)
    for name in AttackRun.honest {
      let partition = try runs[0].partition(name)
      let windows = runs.map { OwnWindows($0.events, of: partition, from: AttackRun.settled) }
      let last = windows[0].windows.last?.nominal ?? 0
      let whole = windows.map { $0.before(last) }
      #expect(whole[0].windows.count >= 290, "\(name): \(whole[0].windows.count) windows")
      let difference = whole[0].difference(from: whole[1])
      #expect(difference == nil, "\(name) notices it \(difference ?? "")")
    }
  }
}
