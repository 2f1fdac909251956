import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Analysis

/// What a trace shows of releases, against what a module file says of them.
@Suite struct ReleaseObserverTests {
  /// Two processes of 20 ms in a partition whose periods of 10 ms start at 0 and 10 ms; `b` is released 3 ms later.
  private static let file = ModuleFile(
    partitions: """
      <Partition PartitionIdentifier="1" PartitionName="Worker">
        <Process Name="a" p:PeriodSeconds="0.02" p:TimeCapacitySeconds="0.0001" p:Priority="9" p:Completion="TOLD"/>
        <Process Name="b" p:PeriodSeconds="0.02" p:TimeCapacitySeconds="0.0001" p:Priority="3" p:Completion="TOLD"
          p:ReleaseOffsetSeconds="0.003"/>
      </Partition>
      """,
    schedules: [0, 1].map {
      ModuleFile.schedule(
        $0, frameSeconds: "0.02",
        [
          ModuleFile.partition(
            1, periodSeconds: "0.01", durationSeconds: "0.004", [("0", "0.004", true), ("0.01", "0.004", true)])
        ])
    })

  /// A period of the partition starts.
  private static func period(_ milliseconds: UInt64, of schedule: UInt32 = 0) -> [TraceEvent] {
    let start = milliseconds * 1_000_000
    let window = UInt32(milliseconds / 10 % 2) + 2 * schedule
    return [
      TraceEvent(time: start, .windowStart, partition: 0, detail: 0, operand: window, words: .init(start))
    ]
  }

