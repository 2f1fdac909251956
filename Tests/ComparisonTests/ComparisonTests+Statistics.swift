import SimulatedModule
import Testing
import TraceFormat
import TraceReading

@testable import Comparison

/// What is measured of two runs, side by side.
extension ComparisonTests {
  private func statistics(_ events: [TraceEvent]) -> TraceStatistics {
    var statistics = TraceStatistics()
    statistics.add(.events(firstPosition: 0, events))
    return statistics
  }

  @Test func equalStatisticsCompareEqual() throws {
    let vocabulary = TraceVocabulary(module.table)
    let one = statistics(events)
    let comparison = StatisticsComparison(one, one, vocabularies: (vocabulary, vocabulary))
    #expect(comparison.rows.count > 50 && comparison.differing.isEmpty, "seed \(seed)")
    #expect(Set(comparison.rows.map { "\($0.section)|\($0.subject)|\($0.figure)" }).count == comparison.rows.count)
  }

  /// An event that makes three marks, each with its upcall: three latencies from one mark.
  @Test func everyUpcallOfAMarkHasItsLatency() {
    var changed = [TraceEvent(time: 100, .mark, partition: 0, operand: 40, words: .init(3))]
    for turn in 1...3 as ClosedRange<UInt64> {
      changed.append(TraceEvent(time: turn * 1000, .upcall, partition: 0, operand: 40, words: .init(1)))
      changed.append(TraceEvent(time: turn * 1000 + 50, .upcallWritten, partition: 0))
    }
    let histogram = statistics(changed).histograms[.markToUpcall(partition: 0)]
    #expect(histogram?.count == 3 && histogram?.minimum == 950 && histogram?.maximum == 2950)
  }

  @Test func theTimeOfALossIsNobodys() {
    let statistics = statistics([
      TraceEvent(time: 100, .start), TraceEvent(time: 100, .loss, words: .init(5)),
      TraceEvent(time: 900, .timer, partition: 0, words: .init(0, 25)), TraceEvent(time: 1000, .timerArmed),
    ])
    #expect(statistics.missingTime == 800 && statistics.span == 900)
  }

  /// One mark comes 1 µs later: the latency of its line, and nothing that has nothing to do with it.
  @Test func aLaterMarkShowsInItsMeasure() throws {
    let words = TraceEvent.Words(0, 25)
    let before = [
      TraceEvent(time: 100, .interrupt, partition: 0, operand: 40, words: words),
      TraceEvent(time: 200, .mark, partition: 0, operand: 40, words: .init(1)),
      TraceEvent(time: 5000, .timer, partition: 0, words: words),
    ]
    var after = before
    after[1].time = 1200
    let vocabulary = TraceVocabulary(module.table)
    let comparison = StatisticsComparison(
      statistics(before), statistics(after), vocabularies: (vocabulary, vocabulary))
    let sections = Set(comparison.differing.map(\.section))
    #expect(
      sections.isSubset(of: [
        "interrupt → mark", "ring 3 between entries", "Utilisation (events missing left out)",
      ]))
    let maximum = try #require(
      comparison.rows.first { $0.section == "interrupt → mark" && $0.figure == "maximum" })
    #expect(maximum.one == 100 && maximum.other == 1100 && maximum.relativeChange == 10)
  }

  /// A run of which the greater part is missing against what is left of it: what is missing is said, and it makes
  /// nothing else smaller.
  @Test func lossesDoNotShrinkSharesAndRates() throws {
    let words = TraceEvent.Words(0, 25)
    let call = UInt32(66)
    let whole = [
      TraceEvent(time: 100, .timer, partition: 0, words: words),
      TraceEvent(time: 200, .hypercall, partition: 0, operand: call, words: words),
      TraceEvent(time: 220, .hypercallResult, partition: 0, operand: call),
      TraceEvent(time: 300, .timer, partition: 0, words: words),
    ]
    var lossy = whole + [TraceEvent(time: 300, .loss, words: .init(5))]
    lossy.append(TraceEvent(time: 2100, .timer, partition: 0, words: words))
    let vocabulary = TraceVocabulary(module.table)
    let comparison = StatisticsComparison(
      statistics(whole), statistics(lossy), vocabularies: (vocabulary, vocabulary))
    func row(_ section: String, _ subject: String, _ figure: String) throws -> StatisticsComparison.Row {
      try #require(
        comparison.rows.first {
          $0.section.hasPrefix(section) && $0.subject == subject && $0.figure == figure
        }, "\(section), \(subject), \(figure)")
    }
    let missing = try row("Trace", "events missing", "share")
    #expect(missing.one == 0 && missing.other == 90)
    #expect(try row("Trace", "events missing", "length").other == 1800)
    for subject in [vocabulary.partition(0), "kernel and padding"] {
      let share = try row("Utilisation", subject, "share")
      #expect(share.isEqual && share.one ?? 0 > 10, "\(subject): \(share)")
    }
    let shares = comparison.rows.filter { $0.section.hasPrefix("Utilisation") }
    #expect(shares.reduce(0) { $0 + ($1.other ?? 0) }.rounded() == 100)
    let calls = comparison.rows.filter { $0.section == "hypercall → result" }
    #expect(calls.map(\.figure) == ["perSecond", "minimum", "median", "p99", "maximum"])
    let rate = try row("hypercall → result", TraceVocabulary.hypercall(66), "perSecond")
    #expect(rate.isEqual && rate.one == 5e6 && rate.unit == "1/s")
    #expect(try row("Events a second", "hypercall", "perSecond").isEqual)
  }

  /// What only one trace has stands there without a value of the other.
  @Test func whatOneLacksIsShown() throws {
    let vocabulary = TraceVocabulary(module.table)
    let comparison = StatisticsComparison(
      statistics([]), statistics(events), vocabularies: (vocabulary, vocabulary))
    let marks = comparison.rows.filter { $0.section == "interrupt → mark" }
    #expect(!marks.isEmpty && marks.allSatisfy { $0.one == nil && $0.other != nil && $0.relativeChange == nil })
  }
}
