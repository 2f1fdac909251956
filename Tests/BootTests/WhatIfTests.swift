import Foundation
import ModuleConfiguration
import Simulation
import Testing
import TraceFormat
import TraceReading
import Verification

/// What-if held against the machine: the same module gives the recorded run, another module what it does when captured.
@Suite struct WhatIfTests {
  /// The predicted trace of `recorded` under the table of `other`.
  static func predict(_ recorded: [UInt8], under other: [UInt8]) throws -> ([UInt8], [Prediction.Doubt]) {
    let (trace, doubts, _) = try foretell(recorded, under: other)
    return (trace, doubts)
  }

  /// The same, with the instant at which the ring overflows; nil where it does not.
  static func foretell(
    _ recorded: [UInt8], under other: [UInt8]
  ) throws -> (trace: [UInt8], doubts: [Prediction.Doubt], overflow: UInt64?) {
    let reader = try TraceReader(bytes: recorded)
    let target = try TraceReader(bytes: other)
    defer { withExtendedLifetime((reader, target)) {} }
    var bytes: [UInt8] = []
    let prediction = try Prediction(
      recorded: reader.moduleTable, under: target.moduleTable,
      source: {
        while let item = reader.next() {
          if case .event(_, let event) = item { return event }
        }
        return nil
      }, sink: { bytes.append(contentsOf: $0) })
    #expect(prediction.run(isInterrupted: { false }) != nil)
    return (bytes, prediction.doubts, prediction.overflow)
  }

  /// What happened, without the instants: kind, partition and operand of each event but those of the drainer's own
  /// progress, by partition; interrupts by line.
  static func story(_ bytes: [UInt8]) throws -> [UInt8: [UInt64]] {
    let reader = try TraceReader(bytes: bytes)
    let drainer = reader.moduleTable.module.drainer.rawValue
    var story: [UInt8: [UInt64]] = [:]
    while let item = reader.next() {
      guard case .event(_, let event) = item, let kind = event.knownKind else { continue }
      switch kind {
      case .hypercall, .hypercallResult, .upcall, .mark, .windowStart, .windowEnd, .modeChange, .portOperation:
        guard event.partition != drainer else { continue }
        story[event.partition, default: []].append(
          UInt64(event.kind) << 32 | UInt64(event.operand & 0xFFFF))
      default: continue
      }
    }
    return story
  }

  static func report(_ bytes: [UInt8]) throws -> VerificationReport {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var verifier = Verifier(table: reader.moduleTable)
    while case .event(let position, let event)? = reader.next() { verifier.consume(event, position: position) }
    return verifier.finish(fileBytes: UInt64(bytes.count))
  }

  /// Compares what was predicted with what the machine did: the same events in each partition, response times to within
  /// `tolerance` ns.
  static func expect(_ predicted: [UInt8], equals real: [UInt8], tolerance: Int64) throws {
    let (one, two) = (try story(predicted), try story(real))
    #expect(Set(one.keys) == Set(two.keys))
    for (partition, events) in two {
      #expect(events.count > 100, "partition \(partition) did something")
      #expect(one[partition] == events, "partition \(partition)")
    }
    let (mine, its) = (try report(predicted), try report(real))
    var compared = 0
    for claim in its.claims where claim.identifier.hasPrefix("process.deadline.") {
      let difference = (mine.claim(claim.identifier)?.worst?.value ?? .max) - (claim.worst?.value ?? 0)
      #expect(difference.magnitude <= UInt64(tolerance), "\(claim.identifier) by \(difference) ns")
      #expect(mine.claim(claim.identifier)?.verdict == claim.verdict)
      compared += 1
    }
    #expect(compared >= 3)
  }

  @Test func theSameModuleGivesTheRecordedRun() throws {
    let run = try SharedRuns.logged.get()
    let (predicted, doubts) = try Self.predict(run.trace, under: run.trace)
    #expect(doubts.isEmpty, "\(doubts)")
    try Self.expect(predicted, equals: run.trace, tolerance: 100)
    // One of the timer's comes late: an interrupt has passed the boundary before it.
    let timers = try [predicted, run.trace].map { try Self.events($0).count { $0.knownKind == .timer } }
    #expect(timers[0] == timers[1] && timers[1] > 200)
  }

