import StoredTraces
import Testing
import TraceExport
import TraceFormat
import TraceReading

@Suite struct TimelineTests {
  /// A line a change, with what matters of it.
  private static func line(_ told: Recorder.Told) -> String {
    let text =
      switch told.change {
      case .frame(let frame): "frame \(frame.number) from \(frame.start)"
      case .windowBegan(let window): "window \(window.index) of \(window.partition) begins"
      case .windowEnded(let window): "window \(window.index) ends, first instruction \(window.firstInstant ?? 0)"
      case .entered(let entry): "entered by \(entry.what) of \(entry.partition)"
      case .answered(let call, let status, let value): "\(call.what) answered \(status) \(value)"
      case .left(let entry, let to): "left \(entry.what) to \(to.map { "\($0)" } ?? "?")"
      case .inRingThree(let partition, let since, let entry):
        "ring 3 of \(partition) since \(since), after \(entry.what)"
      case .switched(let change): "switch \(change.from) \(change.to)\(change.isReady ? " ready" : "")"
      case .holding(let change): "CPU has \(change.to) since \(change.time)"
      case .marked(let partition, let vector, let waiting, let cause):
        "mark \(vector) of \(partition): \(waiting), by \(cause ?? 0)"
      case .waiting(let partition, let vector, let waiting, let made):
        "waiting \(vector) of \(partition): \(waiting), by \(made.map(\.position))"
      case .marksCleared(let partition): "marks of \(partition) cleared"
      case .upcallBegan(let upcall):
        "upcall \(upcall.vector) of \(upcall.partition) for mark \(upcall.mark?.position ?? 0)"
      case .upcallEnded(let upcall): "upcall \(upcall.vector) of \(upcall.partition) over"
      case .mode(let mode): "mode \(mode.mode) of \(mode.partition)"
      case .released(let process, let start): "process \(process) released for \(start)"
      case .completed, .late, .delayed, .stopped, .overdue, .runs, .runsNoLonger: line(ofProcess: told.change)
      case .forgotten: "forgotten"
      case .lost(let count, let from, _, _): "lost \(count.map { "\($0)" } ?? "?") after \(from)"
      }
    return "\(told.time) \(text)"
  }

  private static func line(ofProcess change: TimelineChange) -> String {
    switch change {
    case .completed(let process, let course, _): "process \(process) completed, released at \(course.start)"
    case .late(let process, let course): "process \(process) late, released at \(course.start)"
    case .delayed(let process, let start): "process \(process) began at \(start)"
    case .stopped(let process, let course): "process \(process) stopped, released at \(course.start)"
    case .overdue(let process, let course): "process \(process) overdue, released at \(course.start)"
    case .runs(let run): "process \(run.process) runs from \(run.from)"
    case .runsNoLonger(let run, let became, let end): "process \(run.process) ran \(run.from) to \(end), \(became)"
    default: "\(change)"
    }
  }

  static func lines(_ trace: [UInt8], from: UInt64 = 0, to: UInt64 = .max) throws -> [String] {
    try export(trace, from: from, to: to) { _ in Recorder() }.changes.map(line)
  }

