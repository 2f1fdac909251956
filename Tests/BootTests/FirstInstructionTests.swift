import APEXTypes
import Testing
import TraceFormat

/// A window's first instruction comes at its instant whatever the lines do, and sees nothing of how that is done.
@Suite struct FirstInstructionTests {
  /// How far the interrupts of line 0 are behind the starts of Starter's windows, ns.
  struct Distances {
    /// Of each window the nearest, by its start.
    var nearest: [UInt64: Int64] = [:]

    init(_ run: CapturedRun) throws {
      let starter = try run.partition("Starter")
      var windows: [UInt64] = []
      let ticks = run.events.filter {
        $0.knownKind == .interrupt && $0.time > FirstInstructionModule.settled
      }.map(\.time)
      for event in run.events where event.knownKind == .windowStart && event.partition == starter {
        if event.words.w0 > FirstInstructionModule.settled { windows.append(event.words.w0) }
      }
      var next = 0
      for window in windows {
        while next < ticks.count, ticks[next] + 10_000 < window { next += 1 }
        guard next < ticks.count, ticks[next] < window + 10_000 else { continue }
        nearest[window] = Int64(ticks[next]) - Int64(window)
      }
    }
  }

  /// Where the windows have to lie for the first tick that counts to come 1.6 µs behind the first of them: found from a
  /// short run, so that it needs no knowledge of how long booting takes.
  static let first = Result<UInt64, any Error> {
    let probe = try CapturedRun.capture(
      FirstInstructionModule(image: "WindowStarter", first: 0).variant(), milliseconds: 40)
    let frames = probe.events.filter { $0.knownKind == .majorFrameStart && $0.time > FirstInstructionModule.settled }
    let frame = try #require(frames.first).words.w0
    // Of ten ticks the one that was taken with the least delay.
    let ticks = probe.events.filter { $0.knownKind == .interrupt && $0.time > frame }.prefix(10).map {
      Double($0.time) - Double(frame)
    }
    let earliest = try #require(
      ticks.map { $0 - (($0 - ticks[0]) / FirstInstructionModule.tick).rounded() * FirstInstructionModule.tick }.min())
    let first = (earliest - 1_600).truncatingRemainder(dividingBy: FirstInstructionModule.tick)
    return UInt64(first < 0 ? first + FirstInstructionModule.tick : first)
  }
  static let run = Result {
    let last = FirstInstructionModule.settled + FirstInstructionModule.frame * FirstInstructionModule.frameCount
    return try CapturedRun.capture(
      FirstInstructionModule(image: "WindowStarter", first: first.get()).variant(), milliseconds: last / 1_000_000)
  }

  @Test func noLineDelaysAWindowsFirstInstruction() throws {
    let run = try Self.run.get()
    let notes = AttackRun.notes(run, of: try run.partition("Starter"))
    let counted = notes.filter { $0.1 > FirstInstructionModule.settled }
    #expect(counted.count > 5_000)
    let late = counted.filter { $0.0 != 0 }
    #expect(late.count == 0, "\(late.prefix(3).map { "\(Int64(bitPattern: $0.0)) ns off at \($0.1)" })")

    // The line did fire in each nanosecond around the starts. Before them its interrupts are taken while the kernel
    // waits, and in the last stretch behind the first instruction: there each is seen at its own distance, from where
    // the trap behind that instruction has come back.
    let distances = try Distances(run).nearest.values
    let seen = Set(distances)
    let missing = (23...1000).filter { !seen.contains(Int64($0)) }
    #expect(missing == [], "no tick at these distances behind a start, ns")
    let held = distances.count { $0 == seen.filter { $0 >= 0 }.min() }
    #expect(held > 2_200, "ticks that were held for a first instruction and taken right behind it")
    #expect(distances.count { $0 < -2_200 && $0 > -2_900 } > 300, "ticks in the kernel's last wait")
  }

  /// When the kernel left for the starts that it has waited for, by what the next entry tells of its exit.
  private static func exits(_ run: CapturedRun, of partition: UInt8) -> [(start: UInt64, exit: UInt64)] {
    var exits: [(start: UInt64, exit: UInt64)] = []
    var (start, last) = (UInt64?.none, UInt64(0))
    for event in run.events {
      defer { last = event.time }
      guard event.partition == partition else { continue }
      switch event.knownKind {
      case .padded: start = event.words.w0
      case .timer, .hypercall, .exception, .interrupt:
        if let start { exits.append((start, last + EntrySnapshot(event).resumeDelay)) }
        start = nil
      default: break
      }
    }
    return exits
  }

  @Test func theRunReplaysAndHolds() throws {
    let run = try Self.run.get()
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
  }

  @Test func aFirstInstructionSeesNothing() throws {
    let run = try CapturedRun.capture(
      FirstInstructionModule(image: "FirstInstructions", first: Self.first.get()).variant(), milliseconds: 200)
    let starter = try run.partition("Starter")
    let (caseCount, firstOwnTrap, unheld) = (UInt64(28), UInt64(23), UInt64(16))
    var (rounds, last) = (0, UInt64.max)
    var exceptions: [[UInt64]] = []
    var heldWindows: Set<UInt64> = []
    for event in run.events where event.partition == starter {
      if event.knownKind == .windowStart, last != unheld - 1 { heldWindows.insert(event.words.w0) }
      if event.knownKind == .exception, event.operand & 0xFFFF == 1 { exceptions.append([event.words.w4]) }
      guard event.knownKind == .hypercall, event.operand & 0xFFFF == UInt32(71) else { continue }
      defer { exceptions = [] }
      let (number, wrong) = (event.words.w3, event.words.w4)
      last = number
      #expect(wrong == 0, "case \(number)")
      if number == caseCount { rounds += 1 }
      // With the partition's own trap flag: the same exceptions behind a yield as behind a call that does nothing.
      if number >= firstOwnTrap, number < caseCount {
        #expect(exceptions.count >= 8 && exceptions.count % 2 == 0, "case \(number): \(exceptions)")
        let half = exceptions.count / 2
        #expect(Array(exceptions[..<half]) == Array(exceptions[half...]), "case \(number)")
      }
    }
    #expect(rounds >= 4, "\(rounds) rounds; the last case that told of itself is \(last)")
    // Each of the instructions is held, too: where the line fires before it, its interrupt is taken behind it.
    let ticks = try Distances(run).nearest.filter { heldWindows.contains($0.key) }.values.filter { (0..<1000) ~= $0 }
    let soonest = try #require(try Distances(Self.run.get()).nearest.values.filter { $0 >= 0 }.min())
    #expect(ticks.count { $0 < soonest + 100 } > 100)
    #expect(ticks.allSatisfy { $0 >= soonest }, "\(ticks.filter { $0 < soonest }) ns behind the start")
    // And whichever it is, the look at it has time enough before its instant.
    let late = Self.exits(run, of: starter).filter { $0.exit != $0.start }
    #expect(late.isEmpty && Self.exits(run, of: starter).count > 500, "\(late.prefix(3))")
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
  }
}
