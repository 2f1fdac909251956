import PartitionCore
import SimulatedModule
import TemporaryFolder
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Debugging

/// A seeded run beside copies of itself.
@Suite struct TraceAgreementTests {
  private let module: SimulatedModule
  private let seed: UInt64
  private let events: [TraceEvent]

  init() throws {
    module = try SimulatedModule(.lively)
    (seed, events) = RecordedWorld<OwnersMarked>.run(
      module, after: TestSeed.draw(), until: 100_000_000, inputs: 2000
    ) { $0.count > 1100 && $0[299].time < $0[400].time && $0[401...].contains { $0.knownKind == .mark } }
    print("agreement seed \(seed)")
  }

  private func bytes(_ events: [TraceEvent]) -> [UInt8] {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 100)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  private func place(
    of position: Int, recorded: [UInt8], repeated: [TraceEvent]? = nil
  ) throws -> RingPlace {
    try TraceAgreement.ringPlace(
      of: UInt64(position), recorded: TraceReader(bytes: recorded),
      repeated: TraceReader(bytes: bytes(repeated ?? events)))
  }

  /// Where the records are, counted from the heads alone.
  private func heads() throws -> [UInt64] {
    let reader = try TraceReader(bytes: bytes(events))
    var heads: [UInt64] = []
    while let batch = reader.nextColumns() {
      guard case .events(let columns) = batch else { continue }
      heads += columns.locators.map { columns.heads[$0.place] }
    }
    return heads
  }

  @Test func placesFollowFromTheRecordsBefore() throws {
    let heads = try heads()
    for position in [0, 1, 99, 100, 777, events.count - 1] {
      let words = heads[..<position].reduce(0) { $0 + RingRecord.wordCount($1) + 2 }
      let found = try place(of: position, recorded: bytes(events))
      #expect(found == RingPlace(word: UInt64(words), head: heads[position]), "seed \(seed)")
    }
  }

  @Test func theFirstDifferenceIsNamed() throws {
    var other = events
    other[500].time += 1
    var found: RevisitError?
    do { _ = try place(of: 600, recorded: bytes(events), repeated: other) } catch { found = error as? RevisitError }
    guard case .differs(500, let recorded, let repeated)? = found else {
      Issue.record("\(String(describing: found)) seed \(seed)")
      return
    }
    #expect(recorded.hasPrefix("500 ") && repeated.hasPrefix("500 ") && recorded != repeated)
    _ = try place(of: 499, recorded: bytes(events), repeated: other)
  }

  @Test func gapsContradictNothing() throws {
    // Without a block in the middle, and from the middle on.
    let whole = bytes(events)
    let starts = whole.indices.filter { whole[$0...].starts(with: whole.prefix(8)) }
    try #require(starts.count > 8)
    let holed = Array(whole[..<starts[4]] + whole[starts[5]...])
    let found = try place(of: 700, recorded: holed)
    #expect(found == (try place(of: 700, recorded: whole)))
    let missing = refusal(of: .event(350), in: holed)
    guard case .missing(.event(350), next: 400, let reason?)? = missing else {
      Issue.record("\(String(describing: missing)) seed \(seed)")
      return
    }
    #expect(reason.contains("1 blocks are missing") && missing?.isInconclusive == true, "\(reason)")
    // So is an instant there, though an event follows; the events right before and right behind are not.
    let instant = events[400].time
    guard case .missing(.instant(instant), next: 400, _?)? = refusal(of: .instant(instant), in: holed) else {
      Issue.record("\(String(describing: refusal(of: .instant(instant), in: holed))) seed \(seed)")
      return
    }
    #expect(refusal(of: .event(299), in: holed) == nil && refusal(of: .event(400), in: holed) == nil)
    #expect(refusal(of: .instant(instant + 1), in: holed) == nil, "seed \(seed)")
    let rest = Array(whole[..<starts[1]] + whole[starts[5]...])
    let sought = try SoughtEvent(at: .event(700), in: TraceReader(bytes: rest))
    #expect(sought.firstPosition == 400 && sought.kernelIdentity == nil)
    #expect(!sought.isStopKnown && sought.stopNanoseconds == nil, "no boot event tells it")
    #expect(try place(of: 700, recorded: rest) == found)
  }

