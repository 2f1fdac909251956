import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

/// The paravirtualisation layer on the machine: the module `Interrupts`, whose partitions take interrupts in all ways,
/// live by virtual timers, and handle their own exceptions.
@Suite struct InterruptsTests {
  static let run = Result { try CapturedRun.capture(.shipped("Interrupts"), milliseconds: 260) }

  /// The events of one partition after a position.
  private func events(_ run: CapturedRun, _ kind: EventKind, of name: String) throws -> [TraceEvent] {
    let partition = try run.partition(name)
    return run.events(kind).map(\.event).filter { $0.partition == partition }
  }

  private func notes(_ run: CapturedRun, of name: String) throws -> [(time: UInt64, UInt64, UInt64)] {
    try events(run, .hypercall, of: name).filter { $0.operand & 0xFFFF == 71 }
      .map { ($0.time, $0.words.w3, $0.words.w4) }
  }

  @Test func itReplaysIdentically() throws {
    let run = try Self.run.get()
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    #expect(replay.keyframeCount >= 3)
  }

  // MARK: Registration

  /// L1: registering takes as long with six handlers registered as with none; the emulator counts instructions.
  @Test func registrationTakesConstantTime() throws {
    let run = try Self.run.get()
    let nester = try run.partition("Nester")
    for call in [HypercallNumber.registerHandler, .registerVCPU] {
      var durations: [UInt64] = []
      for (position, event) in run.events(.hypercall)
      where event.partition == nester && event.operand & 0xFFFF == UInt32(call.rawValue)
        && (32..<48).contains(event.words.w3)
      {
        let behind = run.events[(position + 1)...]
        let next = try #require(behind.firstIndex { $0.knownKind?.eventClass == .input })
        durations.append(run.events[next - 1].time + EntrySnapshot(run.events[next]).resumeDelay - event.time)
      }
      #expect(durations.count == 5 && Set(durations).count == 1, "\(call): \(durations) ns")
    }
  }

  // MARK: Exceptions

