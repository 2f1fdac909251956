import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// What the kernel decides the short way is what the core decides the long way, word of state for word of state.
@Suite struct CallsAtOnceTests {
  /// A core that is told what the world's core is told, the short way wherever the kernel would take it.
  private final class ShortCut {
    let bench: CoreBench<OwnersMarked>
    var calls = 0
    var marks = 0
    var yields = 0
    /// Passed through ports.
    var messages = 0
    /// Passed in a way that was not simple.
    var lateMessages = 0
    /// Served by `serveAtOnce`.
    var services = 0
    /// Notes of many words, and those that were refused.
    var notes = 0
    var refusedNotes = 0
    /// Calls that were a window's first.
    var firsts = 0
    /// Calls that told of returned upcalls.
    var returns = 0
    /// What the kernel does not look for in a snapshot is not told (`needsFrame`, and calls at once).
    var leavesFramesOut = false
    /// Interrupts of which a frame was left out.
    var framesLeftOut = 0

    init(_ module: SimulatedModule) { bench = CoreBench(module) }

    func take(_ input: CoreInput, at instant: UInt64) -> [TraceEvent] {
      var log = EventLog()
      log.now = instant
      switch input {
      case .hypercall(let call, let snapshot) where call.number == UInt64(HypercallNumber.yield.rawValue):
        bench.core.yield(
          snapshot, of: bench.core.caller(bench.core.current), at: SystemTime(nanoseconds: instant), into: &log)
        yields += 1
        return log.events
      case .hypercall(let call, let snapshot):
        guard take(call, snapshot, at: instant, into: &log) else { break }
        calls += 1
        return log.events
      case .interrupt(let line, let snapshot):
        guard snapshot.partition != 0xFF, !snapshot.flags.contains(.isPulse), line.rawValue & 7 != 7,
          !bench.hasStopped
        else { break }
        var flags = EntrySnapshot.Flags(
          rawValue: snapshot.flags.rawValue & PartitionCore<OwnersMarked>.flagsOfPartition)
        if leavesFramesOut,
          !flags.contains(.interruptsEnabled) || !bench.core.needsFrame(for: line, at: instant)
        {
          flags = leavingFrameOut(flags)
          framesLeftOut += 1
        }
        let interrupted = bench.core.caller(PartitionIndex(snapshot.partition))
        bench.core.beginInterrupt(
          line, flags, upcallsReturned: snapshot.upcallsReturned, of: interrupted, into: &log)
        if bench.core.isQuietAfterMarks(at: instant, of: interrupted) {
          marks += 1
        } else {
          bench.core.concludeInterrupt(at: SystemTime(nanoseconds: instant), into: &log)
        }
        return log.events
      default: break
      }
      return bench.take(input, at: instant)
    }

    private func leavingFrameOut(_ flags: EntrySnapshot.Flags) -> EntrySnapshot.Flags {
      EntrySnapshot.Flags(rawValue: flags.rawValue & EntrySnapshot.Flags.interruptsEnabled.rawValue)
    }

