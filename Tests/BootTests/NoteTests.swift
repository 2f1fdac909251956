import ModuleConfiguration
import Testing
import TraceFormat

/// Notes of many words on the machine: each word that a partition left is in the trace, and none else.
@Suite struct NoteTests {
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  private func calls(_ run: CapturedRun, _ number: HypercallNumber, of partition: UInt8) -> [TraceEvent] {
    run.events(.hypercall).map(\.event).filter {
      $0.partition == partition && $0.operand & 0xFFFF == UInt32(number.rawValue)
    }
  }

  /// Notes of all lengths, as `Noter` leaves them: word n of all is n times a factor.
  @Test(arguments: [DrainTransport.port, .memory]) func everyWordArrives(transport: DrainTransport) throws {
    let run = try CapturedRun.capture(NoteModules.noter, milliseconds: 700, transport: transport)
    #expect(run.condition == .complete && run.report.progress.lost == 0)
    let noter = try run.partition("Noter")
    let report = try #require(calls(run, .note, of: noter).last)
    #expect(report.words.w4 == 0, "calls that were answered otherwise than they should be")
    let pieces = run.events(.noteWords).map(\.event)
    let words = pieces.flatMap { piece in (0..<Int(piece.detail)).map { piece.words[$0] } }
    #expect(pieces.allSatisfy { $0.partition == noter && (1...8).contains($0.detail) })
    // The run may end within a round.
    #expect(report.words.w3 > 40_000 && UInt64(words.count) >= report.words.w3)
    let areRight = words.enumerated().allSatisfy { $1 == UInt64($0) &* Self.factor }
    #expect(areRight, "other words than were left")
    let counts = Set(calls(run, .noteWords, of: noter).map(\.words.w4))
    #expect(counts.isSuperset(of: 0...UInt64(ModuleLimits.maximumNoteWords + 1)))
    try expectAccepted(run)
  }

  /// A module that leaves nothing but notes as fast as it can overwrites its ring again and again.
  @Test func aFloodOfNotesIsTakenWhole() throws {
    let run = try CapturedRun.capture(NoteModules.flood, milliseconds: 60, transport: .memory)
    #expect(run.condition == .complete && run.report.progress.lost == 0)
    let flood = try run.partition("Flood")
    let pieces = run.events(.noteWords).map(\.event)
    #expect(pieces.count * 10 > 2 * 0x100_0000 / 8, "\(pieces.count) events do not fill the ring twice")
    // Samples of four words, numbered without gap.
    let numbers = pieces.flatMap { [$0.words.w0, $0.words.w4] }
    let areInOrder = numbers.enumerated().allSatisfy { UInt64($0) == $1 }
    #expect(areInOrder && pieces.allSatisfy { $0.partition == flood && $0.detail == 8 })
    try expectAccepted(run)
    // No note makes a window late: the wait before each was long enough.
    #expect(run.events(.padded).allSatisfy { $0.event.words.w1 > 0 })
  }

  /// A ring that is drained too slowly loses whole events, says so, and is found right again.
  @Test func aFloodThatIsTooDenseIsALossLikeAnyOther() throws {
    let run = try CapturedRun.capture(NoteModules.smallRing, milliseconds: 60)
    #expect(run.report.progress.lost > 10_000)
    let lost = run.events(.loss).reduce(UInt64(0)) { $0 + $1.event.words.w0 }
    #expect(run.condition == .complete && run.events(.end).first?.event.words.w1 == lost)
    let pieces = run.events(.noteWords).map(\.event)
    let areWhole = pieces.allSatisfy {
      $0.detail == 8 && $0.words.w4 == $0.words.w0 + 1 && $0.words.w5 == $0.words.w1 + 25
    }
    #expect(areWhole && pieces.count > 3_000)
    expectCounted(run)
    let replay = try Judge.replay(run.trace)
    #expect(replay.divergence == nil && replay.adoptedKeyframeCount > 0)
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.claims(.fail) == [] && report.exitStatus == 3)
  }

  /// Samples are numbered, two an event: so it is known how many events each loss has swallowed at least.
  private func expectCounted(_ run: CapturedRun) {
    var last: UInt64?
    var lost: UInt64 = 0
    var measured = 0
    for event in run.events {
      if event.knownKind == .loss { lost += event.words.w0 }
      guard event.knownKind == .noteWords else { continue }
      let piece = event.words.w0 / 2
      if let last, lost > 0 {
        // Calls of which nothing is left have had an input and a result too.
        let calls = piece / 32 - last / 32 - 1
        #expect(lost >= piece - last - 1 + 2 * calls, "\(last) … \(piece)")
        measured += 1
      }
      (last, lost) = (piece, 0)
    }
    #expect(measured > 3)
  }

  private func expectAccepted(_ run: CapturedRun) throws {
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(replay.doubts) \(String(describing: replay.divergence))")
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.claims(.fail) == [] && report.exitStatus == 0)
    let notes = try #require(report.claims.first { $0.identifier == "note.words" })
    #expect(notes.verdict == .pass && notes.checked > 1_000)
  }
}
