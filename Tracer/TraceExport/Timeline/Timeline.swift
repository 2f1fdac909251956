import ModuleConfiguration
import TraceFormat
import TraceReading

/// Follows a trace and says what begins, changes and ends.
///
/// Changes come in the order of their instants, and each before the event that shows it is told: so whoever writes
/// them in turn writes them in order of time. Memory is bounded by the module's size. Nothing is carried across a gap.
public struct Timeline {
  public typealias Sink = (TimelineChange, _ time: UInt64, _ position: UInt64) -> Void

  /// The event that made a mark, and the interrupt that was its cause.
  typealias MarkOrigin = (position: UInt64, time: UInt64, cause: UInt64?)

  /// The stay in the kernel that has not ended yet; nil where none is known.
  private(set) var entry: KernelEntry?
  var frame: (number: UInt32, schedule: UInt8, start: UInt64)?
  var window: TimelineWindow?
  var current: UInt8?
  /// A partition's memory is being made anew; its processes are not released then.
  var isInitialising = [Bool](repeating: false, count: 256)
  var hasYielded = [Bool](repeating: false, count: 256)
  var modes = [(mode: UInt8, condition: UInt8)?](repeating: nil, count: 256)
  /// By partition and vector; at most 65,536.
  var marks: [UInt16: WaitingMarks<MarkOrigin>] = [:]
  /// By partition; at most 127 each.
  var upcalls = [[TimelineUpcall]](repeating: [], count: 256)
  /// When each process of the table was released, if it runs.
  var releases: [UInt64?]
  /// When it was released last.
  var lastReleases: [LastRelease]
  let processes: [ProcessRecord]
  private let periods: PeriodStarts
  private var previousTime: UInt64?
  private var lastPosition: UInt64 = 0
  /// A gap that has begun: since when, how much, why.
  private var gap: (from: UInt64, count: UInt64?, reason: String)?
  /// Instants are not told earlier than this one.
  var floor: UInt64 = 0

  public init(_ table: ModuleTable) {
    processes = (0..<table.count(ProcessRecord.self)).map { table.record(ProcessRecord.self, $0) }
    releases = [UInt64?](repeating: nil, count: processes.count)
    lastReleases = [LastRelease](repeating: .none, count: processes.count)
    periods = PeriodStarts(table)
  }

  /// The instant of the last event.
  public var lastTime: UInt64 { max(floor, previousTime ?? gap?.from ?? 0) }

  /// Takes the next event.
  public mutating func consume(_ event: TraceEvent, position: UInt64, _ tell: Sink) {
    lastPosition = position
    // A hostile trace may go backwards; what is told does not.
    let time = max(event.time, floor, previousTime ?? 0)
    if event.kind == EventKind.loss.rawValue {
      // The kernel gives the loss the time of the event before; how long it was blind, the next event tells.
      beginGap(count: event.words.w0, reason: "the ring had no room", tell)
      floor = time
      return
    }
    endGap(at: time, position, tell)
    if let kind = event.knownKind {
      if kind.eventClass == .input { enter(event, kind, time, position, tell) }
      decide(event, kind, time, position, tell)
    }
    previousTime = time
  }

  /// Takes a place where events are missing.
  public mutating func consume(_ gap: TraceGap, _ tell: Sink) {
    beginGap(count: gap.eventsMissing, reason: "\(gap.defect)", tell)
  }

  /// Says what is open at `time`, for an exporter that begins there; from then on nothing is told to be earlier.
  public mutating func open(at time: UInt64, _ tell: Sink) {
    floor = max(floor, time)
    let position = lastPosition
    for index in modes.indices {
      guard let mode = modes[index] else { continue }
      tell(.mode(partition: UInt8(index), mode: mode.mode, condition: mode.condition), floor, position)
    }
    if let frame { tell(.frame(number: frame.number, schedule: frame.schedule, start: frame.start), floor, position) }
    if let window { tell(.windowBegan(window), floor, position) }
    for (process, start) in releases.enumerated() {
      if let start { tell(.released(process: process, start: start), floor, position) }
    }
    for key in marks.keys.sorted() {
      guard let mark = marks[key] else { continue }
      let (partition, vector) = (UInt8(key >> 8), UInt8(truncatingIfNeeded: key))
      tell(.waiting(partition: partition, vector: vector, waiting: mark.count), floor, position)
    }
    for open in upcalls.joined() { tell(.upcallBegan(open), floor, position) }
    if let current { tell(.switched(from: 0xFF, to: current, isReady: false), floor, position) }
    if let entry { tell(.entered(entry), floor, position) }
  }

  /// The trace is over, or what is wanted of it.
  ///
  /// - Parameters:
  ///   - isWhole: false where what follows the last event is unknown.
  ///   - time: where what is wanted ends, if it does so before the trace.
  public mutating func finish(isWhole: Bool, reason: String, at time: UInt64? = nil, _ tell: Sink) {
    if !isWhole { beginGap(count: nil, reason: reason, tell) }
    endGap(at: max(lastTime, time ?? 0), lastPosition, tell)
  }

  // MARK: Gaps

  private mutating func beginGap(count: UInt64?, reason: String, _ tell: Sink) {
    if let open = gap {
      gap?.count = open.count.flatMap { known in count.map { known &+ $0 } }
      return
    }
    let time = lastTime
    tell(.forgotten, time, lastPosition)
    gap = (time, count, reason)
    entry = nil
    frame = nil
    window = nil
    current = nil
    hasYielded = [Bool](repeating: false, count: 256)
    isInitialising = [Bool](repeating: false, count: 256)
    modes = [(mode: UInt8, condition: UInt8)?](repeating: nil, count: 256)
    marks = [:]
    upcalls = [[TimelineUpcall]](repeating: [], count: 256)
    releases = [UInt64?](repeating: nil, count: processes.count)
    lastReleases = [LastRelease](repeating: .unknown, count: processes.count)
    previousTime = nil
  }

