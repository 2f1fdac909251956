import EventRows
import TestSeeds
import Testing
import TraceFormat
import TraceReading

/// Rows, as who judges millions of events reads them, have all that the events have.
@Suite("Rows")
struct RowTests {
  @Test("Rows are the events of the block, from anywhere to anywhere", arguments: 0..<3)
  func sameEvents(round: Int) throws {
    let events = EventStreams.whole(EventStreams.random(count: 12_000, seed: UInt64(round + 190)))
    // Blocks of several runs: a run has up to 2,048 events.
    let reader = try TraceReader(bytes: EventStreams.trace(events, eventsPerBlock: 5000))
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var (compared, long) = (0, 0)
    while case .events(let columns)? = reader.nextColumns() {
      for turn in 0..<10 {
        let from = turn == 0 ? 0 : Int.random(in: 0...columns.eventCount, using: &generator)
        let to = turn == 0 ? columns.eventCount : Int.random(in: from...columns.eventCount, using: &generator)
        var next = from
        columns.forEachRun(in: turn == 0 ? nil : from..<to) { first, run in
          #expect(first == next, "seed \(seed)")
          for index in run.rows.indices {
            let event = columns.event(at: first + index)
            #expect(Self.event(run, index) == event, "seed \(seed)")
            if event.words.w6 != 0 || event.words.w7 != 0 { long += 1 }
          }
          next += run.rows.count
        }
        #expect(next == to, "seed \(seed)")
        compared += to - from
      }
    }
    #expect(compared > 10_000 && long > 100, "seed \(seed): \(long) of \(compared)")
  }

  @Test("A row that is made of an event has all its words") func rowOfEvent() {
    let event = TraceEvent(
      time: 1, kind: 2, partition: 3, detail: 4, operand: 5, words: .init(6, 7, 8, 9, 10, 11, 12, 13))
    let (rows, rests) = ([EventRow(event)], [EventRow.Rest(event)])
    rows.withUnsafeBufferPointer { rows in
      rests.withUnsafeBufferPointer {
        guard let rests = $0.baseAddress else { return }
        #expect(Self.event(RowBuffer(rows, rests: rests), 0) == event)
      }
    }
  }

  /// What a row refers to, put together again.
  private static func event(_ run: RowBuffer, _ index: Int) -> TraceEvent {
    let row = run.rows[index]
    let words = run.words(of: index)
    #expect([row.words.w0, row.words.w1, row.words.w2] == [words.w0, words.w1, words.w2])
    #expect([row.words.w3, row.words.w4, row.words.w5] == [words.w3, words.w4, words.w5])
    return TraceEvent(
      time: row.time, kind: row.kind, partition: row.partition, detail: row.detail, operand: row.operand, words: words)
  }
}