  /// MinimalGuest masks its interrupts in the middle of a computation, without entering the kernel: an upcall waits.
  @Test func aGuestThatMasksItsInterruptsDoesSoAgain() throws {
    let budget = "<p:Budget Quantity=\"MARK_TO_UPCALL\" Subject=\"8\" BoundSeconds=\"0.000005\"/>"
    var guest = try ModuleVariant.shipped("Guest")
      .replacing("</p:Interrupts>", by: "</p:Interrupts><p:Budgets>\(budget)</p:Budgets>")
    guest.stimulus = ""
    let delivering = try guest.replacing("MissedTicks=\"COUNT\"", by: "MissedTicks=\"DELIVER_ALL\"")
    let run = try CapturedRun.capture(guest, milliseconds: 300)
    let other = try CapturedRun.capture(delivering, milliseconds: 300)
    let (predicted, _) = try Self.predict(run.trace, under: other.trace)
    let claims = try [predicted, other.trace].map { trace in
      let claim = try Self.report(trace).claim("budget.markToUpcall.8")
      return try #require(claim)
    }
    #expect(claims.map(\.verdict) == [.fail, .fail])
    let (mine, its) = (try #require(claims[0].worst).value, try #require(claims[1].worst).value)
    #expect(its > 100_000 && (mine - its).magnitude < 500, "\(mine), \(its)")
  }

  /// Reflector's handlers of exceptions return through the kernel where marks wait.
  @Test func handlersOfExceptionsAskForUpcallsAgain() throws {
    let run = try CapturedRun.capture(ModuleVariant.shipped("Interrupts"), milliseconds: 300)
    let (predicted, _) = try Self.predict(run.trace, under: run.trace)
    // A mark that comes within the nanoseconds by which calls are told apart may fall on either side of one: it is then
    // another handler that asks for its upcall, one of the two hundred of the storm.
    let marks = UInt64(EventKind.mark.rawValue)
    let ask = UInt64(HypercallNumber.returnFromUpcall.rawValue)
    let stories = try [predicted, run.trace].map { trace in
      try Self.story(trace)[0, default: []].filter { $0 >> 32 != marks }
    }
    let others = stories.map { $0.filter { $0 & 0xFFFF != ask || $0 >> 32 == UInt64(EventKind.upcall.rawValue) } }
    #expect(others[1].count > 100 && others[0] == others[1])
    let asked = stories.map { story in
      story.count { $0 == UInt64(EventKind.hypercall.rawValue) << 32 | ask }
    }
    #expect(asked[1] > 0 && asked[0] == asked[1])
  }

  @Test func anotherScheduleIsPredictedAsItIsCaptured() throws {
    // Without input: a line that was masked is taken to have fired when it was let through, which the serial one was.
    var plain = try ModuleVariant.flightControl()
    plain.stimulus = ""
    let run = try CapturedRun.capture(plain, milliseconds: 1_000)
    // Control comes later and has less, Maintenance comes before it, Loader moves: every window but Sensors' changes.
    let moved =
      try plain
      .replacing(
        "\"201\" WindowStartSeconds=\"0.002\" WindowDurationSeconds=\"0.005\"",
        by: "\"201\" WindowStartSeconds=\"0.0045\" WindowDurationSeconds=\"0.002\""
      )
      .replacing(
        "PartitionIdentifier=\"2\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=\"0.005\"",
        by: "PartitionIdentifier=\"2\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=\"0.002\""
      )
      .replacing("TimeCapacitySeconds=\"0.004\"", by: "TimeCapacitySeconds=\"0.001\"")
      .replacing("\"401\" WindowStartSeconds=\"0.007\"", by: "\"401\" WindowStartSeconds=\"0.0065\"")
      .replacing("\"301\" WindowStartSeconds=\"0.012\"", by: "\"301\" WindowStartSeconds=\"0.002\"")
    let other = try CapturedRun.capture(moved, milliseconds: 1_000)
    let (predicted, doubts) = try Self.predict(run.trace, under: other.trace)
    #expect(doubts.isEmpty, "\(doubts)")
    try Self.expect(predicted, equals: other.trace, tolerance: 500)
  }

  static func events(_ bytes: [UInt8]) throws -> [TraceEvent] {
    let reader = try TraceReader(bytes: bytes)
    var events: [TraceEvent] = []
    while let item = reader.next() {
      if case .event(_, let event) = item { events.append(event) }
    }
    return events
  }

  /// Faults within an exception's handler, handlers that let others in, ticks: what the module `Interrupts` is about.
  @Test func handlersDoWhatTheyDid() throws {
    let run = try InterruptsTests.run.get()
    let (predicted, doubts) = try Self.predict(run.trace, under: run.trace)
    #expect(doubts.isEmpty, "\(doubts)")
    let (one, two) = (try Self.events(predicted), try Self.events(run.trace))
    func count(_ kind: EventKind, _ events: [TraceEvent]) -> Int { events.count { $0.kind == kind.rawValue } }
    for kind in [
      EventKind.exception, .exceptionReflected, .mark, .interrupt, .eventRaised, .modeChange, .timerExpired, .upcall,
      .healthError,
    ] {
      #expect(count(kind, one) == count(kind, two) && count(kind, two) > 0, "\(kind)")
    }
    // Nester's handlers interrupt each other three deep; the fourth finds no room.
    func nesting(_ events: [TraceEvent]) -> [UInt32] {
      events.filter { $0.partition == 1 && [.upcall, .hypercall, .healthError].contains($0.knownKind) }
        .map { UInt32($0.kind) << 16 | $0.operand & 0xFFFF }
    }
    #expect(nesting(one) == nesting(two))
    let errors = (
      one.filter { $0.kind == EventKind.healthError.rawValue }, two.filter { $0.kind == EventKind.healthError.rawValue }
    )
    let (first, recorded) = (try #require(errors.0.first), try #require(errors.1.first))
    #expect(first.partition == recorded.partition && first.detail == recorded.detail)
    #expect(max(first.time, recorded.time) - min(first.time, recorded.time) < 1000)
  }

  /// The module with windows of some microseconds beyond L.
  private static func shrunk(_ module: ModuleVariant, sensors first: String, _ second: String) throws -> ModuleVariant {
    var small = module
    for (window, start, long, short) in [
      (101, "0.000", "0.002", first), (102, "0.010", "0.002", second), (201, "0.002", "0.005", "0.000037"),
      (301, "0.012", "0.002", "0.000048"),
    ] {
      let head = "\"\(window)\" WindowStartSeconds=\"\(start)\" WindowDurationSeconds="
      small = try small.replacing(head + "\"\(long)\"", by: head + "\"\(short)\"")
    }
    for (partition, period, long, short) in [
      (1, "0.010", "0.002", first), (2, "0.020", "0.005", "0.000037"), (3, "0.020", "0.002", "0.000048"),
    ] {
      let head = "PartitionIdentifier=\"\(partition)\" PeriodSeconds=\"\(period)\" PeriodDurationSeconds="
      small = try small.replacing(head + "\"\(long)\"", by: head + "\"\(short)\"")
    }
    for capacity in ["0.001", "0.004", "0.0015"] {
      small = try small.replacing("TimeCapacitySeconds=\"\(capacity)\"", by: "TimeCapacitySeconds=\"0.000000001\"")
    }
    return small
  }

  /// In such windows a start takes several of them, and the first releases depend on that: marks come while it has its
  /// interrupts off, calls take the long way then, and it asks for the marks as soon as it switches them on. In the
  /// smaller ones Sensors misses a deadline for that, with all its recorded computation well within its windows.
  @Test(arguments: [("0.000031", "0.000032", Verdict.pass), ("0.000029", "0.000029", .fail)])
  func startsInSmallWindowsArePredicted(first: String, second: String, deadline: Verdict) throws {
    var plain = try ModuleVariant.flightControl()
    plain.stimulus = ""
    let run = try CapturedRun.capture(plain, milliseconds: 400)
    let other = try CapturedRun.capture(Self.shrunk(plain, sensors: first, second), milliseconds: 400)
    let (predicted, _) = try Self.predict(run.trace, under: other.trace)
    let starts = try [predicted, other.trace].map { bytes in
      try Self.events(bytes).filter { $0.kind == EventKind.initialised.rawValue && $0.partition < 3 }
    }
    #expect(starts[0].map(\.partition) == starts[1].map(\.partition) && starts[0].count == 3)
    for (one, two) in zip(starts[0], starts[1]) {
      #expect(max(one.time, two.time) - min(one.time, two.time) < 500, "partition \(one.partition)")
    }
    let (mine, its) = (try Self.report(predicted), try Self.report(other.trace))
    for claim in its.claims where claim.identifier.hasPrefix("process.deadline.") {
      #expect(mine.claim(claim.identifier)?.verdict == claim.verdict, "\(claim.identifier)")
    }
    #expect(its.claim("process.deadline.Sensors.acquire")?.verdict == deadline)
    let upcalls = [mine, its].map { $0.claim("budget.markToUpcall.8") }
    // So near the bound of 5 µs, `what-if` says that nobody knows.
    #expect(upcalls[1]?.verdict == .fail)
    let values = upcalls.map { $0?.worst?.value ?? 0 }
    #expect((values[0] - values[1]).magnitude < 300, "\(values)")
  }

  /// Where marks come in the very entry that ends their partition's window, the judges agree on its time still.
  @Test func marksAtTheEndOfSmallWindowsAreMeasured() throws {
    var plain = try ModuleVariant.flightControl()
    plain.stimulus = ""
    let run = try CapturedRun.capture(Self.shrunk(plain, sensors: "0.000029", "0.000029"), milliseconds: 400)
    let marks = run.events.indices.filter { index in
      run.events[index].knownKind == .mark && run.events[index...].prefix(4).contains { $0.knownKind == .windowEnd }
    }
    #expect(!marks.isEmpty)
    _ = try Judge.verify(run.trace)
  }

  @Test func otherClocksAreRefused() throws {
    let run = try SharedRuns.logged.get()
    let changed = try ModuleVariant.flightControl().replacing(
      "IntervalTimerHertz=\"100\"", by: "IntervalTimerHertz=\"200\"")
    let other = try CapturedRun.capture(changed, milliseconds: 20)
    #expect(throws: Prediction.Mismatch.self) { try Self.predict(run.trace, under: other.trace) }
  }

  @Test func aModuleWithOtherPortsIsRefused() throws {
    let run = try SharedRuns.logged.get()
    let larger = try ModuleVariant.flightControl().replacing(
      "<Sampling_Port Name=\"ACTUATOR_DATA\" MaxMessageSize=\"32\" Direction=\"SOURCE\"",
      by: "<Sampling_Port Name=\"ACTUATOR_DATA\" MaxMessageSize=\"31\" Direction=\"SOURCE\"")
    let changed = try larger.replacing(
      "<Sampling_Port Name=\"ACTUATOR_DATA\" MaxMessageSize=\"32\" Direction=\"DESTINATION\"",
      by: "<Sampling_Port Name=\"ACTUATOR_DATA\" MaxMessageSize=\"31\" Direction=\"DESTINATION\"")
    let image = try changed.compile().imageBytes
    try image.withUnsafeBytes { bytes in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      defer { copy.deallocate() }
      copy.copyMemory(from: bytes)
      let table = try ModuleTable(UnsafeRawBufferPointer(copy))
      let reader = try TraceReader(bytes: run.trace)
      defer { withExtendedLifetime(reader) {} }
      #expect(throws: Prediction.Mismatch.self) {
        _ = try Prediction(recorded: reader.moduleTable, under: table, source: { nil }, sink: { _ in })
      }
    }
  }
}
