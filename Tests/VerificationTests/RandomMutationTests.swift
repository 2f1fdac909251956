import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Damage at random: what is missing is noticed, and nothing makes the verifier crash.
@Suite struct RandomMutationTests {
  /// Dropped, doubled and swapped events: each breaks some claim, if not its own then the count at the end.
  @Test func structuralDamageIsNeverAPass() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var missed: [String: Int] = [:]
    for _ in 0..<3000 {
      var changed = events
      let place = Int.random(in: 0..<(events.count - 1), using: &generator)
      let what = Int.random(in: 0..<3, using: &generator)
      switch what {
      case 0: changed.remove(at: place)
      case 1: changed.insert(changed[place], at: place)
      default: changed.swapAt(place, place + 1)
      }
      if report(changed, module).verdict == .pass { missed["\(what)", default: 0] += 1 }
    }
    #expect(missed.isEmpty, "seed \(seed): \(missed)")
  }

  /// Each event left out or doubled, with the end's count and the delays made right, as a forger would.
  @Test func skilfulDamageIsNoticed() throws {
    let module = try SampleModule()
    let story = Story(Scribe.story(of: module))
    var passes: [EventKind: Int] = [:]
    for index in story.lines.indices.dropLast() {
      for isDropped in [true, false] {
        var changed = story
        if isDropped {
          changed.lines.remove(at: index)
        } else {
          changed.lines.insert(story.lines[index], at: index)
        }
        guard changed.verify(module).verdict == .pass, let kind = story.lines[index].event.knownKind else { continue }
        passes[kind, default: 0] += 1
      }
    }
    // To repeat what holds already, or to leave out what was said twice, changes nothing that is claimed.
    let harmless: Set<EventKind> = [
      .drained, .idle, .lineMask, .maskRead, .padded, .timerArmed, .timer, .keyframe, .partitionSwitch, .windowEnd,
      .portOperation,
    ]
    #expect(Set(passes.keys).subtracting(harmless).isEmpty, "\(passes)")
    #expect(passes[.timer, default: 0] <= 3 && passes[.windowEnd, default: 0] <= 1, "\(passes)")
    // A read of an empty port answers the same without its decision.
    #expect(passes[.portOperation, default: 0] <= 1, "\(passes)")
    #expect(passes[.partitionSwitch, default: 0] <= 1 && passes[.keyframe, default: 0] <= 1, "\(passes)")
  }

  /// Arbitrary fields of arbitrary events, the count at the end made right: no crash, and most of it is noticed.
  @Test func anyFieldMayHoldAnything() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var passes: [String: Int] = [:]
    let runs = 5000
    for _ in 0..<runs {
      var changed = events
      for _ in 0..<Int.random(in: 1...3, using: &generator) { Self.damage(&changed, &generator) }
      let report = report(changed, module)
      if report.verdict == .pass { passes["pass", default: 0] += 1 }
    }
    #expect(passes["pass", default: 0] < runs / 4, "seed \(seed): \(passes) of \(runs)")
  }

  static func damage(_ events: inout [TraceEvent], _ generator: inout SeededGenerator) {
    let place = Int.random(in: 0..<events.count, using: &generator)
    let bit: UInt64 = 1 << UInt64.random(in: 0..<64, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: events[place].kind = UInt8.random(in: 0...255, using: &generator)
    case 1: events[place].partition = UInt8.random(in: 0...255, using: &generator)
    case 2: events[place].detail = UInt8.random(in: 0...255, using: &generator)
    case 3: events[place].operand = UInt32.random(in: 0...UInt32.max, using: &generator)
    case 4: events[place].operand ^= UInt32(truncatingIfNeeded: bit)
    case 5: events[place].time = events[place].time &+ UInt64.random(in: 0...1_000_000, using: &generator)
    case 6: events[place].words[Int.random(in: 0..<8, using: &generator)] ^= bit
    default:
      events[place].words[Int.random(in: 0..<8, using: &generator)] = UInt64.random(
        in: 0...UInt64.max, using: &generator)
    }
  }
}