    private func take(_ call: Hypercall, _ snapshot: EntrySnapshot, at instant: UInt64, into log: inout EventLog)
      -> Bool
    {
      if instant >= bench.core.quietUntilNanoseconds {
        guard bench.core.noteWindowBegun(at: instant) else { return false }
        firsts += 1
      }
      var flags = EntrySnapshot.Flags(
        rawValue: snapshot.flags.rawValue & PartitionCore<OwnersMarked>.flagsOfPartition)
      if leavesFramesOut { flags = leavingFrameOut(flags) }
      let number = HypercallNumber(rawValue: UInt16(truncatingIfNeeded: call.number))
      guard let number, call.number < 128, Self.servedAtOnce.contains(number) else { return false }
      let caller = bench.core.caller(bench.core.current)
      let isQueuing = number == .sendQueuingMessage || number == .receiveQueuingMessage
      guard !isQueuing || bench.core.queuesAtOnce(caller),
        number != .raiseEvent || !bench.core.isEventToItself(call.arguments.0)
      else { return false }
      let before = log.events.count
      bench.core.learnAtOnce(flags, upcallsReturned: snapshot.upcallsReturned, of: caller, into: &log)
      if log.events.count > before { returns += 1 }
      let (first, second, third) = (call.arguments.0, call.arguments.1, call.arguments.2)
      switch number {
      case .null, .note, .tellProcess: bench.core.answerAtOnce(number, .noError, value: 0, of: caller, into: &log)
      case .readTime: bench.core.answerAtOnce(number, .noError, value: instant, of: caller, into: &log)
      case .writeSamplingMessage, .readSamplingMessage, .sendQueuingMessage, .receiveQueuingMessage:
        let passed = bench.core.passAtOnce(
          number, port: first, address: second, byteCount: third, of: caller, at: SystemTime(nanoseconds: instant),
          into: &log)
        if passed != nil {
          messages += 1
        } else {
          // As in the kernel: nothing may have been recorded by then.
          let answer = bench.core.passOrRefuse(
            number, port: first, address: second, byteCount: third, of: caller, at: SystemTime(nanoseconds: instant),
            into: &log)
          if answer.message != nil { lateMessages += 1 }
        }
      case .noteWords:
        if bench.core.noteAtOnce(first, second, of: caller, into: &log) != nil { notes += 1 } else { refusedNotes += 1 }
      default:
        _ = bench.core.serveAtOnce(number, first, second, of: caller, into: &log)
        services += 1
      }
      return true
    }

    /// What `Kernel.serveAtOnce` serves.
    private static let servedAtOnce: Set<HypercallNumber> = [
      .null, .note, .readTime, .writeSamplingMessage, .readSamplingMessage, .sendQueuingMessage,
      .receiveQueuingMessage, .acknowledgeInterrupt, .enableInterrupt, .disableInterrupt, .raiseEvent,
      .readQueuingStatus, .readStatistic, .noteWords, .tellProcess, .readSamplingTime,
    ]
  }

