import APEXTypes
import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

/// Inputs that cannot have come in the state that the core is in.
@Suite struct InputDivergenceTests {
  let module: SimulatedModule
  let seed: UInt64
  let events: [TraceEvent]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = wholeRun(module, until: 60_000_000)
  }

  private func some(_ positions: [Int], _ count: Int = 20) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    #expect(!positions.isEmpty, "seed \(seed)")
    return Array(positions.shuffled(using: &generator).prefix(count))
  }

  private func expect(
    _ positions: [Int], _ location: SourceLocation = #_sourceLocation, _ edit: (inout TraceEvent) -> Void
  ) {
    for position in some(positions) {
      let report = replay(events.changing(position, edit), module)
      #expect(
        report.isAt(.input, position), "\(report.place), not input at \(position), seed \(seed)",
        sourceLocation: location)
    }
  }

  /// Entries from a partition.
  private var entries: [Int] { events.positions { $0.eventClass == .input && $0.partition != 0xFF } }

  @Test func anotherPartitionWasInterrupted() {
    expect(entries) {
      let other = ($0.partition + 1) % 4
      $0.partition = other
      $0.operand = $0.operand & 0xFFFF | UInt32(other) << 16
    }
  }

  @Test func thePartitionRanInAnotherAddressSpace() {
    expect(entries) { $0.operand ^= 1 << 16 }
    expect(entries) { $0.operand |= 0xFF << 16 }
  }

  @Test func theIdleLoopRanThoughAPartitionWasDue() {
    let kinds: Set<EventKind> = [.interrupt, .timer]
    expect(entries.filter { kinds.contains(events[$0].knownKind!) }) {
      $0.partition = 0xFF
      $0.operand |= 0xFF << 16
    }
  }

  @Test func theIdleLoopMakesNoHypercallsAndRaisesNoExceptions() {
    let idle = events.positions {
      $0.eventClass == .input && $0.partition == 0xFF && ($0.knownKind == .interrupt || $0.knownKind == .timer)
        && $0.detail & EntrySnapshot.Flags.isPulse.rawValue == 0
    }
    expect(idle) { $0.kind = EventKind.hypercall.rawValue }
    expect(idle) { $0.kind = EventKind.exception.rawValue }
  }

  @Test func theIdleLoopRanInAPartitionsAddressSpace() {
    let idle = events.positions {
      ($0.knownKind == .interrupt || $0.knownKind == .timer) && $0.partition == 0xFF
        && $0.detail & EntrySnapshot.Flags.isPulse.rawValue == 0
    }
    expect(idle) { $0.operand = $0.operand & 0xFFFF | 1 << 16 }
  }

  @Test func noLineHasTheVector() {
    for vector in [0, 31, 48, 255] as [UInt32] {
      expect(events.positions(of: .interrupt)) { $0.operand = $0.operand & ~0xFFFF | vector }
    }
  }

  @Test func aPulseInterruptsNobody() {
    expect(entries.filter { events[$0].knownKind == .interrupt }) {
      $0.detail |= EntrySnapshot.Flags.isPulse.rawValue
    }
  }

  /// The recorded masks keep a line back, and it interrupts all the same.
  @Test func aMaskedLineInterrupts() {
    let lines = events.positions(of: .interrupt).filter {
      events[$0].detail & EntrySnapshot.Flags.isPulse.rawValue == 0 && events[$0].operand & 7 != 7
    }
    for position in some(lines) {
      // The line that the last masks read back before it have masked.
      guard let read = events[..<position].last(where: { $0.knownKind == .maskRead }) else { continue }
      guard let masked = (0..<16).first(where: { read.operand & 1 << UInt32($0) != 0 && $0 & 7 != 7 }) else { continue }
      let changed = events.changing(position) { $0.operand = $0.operand & ~0xFFFF | UInt32(masked + 32) }
      let report = replay(changed, module)
      #expect(report.isAt(.input, position), "\(report.place), not input at \(position), seed \(seed)")
      #expect(report.divergence?.reason.contains("masked") == true, "seed \(seed)")
    }
  }

  @Test func aPulseNeedsItsStimulus() {
    let pulses = events.positions {
      $0.knownKind == .interrupt && $0.detail & EntrySnapshot.Flags.isPulse.rawValue != 0
    }
    // Another line than the stimulus names, and a pulse a second time.
    expect(pulses) { $0.operand = $0.operand & ~0xFFFF | (($0.operand & 15) ^ 1) + 32 }
    for position in some(events.positions(of: .timer)) {
      var changed = events
      let pulse = TraceEvent(
        time: events[position].time, .interrupt, detail: EntrySnapshot.Flags.isPulse.rawValue,
        operand: EntrySnapshot().operand(35))
      changed.insert(pulse, at: position)
      let report = replay(changed, module)
      #expect(report.isAt(.input, position), "\(report.place), seed \(seed)")
    }
  }

  @Test func theTestDeviceDidSomethingElse() {
    let stimuli = events.positions(of: .stimulus)
    expect(stimuli) { $0.operand ^= 1 }
    expect(stimuli) { $0.detail ^= 3 }
  }

  @Test func theTestDeviceActedThoughNothingWasDue() {
    for position in some(events.positions(of: .timer)) {
      var changed = events
      changed.insert(TraceEvent(time: events[position].time, .stimulus, detail: 2, operand: 3), at: position)
      let report = replay(changed, module)
      #expect(report.isAt(.input, position), "\(report.place), seed \(seed)")
    }
  }

  @Test func theModuleStartsOnceAndFirst() {
    let start = events.positions(of: .start)[0]
    var twice = events
    twice.insert(events[start], at: entries[10])
    #expect(replay(twice, module).isAt(.input, entries[10]), "seed \(seed)")
    let without = replay(events.without(start), module)
    #expect(without.isAt(.decision, start), "\(without.place): decisions without a cause")
    let bare = events.filter { $0.eventClass != .decision && $0.knownKind != .start }
    #expect(replay(bare, module).divergence?.kind != nil)
  }

  @Test func aPartitionThatRanBeforeItsInstantIsNamed() {
    // From the decision of a window on, until its instant, only the idle loop can be interrupted.
    let starts = events.positions(of: .windowStart).filter { position in
      events[position...].prefix(14).contains { $0.knownKind == .partitionSwitch }
    }
    var seen = 0
    for position in starts {
      guard let next = events[position...].firstIndex(where: { $0.eventClass == .input }),
        // The window of a stopped partition is idle time: whoever gets that does not wait for the instant.
        events[next].partition == events[position].partition, events[next].time >= events[position].words.w0
      else { continue }
      seen += 1
      let report = replay(events.changing(next) { $0.time = events[position].words.w0 - 1 }, module)
      #expect(report.isAt(.input, next), "\(report.place), seed \(seed)")
    }
    #expect(seen > 0, "seed \(seed)")
  }

  @Test func anotherModuleTableIsNamed() {
    let boot = events.positions(of: .boot)[0]
    let report = replay(events.changing(boot) { $0.words.w0 ^= 1 }, module)
    #expect(report.isAt(.input, boot))
  }

  @Test func anEndBeforeTheStopIsNamed() {
    let end = events[0..<200] + [TraceEvent(time: events[199].time, .end)]
    let report = replay(Array(end), module)
    #expect(report.verdict == .diverged, "seed \(seed)")
  }

  @Test func nothingCanComeAfterTheStop() {
    let stop = events.positions(of: .stop)[0]
    let end = events.count - 1
    var changed = events
    changed.insert(TraceEvent(time: events[stop].time + 1000, .nonMaskable, operand: 1), at: end)
    #expect(replay(changed, module).isAt(.input, end), "\(replay(changed, module).place), seed \(seed)")
  }
}
