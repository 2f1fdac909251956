import APEXTypes
import ModuleCompiler
import ModuleConfiguration
import Testing
import TraceFormat

/// Lines of others that fire without mercy while a witness has its window: what they may take is in the module table.
@Suite struct StormTests {
  static let budget = 2
  /// Devices at their highest rates on lines 0 and 8, each marked at once within a budget; the attacker owns them.
  static func module() throws -> ModuleVariant {
    try ModuleVariant.arena(attacker: "LineOwner", due: AttackRun.due)
      .replacing("IntervalTimerHertz=\"0\"", by: "IntervalTimerHertz=\"10000\"")
      .replacing(
        "<p:Line Number=\"8\" Policy=\"MASKED_UNTIL_OWNER\"",
        by: line(0) + line(5) + "<p:Line Number=\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"\(budget)\"")
  }
  private static func line(_ number: Int) -> String {
    "<p:Line Number=\"\(number)\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"\(budget)\" Recipe=\"NONE\">"
      + "<p:Owner PartitionIdentifier=\"3\"/></p:Line>"
  }
  static let devices = Result { try CapturedRun.capture(module(), milliseconds: 300) }
  /// The same, and the test device pulsing a line each 20 µs through 10 ms of everybody's windows: those of the
  /// attacker and one that is nobody's.
  static let pulses = Result {
    var storm = try module()
    storm.stimulus = (0..<500).map { "0.1\(100_000 + $0 * 200)".prefix(9) + " pulse \([5, 8, 0, 11, 5][$0 % 5])\n" }
      .joined()
    return try CapturedRun.capture(storm, milliseconds: 200)
  }

  /// One window of a witness, and what came into it of others' lines.
  struct Window {
    var start: UInt64 = 0
    var taken: [UInt32: Int] = [:]
    var stolen: UInt64 = 0
    /// The last mask in the window.
    var mask: UInt32?
  }

  /// The windows of `name` after the lines were registered.
  ///
  /// - Parameter pulses: whether `taken` counts the test device's pulses too.
  static func windows(_ run: CapturedRun, of name: String, pulses: Bool = false) throws -> [Window] {
    let partition = try run.partition(name)
    var windows: [Window] = []
    var isOpen = false, previous: UInt64 = 0
    var interruptedAt: UInt64?
    for event in run.events {
      defer { previous = event.time }
      let isInput = event.knownKind?.eventClass == .input && event.knownKind != .stimulus
      if isInput, event.partition == partition, let instant = interruptedAt {
        windows[windows.count - 1].stolen += previous + EntrySnapshot(event).resumeDelay - instant
        interruptedAt = nil
      }
      switch event.knownKind {
      case .windowStart where event.partition == partition && event.time > AttackRun.due + 2_000_000:
        windows.append(Window(start: event.words.w0))
        isOpen = true
      case .windowEnd where event.partition == partition:
        isOpen = false
        interruptedAt = nil
      case .interrupt where isOpen && (pulses || !EntrySnapshot(event).flags.contains(.isPulse)):
        windows[windows.count - 1].taken[event.operand & 0xFFFF, default: 0] += 1
        if event.partition == partition { interruptedAt = event.time }
      case .lineMask where isOpen: windows[windows.count - 1].mask = event.operand
      default: break
      }
    }
    return windows
  }

  @Test func aStormOfDevicesTakesItsBudgetAndNoMore() throws {
    let run = try Self.devices.get()
    let cost = SwitchAllowance.interruptCost(ownerCount: 1).count
    for name in AttackRun.honest {
      let windows = try Self.windows(run, of: name)
      #expect(windows.count >= 40)
      for window in windows {
        for (vector, count) in window.taken { #expect(count <= Self.budget, "\(name) at \(window.start): \(vector)") }
        #expect(window.stolen <= 2 * UInt64(Self.budget) * cost, "\(name) at \(window.start)")
        // A line whose budget is used up is masked, and stays so till the window's end.
        for (vector, count) in window.taken where count == Self.budget {
          #expect(window.mask.map { $0 >> (vector - 32) & 1 } == 1, "\(name) at \(window.start): \(vector)")
        }
      }
      // It is a storm: the budgets are used up in nearly every window.
      #expect(windows.count { $0.taken[32] == Self.budget && $0.taken[40] == Self.budget } > windows.count * 3 / 4)
    }
  }

  /// The test device obeys the masks as a device does: pulses beyond the budget wait for their owner, one a line.
  @Test func aStormOfTheTestDeviceTakesItsBudgetAndNoMore() throws {
    let run = try Self.pulses.get()
    let isPulse = { (event: TraceEvent) in
      event.knownKind == .interrupt && EntrySnapshot(event).flags.contains(.isPulse)
    }
    var exhausted = 0
    for name in AttackRun.honest {
      for window in try Self.windows(run, of: name, pulses: true) {
        for (vector, count) in window.taken {
          #expect(count <= Self.budget, "\(name) at \(window.start): \(vector)")
          guard vector == 37, count == Self.budget else { continue }
          exhausted += 1
          #expect(window.mask.map { $0 >> 5 & 1 } == 1, "\(name) at \(window.start)")
        }
      }
    }
    #expect(exhausted >= 3, "windows in which pulses of line 5 have used up the budget")
    let pulses = run.events.filter(isPulse)
    let played = run.events.count { $0.knownKind == .stimulus && $0.operand == 5 }
    let taken = pulses.count { $0.operand & 0xFFFF == 37 }
    #expect(played == 200 && taken > 20 && taken < played, "\(taken) of \(played)")
    #expect(!pulses.contains { $0.operand & 0xFFFF == 43 }, "nobody's line is masked for ever")
    #expect(run.events.count { $0.knownKind == .mark && $0.operand == 37 } == taken)
  }

  /// Whatever fires, and when: the first instruction comes at the instant, by the trace and by the partition's clock.
  @Test func noWindowStartMovesByAStorm() throws {
    for run in [try Self.devices.get(), try Self.pulses.get()] {
      for (place, resume) in WindowStarts(run, of: Set(AttackRun.honest)).resumes {
        #expect(resume == place.nominal, "\(place)")
      }
      for name in AttackRun.honest {
        let testimony = try AttackRun.testimony(of: name, in: run)
        #expect(testimony.startError == 0, "\(name)")
        #expect(testimony.wrong == 0)
        #expect(testimony.windows > 30)
      }
    }
  }

  @Test func marksAreKeptForTheirOwner() throws {
    let run = try Self.devices.get()
    let owner = try run.partition("Attacker")
    let made = run.events.count { $0.knownKind == .mark && $0.partition == owner }
    let delivered = run.events.reduce(0) {
      $0 + ($1.knownKind == .upcall && $1.partition == owner ? Int($1.words.w0) : 0)
    }
    // What was marked in others' windows comes in the owner's; at the end some may still wait.
    #expect(made > 1_000)
    #expect(delivered <= made && delivered >= made - 16)
    let seen = try #require(AttackRun.notes(run, of: owner).last).0
    #expect(seen <= UInt64(delivered) && seen >= UInt64(delivered) - 200)
    // While a line is masked its device holds one request: fewer interrupts than ticks, none invented.
    let ticks = run.events.count { $0.knownKind == .interrupt && $0.operand & 0xFFFF == 40 }
    #expect(ticks > 200 && ticks < 8192 * 300 / 1000)
  }

  @Test func stormsReplayAndHold() throws {
    for run in [try Self.devices.get(), try Self.pulses.get()] {
      #expect(try Judge.replay(run.trace).verdict == .identical)
      #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
    }
  }
}
