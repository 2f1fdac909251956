import EventRows
import TraceFormat

/// A partition that runs undisturbed: whose entries are judged the short way.
///
/// Nearly all entries find the same: the partition that was switched to, in its window or in idle time, with no mark
/// waiting and no upcall on its way. Where a long judgement has found all that in order, and no event since could have
/// changed it, only what the entry itself tells is looked at. Whatever is not as it should be goes the long way, so
/// that the short one never finds a violation.
struct Calm {
  static let nobody: UInt16 = 0x100

  /// The partition, or `nobody`.
  var partition = nobody
  /// What is known of the partition, where it lies.
  ///
  /// Unsafe: not to be used where nobody is calm. The table of partitions does not move, and no copy has this.
  private(set) var place: DirectReference<PartitionState>?
  var state: DirectReference<PartitionState> { place.unsafelyUnwrapped }
  /// Flags of its last short entry, which show nothing new a second time; `noFlags` where there was none, or where what
  /// they showed has changed since.
  var shown = noFlags
  static let noFlags: UInt16 = 0x100
  /// Whether the open window is its own.
  var isOwner = false
  /// Upcalls entered and returned, as its entries must tell them.
  var counters: UInt32 = 0
  /// After this instant the timer is overdue, or an entry is so near the window's end, or behind it, that it is among
  /// the worst.
  var until: NanosecondInstant = 0
  /// The same but for the timer: it may come whenever it likes.
  var timerUntil: NanosecondInstant = 0
  /// Entries that went the short way, and those of them by a window's owner: not in the accounts yet.
  var entries: UInt64 = 0
  var ownEntries: UInt64 = 0
  /// Interrupts that were judged together with their marks: not in the accounts yet either.
  var interrupts: UInt64 = 0

  /// A usual interrupt: its vector, 0 for none, whom it marked, and whether its line is foreign to the open window.
  struct Interrupt {
    var vector: UInt32 = 0
    var taker: UInt8 = 0
    var isForeign = false
    /// Unsafe: as `Calm.place`.
    var state: DirectReference<PartitionState>?
    var counter: DirectReference<UInt64>?
  }
  /// The last one since the calm began.
  var usual = Interrupt()

  /// A partition is calm from now on.
  mutating func begin(_ partition: UInt8, _ state: DirectReference<PartitionState>) {
    self.partition = UInt16(partition)
    place = state
    shown = Self.noFlags
    usual.vector = 0
  }
}

extension Verifier {
  /// Judges an entry of the calm partition; false, and nothing, where it must be judged the long way.
  ///
  /// - Parameter until: the last instant at which it may come so.
  @inline(__always)
  mutating func passCalmly(_ event: RowReference, until: NanosecondInstant) -> Bool {
    guard isCalm(event, until: until), UInt32(truncatingIfNeeded: event.words.w0) == calm.counters else {
      return false
    }
    let partition = event.partition
    let resume = previousTime &+ event.words.w1
    let spent = resume &- machine.entryTime
    machine.kernelTime = machine.kernelTime &+ spent
    if machine.isEntryForeign {
      machine.isEntryForeign = false
      if calm.isOwner { schedule.stolen = schedule.stolen &+ spent }
    }
    judgeCallDuration(partition, spent, resume)
    calm.entries &+= 1
    if calm.isOwner { calm.ownEntries &+= 1 }
    if UInt16(event.detail) != calm.shown {
      calm.state.pointee.show(EntrySnapshot.Flags(rawValue: event.detail))
      calm.shown = UInt16(event.detail)
    }
    machine.entryTime = time
    return true
  }

  /// Whether an entry of the calm partition is as it should be, but for its counters.
  @inline(__always)
  private mutating func isCalm(_ event: RowReference, until: NanosecondInstant) -> Bool {
    guard UInt16(event.partition) == calm.partition, time <= until, event.words.w1 <= time &- previousTime else {
      return false
    }
    return UInt8(truncatingIfNeeded: event.operand &>> 16) == event.partition
  }

