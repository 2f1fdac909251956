import ModuleConfiguration
import TraceFormat

/// Counts, latencies and shares of time, gathered from a trace's events in constant memory.
///
/// What a gap or a loss interrupts is not measured: the statistics never join events across one.
public struct TraceStatistics: Sendable {
  /// Stands for every hypercall number that is none, so that hostile traces do not make a histogram for each.
  public static let unknownHypercall: UInt16 = 0xFFFF

  /// How many events there are of each raw kind.
  public private(set) var counts = [UInt64](repeating: 0, count: 256)
  /// Of the first event, ns; nil before one.
  public private(set) var firstTime: UInt64?
  /// The latest of any event, ns.
  public private(set) var lastTime: UInt64 = 0
  /// Of the boot event with which the trace begins: 0 where there was no kernel, nil without a boot.
  public private(set) var kernelIdentity: UInt64?
  /// Events that the recorder could not keep, as its loss events count them.
  public private(set) var eventsLost: UInt64 = 0
  /// In how many places the reader found events missing.
  public private(set) var gapCount = 0
  /// Events that damage took, as far as headers tell.
  public private(set) var eventsMissing: UInt64 = 0
  /// By measure, in ns; only those that have values.
  public private(set) var histograms: [TraceMeasure: LogHistogram] = [:]
  /// Nanoseconds in ring 3 by partition; 255 is the idle loop.
  public private(set) var ringThreeTime = [UInt64](repeating: 0, count: 256)

  private var interruptTimes = [UInt64?](repeating: nil, count: 256)
  /// Marks that wait, by partition and vector, and when they were made.
  private var markTimes: [UInt16: WaitingMarks<UInt64>] = [:]
  /// By partition: when the oldest mark was made that its next upcall serves.
  private var upcallMarks = [UInt64?](repeating: nil, count: 256)
  private var windowStarts = [UInt64?](repeating: nil, count: 256)
  private var openCall: (partition: UInt8, number: UInt16, time: UInt64, hasResult: Bool)?
  private var previousTime: UInt64?
  /// Nanoseconds in which events are missing, and since when they are.
  public private(set) var missingTime: UInt64 = 0
  private var gapStart: UInt64?
  /// Of the timer's last entry, while nothing but its consequences followed.
  private var timerTime: UInt64?

  /// Nothing is counted yet.
  public init() {}

  /// Takes the next thing of the trace.
  public mutating func add(_ batch: TraceBatch) {
    switch batch {
    case .events(_, let events): for event in events { add(event) }
    case .gap(let gap):
      gapCount += 1
      eventsMissing &+= gap.eventsMissing ?? 0
      forget()
    }
  }

  /// Whether the trace is one that a kernel recorded, and none that partita made; nil where nobody knows.
  public var isRecorded: Bool? { kernelIdentity.map { $0 != 0 } }

  /// Events of all kinds, as they were read: without those lost and missing.
  public var eventCount: UInt64 { counts.reduce(0, +) }

  /// From first to last event, in nanoseconds.
  public var span: UInt64 { lastTime &- min(lastTime, firstTime ?? lastTime) }

  /// The measures that have values, in the order to show them.
  public var measures: [TraceMeasure] { histograms.keys.sorted { $0.rank < $1.rank } }

  private mutating func forget() {
    if firstTime != nil { gapStart = gapStart ?? lastTime }
    interruptTimes = [UInt64?](repeating: nil, count: 256)
    markTimes = [:]
    upcallMarks = [UInt64?](repeating: nil, count: 256)
    windowStarts = [UInt64?](repeating: nil, count: 256)
    openCall = nil
    previousTime = nil
    timerTime = nil
  }

  private mutating func record(_ measure: TraceMeasure, from: UInt64, to: UInt64) {
    guard to >= from else { return }
    histograms[measure, default: LogHistogram()].add(to - from)
  }

  // MARK: Events

  mutating func add(_ event: TraceEvent) {
    counts[Int(event.kind)] += 1
    if firstTime == nil {
      firstTime = event.time
      if event.knownKind == .boot { kernelIdentity = event.words.w1 }
    }
    if let start = gapStart { missingTime &+= event.time &- min(event.time, start) }
    gapStart = nil
    lastTime = max(lastTime, event.time)
    let partition = Int(event.partition)
    switch event.knownKind {
    case .interrupt, .timer, .hypercall, .exception: addEntry(event)
    case .mark: addMark(event)
    case .upcall:
      upcallMarks[partition] = markTimes[Self.key(event)]?.oldest
      markTimes[Self.key(event)]?.serve(event.words.w0)
    case .upcallWritten:
      if let time = upcallMarks[partition] {
        record(.markToUpcall(partition: event.partition), from: time, to: event.time)
      }
      upcallMarks[partition] = nil
    case .restart:
      markTimes = markTimes.filter { UInt8($0.key >> 8) != event.partition }
    case .hypercallResult:
      guard let call = openCall, !call.hasResult, call.partition == event.partition else { break }
      // Of a call that is decided at its very entry both have one instant, and it counts with 0: what it took shows
      // when its caller goes on.
      record(.hypercallToResult(number: call.number), from: call.time, to: event.time)
      openCall?.hasResult = true
    case .windowStart:
      windowStarts[partition] = event.time
      record(.windowStartLateness(partition: event.partition), from: event.words.w0, to: event.time)
    case .windowEnd:
      if let start = windowStarts[partition] {
        record(.window(partition: event.partition), from: start, to: event.time)
      }
      windowStarts[partition] = nil
    case .padded:
      if let start = timerTime { record(.windowSwitch(partition: event.partition), from: start, to: event.time) }
      timerTime = nil
    case .loss:
      eventsLost &+= event.words.w0
      forget()
      // What the next event counts from is among those that are lost: nothing is joined across.
      return
    default: break
    }
    previousTime = event.time
  }

  private mutating func addEntry(_ event: TraceEvent) {
    if let previousTime {
      let resumed = previousTime &+ EntrySnapshot(event).resumeDelay
      if resumed <= event.time {
        record(.ringThree(partition: event.partition), from: resumed, to: event.time)
        ringThreeTime[Int(event.partition)] &+= event.time - resumed
      }
      if let call = openCall, call.partition == event.partition {
        record(.hypercallToResume(number: call.number), from: call.time, to: resumed)
      }
    }
    openCall = nil
    timerTime = event.knownKind == .timer ? event.time : nil
    let what = UInt16(truncatingIfNeeded: event.operand)
    if event.knownKind == .hypercall {
      let number = HypercallNumber(rawValue: what)?.rawValue ?? Self.unknownHypercall
      openCall = (event.partition, number, event.time, false)
    } else if event.knownKind == .interrupt {
      interruptTimes[Int(what & 0xFF)] = event.time
    }
  }

  private mutating func addMark(_ event: TraceEvent) {
    let vector = UInt8(truncatingIfNeeded: event.operand)
    if let time = interruptTimes[Int(vector)] {
      record(.interruptToMark(vector: vector), from: time, to: event.time)
    }
    markTimes[Self.key(event), default: WaitingMarks()].add(event.time, waiting: event.words.w0)
  }

  /// Partition and vector.
  private static func key(_ event: TraceEvent) -> UInt16 {
    UInt16(event.partition) << 8 | UInt16(UInt8(truncatingIfNeeded: event.operand))
  }
}
