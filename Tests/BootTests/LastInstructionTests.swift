import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

/// A line that fires as a window ends, between the instant that the timer is armed for and the timer's own interrupt:
/// the window ends with the line's interrupt, and the partition is parked with what that one tells of it.
@Suite struct LastInstructionTests {
  @Test func whoeverIsParkedByALineIsParkedWithItsFrame() throws {
    let module = FirstInstructionModule(image: "Interruptible", first: try FirstInstructionTests.first.get())
    let table = try module.variant().compile()
    let allowance = try table.imageBytes.withUnsafeBytes { try ModuleTable($0).module.switchAllowance.count }
    // The ticks that draw past the windows' starts in FirstInstructionTests draw past L before them here.
    let tick = UInt64(FirstInstructionModule.tick)
    let moved = FirstInstructionModule(image: "Interruptible", first: (module.first + allowance) % tick)
    let last = FirstInstructionModule.settled + FirstInstructionModule.frame * FirstInstructionModule.frameCount
    let run = try CapturedRun.capture(moved.variant(), milliseconds: last / 1_000_000)
    let starter = try run.partition("Starter")

    var (ending, withoutFrame) = (0, [UInt64]())
    for (index, event) in run.events.enumerated() where event.knownKind == .interrupt && event.partition == starter {
      let step = run.events[(index + 1)...].prefix { $0.knownKind?.eventClass != .input }
      let flags = EntrySnapshot(event).flags
      guard flags.contains(.interruptsEnabled), step.contains(where: { $0.knownKind == .windowEnd }) else { continue }
      ending += 1
      if !flags.contains(.frameFits) { withoutFrame.append(event.time) }
    }
    #expect(ending > 20, "windows that a line's interrupt has ended")
    #expect(withoutFrame.isEmpty, "\(withoutFrame.count) of \(ending), the first at \(withoutFrame.first ?? 0) ns")
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
  }
}