  /// Judges an entry by which the calm partition has returned from upcalls, and nothing else is new, and begins its
  /// step; false, and nothing, where it must be judged the long way.
  @inline(never)
  mutating func passReturn(_ event: RowReference) -> Bool {
    let until = event.kind == EventKind.timer.rawValue ? calm.timerUntil : calm.until
    guard isCalm(event, until: until) else { return false }
    let snapshot = event.snapshot
    let state = partitions.reference(to: Int(event.partition))
    let returned = snapshot.upcallsReturned &- state.pointee.returned
    guard snapshot.upcallsEntered == state.pointee.entered, state.pointee.unfinished >= Int32(returned),
      snapshot.upcallsEntered &- snapshot.upcallsReturned < 0x8000
    else { return false }
    state.pointee.returned = snapshot.upcallsReturned
    state.pointee.unfinished &-= Int32(returned)
    state.pointee.isOverflowTold = false
    calm.counters = UInt32(truncatingIfNeeded: event.words.w0)
    guard passCalmly(event, until: until) else { return false }
    beginStep(event)
    noteReturns(returned)
    return true
  }

  /// An entry was judged the long way: whether the next one of the same partition need not be.
  @inline(__always)
  mutating func seekCalm(_ partition: UInt8) {
    let state = partitions.reference(to: Int(partition))
    guard machine.isRunnerKnown, machine.runner == partition, machine.pulsed == 0, !machine.frameToJudge,
      schedule.isWindowKnown, state.pointee.mode != 0, !state.pointee.isInitialising, !state.pointee.isContextDue,
      state.pointee.countersKnown, state.pointee.unfinishedKnown, state.pointee.upcallsOwed == 0,
      state.pointee.pending == 0, state.pointee.upcallAwaited < 0,
      state.pointee.entered &- state.pointee.returned < 0x8000
    else { return }
    let isOwner = schedule.isOpen && schedule.owner == partition
    if isOwner {
      guard !state.pointee.hasYielded, !schedule.awaitsFirst, schedule.end <= UInt64(Int64.max) else { return }
    } else {
      guard partition == plan.drainer, !schedule.isOpen || !partitions[Int(schedule.owner)].isAble else { return }
    }
    calm.begin(partition, state)
    calm.isOwner = isOwner
    calm.counters = UInt32(state.pointee.entered) &<< 16 | UInt32(state.pointee.returned)
    calm.timerUntil = isOwner ? lastPlainInstant() : .max
    placeTimer()
  }

  /// The timer was armed, or the calm begins: from when on it would be overdue.
  @inline(__always)
  mutating func placeTimer() { calm.until = min(machine.isArmed ? machine.dueFrom : .max, calm.timerUntil) }

  /// The last instant of the open window at which its owner's entry is not among those that the book keeps as the worst
  /// of `windowEnd`: the book's threshold only ever rises.
  private func lastPlainInstant() -> NanosecondInstant {
    let threshold = book.accounts[unchecked: ClaimKey.windowEnd.rawValue].threshold
    guard threshold < 0 else { return schedule.end }
    return schedule.end - min(schedule.end, threshold.magnitude)
  }

  /// Something has happened that the calm may not have survived.
  @inline(__always)
  mutating func disturb() { calm.partition = Calm.nobody }

  /// Enters the short judgements into the accounts.
  mutating func settleCalm() {
    for key in [ClaimKey.addressSpace, .switchEffect, .modeQuiet, .windowOwner, .upcallReturned] {
      book.accounts[key.rawValue].checked &+= calm.entries
    }
    for key in [ClaimKey.markRegistered, .markOrder, .markCounter, .markComplete, .acknowledged] {
      book.accounts[key.rawValue].checked &+= calm.interrupts
    }
    book.accounts[ClaimKey.windowEnd.rawValue].checked &+= calm.ownEntries
    (calm.entries, calm.ownEntries, calm.interrupts) = (0, 0, 0)
  }

  /// Kinds after which the calm goes on: what they tell is about others than the partition that runs.
  ///
  /// Entries look themselves, results, marks and the timer's arming too.
  static func isCalm(_ kind: EventKind?) -> Bool {
    switch kind {
    case .hypercall, .interrupt, .timer, .exception, .hypercallResult, .mark, .portOperation, .messageCopied,
      .consoleWritten, .noteWords, .acknowledged, .kernelHandler, .unclaimed, .spurious, .timerArmed, .drained,
      .upcallsReturned, .keyframeWords, .keyframe:
      true
    default: false
    }
  }
}
