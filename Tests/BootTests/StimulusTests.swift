import Testing
import TraceFormat
import TraceReading

/// Line pulses of a stimulus: repeatable interrupts of a line, without the device.
@Suite struct StimulusTests {
  /// COM1's line, whose owner Maintenance has registered it; and line 5, which is configured and registered by nobody.
  static let module = Result {
    var module = try ModuleVariant.flightControl().replacing(
      "<p:Line Number=\"8\"",
      by: "<p:Line Number=\"5\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=\"2\" Recipe=\"NONE\">"
        + "<p:Owner PartitionIdentifier=\"4\"/></p:Line>\n    <p:Line Number=\"8\"")
    // In Control's window, in Maintenance's own, in Loader's, and in idle time; frames begin each 20 ms, Maintenance's
    // windows 12 ms later. At last twice before one of them.
    module.stimulus = """
      0.1035 pulse 4
      0.1330 pulse 4
      0.1480 pulse 4
      0.1790 pulse 4
      0.2035 pulse 5
      0.2235 pulse 8
      0.2420 pulse 4
      0.2430 pulse 4
      """
    return module
  }

  @Test func aPulseMarksItsOwnerWhenItsLineIsOpen() throws {
    let run = try CapturedRun.capture(Self.module.get(), milliseconds: 300)
    let maintenance = try run.partition("Maintenance"), sensors = try run.partition("Sensors")
    let played = run.events(.stimulus).map(\.event)
    #expect(played.map(\.operand) == [4, 4, 4, 4, 5, 8, 4, 4])
    let nominal: [UInt64] = [
      103_500_000, 133_000_000, 148_000_000, 179_000_000, 203_500_000, 223_500_000, 242_000_000, 243_000_000,
    ]
    for (event, instant) in zip(played, nominal) {
      #expect(event.time >= instant && event.time < instant + 50_000, "\(event.time) for \(instant)")
    }
    // Line 4 is masked until its owner's window, so its pulses interrupt there: one held request, however often pulsed.
    // Nobody has registered line 5: it stays masked. Line 8 is marked at once.
    let pulses = run.events(.interrupt).filter { EntrySnapshot($0.event).flags.contains(.isPulse) }
    let expected: [(vector: UInt32, instant: UInt64)] = [
      (36, 112_000_000), (36, 133_000_000), (36, 152_000_000), (36, 192_000_000), (40, 223_500_000), (36, 252_000_000),
    ]
    #expect(pulses.map { $0.event.operand & 0xFFFF } == expected.map(\.vector))
    for ((position, event), (vector, instant)) in zip(pulses, expected) {
      // The first frame begins when the kernel has booted, some 0.1 ms after time zero; lines open L before a window.
      #expect(event.time > instant - 50_000 && event.time < instant + 150_000, "\(event.time) for \(instant)")
      // What follows each pulse, up to the next entry: the mark of the owner who has registered the line.
      let rest = run.events[(position + 1)...].prefix { $0.knownKind?.eventClass != .input }
      let marked = rest.filter { $0.knownKind == .mark }
      #expect(marked.map(\.partition) == [vector == 36 ? maintenance : sensors] && marked.map(\.operand) == [vector])
      guard vector == 36 else { continue }
      let upcall = try #require(
        run.events[position...].first { $0.knownKind == .upcall && $0.partition == maintenance && $0.operand == 36 })
      // In the same window, or if the owner has given that back in its next one.
      #expect(upcall.time < event.time + 21_000_000)
    }
    #expect(run.events(.unclaimed).isEmpty)
    // The controllers never saw line 4 or 5: nothing was acknowledged.
    #expect(!run.events(.acknowledged).contains { $0.event.operand == 36 || $0.event.operand == 37 })
  }

  @Test func aRunWithPulsesReplaysAndHolds() throws {
    let run = try CapturedRun.capture(Self.module.get(), milliseconds: 300)
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.claims(.fail) == [])
  }
}