  /// A process gets the processor for a job of this age.
  private static func job(
    _ name: String, age: Int64, at milliseconds: UInt64, denied: UInt8 = 0
  ) -> [TraceEvent] {
    let key = Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) }
    let (time, number) = (milliseconds * 1_000_000 + 500_000, UInt32(HypercallNumber.tellProcess.rawValue))
    let age = UInt64(bitPattern: age * 1_000_000)
    return [
      TraceEvent(
        time: time, .hypercall, partition: 0, detail: 0, operand: number,
        words: .init(0, 0, 0, UInt64(key.rawValue) << 32, UInt64(ProcessTelling.State.ready.rawValue), age)),
      TraceEvent(time: time, .hypercallResult, partition: 0, detail: denied, operand: number, words: .init()),
    ]
  }

  private static func observe(
    _ events: [TraceEvent], gapBefore gap: Int? = nil
  ) throws -> (reasons: [String], misses: UInt64) {
    let packed = try file.packed()
    return try packed.withTable { table in
      var observer = ReleaseObserver(table, module: packed.description)
      for (index, event) in events.enumerated() {
        if index == gap { observer.noteGap() }
        observer.consume(event)
      }
      let reasons = observer.deviations.map { "\($0.process): \($0.reason)" }
      return (reasons: reasons, misses: observer.misses(of: "Worker"))
    }
  }

  /// Of a process that asks for more time the judge knows how much of its deadline was left, and no response.
  @Test func whoAsksForMoreTimeHasNoResponse() throws {
    let packed = try Self.file.packed()
    try packed.withTable { table in
      for denied in [0, 1] as [UInt8] {
        var observer = ReleaseObserver(table, module: packed.description)
        var events = Self.period(0) + Self.job("a", age: 0, at: 0) + Self.job("a", age: -9, at: 1, denied: denied)
        let last = events.count - 2
        events[last].words.w3 >>= 32
        events[last].words.w4 = UInt64(ProcessTelling.State.replenished.rawValue)
        for event in events { observer.consume(event) }
        #expect(observer.hasOtherDeadlines("a", of: "Worker") == (denied == 0))
        #expect(!observer.hasOtherDeadlines("b", of: "Worker") && observer.deviations.isEmpty)
      }
    }
  }

  @Test func whatIsReleasedAsTheFileSaysIsNotFound() throws {
    let events =
      Self.period(0) + Self.job("a", age: 0, at: 0) + Self.job("b", age: -3, at: 3) + Self.period(10)
      + Self.job("b", age: 7, at: 10) + Self.period(20) + Self.job("a", age: 0, at: 20)
    #expect(try Self.observe(events).reasons == [])
  }

  @Test func anotherDelayIsFoundOnce() throws {
    let events = Self.period(0) + Self.job("a", age: 0, at: 0) + Self.job("b", age: -1, at: 1)
    let later = Self.period(20) + Self.job("b", age: -1, at: 21)
    #expect(
      try Self.observe(events + later).reasons == [
        "b: released 1 ms after its period's start, and the module file says 3"
      ])
    // A call that was denied tells nothing, nor does one whose answer is another entry's, nor a job of the future.
    #expect(try Self.observe(Self.period(0) + Self.job("b", age: -1, at: 1, denied: 1)).reasons == [])
    let call = Self.job("b", age: -1, at: 1)
    let other = TraceEvent(time: call[0].time, .interrupt, partition: 0, detail: 0, operand: 40, words: .init())
    #expect(try Self.observe(Self.period(0) + [call[0], other, call[1]]).reasons == [])
    #expect(try Self.observe(Self.period(0) + Self.job("b", age: -5, at: 1)).reasons == [])
  }

  /// Both are released 20 ms apart, each at a period's start and its offset, and not from the same one.
  @Test func anotherPeriodsStartIsFound() throws {
    let first = Self.period(0) + Self.job("a", age: 0, at: 0) + Self.period(10)
    #expect(
      try Self.observe(first + Self.job("b", age: -3, at: 13)).reasons == [
        "b: released in other periods than 'a' beside it, as if started later"
      ])
    // Of what was before a gap, or a start of the partition, nobody knows whether it was the same life.
    for kind in [EventKind.restart, .initialised, .modeChange] {
      let start = TraceEvent(time: 11_000_000, kind, partition: 0, detail: 0, operand: 0, words: .init())
      #expect(try Self.observe(first + [start] + Self.job("b", age: -3, at: 13)).reasons == [], "\(kind)")
    }
    let loss = TraceEvent(time: 11_000_000, .loss, partition: 0xFF, detail: 0, operand: 3, words: .init())
    let anew = Self.period(10) + Self.job("b", age: -3, at: 13)
    #expect(try Self.observe(first + [loss] + anew).reasons == [])
    // Nor whether the period was another one.
    #expect(try Self.observe(Self.period(0) + [loss] + Self.job("b", age: -1, at: 1)).reasons == [])
    #expect(
      try Self.observe(first + Self.period(10) + Self.job("b", age: -3, at: 13), gapBefore: first.count).reasons == [])
  }

  /// What one schedule has released says nothing of the other's releases: neither what it left, nor where it began.
  @Test func schedulesAreJudgedEachByItself() throws {
    let change = TraceEvent(time: 20_000_000, .scheduleChange, partition: 0xFF, detail: 1, operand: 1, words: .init())
    let before = Self.period(0) + Self.job("a", age: 0, at: 0) + [change] + Self.period(20, of: 1)
    #expect(try Self.observe(before + Self.job("a", age: 5, at: 21)).reasons == [])
    let later = before + Self.period(30, of: 1)
    #expect(try Self.observe(later + Self.job("b", age: -3, at: 33)).reasons == [])
    // Found under one, it is looked for under the other.
    let found = Self.period(0) + Self.job("b", age: -1, at: 1) + [change] + Self.period(20, of: 1)
    #expect(try Self.observe(found + Self.job("b", age: -1, at: 21)).reasons.count == 2)
  }

  @Test func missedDeadlinesAreCounted() throws {
    let code = ErrorCode.deadlineMissed.rawValue
    let miss = TraceEvent(time: 5, .healthError, partition: 0, detail: code, operand: 0, words: .init())
    let other = TraceEvent(time: 5, .healthError, partition: 1, detail: code, operand: 0, words: .init())
    #expect(try Self.observe([miss, other, miss]).misses == 2)
  }
}