  @Test func aFrameAsItIsToldByHeart() throws {
    #expect(
      try Self.lines(SmallStory.file(SmallStory.whole)) == [
        "100 entered by 0 of 255", "110 mode 3 of 0", "120 frame 0 from 1000", "130 window 0 of 0 begins",
        "140 switch 255 0", "1000 left 0 to 0", "5000 entered by 69 of 0", "5200 69 answered 0 0", "5500 left 69 to 0",
        "8000 entered by 40 of 0", "8100 mark 40 of 0: 1, by 10", "8200 upcall 40 of 0 for mark 11",
        "8400 left 40 to 0", "9000 entered by 40 of 0", "9050 upcall 40 of 0 over",
        "9100 mark 40 of 1: 1, by 15", "9350 left 40 to 0", "1980000 entered by 239 of 0",
        "1980100 window 0 ends, first instruction 1000", "1980200 window 1 of 1 begins",
        "1980200 process 0 released for 2001000", "1980300 switch 0 1 ready", "2001000 left 239 to 1",
        "2500000 process 0 completed, released at 2001000", "2500000 entered by 65 of 1",
        "2500100 65 answered 0 12001000",
        "2500200 switch 1 2", "2500450 left 65 to 2", "3000000 entered by 239 of 2",
        "3000100 window 1 ends, first instruction 2001000",
      ])
  }

  /// Windows of partition 1 in a row, each the start of a period: what is told of its process, without the instants.
  ///
  /// - Parameters:
  ///   - yields: those in which the partition yields.
  ///   - before: what comes before a window.
  private static func releases(
    processPeriod: UInt64, yields: Set<UInt64>, before: [UInt64: TraceEvent] = [:]
  ) throws -> [String] {
    var events = [SmallStory.boot]
    for number in UInt64(0)..<6 {
      let start = number * 10_000_000 + 4_000_000
      if var event = before[number] {
        event.time = start - 200
        events.append(event)
      }
      events.append(SmallStory.event(start - 100, .windowStart, 1, operand: 1, .init(start, start + 2_000_000)))
      guard yields.contains(number) else { continue }
      events.append(SmallStory.entry(start + 500_000, .hypercall, 1, what: SmallStory.yield, after: 100))
    }
    var writer = TraceWriter(moduleTable: SmallModule.build(processPeriod: processPeriod), eventsPerBlock: 4)
    for event in SmallStory.ended(events) { writer.append(event) }
    return try lines(writer.finish()).filter { $0.contains(" process ") }.map {
      String($0.drop { $0 != " " }.dropFirst(" process 0 ".count))
    }
  }

  @Test func aProcessIsReleasedWhereItsOwnPeriodStarts() throws {
    let every = try Self.releases(processPeriod: 10_000_000, yields: [1, 2, 3, 4, 5])
    #expect(every.prefix(3) == ["released for 4000000", "late, released at 4000000", "released for 14000000"])
    #expect(every.count == 12)
    let second = try Self.releases(processPeriod: 20_000_000, yields: [1, 2, 3, 4])
    #expect(
      second == [
        "released for 4000000", "completed, released at 4000000", "released for 24000000",
        "completed, released at 24000000", "released for 44000000", "completed, released at 44000000",
      ])
    // No whole number of the partition's periods: at each of them.
    #expect(try Self.releases(processPeriod: 15_000_000, yields: [0, 1, 2, 3, 4, 5]).count == 12)
  }

  @Test func aStartBeginsAProcessesPeriodsAnew() throws {
    let restart = SmallStory.event(0, .restart, 1, detail: 1)
    let initialised = SmallStory.event(0, .initialised, 1)
    let told = try Self.releases(
      processPeriod: 30_000_000, yields: [0, 1, 2, 3, 4, 5], before: [1: restart, 2: initialised])
    #expect(
      told.filter { $0.hasPrefix("released") } == [
        "released for 4000000", "released for 24000000", "released for 54000000",
      ])
    // Events are missing: where its periods start is not known until its partition starts anew.
    let lossy = try Self.releases(
      processPeriod: 20_000_000, yields: [0, 1, 2, 3, 4, 5],
      before: [1: SmallStory.event(0, .loss, 0xFF, .init(3)), 5: SmallStory.event(0, .modeChange, 1, detail: 0)])
    #expect(lossy.filter { $0.hasPrefix("released") } == ["released for 4000000"])
  }

  @Test func aLossEndsEverythingAndNothingIsJoinedAcrossIt() throws {
    let lines = try Self.lines(SmallStory.file(SmallStory.lossy))
    let loss = try #require(lines.firstIndex(of: "8300 forgotten"))
    #expect(lines[loss + 1] == "1980000 lost 7 after 8300")
    #expect(lines[loss + 2] == "1980000 entered by 239 of 0")
    #expect(!lines.contains("9050 upcall 40 of 0 over"))
    // The window's start was before the loss, so its end is nobody's.
    #expect(!lines.contains { $0.contains("window 0 ends") })
    #expect(lines.contains("3000100 window 1 ends, first instruction 2001000"))
  }

  @Test func aPartThatBeginsOrEndsInAGapShowsIt() throws {
    let file = SmallStory.file(SmallStory.lossy)
    #expect(try Self.lines(file, from: 10_000).prefix(2) == ["10000 forgotten", "1980000 lost 7 after 10000"])
    #expect(try Self.lines(file, to: 10_000).last == "10000 lost 7 after 8300")
  }

  /// The first event beyond a part says when the CPU left the kernel within it.
  @Test func aPartThatEndsInRingThreeShowsIt() throws {
    #expect(try Self.lines(SmallStory.file(SmallStory.whole), to: 8500).last == "8400 left 40 to 0")
    #expect(try Self.lines(SmallStory.file(SmallStory.whole), to: 8350).last == "8200 upcall 40 of 0 for mark 11")
  }

  @Test func eachUpcallKnowsTheOldestMarkThatItServes() throws {
    let upcalls = try export(SmallStory.file(SmallStory.threefold)) { _ in Recorder() }.changes.compactMap {
      if case .upcallBegan(let upcall) = $0.change { upcall } else { nil }
    }
    #expect(upcalls.map(\.mark?.position) == [11, 11, 11])
    #expect(upcalls.map(\.isMarkServed) == [false, false, true])
  }

  @Test func aTraceThatIsCutOffEndsInAGap() throws {
    let file = SmallStory.file(SmallStory.whole)
    let lines = try Self.lines(Array(file.dropLast(200)))
    #expect(lines.suffix(2).first?.hasSuffix("forgotten") == true)
    #expect(lines.last?.contains("lost ? after") == true)
  }

  @Test func aPartBeginsWithWhatIsOpen() throws {
    let lines = try Self.lines(SmallStory.file(SmallStory.whole), from: 8500, to: 9120)
    #expect(
      lines == [
        "8500 mode 3 of 0", "8500 frame 0 from 1000", "8500 CPU has 0 since 140", "8500 window 0 of 0 begins",
        "8500 upcall 40 of 0 for mark 11", "8500 ring 3 of 0 since 8400, after 40", "9000 entered by 40 of 0",
        "9050 upcall 40 of 0 over", "9100 mark 40 of 1: 1, by 15",
      ])
    let late = try Self.lines(SmallStory.file(SmallStory.whole), from: 2_500_150)
    #expect(late.contains("2500150 waiting 40 of 1: 1, by [17]"))
  }

  /// Where the CPU left the kernel, only the event behind the cut tells; a part without any event asks it too.
  @Test func aPartBeginsInTheKernelOnlyIfTheCPUIsThere() throws {
    let file = SmallStory.file(SmallStory.whole)
    let inKernel = try Self.lines(file, from: 8350, to: 8500)
    #expect(inKernel.suffix(2) == ["8350 entered by 40 of 0", "8400 left 40 to 0"])
    #expect(try Self.lines(file, from: 8400, to: 8500).suffix(2) == ["8400 entered by 40 of 0", "8400 left 40 to 0"])
    #expect(try Self.lines(file, from: 8450, to: 8500).last == "8450 ring 3 of 0 since 8400, after 40")
    #expect(try Self.lines(file, from: 8350, to: 8380).last == "8350 entered by 40 of 0")
  }

  /// What ended before a part is not in it, though the stay in the kernel goes on: an interrupt that was acknowledged.
  @Test func anInterruptThatIsOverIsNotOpen() throws {
    let open = try export(SmallStory.file(SmallStory.whole), from: 8160) { _ in Recorder() }.changes.compactMap {
      if case .entered(let entry) = $0.change { entry } else { nil }
    }
    #expect(open.map(\.acknowledged).prefix(2) == [8150, nil])
  }

  @Test func theEndOfAGapHasThePositionOfTheNextEvent() throws {
    func gaps(_ trace: [UInt8], to: UInt64 = .max) throws -> [UInt64] {
      try export(trace, to: to) { _ in Recorder() }.changes.compactMap {
        if case .lost = $0.change { $0.position } else { nil }
      }
    }
    let lossy = SmallStory.file(SmallStory.lossy)
    #expect(try gaps(lossy) == [16])
    #expect(try gaps(lossy, to: 10_000) == [16])
    // Four events a block: the last whole block ends with event 23 or before.
    let cut = Array(SmallStory.file(SmallStory.whole).dropLast(200))
    let events = try export(cut) { _ in Recorder() }.events.count
    #expect(try gaps(cut) == [UInt64(events)])
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func whateverHappensItIsToldInOrder(seed: UInt64) throws {
    for trace in [try WorldTraces.file(seed: seed), try WorldTraces.damagedFile(seed: seed)] {
      let told = try export(trace) { _ in Recorder() }
      #expect(told.times == told.times.sorted(), "seed \(seed)")
      #expect(told.events.count > 1000, "seed \(seed)")
      var upcalls: [UInt8: Int] = [:]
      var isInKernel = false
      for change in told.changes.map(\.change) {
        switch change {
        case .entered:
          #expect(!isInKernel, "seed \(seed)")
          isInKernel = true
        case .left:
          #expect(isInKernel, "seed \(seed)")
          isInKernel = false
        case .upcallBegan(let upcall):
          upcalls[upcall.partition, default: 0] += 1
          #expect(upcalls[upcall.partition]! <= Int(upcall.depth), "seed \(seed)")
        case .upcallEnded(let upcall):
          upcalls[upcall.partition]! -= 1
          #expect(upcalls[upcall.partition]! >= 0, "seed \(seed)")
        case .forgotten:
          upcalls = [:]
          isInKernel = false
        default: break
        }
      }
    }
  }
}
