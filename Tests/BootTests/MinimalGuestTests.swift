import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// A guest operating system of its own on the paravirtualisation layer: the module `Guest`, whose partition
/// MinimalGuest has its own trampolines, tables, tasks and system calls. What it says in notes is held against the
/// trace.
@Suite struct MinimalGuestTests {
  static let run = Result { try CapturedRun.capture(.shipped("Guest"), milliseconds: 600) }
  static let tickNanoseconds: UInt64 = 1_000_000

  /// What the guest's notes tell (`guest.h`).
  enum Note: UInt64 {
    case tick = 1, `switch`, device, worker, logger, exception, killed, masked, repaired, survived, message
  }
  struct Noted {
    var position: Int
    var time: UInt64
    /// Bits 8 and on of the first word.
    var detail: UInt64
    var value: UInt64
  }

  private func notes(_ note: Note, in run: CapturedRun) throws -> [Noted] {
    let guest = try run.partition("MinimalGuest")
    return run.events(.hypercall).compactMap { position, event in
      guard event.partition == guest, event.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue),
        event.words.w3 & 0xFF == note.rawValue
      else { return nil }
      return Noted(position: position, time: event.time, detail: event.words.w3 >> 8, value: event.words.w4)
    }
  }

  private func events(_ kind: EventKind, in run: CapturedRun) throws -> [TraceEvent] {
    let guest = try run.partition("MinimalGuest")
    return run.events(kind).map(\.event).filter { $0.partition == guest }
  }

  // MARK: The oracles

  @Test func itReplaysIdentically() throws {
    let replay = try Judge.replay(Self.run.get().trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    #expect(replay.keyframeCount >= 5)
  }

  @Test func noClaimFails() throws {
    let (report, condition) = try Judge.verify(Self.run.get().trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [])
  }

  // MARK: Time

  /// Each tick of the module's clock is counted once, though half of them fall due while the guest has no window: at
  /// every tick that the guest is told of, its own count says what the module's clock says.
  // Contract 59.
  @Test func ticksAddUpToTheModulesTime() throws {
    let run = try Self.run.get()
    let told = try notes(.tick, in: run)
    let expired = try events(.timerExpired, in: run)
    let first = try #require(expired.first), last = try #require(expired.last)
    let firstTick = first.words.w0 - UInt64(first.operand - 1) * Self.tickNanoseconds
    #expect(firstTick % Self.tickNanoseconds == 0, "the guest asked for the module's own grid")
    var total: UInt64 = 0
    for note in told {
      total += note.detail
      #expect(note.value == total)
      #expect(note.value == (note.time - firstTick) / Self.tickNanoseconds + 1, "at \(note.time) ns")
    }
    #expect(told.count > 250 && total > 580)
    #expect(total + 5 >= (last.words.w0 - firstTick) / Self.tickNanoseconds + 1, "what is not told yet is one gap's")
    // The policy COUNT: a gap's ticks come as one upcall, with the window.
    #expect(told.filter { $0.detail >= 5 }.count > 50)
    #expect(told.filter { $0.detail == 1 }.count > 200)
    #expect(expired.allSatisfy { $0.words.w2 == 0 }, "none is dropped")
  }

  // Contract 9.
  @Test func aCriticalSectionHoldsTheTickBackAndNoLonger() throws {
    let run = try Self.run.get()
    let masked = try #require(try notes(.masked, in: run).first)
    #expect(masked.detail & 0xFF == 0, "no tick inside")
    #expect(masked.detail >> 8 == 1, "and the shared page told of it")
    #expect((1...2).contains(masked.value), "the unmasking itself brought it")
  }

  /// The guest masks and unmasks by stores: between two entries that follow each other its count of changes has moved,
  /// and by an odd number exactly where the flag is another. The kernel's own changes, at upcalls, exceptions and
  /// returns that it carries out, count for nothing.
  // Contract 8.
  @Test func masksAreCountedAndNeedNoKernelEntry() throws {
    let run = try Self.run.get()
    let guest = try run.partition("MinimalGuest")
    var before: EntrySnapshot?
    var compared = 0, moved = 0
    for event in run.events {
      switch event.knownKind {
      case .interrupt, .timer, .hypercall, .exception:
        guard event.partition == guest else { continue }
        let snapshot = EntrySnapshot(event)
        if let before {
          let flips = snapshot.flips &- before.flips
          let isOther = snapshot.flags.contains(.interruptsEnabled) != before.flags.contains(.interruptsEnabled)
          #expect((flips % 2 == 1) == isOther, "at \(event.time) ns")
          compared += 1
          moved += flips >= 2 ? 1 : 0
        }
        let isReturn = event.knownKind == .hypercall && event.operand & 0xFFFF == 32
        before = isReturn ? nil : snapshot
      case .upcallWritten, .exceptionWritten, .contextReset:
        if event.partition == guest { before = nil }
      default: break
      }
    }
    #expect(compared > 1000 && moved > 50, "\(moved) of \(compared)")
  }

  // MARK: Tasks

  @Test func bothTasksMakeProgress() throws {
    let run = try Self.run.get()
    let worker = try notes(.worker, in: run)
    #expect(worker.count > 500)
    let steps = (1...UInt64(worker.count)).map { $0 * 100_000 }
    #expect(worker.map(\.value) == steps, "no step is lost")
    #expect(worker.allSatisfy { $0.detail == 0 }, "its sum lives in a vector register across all switches")
    let logger = try notes(.logger, in: run)
    #expect(logger.map(\.value) == Array(1...UInt64(logger.count)))
    #expect(logger.count >= 580 / 11 && logger.allSatisfy { $0.detail == 0 })
    let messages = try notes(.message, in: run)
    #expect(messages.count == logger.count && messages.allSatisfy { $0.detail == 1 && $0.value == 64 })
  }

  /// The worker never waits but every sixteenth report; whatever else takes the CPU from it is the tick.
  @Test func theTickPreempts() throws {
    let run = try Self.run.get()
    let switches = try notes(.switch, in: run)
    #expect(switches.map(\.value) == Array(1...UInt64(switches.count)))
    for (one, next) in zip(switches, switches.dropFirst()) {
      #expect(one.detail >> 8 == next.detail & 0xFF, "who was switched to is who is switched from")
    }
    let guest = try run.partition("MinimalGuest")
    let preempted = switches.filter { note in
      guard note.detail & 0xFF == 1 else { return false }
      let cause = run.events[..<note.position].last {
        $0.partition == guest && ($0.knownKind == .upcallWritten || $0.knownKind == .exceptionWritten)
      }
      return cause?.knownKind == .upcallWritten
    }
    #expect(preempted.count > 30)
    let upcalls = try events(.upcall, in: run)
    #expect(upcalls.count > 500 && upcalls.allSatisfy { $0.detail >> 1 == 1 }, "never more than one unfinished")
  }

  /// The guest's scheduler tells the tracer of each switch, by its tasks' names; the idle task is nobody.
  @Test func theTracerKnowsItsTasks() throws {
    let run = try Self.run.get()
    let keys =
      [ProcessKey.none]
      + ["worker", "logger", "faulty"].map { name in
        Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) }
      }
    let told = try events(.hypercall, in: run).filter {
      $0.operand & 0xFFFF == UInt32(HypercallNumber.tellProcess.rawValue)
    }.map { ProcessTelling(($0.words.w3, $0.words.w4, $0.words.w5)) }
    let switches = try notes(.switch, in: run)
    #expect(told.map(\.from) == switches.map { keys[Int($0.detail & 0xFF)] })
    #expect(told.map(\.to) == switches.map { keys[Int($0.detail >> 8)] })
    // The worker is preempted, and sleeps now and then; the third task is killed once.
    #expect(told.filter { $0.from == keys[1] && $0.state == .ready }.count > 30)
    #expect(told.contains { $0.from == keys[1] && $0.state == .waiting })
    #expect(told.filter { $0.state == .dormant && !$0.from.isNone }.map(\.from) == [keys[3]])
  }

  /// Nobody to run: the rest of the window is given up.
  @Test func theIdleLoopYields() throws {
    let run = try Self.run.get()
    let yields = try events(.hypercall, in: run).filter {
      $0.operand & 0xFFFF == UInt32(HypercallNumber.yield.rawValue)
    }
    #expect(yields.count > 5)
    let switches = try notes(.switch, in: run)
    #expect(switches.contains { $0.detail >> 8 == 0 })
    for yield in yields {
      #expect(switches.last { $0.time < yield.time }.map { $0.detail >> 8 } ?? 0 == 0, "only the idle loop does")
    }
  }

  @Test func theConsoleTellsTheTicks() throws {
    let lines = try Self.run.get().console.split(separator: "\n").map(String.init)
    #expect(lines.first == "MinimalGuest starts")
    let ticks = lines.dropFirst().map { UInt64($0.dropFirst("MinimalGuest tick ".count)) }
    #expect(ticks.count >= 10)
    for (one, next) in zip(ticks, ticks.dropFirst()) {
      let passed = try #require(next) - (try #require(one))
      #expect((50...60).contains(passed))
    }
  }

  // MARK: Faults

  @Test func theGuestCatchesItsTasksFaults() throws {
    let run = try Self.run.get()
    let caught = try notes(.exception, in: run)
    try #require(caught.count == 2)
    #expect(caught.map(\.detail) == [3 << 8, 3 << 8 | 14])
    #expect(caught[1].value == 0x2ABC_0123)
    let reflected = try events(.exceptionReflected, in: run)
    #expect(reflected.filter { $0.operand != 13 }.map(\.operand) == [0, 14])
    #expect(try notes(.repaired, in: run).map(\.value) == [.max], "the division went on with the repair's answer")
    #expect(try notes(.killed, in: run).map { [$0.detail, $0.value] } == [[3, 2]])
    #expect(try notes(.survived, in: run).isEmpty)
    // Nobody but the guest was asked, and its other tasks go on; so do system calls, which are exceptions too.
    let killed = try #require(try notes(.killed, in: run).first)
    #expect(run.events(.healthAction).isEmpty)
    #expect(run.events(.modeChange).allSatisfy { $0.event.time < caught[0].time }, "but for the start")
    #expect(try notes(.worker, in: run).filter { $0.time > killed.time }.count > 300)
    #expect(try notes(.logger, in: run).filter { $0.time > killed.time }.count > 30)
    let exceptions = try events(.exception, in: run)
    #expect(exceptions.count == reflected.count)
    #expect(try notes(.switch, in: run).allSatisfy { $0.time < killed.time || $0.detail >> 8 != 3 })
  }

  /// The same image with its faults put off for ever: for Sensors the two runs are one, instants included.
  @Test func nobodyElseNotices() throws {
    let run = try Self.run.get()
    var module = try ModuleVariant.shipped("Guest")
    var image = try BootImages.bytes("MinimalGuest")
    let name = Array("FAULTS@@".utf8)
    let places = image.indices.filter { image[$0...].starts(with: name) }
    try #require(places.count == 1)
    for offset in 8..<16 { image[places[0] + offset] = 0x3F }
    module.images["MinimalGuest"] = image
    let innocent = try CapturedRun.capture(module, milliseconds: 600)
    #expect(try notes(.exception, in: innocent).isEmpty && notes(.killed, in: innocent).isEmpty)
    #expect(try notes(.worker, in: innocent).count > 500)
    let sensors = try run.partition("Sensors")
    let found = OwnWindows(run.events, of: sensors)
    #expect(found.windows.count >= 59 && found.windows.dropLast().allSatisfy { $0.matters.count >= 5 })
    #expect(found.difference(from: OwnWindows(innocent.events, of: sensors)) == nil)
    let starts = WindowStarts(run, of: ["Sensors", "MinimalGuest"]).resumes
    #expect(starts.count >= 118)
    for (place, resume) in starts { #expect(resume == place.nominal, "\(place)") }
  }

  // MARK: The device

  @Test func everyDeviceInterruptIsCounted() throws {
    let run = try Self.run.get()
    let marks = try events(.mark, in: run).filter { $0.operand == 40 }
    let told = try notes(.device, in: run)
    var total: UInt64 = 0
    for note in told {
      total += note.detail
      #expect(note.value == total)
    }
    #expect(told.contains { $0.detail > 3 }, "marks of a gap")
    let last = try #require(told.last)
    #expect(total == UInt64(marks.count { $0.time < last.time }), "each mark, and none twice")
    // 1024 a second, and two pulses.
    #expect((600...618).contains(marks.count))
    // Sensors owns the line too, and counts as many.
    let sensors = try run.partition("Sensors")
    #expect(run.events(.mark).count { $0.event.partition == sensors && $0.event.operand == 40 } >= marks.count)
  }
}
