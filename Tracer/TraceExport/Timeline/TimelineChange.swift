import TraceFormat
import TraceReading

/// Something that begins, changes or ends in a module while its trace is read, derived from the events in their order.
///
/// Exporters draw these; the events themselves they are told besides.
public enum TimelineChange: Equatable, Sendable {
  /// A major frame begins.
  case frame(TimelineFrame)
  case windowBegan(TimelineWindow)
  case windowEnded(TimelineWindow)
  /// The CPU enters the kernel.
  case entered(KernelEntry)
  /// Ring 3 of a partition (255: the idle loop) has the CPU already when the export begins: since `since`, after a stay
  /// in the kernel that is over and is not told itself.
  case inRingThree(of: UInt8, since: UInt64, after: KernelEntry)
  /// A hypercall was answered.
  case answered(KernelEntry, status: UInt8, value: UInt64)
  /// The CPU leaves the kernel: for ring 3 of `to` (255: the idle loop), or nil where that is not known, because
  /// another input came first.
  case left(KernelEntry, to: UInt8?)
  /// Another partition gets the CPU.
  case switched(TimelineSwitch)
  /// A partition has the CPU already when the export begins, by that earlier switch.
  case holding(TimelineSwitch)
  /// A vCPU is marked. `cause`: position of the interrupt that did it.
  case marked(partition: UInt8, vector: UInt8, waiting: UInt64, cause: UInt64?)
  /// Marks waited already when the export begins; `made` are the events that made them, the oldest first.
  case waiting(partition: UInt8, vector: UInt8, waiting: UInt64, made: [TimelineMark])
  /// The marks that wait at a vCPU are forgotten: its partition starts anew.
  case marksCleared(partition: UInt8)
  case upcallBegan(TimelineUpcall)
  /// The upcall's handler has returned; noticed now, for a return needs no kernel.
  case upcallEnded(TimelineUpcall)
  case mode(TimelineMode)
  /// A process of the module table is released, for its period starts with one of its partition's; `start` is the
  /// nominal instant, the window's. One that is told of is from its start, or from where its scheduler first gives it
  /// the processor. `process`: index among the table's processes.
  case released(process: Int, start: UInt64)
  /// Its job began later than its release, at `start`: from there on its deadline counts.
  case delayed(process: Int, start: UInt64)
  /// Its partition has yielded, by which it has completed, or the scheduler has told that it has; `at`: the instant of
  /// that call, which may be answered later.
  case completed(process: Int, JobCourse, at: UInt64)
  /// It is released anew, and its job was not complete: that has missed its deadline.
  case late(process: Int, JobCourse)
  /// It was stopped, or its partition was: its job will never be complete.
  case stopped(process: Int, JobCourse)
  /// Its job is under way at the end of what is exported, and has missed its deadline by then.
  case overdue(process: Int, JobCourse)
  /// A process has the processor, as its partition's scheduler tells; again, where that partition has got the CPU back.
  case runs(ProcessRun)
  /// It has it no longer since `at`.
  case runsNoLonger(ProcessRun, became: ProcessRun.Outcome, at: UInt64)
  /// From here on nothing that was open is known any more; what began has no known end.
  case forgotten
  /// Events are missing: after `since`, before the instant of this change. `count` is nil where nobody knows how many;
  /// `from` is `since`, or where the export begins if that is later. The position is that of the next event, or the one
  /// that it would have.
  case lost(count: UInt64?, from: UInt64, since: UInt64, reason: String)
}

/// A major frame.
public struct TimelineFrame: Equatable, Sendable {
  /// Position of its `majorFrameStart`.
  public var position: UInt64
  /// From 0, as the kernel counts them.
  public var number: UInt32
  /// Index of the module schedule.
  public var schedule: UInt8
  /// When it was to start, and when the kernel recorded its start.
  public var start: UInt64
  /// In ns, like `start`.
  public var began: UInt64
}

/// A partition's operating mode, until the next one.
public struct TimelineMode: Equatable, Sendable {
  /// Position of its `modeChange`.
  public var position: UInt64
  /// The partition's index.
  public var partition: UInt8
  /// The raw value of an `OperatingMode`, whatever a trace may say.
  public var mode: UInt8
  /// The raw value of the `StartCondition` as it holds from now on.
  public var condition: UInt8
  /// When the kernel recorded it, in ns.
  public var began: UInt64
}

/// A partition gets the CPU; 255 is the idle loop.
public struct TimelineSwitch: Equatable, Sendable {
  /// Position of its `partitionSwitch`.
  public var position: UInt64
  /// When the kernel recorded it, in ns.
  public var time: UInt64
  /// Who had the CPU until then.
  public var from: UInt8
  /// Who has it from then on.
  public var to: UInt8
  /// Of the one that loses the CPU: it had not yielded.
  public var isReady: Bool
}

/// An event that made marks at a vCPU.
public struct TimelineMark: Equatable, Sendable {
  /// Its number in the trace.
  public var position: UInt64
  /// In ns.
  public var time: UInt64
  /// How many waited with these.
  public var waiting: UInt64
  /// Position of the interrupt that was the cause; nil where there is none, or nobody knows.
  public var cause: UInt64?
}

/// A partition window that runs.
public struct TimelineWindow: Equatable, Sendable {
  /// Position of its `windowStart`.
  public var position: UInt64
  /// Index in the module table.
  public var index: UInt32
  /// Whose window it is.
  public var partition: UInt8
  /// Number of the major frame; nil where that frame's start is missing.
  public var frame: UInt32?
  /// When it was to start and to end.
  public var nominalStart: UInt64
  /// In ns, like the start.
  public var nominalEnd: UInt64
  /// When the kernel recorded its start.
  public var began: UInt64
  /// The partition's first instruction in it; nil before that.
  public var firstInstant: UInt64?
  /// The partition has yielded in it.
  public var hasYielded = false
}

/// One stay in the kernel, named by the input that led there.
public struct KernelEntry: Equatable, Sendable {
  /// Position of the input.
  public var position: UInt64
  /// The instant of the input in ns; it never goes back, as a forged event's may.
  public var time: UInt64
  /// The input itself: interrupt, timer, hypercall, exception and the like.
  public var event: TraceEvent
  /// The status of a hypercall's answer, once there is one.
  public var status: UInt8?
  /// What the hypercall answered beside its status; 0 without an answer.
  public var value: UInt64 = 0
  /// When the hypercall was answered, in ns; nil before that, and for other inputs.
  public var answered: UInt64?
  /// When an interrupt's end was signalled, once it was.
  public var acknowledged: UInt64?

  /// Who was interrupted, or called.
  public var partition: UInt8 { event.partition }
  /// The vector, or the hypercall's number.
  public var what: UInt16 { UInt16(truncatingIfNeeded: event.operand) }
}

/// An upcall that is not finished.
public struct TimelineUpcall: Equatable, Sendable {
  /// Position of its `upcall`.
  public var position: UInt64
  /// Whose upcall it is.
  public var partition: UInt8
  /// The vector that it serves.
  public var vector: UInt8
  /// Which of its partition's upcalls it is, as the kernel counts them.
  public var ordinal: UInt64
  /// How many marks it serves at once.
  public var coalesced: UInt64
  /// How many were unfinished with it.
  public var depth: UInt8
  /// When the kernel decided it, in ns.
  public var began: UInt64
  /// The first mark that it serves; nil where unknown.
  public var mark: TimelineMark?
  /// Whether no later upcall serves that mark too: one event can make several marks, and each wants its upcall.
  public var isMarkServed: Bool
}
