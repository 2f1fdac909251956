import APEXTypes
import ModuleConfiguration
import TraceFormat
import TraceReading
import Verification

/// What is worth seeing of a run while it grows: the last major frames, rates, shares, margins, loss.
public struct LiveFigures {
  /// One major frame.
  public struct Frame: Sendable {
    /// A time without break for which a partition had the processor, within the frame.
    public struct Stay: Equatable, Sendable {
      /// The partition's index.
      public var partition: UInt8
      /// In ns: the switch to it or its nominal start, whichever is later; the frame's start where it had it before.
      public var start: UInt64
      /// In ns: the next switch, the frame's end, or the module's stop.
      public var end: UInt64
    }
    /// As the kernel counts major frames, from 0.
    public var number: UInt64
    /// Index of the module schedule.
    public var schedule: Int
    /// Its nominal start in ns.
    public var start: UInt64
    /// The nominal start of the next one in ns; 0 while it goes on.
    public var end: UInt64 = 0
    /// Who had the processor, in order.
    public var stays: [Stay] = []
    /// Nanoseconds in ring 3 by partition; the last is the idle loop's.
    public var ringThree: [UInt64]
    /// Events of all kinds, from behind its start's up to that of the next one.
    public var events = 0
    /// Device interrupts by line, 0 to 15.
    public var interrupts: [UInt64]
    /// By partition.
    public var marks, upcalls, hypercalls: [UInt64]

    init(number: UInt64, schedule: Int, start: UInt64, partitionCount: Int) {
      self.number = number
      self.schedule = schedule
      self.start = start
      ringThree = [UInt64](repeating: 0, count: partitionCount + 1)
      interrupts = [UInt64](repeating: 0, count: ModuleLimits.lineCount)
      marks = [UInt64](repeating: 0, count: partitionCount)
      upcalls = marks
      hypercalls = marks
    }
  }
  /// Frames over which rates and shares are taken.
  public static let keptFrameCount = 50
  /// A hostile trace switches as often as it likes.
  static let maximumStayCount = 512

  /// Whole frames, the latest last.
  public private(set) var frames: [Frame] = []
  /// Events read, those of loss included.
  public private(set) var eventCount: UInt64 = 0
  /// Major frames begun, whether kept or not.
  public private(set) var frameCount: UInt64 = 0
  /// The greatest time of an event so far, in ns.
  public private(set) var time: UInt64 = 0
  /// Events that found no room in the kernel's ring, as `loss` events tell.
  public private(set) var eventsLost: UInt64 = 0
  /// Gaps by damage, each noted once.
  public private(set) var gapCount = 0
  /// Events missing in these gaps, as far as the blocks around tell.
  public private(set) var eventsDamaged: UInt64 = 0
  /// Gaps of which nobody knows how many events are missing.
  public private(set) var unknownGapCount = 0
  /// Operating modes as last told, by partition; nil while unknown.
  public private(set) var modes: [OperatingMode?]
  /// The module was stopped: no partition runs any more.
  public private(set) var hasStopped = false
  private var current: Frame?
  private var stay: (partition: UInt8, start: UInt64)?
  private var previousTime: UInt64?
  /// Shared by copies of these figures: what one of them is told changes the claims of all.
  private let judge: Judge
  private let partitionCount: Int
  /// What an upcall is counted by: its writing, or where the trace leaves that out its decision.
  private let upcallKind: EventKind

  private final class Judge {
    var verifier: Verifier

    init(_ table: ModuleTable) { verifier = Verifier(table: table) }
  }
  /// How many claims the module file leaves out: they are not among `claims`.
  public let leftOutCount: Int

  /// Figures before the first event, with a judge for this module's claims.
  public init(_ table: ModuleTable) {
    judge = Judge(table)
    leftOutCount = judge.verifier.leftOut.count
    partitionCount = table.partitionCount
    upcallKind = table.module.leftOutKinds.contains(.upcallWritten) ? .upcall : .upcallWritten
    modes = [OperatingMode?](repeating: nil, count: table.partitionCount)
  }

