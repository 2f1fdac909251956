import APEXTypes
import ModuleConfiguration
import TraceFormat
import TraceReading

/// What the timeline shows of the whole run, gathered in one pass and in constant memory.
struct TimelineRecorder {
  /// A place where events are missing.
  struct Gap {
    var time: UInt64
    /// The first event after it, ns; nil where none follows.
    var until: UInt64?
    var eventsMissing: UInt64?
    var reason: String
  }
  static let maximumGapCount = 1000

  private(set) var cells = LaneCells()
  private(set) var lanes: [TimelineLane] = []
  private(set) var residency = Residency(base: 0)
  private(set) var frames: FrameEpochs
  private(set) var gaps: [Gap] = []
  private(set) var gapCount = 0
  /// The claims that have lanes of their own: those that were violated first, by their places in the report.
  private(set) var violatedClaims: [Int] = []
  static let maximumViolatedClaims = 12
  /// The last gap is one of those kept, and nothing has followed it yet.
  private var isGapOpen = false
  /// Of the boot event; 0 where that was lost.
  private(set) var kernelIdentity: UInt64 = 0
  private(set) var clockScale: UInt64 = 0

  private let partitionCount: Int
  /// What an upcall is counted by: its writing, or where the trace leaves that out its decision.
  private let upcallKind: EventKind
  /// By group × 256 + subject: the lane + 1.
  private var laneNumbers = [Int](repeating: 0, count: TimelineLane.Group.allCases.count * 256)
  private var jobs: ProcessJobs
  private var previousTime: UInt64?
  private var isFirst = true

  init(_ table: ModuleTable) {
    frames = FrameEpochs(table)
    partitionCount = table.partitionCount
    upcallKind = table.module.leftOutKinds.contains(.upcallWritten) ? .upcall : .upcallWritten
    jobs = ProcessJobs(table)
    for partition in 0..<table.partitionCount { _ = lane(.run, partition) }
  }

  mutating func add(_ batch: TraceBatch) {
    switch batch {
    case .events(_, let events): for event in events { add(event) }
    case .gap(let gap): note(Gap(time: previousTime ?? 0, eventsMissing: gap.eventsMissing, reason: "\(gap.defect)"))
    }
  }

  /// A claim was violated. Every time is counted, of however many claims, but none that the module file leaves out.
  mutating func noteViolation(of claim: Int?, at instant: UInt64) {
    guard let claim else { return }
    if !violatedClaims.contains(claim), violatedClaims.count < Self.maximumViolatedClaims {
      violatedClaims.append(claim)
    }
    count(.violation, violatedClaims.firstIndex(of: claim) ?? TimelineLane.otherClaims, instant)
  }

  /// The run is over.
  mutating func finish() { residency.close(at: previousTime ?? 0) }

  /// See `LaneCells.coarsen`.
  mutating func coarsen(until end: UInt64, limit: Int) { cells.coarsen(until: end, limit: limit) }

  private mutating func add(_ event: TraceEvent) {
    if isFirst {
      isFirst = false
      residency = Residency(base: event.time)
    }
    if isGapOpen { gaps[gaps.count - 1].until = event.time }
    isGapOpen = false
    for job in jobs.consume(event) { count(.process, job.process, event.time) }
    // Who runs has a row, though none of its jobs may have an end; who has none is seen by its runs.
    for run in jobs.ended {
      if jobs.hasJobs(run.process) { _ = lane(.process, run.process) } else { count(.process, run.process, event.time) }
    }
    let partition = Int(event.partition)
    switch event.knownKind {
    case .interrupt:
      addRun(event)
      count(.interrupt, Int(event.operand & 0xFF), event.time)
    case .timer: addRun(event)
    case .hypercall:
      addRun(event)
      count(.hypercall, partition, event.time)
    case .exception:
      addRun(event)
      count(.health, partition, event.time)
    case .mark: count(.mark, partition, event.time)
    case upcallKind: count(.upcall, partition, event.time)
    case .healthError, .healthAction, .moduleAction, .modeChange, .kernelFault, .callback, .stop:
      count(.health, partition, event.time)
    case .partitionSwitch: residency.consume(event)
    case .majorFrameStart: frames.consume(event)
    case .boot:
      kernelIdentity = event.words.w1
      clockScale = event.words.w2
    case .loss:
      note(Gap(time: event.time, eventsMissing: event.words.w0, reason: "the recorder's ring was full"))
      return
    default: break
    }
    previousTime = event.time
  }

  private mutating func note(_ gap: Gap) {
    gapCount += 1
    if gaps.count < Self.maximumGapCount {
      gaps.append(gap)
      isGapOpen = true
    }
    residency.close(at: previousTime ?? gap.time)
    jobs.forget()
    // What is counted from a lost event says nothing: the next entry's stay in ring 3 is left out.
    previousTime = nil
  }

  /// Time in ring 3, or in the idle loop, up to an entry; the same sum as `TraceStatistics.ringThreeTime`.
  private mutating func addRun(_ event: TraceEvent) {
    guard let previousTime else { return }
    let start = previousTime &+ EntrySnapshot(event).resumeDelay
    guard start >= previousTime, start <= event.time else { return }
    cells.add(lane(.run, Int(event.partition)), from: start, to: event.time)
  }

  private mutating func count(_ group: TimelineLane.Group, _ subject: Int, _ time: UInt64) {
    cells.add(lane(group, subject), at: time)
  }

  /// The lane of a subject, made when it is first met. Subjects that the module has not share one lane, so that a
  /// hostile trace makes no lane for each.
  private mutating func lane(_ group: TimelineLane.Group, _ subject: Int) -> Int {
    var known = subject
    switch group {
    case .interrupt: if InterruptLine(vector: UInt64(subject)) == nil { known = 0 }
    case .process, .violation: break
    default: if subject >= partitionCount { known = 0xFF }
    }
    let place = Self.ordinal(group) * 256 + known
    if laneNumbers[place] > 0 { return laneNumbers[place] - 1 }
    lanes.append(TimelineLane(group: group, subject: known))
    laneNumbers[place] = cells.addLane() + 1
    return laneNumbers[place] - 1
  }

  private static func ordinal(_ group: TimelineLane.Group) -> Int {
    switch group {
    case .run: 0
    case .interrupt: 1
    case .mark: 2
    case .upcall: 3
    case .hypercall: 4
    case .process: 5
    case .health: 6
    case .violation: 7
    }
  }
}
