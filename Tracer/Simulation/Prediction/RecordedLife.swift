import APEXTypes
import ModuleConfiguration

/// How a partition started, as a `restart` event says it.
struct PartitionStart: Equatable {
  /// An `OperatingMode` and a `StartCondition`, raw: a trace may say anything.
  var mode: UInt8
  var condition: UInt8
  /// The number of the change of schedules that made it start, from 1; nil where something else did. Without it a start
  /// at one change would pass for the start at another.
  var change: UInt64?

  /// Of the same mode, for the same reason, at whatever time.
  func isLike(_ other: PartitionStart?) -> Bool { mode == other?.mode && condition == other?.condition }

  /// A change of schedules made it start, unless the partition asked for it itself.
  var mayBeOfChange: Bool { condition == StartCondition.partitionRestart.rawValue }
}

/// What a partition did in a recorded run from one start to the next.
///
/// A restart throws away whatever the partition was at, so what came before it and what came after are two flows: were
/// they one, a computation cut off in the middle would be lost and all later deeds shifted.
final class RecordedLife {
  /// Nil where the trace does not show it.
  var start: PartitionStart?
  /// What is done outside of upcalls' handlers.
  let main: RecordedStrand
  /// Handlers in the order in which they began, by interrupt, that nobody has taken yet.
  private var handlers: [UInt8: HandlerQueue] = [:]
  private let room: SpillRoom?
  /// What each piece of the partition's memory took, and what the start took after the last one, ns.
  var pieceTimes: [UInt64] = []
  var startTime: UInt64?
  /// From an entry to the piece that was made next, where no window's instant was waited for, by the piece's number;
  /// ns.
  var timesFromEntry: [Int: UInt64] = [:]
  /// What the kernel took after a piece before another partition went on, or it let interrupts in, where either is
  /// known, by the piece's number; ns.
  var switchTimes: [Int: UInt64] = [:]
  /// From the entry that made it start to when interrupts were let in, where one came before its first piece, ns.
  var timeToOpening: UInt64?
  /// When the next start cut it off, ns.
  var cut: UInt64?
  /// Nobody follows it any more: of what is recorded only the beginning is kept.
  private var isForsaken = false

  /// - Parameter room: where deeds wait that nobody has come to yet.
  init(room: SpillRoom? = nil) {
    self.room = room
    main = RecordedStrand(room: room)
  }

  /// More of it may be recorded.
  var isOpen: Bool { main.end == .open }
  /// It is past its start.
  var hasRun: Bool { main.count > 0 || !isOpen }

  func append(handler: RecordedStrand, of vector: UInt8) {
    guard !isForsaken else { return }
    if handlers[vector] == nil { handlers[vector] = HandlerQueue(room: room) }
    handlers[vector]?.append(handler)
  }

  /// The next recorded handler of an interrupt; nil where none is known.
  func takeHandler(of vector: UInt8) -> RecordedStrand? { handlers[vector]?.take() }

  func hasHandler(of vector: UInt8) -> Bool { handlers[vector].map { !$0.isEmpty } ?? false }

  func forsake() {
    isForsaken = true
    main.forsake()
  }
}

/// What a partition did in one go, in its main flow or in one upcall's handler: deeds in order, and the computation
/// after the last of them.
///
/// Deeds are forgotten when they have been done again, but for the first ones: a start that the recorded run does not
/// have is taken to begin as another one did.
final class RecordedStrand {
  enum End {
    /// It is still recorded; it was when the trace ended.
    case open
    /// The handler returned.
    case returned
    /// The partition started anew. What it would have done next nobody knows.
    case cut
  }

