import ModuleConfiguration
import TraceFormat
import TraceReading

/// Follows a trace and says what begins, changes and ends.
///
/// Changes come in the order of their instants, and each before the event that shows it is told: so whoever writes
/// them in turn writes them in order of time. Memory is bounded by the module's size. Nothing is carried across a gap.
public struct Timeline {
  /// Who is told of a change, with its instant in ns and the position of the event that shows it.
  public typealias Sink = (TimelineChange, _ time: UInt64, _ position: UInt64) -> Void

  /// The stay in the kernel that has not ended yet; nil where none is known.
  var entry: KernelEntry?
  var frame: TimelineFrame?
  var window: TimelineWindow?
  /// The last switch: who has the CPU.
  var holder: TimelineSwitch?
  var hasYielded = [Bool](repeating: false, count: 256)
  var modes = [TimelineMode?](repeating: nil, count: 256)
  /// By partition and vector; at most 65,536.
  var marks: [UInt16: WaitingMarks<TimelineMark>] = [:]
  /// By partition; at most 127 each.
  var upcalls = [[TimelineUpcall]](repeating: [], count: 256)
  var processes: ProcessFollower
  /// Of the last event; nil where events are missing behind it.
  var previousTime: UInt64?
  private(set) var lastPosition: UInt64 = 0
  /// The position that the next event has, or would have.
  private var nextPosition: UInt64 = 0
  /// A gap that has begun: since when, how much, why.
  private(set) var gap: (from: UInt64, count: UInt64?, reason: String)?
  /// Instants are not told earlier than this one.
  var floor: UInt64 = 0

  /// Follows a trace from its beginning; the table tells which processes there are.
  public init(_ table: ModuleTable) { processes = ProcessFollower(table) }

  /// The instant of the last event.
  public var lastTime: UInt64 { max(floor, previousTime ?? gap?.from ?? 0) }

  /// Takes the next event.
  public mutating func consume(_ event: TraceEvent, position: UInt64, _ tell: Sink) {
    lastPosition = position
    nextPosition = position &+ 1
    // A hostile trace may go backwards; what is told does not.
    let time = max(event.time, floor, previousTime ?? 0)
    if event.kind == EventKind.loss.rawValue {
      // The kernel gives the loss the time of the event before; how long it was blind, the next event tells.
      beginGap(count: event.words.w0, reason: "the ring had no room", tell)
      floor = time
      return
    }
    endGap(at: time, position, tell)
    catchUp(to: time, position, tell)
    if let kind = event.knownKind {
      if kind.eventClass == .input {
        enter(event, kind, time, position, tell)
      } else {
        decide(event, kind, time, position, tell)
        follow(event, time, position, tell)
      }
    }
    previousTime = time
  }

  /// Takes a place where events are missing.
  public mutating func consume(_ gap: TraceGap, _ tell: Sink) {
    beginGap(count: gap.eventsMissing, reason: "\(gap.defect)", tell)
    nextPosition = max(nextPosition, gap.nextPosition)
  }

  /// The trace is over, or what is wanted of it.
  ///
  /// - Parameters:
  ///   - isWhole: false where what follows the last event is unknown.
  ///   - time: where what is wanted ends, if it does so before the trace.
  public mutating func finish(isWhole: Bool, reason: String, at time: UInt64? = nil, _ tell: Sink) {
    tellOverdue(at: max(lastTime, time ?? 0), tell)
    if !isWhole { beginGap(count: nil, reason: reason, tell) }
    endGap(at: max(lastTime, time ?? 0), nextPosition, tell)
  }

  // MARK: Gaps

  private mutating func beginGap(count: UInt64?, reason: String, _ tell: Sink) {
    if let open = gap {
      gap?.count = open.count.flatMap { known in count.map { known &+ $0 } }
      return
    }
    tell(.forgotten, lastTime, lastPosition)
    gap = (previousTime ?? 0, count, reason)
    entry = nil
    frame = nil
    window = nil
    holder = nil
    hasYielded = [Bool](repeating: false, count: 256)
    modes = [TimelineMode?](repeating: nil, count: 256)
    marks = [:]
    upcalls = [[TimelineUpcall]](repeating: [], count: 256)
    processes.forget()
    previousTime = nil
  }

  private mutating func endGap(at time: UInt64, _ position: UInt64, _ tell: Sink) {
    guard let gap else { return }
    tell(.lost(count: gap.count, from: max(gap.from, floor), since: gap.from, reason: gap.reason), time, position)
    self.gap = nil
  }

