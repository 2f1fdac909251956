import Foundation
import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

@Suite("Names, filters, histograms, statistics")
struct PresentationTests {
  static let vocabulary = TraceVocabulary(partitions: ["Sensors", "Con\"trol\\"])

  @Test("Every kind of event has a line and a JSON object", arguments: EventKind.allCases.map(\.rawValue) + [200])
  func descriptions(kind: UInt8) throws {
    let event = TraceEvent(
      time: 1_002_003_004, kind: kind, partition: 1, detail: 2, operand: 40, words: .init(1, 2, 3, 4, 5, 6, 7, .max))
    let description = EventDescription(event, position: 9, Self.vocabulary)
    let line = description.line(partitionWidth: 10)
    #expect(line.contains("1.002003004") && !line.contains("\n"))
    let parsed = try JSONSerialization.jsonObject(with: Data(description.json.utf8))
    let object = try #require(parsed as? [String: Any])
    #expect(object["position"] as? Int == 9)
    #expect(object["partition"] as? String == "Con\"trol\\")
    let raw = try #require(object["raw"] as? [String: Any])
    #expect((raw["words"] as? [Any])?.count == 8)
    #expect(raw["operand"] as? Int == 40)
  }

  @Test("What the mechanisms of the module tell is told by name")
  func fieldsOfTheModule() {
    func line(
      _ kind: EventKind, _ detail: UInt8, _ operand: UInt32, _ words: TraceEvent.Words = .init(), partition: UInt8 = 0
    ) -> String {
      let event = TraceEvent(time: 0, kind, partition: partition, detail: detail, operand: operand, words: words)
      return EventDescription(event, position: 0, Self.vocabulary).fields.map(\.text).joined(separator: " ")
    }
    #expect(line(.mark, 0, 64, .init(2)) == "vector=64 timer waiting=2")
    #expect(line(.upcall, 3 << 1, 48, .init(1)).contains("vector=48 event coalesced=1 handler=0x0 ordinal=0 depth=3"))
    #expect(line(.timerExpired, 0, 3, .init(1_000_000_000, 0, 2)).hasPrefix("ticks=3 "))
    #expect(line(.timerExpired, 0, 3, .init(1_000_000_000, 0, 2)).contains("next=never dropped=2"))
    #expect(
      line(.exceptionReflected, 0, 14, .init(0x40, 6, 0x1234)) == "vector=#PF handler=0x40 error=0x6 address=0x1234")
    #expect(
      line(.healthError, 2, 1 | 2 << 8 | 1 << 16, .init(0x10, 7))
        == "error=numericError level=partition state=partitionInitialisation address=0x10 entry=7 exception=#DE")
    #expect(line(.moduleAction, 2, 1) == "error=applicationError action=reset")
    #expect(line(.restart, 1, 3, .init(3)) == "to=coldStart pieces=3 condition=healthPartitionRestart")
    #expect(line(.modeChange, 3, 1 | 1 << 8) == "to=normal from=coldStart condition=partitionRestart")
    #expect(line(.eventRaised, 0, 2, .init(0, 48)) == "channel=2 to=Sensors vector=48 event")
    #expect(line(.scheduleChange, 1, 4) == "schedule=4 done=yes")
    #expect(line(.callback, 0, 5, .init(0x40, 3)) == "error=memoryViolation entry=0x40 then=coldStart")
    #expect(
      line(.portOperation, 4, 1, .init(8, 9, 5)).hasPrefix("operation=receive port=1 length=8 message=9 waiting=2"))
    #expect(line(.contextReset, 0, 0, .init(0x40, 0x80)) == "rip=0x40 rsp=0x80")
    #expect(line(.exceptionWritten, 0, 32, .init(1, 2)).hasPrefix("vector=error handler"))
    #expect(line(.memoryPiece, 0, 5) == "piece=5")
    #expect(line(.stop, 3, 0) == "reason=healthMonitor")
  }

  @Test("Instants are read exactly or not at all")
  func instants() {
    let good: [(String, UInt64)] = [
      ("1.5s", 1_500_000_000), ("10ms", 10_000_000), ("250us", 250_000), ("40ns", 40), ("2", 2_000_000_000),
      ("0.000000001", 1), ("18446744073.709551615s", .max), ("1.25us", 1250),
      ("1.25\u{B5}s", 1250), ("1.25\u{3BC}s", 1250),
    ]
    for (text, nanoseconds) in good { #expect(TraceInstant(text)?.nanoseconds == nanoseconds, "\(text)") }
    let bad = [
      "", "s", "1.", ".5", "-1", "1.5ns", "0.0000000001", "18446744073.709551616s", "1e3", "1 s", "1..2", "٣",
    ]
    for text in bad {
      #expect(TraceInstant(text) == nil, "\(text)")
    }
  }

  @Test("Quantiles are exact at the ends and at most 3.2 % too high in between", arguments: [1, 2, 3] as [UInt64])
  func quantiles(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var values = (0..<5000).map { _ in generator.next() >> UInt64.random(in: 0...63, using: &generator) }
    var histogram = LogHistogram()
    for value in values { histogram.add(value) }
    values.sort()
    #expect(histogram.minimum == values.first && histogram.maximum == values.last && histogram.count == 5000)
    for share in [1, 250, 500, 990, 1000] as [UInt64] {
      let exact = values[Int((share * 5000 + 999) / 1000) - 1]
      let found = histogram.quantile(perMille: share) ?? 0
      #expect(found >= exact && Double(found) <= Double(exact) * 1.032, "seed \(seed), \(share) ‰")
    }
    #expect(histogram.outline(columns: 16).reduce(0, +) == 5000)
    #expect(LogHistogram().quantile(perMille: 500) == nil)
  }

  @Test("Latencies are measured between the events that make them")
  func latencies() throws {
    let snapshot = TraceEvent.Words(0, 25)
    let events = [
      TraceEvent(time: 100, .windowStart, partition: 0, operand: 0, words: .init(90, 900)),
      TraceEvent(time: 200, .interrupt, partition: 0, operand: 40, words: snapshot),
      TraceEvent(time: 230, .mark, partition: 0, operand: 40, words: .init(1)),
      TraceEvent(time: 240, .upcall, partition: 0, operand: 40),
      TraceEvent(time: 290, .upcallWritten, partition: 0),
      TraceEvent(time: 400, .hypercall, partition: 0, operand: 66, words: snapshot),
      TraceEvent(time: 433, .hypercallResult, partition: 0, operand: 66),
      TraceEvent(time: 500, .timer, partition: 0, words: snapshot),
      TraceEvent(time: 510, .windowEnd, partition: 0, operand: 0),
      TraceEvent(time: 530, .padded, partition: 1, words: .init(600, 70)),
    ]
    var statistics = TraceStatistics()
    statistics.add(.events(firstPosition: 0, events))
    func only(_ measure: TraceMeasure) -> UInt64? {
      guard let found = statistics.histograms[measure], found.minimum == found.maximum else { return nil }
      return found.minimum
    }
    #expect(only(.interruptToMark(vector: 40)) == 30)
    #expect(only(.markToUpcall(partition: 0)) == 60)
    #expect(only(.hypercallToResult(number: 66)) == 33)
    #expect(only(.hypercallToResume(number: 66)) == 58)
    #expect(only(.window(partition: 0)) == 410)
    #expect(only(.windowSwitch(partition: 1)) == 30)
    #expect(only(.windowStartLateness(partition: 0)) == 10)
    // From 100 + 25 to 200, from 290 + 25 to 400, from 433 + 25 to 500.
    #expect(statistics.ringThreeTime[0] == 75 + 85 + 42)
    #expect(statistics.span == 430)
  }

  @Test("Every call that is answered counts, those that are decided at the entry with 0")
  func answers() {
    let snapshot = TraceEvent.Words(0, 25)
    var statistics = TraceStatistics()
    statistics.add(
      .events(
        firstPosition: 0,
        [
          TraceEvent(time: 100, .hypercall, partition: 0, operand: 66, words: snapshot),
          TraceEvent(time: 100, .hypercallResult, partition: 0, operand: 66),
          TraceEvent(time: 300, .hypercall, partition: 0, operand: 66, words: snapshot),
          TraceEvent(time: 340, .hypercallResult, partition: 0, operand: 66),
          TraceEvent(time: 500, .hypercall, partition: 0, operand: 99, words: snapshot),
          TraceEvent(time: 500, .hypercallResult, partition: 0, operand: 99),
          TraceEvent(time: 600, .timer, partition: 0, words: snapshot),
        ]))
    let answered = statistics.histograms[.hypercallToResult(number: 66)]
    #expect(answered?.count == 2 && answered?.minimum == 0 && answered?.maximum == 40)
    // A number that is no hypercall's is not called by one that it is not.
    let subjects = statistics.measures.filter { $0.title.hasPrefix("hypercall") }.map { $0.subject(Self.vocabulary) }
    #expect(subjects.filter { $0 == "unknown hypercalls" }.count == 2)
    #expect(!subjects.contains { $0.contains("65535") })
  }

  @Test("Time in which events are missing is a share of its own")
  func shares() {
    var statistics = TraceStatistics()
    statistics.add(
      .events(
        firstPosition: 0,
        [
          TraceEvent(time: 100, .timer, partition: 0, words: .init(0, 25)),
          TraceEvent(time: 200, .timer, partition: 0, words: .init(0, 25)),
          TraceEvent(time: 200, .loss, words: .init(5)), TraceEvent(time: 1000, .timer, partition: 1),
          TraceEvent(time: 1100, .timer, partition: 1, words: .init(0, 60)),
        ]))
    #expect(statistics.span == 1000 && statistics.knownTime == 200)
    let shares = statistics.shares(Self.vocabulary)
    #expect(shares.reduce(0) { $0 + $1.nanoseconds } == statistics.span)
    #expect(shares.map(\.nanoseconds) == [75, 40, 800, 85])
    #expect(shares.suffix(2).map(\.name) == ["events missing", "kernel and padding"])
  }

  @Test("Nothing is measured across a gap or a loss")
  func gaps() {
    var statistics = TraceStatistics()
    statistics.add(.events(firstPosition: 0, [TraceEvent(time: 1, .interrupt, partition: 0, operand: 40)]))
    statistics.add(
      .gap(TraceGap(nextPosition: 7, eventsMissing: 6, defect: TraceDefect(kind: .checksum, byteOffset: 0))))
    statistics.add(.events(firstPosition: 7, [TraceEvent(time: 9, .mark, partition: 0, operand: 40)]))
    #expect(statistics.histograms[.interruptToMark(vector: 40)] == nil)
    #expect(statistics.eventsMissing == 6 && statistics.gapCount == 1)
    statistics.add(.events(firstPosition: 8, [TraceEvent(time: 20, .loss, words: .init(5))]))
    #expect(statistics.eventsLost == 5)
  }

  @Test("Filters know kinds, classes, numbers, partitions and time")
  func filters() {
    #expect(EventFilter.kinds("MARK") == [17])
    #expect(EventFilter.kinds("255") == [255])
    #expect(EventFilter.kinds("nonsense") == nil)
    #expect(EventFilter.kinds("input")?.contains(EventKind.timer.rawValue) == true)
    #expect(Self.vocabulary.partitionIndex("sensors") == 0)
    #expect(Self.vocabulary.partitionIndex("1") == 1)
    #expect(Self.vocabulary.partitionIndex("2") == nil)
    var filter = EventFilter()
    filter.kinds = [17]
    filter.partitions = [1]
    filter.from = 10
    filter.to = 20
    #expect(filter.admits(TraceEvent(time: 10, .mark, partition: 1)))
    #expect(!filter.admits(TraceEvent(time: 9, .mark, partition: 1)))
    #expect(!filter.admits(TraceEvent(time: 21, .mark, partition: 1)))
    #expect(!filter.admits(TraceEvent(time: 15, .mark, partition: 0)))
    #expect(!filter.admits(TraceEvent(time: 15, .idle, partition: 1)))
  }
}
