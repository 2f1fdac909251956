import TraceFormat

/// Tells of every nanosecond of a trace who took it: it turns events into pieces of time that follow each other without
/// gap.
struct TimeLedger {
  struct Piece {
    var from: UInt64
    var to: UInt64
    var taker: TimeTaker
  }

  private var last: UInt64 = 0
  private var hasBegun = false
  /// Who takes the time from the last event on.
  private var taker = TimeTaker.start
  /// The kernel waits for this instant, 0 if for none.
  private var waitsFor: UInt64 = 0
  private var isResumeKnown = false

  /// The pieces of time from the event before to this one, at most four; those without length are left out.
  mutating func pieces(until event: TraceEvent, isAfterGap: Bool, into pieces: inout [Piece]) {
    pieces.removeAll(keepingCapacity: true)
    guard let kind = event.knownKind else { return }
    defer {
      hasBegun = true
      last = max(last, event.time)
      isResumeKnown = kind != .loss
    }
    guard hasBegun else {
      last = event.time
      return turn(kind, event)
    }
    if isAfterGap {
      waitsFor = 0
      add(event.time, .unknown, &pieces)
      return turn(kind, event)
    }
    if Self.isEntry(kind, event) {
      enter(event, &pieces)
      return turn(kind, event)
    }
    switch kind {
    case .majorFrameStart, .windowStart, .windowEnd, .partitionSwitch, .idle: taker = .windowSwitch
    case .memoryPiece: taker = .restart(event.partition)
    case .padded:
      // Where nothing was left to wait, the kernel was at work up to here.
      let ready = event.words.w1 == 0 ? event.time : event.words.w0 &- event.words.w1
      add(min(event.time, ready), .windowSwitch, &pieces)
      waitsFor = event.words.w0
      add(min(event.time, waitsFor), .padding, &pieces)
      taker = last < waitsFor ? .padding : .windowEntry
    case .keyframeWords, .keyframe:
      let before = taker
      add(event.time, .keyframe, &pieces)
      taker = before
    default: break
    }
    add(event.time, taker, &pieces)
    turn(kind, event)
  }

  /// Whether the event tells of an entry from ring 3 or the idle loop, with the resume before it.
  static func isEntry(_ kind: EventKind, _ event: TraceEvent) -> Bool {
    switch kind {
    case .interrupt: event.detail & EntrySnapshot.Flags.isPulse.rawValue == 0
    case .timer, .hypercall, .exception: true
    default: false
    }
  }

  private mutating func enter(_ event: TraceEvent, _ pieces: inout [Piece]) {
    let isOwner = event.partition != 0xFF
    let resume = isResumeKnown ? min(event.time, last &+ EntrySnapshot(event).resumeDelay) : last
    if waitsFor > last {
      // Interrupts of the wait find nobody running; after them it goes on.
      if isOwner {
        add(min(resume, waitsFor), .padding, &pieces)
        add(resume, .windowEntry, &pieces)
      } else {
        add(resume, taker, &pieces)
        add(event.time, .padding, &pieces)
      }
    } else if waitsFor != 0 {
      add(resume, .windowEntry, &pieces)
    }
    if isOwner { waitsFor = 0 }
    add(resume, taker, &pieces)
    add(event.time, isOwner ? .partition(event.partition) : .idle, &pieces)
  }

  /// The input decides who takes the time that follows.
  private mutating func turn(_ kind: EventKind, _ event: TraceEvent) {
    switch kind {
    case .interrupt: taker = .interrupt(line: UInt8(truncatingIfNeeded: event.operand & 0xFFFF) &- 32)
    case .timer: taker = .timer
    case .hypercall: taker = .hypercall(UInt16(truncatingIfNeeded: event.operand), of: event.partition)
    case .exception: taker = .exception(UInt8(truncatingIfNeeded: event.operand), of: event.partition)
    case .start: taker = .start
    case .stimulus: taker = .stimulus
    case .nonMaskable: taker = .nonMaskable
    default: break
    }
  }

  private mutating func add(_ to: UInt64, _ taker: TimeTaker, _ pieces: inout [Piece]) {
    guard to > last else { return }
    pieces.append(Piece(from: last, to: to, taker: taker))
    last = to
  }
}