  @Test func shortAndLongWayAgree() throws {
    let first = TestSeed.draw()
    print("calls at once, seed \(first)")
    let module = try SimulatedModule(.lively)
    var calls = 0
    var marks = 0
    var yields = 0
    var services = 0
    var returns = 0
    var firsts = 0
    var (notes, refusedNotes) = (0, 0)
    for seed in first..<(first + 60) {
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      let short = ShortCut(module)
      var isSame = true
      var fromShort: [TraceEvent] = []
      world.onInput = { input, instant in fromShort = short.take(input, at: instant) }
      world.onDecisions = { decisions in
        isSame =
          isSame && decisions == fromShort && short.bench.stateWords == world.bench.stateWords
          && short.bench.core.quietUntilNanoseconds == world.bench.core.quietUntilNanoseconds
      }
      world.begin(until: 60_000_000)
      for _ in 0..<1500 where isSame {
        guard world.step() else { break }
      }
      #expect(isSame, "seed \(seed)")
      if !isSame { return }
      calls += short.calls
      marks += short.marks
      yields += short.yields
      services += short.services
      returns += short.returns
      firsts += short.firsts
      notes += short.notes
      refusedNotes += short.refusedNotes
    }
    #expect(notes > 50 && refusedNotes > 50, "\(notes) notes, \(refusedNotes) refused")
    #expect(
      calls > 1000 && marks > 200 && services > 100 && yields > 100 && returns > 50 && firsts > 50,
      """
      \(calls) calls, \(services) of them of `serveAtOnce`, \(returns) after upcalls, \(firsts) first in a window, \
      \(marks) interrupts and \(yields) yields, the short way
      """)
  }

  /// What the snapshot of an interrupt or of a call at once leaves out of its partition's frame, nobody asks for later.
  ///
  /// A foreign line that came after the instant of the window's end, and before the timer's own interrupt, once parked
  /// its victim with a frame that nobody had looked at: the next mark was refused as a stack overflow.
  @Test func framesThatAreLeftOutAreNotMissed() throws {
    let first = TestSeed.draw()
    print("frames left out, seed \(first)")
    let module = try SimulatedModule(.lively)
    var (framesLeftOut, upcalls) = (0, 0)
    for seed in first..<(first + 60) {
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      world.firesBeforeTimers = true
      let short = ShortCut(module)
      short.leavesFramesOut = true
      var isSame = true
      var fromShort: [TraceEvent] = []
      world.onInput = { input, instant in fromShort = short.take(input, at: instant) }
      world.onDecisions = { decisions in
        isSame = isSame && decisions == fromShort
        upcalls += decisions.of(.upcall).count
      }
      world.begin(until: 60_000_000)
      for _ in 0..<1500 where isSame {
        guard world.step() else { break }
      }
      #expect(isSame, "seed \(seed)")
      if !isSame { return }
      framesLeftOut += short.framesLeftOut
    }
    #expect(framesLeftOut > 200 && upcalls > 50, "\(framesLeftOut) left out, \(upcalls) upcalls, seed \(first)")
  }

  /// The same at its place: up to the timer's instant nothing follows from a stranger's line, from it on the window may
  /// end.
  @Test func theFrameIsAskedForFromTheTimersInstantOn() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.registerVCPU, 37)
    for (line, isOwn) in [(5, true), (6, false)] as [(UInt8, Bool)] {
      let before = bench.core.needsFrame(for: InterruptLine(line), at: bench.armed - 1)
      let after = bench.core.needsFrame(for: InterruptLine(line), at: bench.armed)
      #expect(before == isOwn && after, "line \(line)")
    }
  }

  /// Queuing calls, without the interrupts that seldom leave a core of the test above quiet.
  @Test func queuingCallsAgree() throws {
    let seed = TestSeed.draw()
    print("queuing at once, seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let module = try SimulatedModule(QueuingPortTests.module())
    let long = Bench(module)
    let short = ShortCut(module)
    var isSame = true
    func tell(_ input: CoreInput, at instant: UInt64) {
      let decided = long.take(input, at: instant)
      isSame = isSame && short.take(input, at: instant) == decided && short.bench.stateWords == long.stateWords
    }
    func call(_ number: HypercallNumber, _ arguments: [UInt64], operand: UInt64 = 0) {
      let all = arguments + Array(repeating: 0, count: 6)
      let call = Hypercall(
        number: UInt64(number.rawValue), arguments: (all[0], all[1], all[2], all[3], all[4], all[5]), operand: operand)
      tell(.hypercall(call, long.snapshot), at: long.now + 10)
    }
    for index in 0..<long.core.partitionCount {
      // They create ports again and again.
      long.core.partitions[index].mode = .coldStart
      short.bench.core.partitions[index].mode = .coldStart
    }
    tell(.start(stop: .max), at: 0)
    for _ in 0..<4000 where isSame {
      tell(.timer(long.snapshot), at: max(long.now, long.armed))
      long.settle()
      let counts: [UInt64: UInt64] = [3: 3, 4: 2, 5: 3, 6: 1, 7: 1]
      for (port, count) in counts.sorted(by: { $0.key < $1.key }) {
        let direction: UInt64 = port == 3 || port == 6 ? 0 : 1
        call(
          .createQueuingPort, [ModuleDescription.constants, port < 6 ? QueuingPortTests.bytes : 16, count, direction],
          operand: port)
      }
      // Who has registered the interrupt of its ports takes the long way.
      call(generator.oneIn(6) ? .registerVCPU : .unregisterVCPU, [UInt64(VirtualInterrupt.queuingPort.vector)])
      for _ in 0..<generator.number(1...20) {
        let number = generator.oneIn(2) ? HypercallNumber.sendQueuingMessage : .receiveQueuingMessage
        // Another region than the one before, one that must not be written, one that is none.
        let addresses = [
          ModuleDescription.data, PartitionLayout.stackTop - 64, ModuleDescription.constants, 0x10,
        ]
        let address = generator.oneIn(3) ? addresses[Int(generator.number(0...3))] : ModuleDescription.data
        call(number, [generator.number(0...8), address, generator.number(0...50)])
        if generator.oneIn(4) { call(.readQueuingStatus, [generator.number(0...8)]) }
      }
    }
    #expect(isSame, "seed \(seed)")
    #expect(
      short.messages > 100 && short.lateMessages > 20,
      "\(short.messages) and \(short.lateMessages) of \(short.calls) calls, seed \(seed)")
  }
}