  // Contract 76, 80.
  @Test func exceptionsComeToTheirHandlersAndGoOn() throws {
    let run = try Self.run.get()
    let wild: UInt64 = 0x2ABC_0123
    let round: [(vector: UInt32, code: UInt64, address: UInt64)] = [
      (0, 0, 0), (6, 0, 0), (3, 0, 0), (3, 0, 0), (4, 0, 0), (3, 0, 0), (4, 0, 0), (14, 4, wild), (13, 0, 0),
      (13, 0x20 << 3 | 2, 0), (13, 2 << 3 | 2, 0), (13, 0xFF << 3 | 2, 0),
    ]
    let reflected = try events(run, .exceptionReflected, of: "Reflector")
    let written = try events(run, .exceptionWritten, of: "Reflector")
    #expect(written.count == reflected.count)
    #expect(
      zip(written, reflected).allSatisfy { $0.operand == $1.operand && $0.words.w2 == 0 && $0.words.w0 & 15 == 0 })
    let expected = round + round
    for (event, exception) in zip(reflected, expected) {
      #expect(event.operand == exception.vector)
      #expect(event.words.w1 == exception.code && event.words.w2 == exception.address)
    }
    // Each handler was told the same, and the code behind the instruction found what the handler left in its frame.
    let notes = try notes(run, of: "Reflector")
    let handled = notes.filter { $0.1 & ~0xFF == 0x100 && $0.1 & 0xFF != 17 }
    #expect(handled.map { UInt32($0.1 & 0xFF) } == expected.map(\.vector))
    #expect(handled.map(\.2) == expected.map { $0.vector == 14 ? $0.address : $0.code })
    let resumed = notes.filter { $0.1 & ~0xFF == 0x200 && $0.1 & 0xFF != 17 }
    #expect(resumed.map(\.2) == expected.map { 0xC0FF_EE00 + UInt64($0.vector) })
    // One entry each: between the exception and the handler's first hypercall there is no other.
    let partition = try run.partition("Reflector")
    let inputs = run.events.filter { $0.partition == partition && $0.knownKind?.eventClass == .input }
    for (before, after) in zip(inputs, inputs.dropFirst()) where before.knownKind == .exception {
      #expect(after.knownKind != .exception || reflected.count > expected.count)
    }
  }

  /// L1: `int $0x20` let a partition forge a tick of the clock. Here it is a protection fault and nothing else.
  // Contract 75.
  @Test func aForgedTickIsNone() throws {
    let run = try Self.run.get()
    let forged = run.events(.exceptionReflected).filter { $0.event.words.w1 == 0x20 << 3 | 2 }
    #expect(forged.count == 2)
    for (position, _) in forged {
      let entry = run.events[..<position].lastIndex { $0.knownKind?.eventClass == .input } ?? 0
      let decisions = run.events[(entry + 1)...].prefix { $0.knownKind?.eventClass != .input }
      #expect(!decisions.contains { $0.knownKind == .kernelHandler || $0.knownKind == .mark })
    }
    // The kernel's handler ran for true interrupts of line 0 only.
    let ticks = run.events(.interrupt).filter { $0.event.operand & 0xFFFF == 32 }
    #expect(run.events(.kernelHandler).count == ticks.count && ticks.count > 20)
  }

  /// The emulator in use may have no alignment checks; where it has, the check is reflected as the others are.
  @Test func anAlignmentCheckIsReflectedWhereTheCPUMakesOne() throws {
    let run = try Self.run.get()
    let resumed = try notes(run, of: "Reflector").filter { $0.1 == 0x200 | 17 }
    #expect(resumed.count == 1)
    let checks = try events(run, .exceptionReflected, of: "Reflector").filter { $0.operand == 17 }
    #expect(resumed.map(\.2) == [checks.isEmpty ? 7 : 0xC0FF_EE11])
    print("alignment checks of this emulator: \(checks.count)")
  }

  /// Exceptions one after the other under a timer of 30 µs: none is lost, and no tick either.
  @Test func exceptionsAndUpcallsDoNotDisturbEachOther() throws {
    let run = try Self.run.get()
    let storm = try #require(try notes(run, of: "Reflector").first { $0.1 & ~1 == 0x300 })
    #expect(storm.1 == 0x301, "the flag was on behind the storm, as before it")
    #expect(storm.2 >> 32 == 200)
    #expect(storm.2 & 1 == 1, "ticks came meanwhile")
  }

  @Test func aFaultInsideTheHandlerStopsThePartition() throws {
    let run = try Self.run.get()
    let partition = try run.partition("Reflector")
    let actions = try events(run, .healthAction, of: "Reflector")
    #expect(actions.map(\.operand) == [UInt32(ErrorCode.illegalRequest.rawValue)])
    #expect(actions.map(\.words.w0) == [7], "invalid opcode")
    let exceptions = try events(run, .exception, of: "Reflector")
    let reflected = try events(run, .exceptionReflected, of: "Reflector")
    #expect(exceptions.count == reflected.count + 1)
    #expect(run.events(.modeChange).contains { $0.event.partition == partition })
    #expect(try notes(run, of: "Reflector").allSatisfy { $0.1 != 0x400 }, "it went on")
  }

  // MARK: Virtual timers

  // Contract 59, 60.
  @Test(arguments: [("Counter", MissedTickPolicy.count), ("Deliverer", .deliverAll), ("Latest", .latestOnly)])
  func ticksComeByThePolicy(_ name: String, _ policy: MissedTickPolicy) throws {
    let run = try Self.run.get()
    let expired = try events(run, .timerExpired, of: name)
    let upcalls = try events(run, .upcall, of: name).filter { $0.operand == 64 }
    let first = try #require(expired.first), last = try #require(expired.last)
    let total = expired.reduce(UInt64(0)) { $0 + UInt64($1.operand) }
    let expected = (last.words.w0 - first.words.w0) / 700_000 + UInt64(first.operand)
    #expect(total == expected, "every tick of the grid, and none twice")
    #expect(expired.contains { $0.operand > 20 }, "ticks of a window gap")
    #expect(expired.contains { $0.operand == 1 }, "ticks in the window")
    let windows = run.events(.windowStart).map(\.event).filter { (try? run.partition(name)) == $0.partition }
    for event in expired where event.operand > 1 {
      let start = try #require(windows.last { $0.time <= event.time })
      #expect(event.words.w0 <= start.words.w0 && event.words.w1 > start.words.w0, "up to the nominal start")
    }
    // A tick within a window is told when it is due, by the one-shot timer.
    for event in expired where event.operand == 1 && event.words.w0 > windows[0].words.w0 {
      guard let start = windows.last(where: { $0.words.w0 <= event.time }), event.words.w0 > start.words.w0 else {
        continue
      }
      #expect(event.time - event.words.w0 < 30_000, "\(event.time - event.words.w0) ns late")
    }
    let delivered = upcalls.reduce(UInt64(0)) { $0 + $1.words.w0 }
    let dropped = expired.reduce(UInt64(0)) { $0 + $1.words.w2 }
    let noted = try notes(run, of: name)
    switch policy {
    case .count:
      #expect(delivered == total && dropped == 0)
      #expect(upcalls.map(\.words.w0) == expired.map { UInt64($0.operand) })
    case .deliverAll:
      #expect(upcalls.allSatisfy { $0.words.w0 == 1 })
      #expect(delivered == total && dropped == 0)
    case .latestOnly:
      #expect(upcalls.allSatisfy { $0.words.w0 == 1 })
      #expect(delivered + dropped == total && dropped > 100)
    }
    #expect(noted.map(\.1).reduce(0, +) == delivered, "the handlers were told as much")
  }

  // MARK: Delivery

  /// Nester's own windows, and what it did in them.
  private func upcalls(_ run: CapturedRun, _ vector: UInt32) throws -> [TraceEvent] {
    try events(run, .upcall, of: "Nester").filter { $0.operand == vector }
  }

  // Contract 29.
  @Test func aDirectLineComesAtOnce() throws {
    let run = try Self.run.get()
    let pulse = try #require(run.events(.stimulus).map(\.event).filter { $0.operand == 5 }.last)
    let upcall = try #require(try upcalls(run, 37).last)
    #expect(upcall.time - pulse.time < 5_000)
  }

  // Contract 30.
  @Test func aMarkedLineComesWithTheHypercallOrTheWindow() throws {
    let run = try Self.run.get()
    let nester = try run.partition("Nester")
    let pulses = run.events(.stimulus).map(\.event).filter { $0.operand == 6 }
    let upcalls = try upcalls(run, 38)
    #expect(pulses.count == 4 && upcalls.map(\.words.w0) == [1, 1, 2])
    // The first within the window: with the null hypercall, 1.5 ms later, and with nothing before it.
    let entry = try #require(
      run.events.last { $0.time <= upcalls[0].time && $0.knownKind?.eventClass == .input })
    #expect(entry.knownKind == .hypercall && entry.operand & 0xFFFF == 73)
    #expect(upcalls[0].time - pulses[0].time > 1_000_000)
    // The others with a window's start.
    for (upcall, pulse) in zip(upcalls.dropFirst(), [pulses[1], pulses[3]]) {
      let window = try #require(
        run.events(.windowStart).map(\.event).first { $0.partition == nester && $0.time > pulse.time })
      #expect(upcall.time >= window.time && upcall.time < window.words.w0)
    }
  }

  // Contract 33, 37.
  @Test func upcallsNestToTheDepthAndTheRestWaits() throws {
    let run = try Self.run.get()
    let notes = try notes(run, of: "Nester")
    let begins = notes.filter { $0.1 & ~0xFF == 0x1000 }
    #expect(begins.map { $0.2 >> 32 }.max() == 3)
    let upcalls = try events(run, .upcall, of: "Nester")
    #expect(upcalls.map { $0.detail >> 1 }.max() == 3)
    // Four pulses in a row: 9, 10, 11 nest; 5 finds the depth used up, is told once, and comes with the first return.
    let first = try #require(upcalls.firstIndex { $0.operand == 41 })
    let row = upcalls[first...].prefix(4)
    #expect(row.map(\.operand) == [41, 42, 43, 37])
    #expect(row.map { $0.detail >> 1 } == [1, 2, 3, 3])
    #expect(row.last?.detail == 7, "on the frame of the one that returned")
    let actions = try events(run, .healthAction, of: "Nester")
    #expect(actions.count == 1)
    #expect(actions.first?.detail == PartitionRecoveryAction.ignore.rawValue)
    #expect(actions.first?.operand == UInt32(ErrorCode.stackOverflow.rawValue) && actions.first?.words.w0 == 0)
    // Contexts come back in order: the last begun is the first to end, and all end.
    var open: [UInt64] = []
    for note in notes {
      switch note.1 & ~0xFF {
      case 0x1000: open.append(note.1 & 0xFF)
      case 0x2000: #expect(open.popLast() == note.1 & 0xFF)
      default: break
      }
    }
    #expect(open.isEmpty)
    #expect(notes.filter { $0.1 == 0x3000 }.allSatisfy { $0.2 == 1 }, "interrupts are on in the main loop")
  }

  // MARK: Events

  @Test func eventsComeFromOthersAndFromItself() throws {
    let run = try Self.run.get()
    let raised = run.events(.eventRaised).map(\.event)
    let counter = try run.partition("Counter"), nester = try run.partition("Nester")
    let fromCounter = raised.filter { $0.partition == counter }
    #expect(fromCounter.count > 8)
    #expect(fromCounter.allSatisfy { $0.words.w0 == UInt64(nester) && $0.words.w1 == 50 })
    let upcalls50 = try upcalls(run, 50)
    #expect(upcalls50.count >= fromCounter.count - 1 && upcalls50.allSatisfy { $0.words.w0 == 1 })
    // To itself: in the very entry.
    let own = raised.filter { $0.partition == nester }
    let upcalls51 = try upcalls(run, 51)
    #expect(own.count > 8 && upcalls51.count == own.count)
    #expect(zip(own, upcalls51).allSatisfy { $1.time - $0.time < 2_000 })
    // The other Tickers are not the channel's source.
    let deliverer = try run.partition("Deliverer")
    let answers = run.events(.hypercallResult).map(\.event).filter { $0.partition == deliverer && $0.operand == 78 }
    #expect(!answers.isEmpty && answers.allSatisfy { $0.detail == ReturnCode.invalidConfiguration.rawValue })
  }
}
