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
    // In Control's window, in Maintenance's own, in Loader's, and in idle time; frames begin each 20 ms.
    module.stimulus = """
      0.1035 pulse 4
      0.1330 pulse 4
      0.1480 pulse 4
      0.1790 pulse 4
      0.2035 pulse 5
      0.2235 pulse 8
      """
    return module
  }

  @Test func aPulseMarksItsOwner() throws {
    let run = try CapturedRun.capture(Self.module.get(), milliseconds: 300)
    let maintenance = try run.partition("Maintenance"), sensors = try run.partition("Sensors")
    let played = run.events(.stimulus)
    #expect(played.map(\.event.operand) == [4, 4, 4, 4, 5, 8])
    let nominal: [UInt64] = [103_500_000, 133_000_000, 148_000_000, 179_000_000, 203_500_000, 223_500_000]
    for ((position, event), instant) in zip(played, nominal) {
      #expect(event.time >= instant && event.time < instant + 50_000, "\(event.time) for \(instant)")
      let pulse = try #require(
        run.events[position...].first { $0.knownKind == .interrupt && EntrySnapshot($0).flags.contains(.isPulse) })
      #expect(pulse.operand & 0xFFFF == 32 + event.operand)
    }
    // What follows each pulse, up to the next entry: the mark of the owner who has registered the line, or nobody's.
    func marks(after position: Int) -> [TraceEvent] {
      let pulse = run.events[position...].firstIndex { EntrySnapshot($0).flags.contains(.isPulse) } ?? position
      let rest = run.events[(pulse + 1)...]
      return rest.prefix { $0.knownKind?.eventClass != .input }.filter { $0.knownKind == .mark }
    }
    for (position, event) in played where event.operand == 4 {
      let marked = marks(after: position)
      #expect(marked.map(\.partition) == [maintenance] && marked.map(\.operand) == [36])
      // The mark becomes an upcall in the owner's window, its current one or the next.
      let upcall = try #require(
        run.events[position...].first { $0.knownKind == .upcall && $0.partition == maintenance && $0.operand == 36 })
      #expect(upcall.time < event.time + 21_000_000)
    }
    #expect(marks(after: played[4].position).isEmpty)
    #expect(run.events(.unclaimed).map(\.event.operand) == [37])
    #expect(marks(after: played[5].position).map(\.partition) == [sensors])
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
