import TraceFormat

/// Something that begins, changes or ends in a module while its trace is read, derived from the events in their order.
///
/// Exporters draw these; the events themselves they are told besides.
public enum TimelineChange: Equatable, Sendable {
  /// A major frame begins.
  case frame(number: UInt32, schedule: UInt8, start: UInt64)
  case windowBegan(TimelineWindow)
  case windowEnded(TimelineWindow)
  /// The CPU enters the kernel.
  case entered(KernelEntry)
  /// A hypercall was answered.
  case answered(KernelEntry, status: UInt8, value: UInt64)
  /// The CPU leaves the kernel: for ring 3 of `to` (255: the idle loop), or nil where that is not known, because
  /// another input came first.
  case left(KernelEntry, to: UInt8?)
  /// Another partition gets the CPU; 255 is the idle loop. `isReady` says of the one that loses it that it had not
  /// yielded.
  case switched(from: UInt8, to: UInt8, isReady: Bool)
  /// A vCPU is marked. `cause`: position of the interrupt that did it.
  case marked(partition: UInt8, vector: UInt8, waiting: UInt64, cause: UInt64?)
  /// Marks waited already when the export begins.
  case waiting(partition: UInt8, vector: UInt8, waiting: UInt64)
  /// The marks that wait at a vCPU are forgotten: its partition starts anew.
  case marksCleared(partition: UInt8)
  case upcallBegan(TimelineUpcall)
  /// The upcall's handler has returned; noticed now, for a return needs no kernel.
  case upcallEnded(TimelineUpcall)
  case mode(partition: UInt8, mode: UInt8, condition: UInt8)
  /// A process of the module table is released, for its period starts with one of its partition's; `start` is the
  /// nominal instant, the window's. `process`: index among the table's processes.
  case released(process: Int, start: UInt64)
  /// Its partition has yielded, by which it has completed; or it is released anew and has not.
  case completed(process: Int, released: UInt64)
  /// From here on nothing that was open is known any more; what began has no known end.
  case forgotten
  /// Events are missing: after `from`, before the instant of this change. `count` is nil where nobody knows how many.
  case lost(count: UInt64?, from: UInt64, reason: String)
}

/// A partition window that runs.
public struct TimelineWindow: Equatable, Sendable {
  /// Position of its `windowStart`.
  public var position: UInt64
  /// Index in the module table.
  public var index: UInt32
  public var partition: UInt8
  public var frame: UInt32?
  /// When it was to start and to end.
  public var nominalStart: UInt64
  public var nominalEnd: UInt64
  /// When the kernel recorded its start.
  public var began: UInt64
  /// The partition's first instruction in it; nil before that.
  public var firstInstant: UInt64?
}

/// One stay in the kernel, named by the input that led there.
public struct KernelEntry: Equatable, Sendable {
  public var position: UInt64
  public var time: UInt64
  public var event: TraceEvent
  /// The status of a hypercall's answer, once there is one.
  public var status: UInt8?
  public var value: UInt64 = 0
  public var answered: UInt64?

  /// Who was interrupted, or called.
  public var partition: UInt8 { event.partition }
  /// The vector, or the hypercall's number.
  public var what: UInt16 { UInt16(truncatingIfNeeded: event.operand) }
}

/// An upcall that is not finished.
public struct TimelineUpcall: Equatable, Sendable {
  public var position: UInt64
  public var partition: UInt8
  public var vector: UInt8
  public var ordinal: UInt64
  public var coalesced: UInt64
  /// How many were unfinished with it.
  public var depth: UInt8
  public var began: UInt64
  /// Position and time of the first mark that it serves, and the interrupt's that caused it; nil where unknown.
  public var mark: (position: UInt64, time: UInt64, cause: UInt64?)?
  /// Whether no later upcall serves that mark too: one event can make several marks, and each wants its upcall.
  public var isMarkServed: Bool

  public static func == (a: TimelineUpcall, b: TimelineUpcall) -> Bool {
    a.position == b.position && a.partition == b.partition && a.vector == b.vector && a.ordinal == b.ordinal
      && a.coalesced == b.coalesced && a.depth == b.depth && a.began == b.began
      && a.mark?.position == b.mark?.position && a.mark?.time == b.mark?.time && a.isMarkServed == b.isMarkServed
  }
}