  /// What a whole trace has not is asked for in vain; a cut one may have had it.
  @Test func anEventBehindTheCutIsNotRefusedForGood() throws {
    var events = events
    if events.last?.knownKind != .end {
      let (time, count) = (events[events.count - 1].time, UInt64(events.count))
      events.append(TraceEvent(time: time, .end, words: .init(count)))
    }
    let whole = bytes(events)
    for place in [TracePlace.event(99_999_999), .instant(.max), .frame(.max)] {
      #expect(refusal(of: place, in: whole)?.isInconclusive == false, "\(place)")
      let cut = refusal(of: place, in: Array(whole.dropLast(100)))
      #expect(cut?.isInconclusive == true && cut?.description.contains("cut off") == true, "\(place)")
    }
    // What is missing in the middle was not behind the end.
    let starts = whole.indices.filter { whole[$0...].starts(with: whole.prefix(8)) }
    let holed = Array(whole[..<starts[4]] + whole[starts[5]...])
    #expect(refusal(of: .event(99_999_999), in: holed)?.isInconclusive == false, "seed \(seed)")
    #expect(refusal(of: .instant(.max), in: holed)?.isInconclusive == false, "seed \(seed)")
  }

  /// Of a file the first block is read and what lies around the place; found, or refused, is what reading all finds.
  @Test func ofAFileOnlyWhatIsNeededIsRead() throws {
    let whole = bytes(events)
    let starts = whole.indices.filter { whole[$0...].starts(with: whole.prefix(8)) }
    try #require(starts.count > 8)
    func damaged(_ block: Int) -> [UInt8] {
      var bytes = whole
      bytes[min(starts[block] + 80, bytes.count - 1)] ^= 0x10
      return bytes
    }
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let positions = [0, 1, 99, 100, 101, 399, 400, 450, 499, 500, 777, events.count - 1, 99_999_999]
    let instants = positions.filter { $0 < events.count }.flatMap { [events[$0].time, events[$0].time + 1] }
    var places = positions.map { TracePlace.event(UInt64($0)) }
    places += instants.map { TracePlace.instant($0) }
    for frame in [0, 1, 3, 5, 8, 9999] as [UInt32] { places.append(.frame(frame)) }
    for (number, trace) in [
      whole, damaged(1), damaged(2), damaged(5), damaged(starts.count - 1), Array(whole.dropLast(100)),
      Array(whole[..<starts[4]] + whole[starts[5]...]),
    ].enumerated() {
      let file = try folder.write(trace, to: "run")
      for place in places {
        let quick = answer(to: place, in: try TraceReader(path: file))
        #expect(quick == answer(to: place, in: try TraceReader(bytes: trace)), "\(number), \(place), seed \(seed)")
      }
    }
    let reader = try TraceReader(path: folder.write(whole, to: "run"))
    _ = try SoughtEvent(at: .event(1050), in: reader)
    #expect(reader.statistics.eventCount <= 300, "seed \(seed)")
  }

  private func answer(to place: TracePlace, in reader: TraceReader) -> String {
    do { return "\(try SoughtEvent(at: place, in: reader))" } catch { return "\(error)" }
  }

  private func refusal(of place: TracePlace, in trace: [UInt8]) -> RevisitError? {
    do {
      _ = try SoughtEvent(at: place, in: TraceReader(bytes: trace))
      return nil
    } catch {
      return error as? RevisitError
    }
  }

  @Test func anEarlyEndIsTold() throws {
    #expect(throws: RevisitError.self) {
      try place(of: 1000, recorded: bytes(events), repeated: Array(events[..<900]))
    }
  }

  @Test func theEventSoughtTellsOfItsRun() throws {
    let position = try #require(events.indices.first { $0 > 400 && events[$0].knownKind == .mark })
    let sought = try SoughtEvent(at: .event(UInt64(position)), in: TraceReader(bytes: bytes(events)))
    #expect(sought.event == events[position] && sought.firstPosition == 0)
    #expect(sought.kernelIdentity == 7 && sought.stopNanoseconds == 100_000_000)
    #expect(sought.isStopKnown)
    let entry = try #require(events[...position].last { EventClass(ofKind: $0.kind) == .input })
    #expect(sought.entryTime == entry.time)
    let interrupted = try #require(
      events[...position].last {
        switch $0.knownKind {
        case .timer, .hypercall, .exception: true
        case .interrupt: $0.detail & 16 == 0
        default: false
        }
      })
    #expect(sought.interrupted == interrupted.partition)
    let instant = events[position].time
    let first = try SoughtEvent(at: .instant(instant), in: TraceReader(bytes: bytes(events)))
    #expect(first.position == UInt64(try #require(events.firstIndex { $0.time >= instant })))
    #expect(throws: RevisitError.self) {
      try SoughtEvent(at: .event(99_999_999), in: TraceReader(bytes: bytes(events)))
    }
  }

  @Test func aRunByTheHostsClockIsNotRepeated() throws {
    var other = events
    other[0].words.w2 += 1
    #expect(throws: RevisitError.self) { try SoughtEvent(at: .event(5), in: TraceReader(bytes: bytes(other))) }
  }
}
