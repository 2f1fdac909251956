import APEXTypes
import ModuleConfiguration
import TraceFormat

/// One thing that a partition did in a recorded run, and the computation that led to it.
struct RecordedDeed {
  enum Act {
    case call(GuestCall)
    case fault(GuestFault)
  }
  /// What it computed since the deed before, interruptions left out, ns.
  var computation: UInt64
  var act: Act
  /// Whether its virtual interrupts were on: while it computed, as far as an interruption showed it, and at the deed.
  var wasOn: Bool
  var isOn: Bool
  /// What was computed before the flag turned from `wasOn`, ns; all ones where no interruption showed that.
  var turn = UInt64.max
  /// The instant in the recorded run, ns.
  var instant: UInt64
  /// What the kernel took before the partition went on, ns; nil where others ran first, or it waited for a window.
  var kernelTime: UInt64?
  /// What it took before another one went on, or it let interrupts in for nobody, ns; nil where neither is known.
  var switchTime: UInt64?
  /// The timer fired before the kernel set it anew: its interrupt came right after.
  var leavesStaleTimer = false
  /// What it was answered; nil for no answer.
  var status: UInt8?
  /// The kernel answered it the short way, on which nothing is looked at but the call.
  var isServedAtOnce = false
  /// An upcall came of it.
  var hasUpcall = false
  /// Marks waited for the partition.
  var hadMarks = false
  /// The kernel was told with it that a handler of exceptions and errors had come back (`EntrySnapshot.Flags`).
  var isHandlerOver = false
  /// From the first instant of that computation to the deed, interruptions included, ns.
  var elapsed: UInt64 = 0
  /// Where it came; nil where the computation before it is not that of a recorded run.
  var stretch: ClockEvidence.Stretch?
  /// The period that its partition was in; nil before the first.
  var period: PeriodFollower.Period?
  /// When the window that its partition was in is over, ns.
  var windowEnd: UInt64 = 0
  /// It is the first one since a window was given up, but for asking for marks.
  var comesAfterYield = false
  /// What was told last is that no process has the processor.
  var isAfterIdling = false
  /// What was computed of `computation` before the last upcall in it, ns; nil where none came.
  var computationBeforeUpcall: UInt64?
  /// Upcalls of the partition's life before it.
  var upcallCount: UInt64 = 0

  /// What kind of deed it is, whatever its arguments.
  var kind: UInt16 {
    switch act {
    case .call(let call): call.number
    case .fault(let fault): 0x8000 | UInt16(fault.vector)
    }
  }

  /// The instant to which it sets the partition's virtual timer; nil where it sets none.
  var timerInstant: UInt64? {
    guard case .call(let call) = act, call.number == HypercallNumber.setTimer.rawValue, call.arguments.0 != 0
    else { return nil }
    return call.arguments.0
  }

  /// Which process goes on, where it tells that.
  var telling: ProcessTelling? {
    guard case .call(let call) = act, call.number == HypercallNumber.tellProcess.rawValue else { return nil }
    let telling = ProcessTelling((call.arguments.0, call.arguments.1, call.arguments.2))
    return telling.isDispatch ? telling : nil
  }

  /// The new deadline of its job, where it tells that, counted back from its partition's period.
  var replenishment: ProcessTelling? {
    guard case .call(let call) = act, call.number == HypercallNumber.tellProcess.rawValue else { return nil }
    let telling = ProcessTelling((call.arguments.0, call.arguments.1, call.arguments.2))
    return telling.state == .replenished && telling.age != ProcessTelling.aperiodic ? telling : nil
  }

  /// It tells the health monitor of a deadline that has passed.
  var tellsOfDeadline: Bool {
    guard case .call(let call) = act else { return false }
    return call.number == HypercallNumber.raiseApplicationError.rawValue
      && call.arguments.0 == UInt64(ErrorCode.deadlineMissed.rawValue)
  }

  /// It is told that a process goes on after it was told that none does, whatever was done in between: nobody has had
  /// the processor but the scheduler.
  var endsIdling: Bool { isAfterIdling && telling?.from.isNone ?? false }
  /// Likewise, and no upcall has ended that: the scheduler has looked at the clock all the time.
  var isIdleWait: Bool {
    endsIdling && computation - min(computation, computationBeforeUpcall ?? 0) >= ClockEvidence.shortestWait
  }

  /// It gives up a window.
  var isYield: Bool { kind == HypercallNumber.yield.rawValue }

  /// It may make its partition start anew.
  var asksForMode: Bool {
    guard case .call(let call) = act else { return false }
    return call.number == HypercallNumber.setPartitionMode.rawValue
  }

  /// It may be made for nothing but the marks that wait.
  var asksForMarks: Bool {
    guard case .call(let call) = act else { return false }
    return [HypercallNumber.null.rawValue, HypercallNumber.returnFromUpcall.rawValue].contains(call.number)
  }
}

extension GuestFault {
  /// An exception as it was recorded, with what decided then whether the partition's own handler was given it.
  init(_ event: TraceEvent, _ snapshot: EntrySnapshot) {
    let words = event.words
    self.init(UInt8(truncatingIfNeeded: event.operand), words.w2, words.w3, words.w4)
    exceptionsReturned = UInt32(truncatingIfNeeded: words.w5)
    frameFits = snapshot.flags.contains(.frameFits)
    isInReturnTail = snapshot.flags.contains(.inReturnTail)
  }
}

/// An interrupt of a line in a recorded run.
struct RecordedInterrupt {
  var line: UInt8
  /// The kernel's entry, ns.
  var instant: UInt64
  /// What the kernel took for it, ns.
  var kernelTime: UInt64
  /// An upcall came of it.
  var hasUpcall = false
  /// As of a deed.
  var leavesStaleTimer = false
}

/// A queue whose front is taken off often.
struct FIFO<Element> {
  private var items: [Element] = []
  private var first = 0

  var isEmpty: Bool { first == items.count }
  var count: Int { items.count - first }
  var front: Element? { isEmpty ? nil : items[first] }

  mutating func append(_ item: Element) { items.append(item) }

  mutating func removeFirst() {
    first += 1
    guard first > 64, first * 2 > items.count else { return }
    items.removeFirst(first)
    first = 0
  }
}