  private mutating func endGap(at time: UInt64, _ position: UInt64, _ tell: Sink) {
    guard let gap else { return }
    tell(.lost(count: gap.count, from: max(gap.from, floor), reason: gap.reason), time, position)
    self.gap = nil
  }

  // MARK: Kernel and ring 3

  private mutating func enter(
    _ event: TraceEvent, _ kind: EventKind, _ time: UInt64, _ position: UInt64, _ tell: Sink
  ) {
    let hasSnapshot = kind == .interrupt || kind == .timer || kind == .hypercall || kind == .exception
    if let entry {
      if hasSnapshot, let previousTime {
        let (instant, isBeyond) = previousTime.addingReportingOverflow(EntrySnapshot(event).resumeDelay)
        leave(entry, at: max(floor, isBeyond ? time : min(time, instant)), to: event.partition, position, tell)
      } else {
        tell(.left(entry, to: nil), time, position)
      }
    }
    let new = KernelEntry(position: position, time: time, event: event)
    entry = new
    if kind == .hypercall, new.what == HypercallNumber.yield.rawValue {
      complete(event.partition, time, position, tell)
    }
    tell(.entered(new), time, position)
  }

  /// What the first event that is not wanted tells of the time before it: when the CPU left the kernel, if it did by
  /// then.
  public mutating func look(back event: TraceEvent, until time: UInt64, _ tell: Sink) {
    guard let entry, let previousTime, gap == nil, let kind = event.knownKind,
      kind == .interrupt || kind == .timer || kind == .hypercall || kind == .exception
    else { return }
    let (instant, isBeyond) = previousTime.addingReportingOverflow(EntrySnapshot(event).resumeDelay)
    guard !isBeyond, instant <= min(time, event.time) else { return }
    self.entry = nil
    leave(entry, at: max(floor, instant), to: event.partition, lastPosition, tell)
  }

  private mutating func leave(
    _ entry: KernelEntry, at time: UInt64, to partition: UInt8, _ position: UInt64, _ tell: Sink
  ) {
    if window?.partition == partition, window?.firstInstant == nil { window?.firstInstant = time }
    tell(.left(entry, to: partition), time, position)
  }

  /// The partition yields.
  private mutating func complete(_ partition: UInt8, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    hasYielded[Int(partition)] = true
    for process in processes.indices where processes[process].partition.rawValue == partition {
      guard let released = releases[process] else { continue }
      releases[process] = nil
      tell(.completed(process: process, released: released), time, position)
    }
  }

  // MARK: What the core decides

  private mutating func decide(
    _ event: TraceEvent, _ kind: EventKind, _ time: UInt64, _ position: UInt64, _ tell: Sink
  ) {
    let partition = event.partition
    switch kind {
    case .majorFrameStart:
      frame = (event.operand, event.detail, event.words.w0)
      tell(.frame(number: event.operand, schedule: event.detail, start: event.words.w0), time, position)
    case .windowStart: beginWindow(event, time, position, tell)
    case .windowEnd: endWindow(time, position, tell)
    case .partitionSwitch:
      let isReady = event.detail != 0xFF && !hasYielded[Int(event.detail)] && !isIdle(event.detail)
      current = partition
      tell(.switched(from: event.detail, to: partition, isReady: isReady), time, position)
    case .hypercallResult:
      guard var call = entry, call.event.kind == EventKind.hypercall.rawValue else { break }
      call.status = event.detail
      call.value = event.words.w0
      call.answered = time
      entry = call
      tell(.answered(call, status: event.detail, value: event.words.w0), time, position)
    case .mark: mark(event, time, position, tell)
    case .upcall: beginUpcall(event, time, position, tell)
    case .upcallsReturned: endUpcalls(partition, count: Int(event.operand), time, position, tell)
    case .modeChange:
      let condition = UInt8(truncatingIfNeeded: event.operand >> 8)
      modes[Int(partition)] = (event.detail, condition)
      if event.detail == 0 { forgetReleases(of: partition) }
      tell(.mode(partition: partition, mode: event.detail, condition: condition), time, position)
    case .restart:
      isInitialising[Int(partition)] = true
      forgetReleases(of: partition)
      restart(partition, time, position, tell)
    case .initialised: isInitialising[Int(partition)] = false
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
    guard let period = periods.length(ofWindow: event.operand) else { return }
    for process in processes.indices where processes[process].partition.rawValue == event.partition {
      let start = event.words.w0
      guard lastReleases[process].isOver(processes[process].period.count, at: start, of: period) else { continue }
      if let released = releases[process] { tell(.completed(process: process, released: released), time, position) }
      releases[process] = nil
      guard !isInitialising[Int(event.partition)], !isIdle(event.partition) else { continue }
      releases[process] = start
      lastReleases[process] = .at(start)
      tell(.released(process: process, start: start), time, position)
    }
  }

  /// Whether a partition is in mode IDLE, in which it does not run in its windows.
  private func isIdle(_ partition: UInt8) -> Bool { modes[Int(partition)]?.mode == 0 }

  private mutating func endWindow(_ time: UInt64, _ position: UInt64, _ tell: Sink) {
    guard let open = window else { return }
    window = nil
    tell(.windowEnded(open), time, position)
  }
}