  var end: End
  /// Deeds, ever.
  private(set) var count = 0
  /// What was computed after the last deed, ns.
  var computation: UInt64 = 0
  /// Whether the virtual interrupts were on in that computation, as far as an interruption has shown it.
  var wasOn: Bool?
  /// What was computed of that before they turned, ns: a partition turns them without entering the kernel. It is in the
  /// middle between the last interruption that found them as at first and the next one; all ones where none did. Of
  /// further turns nothing is kept.
  var turn = UInt64.max
  private var latestShown: UInt64 = 0
  /// What was computed of that before its last upcall, ns; nil where none came.
  private(set) var computationBeforeUpcall: UInt64?
  /// When that computation began, ns; nil where it has not.
  private(set) var beginning: UInt64?
  /// The kind of the last deed; all ones before the first.
  private(set) var latestKind = UInt16.max
  /// The timer's entry of which the handler's upcall came: what became of it, and what the kernel took, ns; nil where
  /// another entry led to it.
  var timerEntry: (outcome: TimerOutcome, time: UInt64)?
  /// The handler counts as returned, and its partition's virtual interrupts stay off: its scheduler has taken the
  /// processor from whom it interrupted. The marks that wait are not asked for then.
  var returnsMasked = false
  /// What the kernel took for the trampoline's call with which the handler returned, ns; nil where it made none.
  var returnTime: UInt64?
  /// Its last deed made its partition start, and was one that `leavesStaleTimer`.
  var endsWithStaleTimer = false
  /// A window has been given up, and nothing done since but to ask for marks.
  private(set) var isGivenUp = false
  /// What was told last is that no process has the processor.
  private(set) var isIdle = false
  private var kept: [RecordedDeed] = []
  /// Those behind them, where there are any.
  private var rest: SpillingQueue<RecordedDeed>?
  private let room: SpillRoom?
  /// The number of the first deed in `rest`.
  private var restStart = RecordedStrand.keptCount
  private var isForsaken = false

  /// Deeds to begin with that are kept for good: some seconds of an ordinary partition, half a megabyte.
  private static let keptCount = 4096

  /// - Parameter room: where deeds wait that nobody has come to yet.
  init(end: End = .open, room: SpillRoom? = nil) {
    self.end = end
    self.room = room
  }

  /// All its deeds are among the first ones.
  var isKeptWhole: Bool { count <= Self.keptCount }

  func append(_ deed: RecordedDeed) {
    count += 1
    if kept.count < Self.keptCount {
      kept.append(deed)
    } else if !isForsaken {
      let queue = rest ?? SpillingQueue(room: room)
      queue.append(deed)
      rest = queue
    }
  }

  /// An interruption of the computation has found the virtual interrupts on or off.
  func show(isOn: Bool) {
    guard turn == .max else { return }
    if wasOn == nil || wasOn == isOn {
      wasOn = isOn
      latestShown = computation
    } else {
      turn = latestShown + (computation - min(latestShown, computation)) / 2
    }
  }

  /// It has computed so much until then.
  func compute(_ span: UInt64, until instant: UInt64) {
    beginning = beginning ?? instant - min(instant, span)
    computation += span
  }

  /// An upcall interrupts the computation.
  func noteUpcall() { computationBeforeUpcall = computation }

  /// A deed has been done: what leads to the next one begins.
  func beginComputation(after deed: RecordedDeed) {
    computationBeforeUpcall = nil
    latestKind = deed.kind
    if deed.kind != HypercallNumber.null.rawValue { isGivenUp = deed.isYield }
    if let telling = deed.telling { isIdle = telling.to.isNone }
    beginning = nil
    computation = 0
    wasOn = nil
    turn = .max
    latestShown = 0
  }

  /// The deed of a number from 0; nil where it has not been recorded, or is no longer known.
  func deed(_ number: Int) -> RecordedDeed? {
    if number < Self.keptCount { return number < kept.count ? kept[number] : nil }
    return number == restStart ? rest?.front : nil
  }

  /// The deed has been done.
  func pass(_ number: Int) {
    guard number == restStart, let rest, !rest.isEmpty else { return }
    rest.removeFirst()
    restStart += 1
  }

  func forsake() {
    isForsaken = true
    rest = nil
  }
}