  // MARK: Kernel and ring 3

  private mutating func enter(
    _ event: TraceEvent, _ kind: EventKind, _ time: UInt64, _ position: UInt64, _ tell: Sink
  ) {
    if let entry {
      if let instant = resumption(before: event, at: time) {
        leave(entry, at: max(floor, instant), to: event.partition, position, tell)
      } else {
        tell(.left(entry, to: nil), time, position)
      }
    }
    let new = KernelEntry(position: position, time: time, event: event)
    entry = new
    if kind == .hypercall, new.what == HypercallNumber.yield.rawValue {
      hasYielded[Int(event.partition)] = true
      if window?.partition == event.partition { window?.hasYielded = true }
    }
    follow(event, time, position, tell)
    tell(.entered(new), time, position)
  }

  /// When the CPU left the kernel for ring 3 or the idle loop, as the next input tells it; nil where that does not.
  func resumption(before event: TraceEvent, at time: UInt64) -> UInt64? {
    guard let previousTime, let kind = event.knownKind,
      kind == .interrupt || kind == .timer || kind == .hypercall || kind == .exception
    else { return nil }
    let (instant, isBeyond) = previousTime.addingReportingOverflow(EntrySnapshot(event).resumeDelay)
    return isBeyond ? time : min(time, instant)
  }

  mutating func leave(
    _ entry: KernelEntry, at time: UInt64, to partition: UInt8, _ position: UInt64, _ tell: Sink
  ) {
    noteFirstInstruction(of: partition, at: time)
    tell(.left(entry, to: partition), time, position)
  }

  mutating func noteFirstInstruction(of partition: UInt8, at time: UInt64) {
    if window?.partition == partition, window?.firstInstant == nil { window?.firstInstant = time }
  }

  // MARK: What the core decides

  private mutating func decide(
    _ event: TraceEvent, _ kind: EventKind, _ time: UInt64, _ position: UInt64, _ tell: Sink
  ) {
    let partition = event.partition
    switch kind {
    case .majorFrameStart:
      let new = TimelineFrame(
        position: position, number: event.operand, schedule: event.detail, start: event.words.w0, began: time)
      frame = new
      tell(.frame(new), time, position)
    case .windowStart: beginWindow(event, time, position, tell)
    case .windowEnd: endWindow(time, position, tell)
    case .partitionSwitch:
      let isReady = event.detail != 0xFF && !hasYielded[Int(event.detail)] && !isIdle(event.detail)
      let new = TimelineSwitch(position: position, time: time, from: event.detail, to: partition, isReady: isReady)
      holder = new
      tell(.switched(new), time, position)
    case .hypercallResult:
      guard var call = entry, call.event.kind == EventKind.hypercall.rawValue else { break }
      call.status = event.detail
      call.value = event.words.w0
      call.answered = time
      entry = call
      tell(.answered(call, status: event.detail, value: event.words.w0), time, position)
    case .mark: mark(event, time, position, tell)
    case .acknowledged: acknowledge(event, time)
    case .upcall: beginUpcall(event, time, position, tell)
    case .upcallsReturned: endUpcalls(partition, count: Int(event.operand), time, position, tell)
    case .modeChange:
      let new = TimelineMode(
        position: position, partition: partition, mode: event.detail,
        condition: UInt8(truncatingIfNeeded: event.operand >> 8), began: time)
      modes[Int(partition)] = new
      tell(.mode(new), time, position)
    case .restart: restart(partition, time, position, tell)
    default: break
    }
  }

  private mutating func beginWindow(_ event: TraceEvent, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    endWindow(time, position, tell)
    let new = TimelineWindow(
      position: position, index: event.operand, partition: event.partition, frame: frame?.number,
      nominalStart: event.words.w0, nominalEnd: event.words.w1, began: time, firstInstant: nil)
    window = new
    hasYielded[Int(event.partition)] = false
    tell(.windowBegan(new), time, position)
  }

  /// Whether a partition is in mode IDLE, in which it does not run in its windows.
  private func isIdle(_ partition: UInt8) -> Bool { modes[Int(partition)]?.mode == 0 }

  private mutating func endWindow(_ time: UInt64, _ position: UInt64, _ tell: Sink) {
    guard let open = window else { return }
    window = nil
    tell(.windowEnded(open), time, position)
  }
}