  /// The claims as they stand: what fails has failed, what is unknown may only lack the end of the trace.
  ///
  /// Not while another thread adds events, to whichever copy: `LiveBoard` hands claims over with the figures.
  public var claims: [ClaimResult] {
    var copy = judge.verifier.copy()
    return copy.finish().claims
  }

  /// - Parameter missing: how many events; nil where nobody knows.
  public mutating func noteGap(missing: UInt64?) {
    gapCount += 1
    if let missing { eventsDamaged &+= missing } else { unknownGapCount += 1 }
    judge.verifier.noteGap()
    forget()
  }

  /// Takes the next event of the trace.
  public mutating func add(_ event: TraceEvent, position: UInt64) {
    judge.verifier.consume(event, position: position)
    eventCount += 1
    time = max(time, event.time)
    current?.events += 1
    let partition = Int(event.partition)
    switch event.knownKind {
    case .interrupt:
      addEntry(event)
      let line = Int(event.operand & 0xFFFF) - 32
      if (0..<ModuleLimits.lineCount).contains(line) { current?.interrupts[line] += 1 }
    case .timer, .exception: addEntry(event)
    case .hypercall:
      addEntry(event)
      if partition < partitionCount { current?.hypercalls[partition] += 1 }
    case .mark: if partition < partitionCount { current?.marks[partition] += 1 }
    case upcallKind: if partition < partitionCount { current?.upcalls[partition] += 1 }
    case .modeChange: if partition < partitionCount { modes[partition] = OperatingMode(rawValue: event.detail) }
    case .majorFrameStart: beginFrame(event)
    case .partitionSwitch:
      endStay(at: event.time)
      if partition < partitionCount { stay = (event.partition, max(event.time, event.words.w0)) }
    case .stop:
      hasStopped = true
      endStay(at: event.time)
    case .loss:
      eventsLost &+= event.words.w0
      forget()
      return
    default: break
    }
    previousTime = event.time
  }

  private mutating func forget() {
    current = nil
    stay = nil
    previousTime = nil
  }

  private mutating func addEntry(_ event: TraceEvent) {
    guard let previousTime else { return }
    let start = previousTime &+ EntrySnapshot(event).resumeDelay
    guard start >= previousTime, start <= event.time else { return }
    let place = Int(event.partition) < partitionCount ? Int(event.partition) : partitionCount
    current?.ringThree[place] &+= event.time - start
  }

  private mutating func endStay(at time: UInt64) {
    guard let open = stay else { return }
    stay = nil
    guard time > open.start, let frame = current, frame.stays.count < Self.maximumStayCount else { return }
    current?.stays.append(Frame.Stay(partition: open.partition, start: open.start, end: time))
  }

  private mutating func beginFrame(_ event: TraceEvent) {
    frameCount += 1
    let start = event.words.w0
    if let open = stay, open.start < start {
      endStay(at: start)
      stay = (open.partition, start)
    }
    if var done = current, start > done.start {
      done.end = start
      frames.append(done)
      if frames.count > Self.keptFrameCount { frames.removeFirst() }
    }
    current = Frame(
      number: UInt64(event.operand), schedule: Int(event.detail), start: start, partitionCount: partitionCount)
  }

  // MARK: Rates

  /// Virtual time of the frames kept, in ns.
  public var span: UInt64 { frames.reduce(0) { $0 &+ ($1.end - $1.start) } }

  /// Virtual seconds up to the last event in a second of the host's.
  public func pace(after seconds: Double) -> Double? { seconds > 0 ? Double(time) / 1e9 / seconds : nil }

  /// A sum over the frames kept, a second.
  public func rate(_ count: (Frame) -> UInt64) -> Double {
    let span = span
    return span == 0 ? 0 : Double(frames.reduce(0) { $0 &+ count($1) }) * 1e9 / Double(span)
  }

  /// The part of the time that a partition is in ring 3; `partitionCount` stands for the idle loop.
  public func share(_ partition: Int) -> Double {
    let span = span
    return span == 0 ? 0 : Double(frames.reduce(0) { $0 &+ $1.ringThree[partition] }) / Double(span)
  }
}
