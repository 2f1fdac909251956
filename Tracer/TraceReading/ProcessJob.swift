/// How a job went, as the claims on deadlines take it; times in ns.
public struct JobCourse: Equatable, Sendable {
  /// From when on its deadline counted.
  public var start: UInt64
  /// When it had to be complete: the first of its deadlines that it missed, else the last one. Nil where no clock comes
  /// to that.
  public var due: UInt64?
  /// How much of its deadline it has used: the time since its start; where that was moved, all but what was left of the
  /// new one. It is more than the deadline exactly if `verify` says that it was missed.
  public var used: UInt64
}

/// The job of a process that was released last, as the claims on deadlines take it.
struct ProcessJob: Equatable, Sendable {
  /// The release of a process before the next one.
  enum LastRelease: Equatable, Sendable {
    /// There is none since its partition's start.
    case none
    case at(UInt64)
    /// It may be among missing events.
    case unknown
  }

  /// Nil where no job is under way.
  private(set) var release: UInt64?
  /// Its process has had the processor for it, as is told, and it began so much later than its release.
  private(set) var hasBegun = false
  private var delay: UInt64 = 0
  /// How much later than its release the last job began: who starts with a delay keeps it from job to job, and until
  /// one has begun nobody tells of it.
  private var lastDelay: UInt64 = 0
  /// The release after it, where that comes before it is complete, and may.
  private(set) var next: UInt64?
  /// Never moved by a delay.
  var lastRelease = LastRelease.none
  /// The deadline that it was given while it was under way.
  private(set) var moved: UInt64?
  /// How it stood when its deadline was moved and had passed: that stays missed, whatever the new one is.
  private var missed: JobCourse?
  /// Whether releases count: those of a process that is told of only from its start, where that is told, else from
  /// where it first gets the processor.
  var isFollowed: Bool

  init(isFollowed: Bool) { self.isFollowed = isFollowed }

  /// From when on its deadline counts.
  var begin: UInt64? { release.map { $0 &+ delay } }

  /// Whether the process's period is over where one of its partition's begins, which is `own` long.
  func isOver(_ period: UInt64, at instant: UInt64, of own: UInt64) -> Bool {
    guard own > 0, period / own > 1, period % own == 0 else { return true }
    switch lastRelease {
    case .none: return true
    case .at(let release): return instant > release && instant - release >= period
    case .unknown: return false
    }
  }

  mutating func begin(at instant: UInt64) {
    end()
    (release, delay) = (instant, lastDelay)
    lastRelease = .at(instant)
  }

  /// A release comes while it is under way.
  ///
  /// - Returns: false where it has missed its deadline by that, or is not under way. A job that began later than its
  ///   period may run into the next one, whose own begins as late; so may one that another schedule's period falls
  ///   into.
  mutating func wait(for instant: UInt64, deadline: UInt64) -> Bool {
    guard hasTime(instant, deadline) else { return false }
    if next == nil { wait(for: instant) }
    return true
  }

  /// Whether it is under way, and its deadline comes after an instant.
  func hasTime(_ instant: UInt64, _ deadline: UInt64) -> Bool {
    guard let begin else { return false }
    return due(begin, deadline).map { $0 > instant } ?? true
  }

  /// How it went, if an instant is its end; nil where none is under way.
  func course(at instant: UInt64, _ deadline: UInt64) -> JobCourse? {
    guard let begin else { return nil }
    let used = used(at: instant, since: begin, deadline)
    guard let missed else { return JobCourse(start: begin, due: due(begin, deadline), used: used) }
    return JobCourse(start: begin, due: missed.due, used: max(missed.used, used))
  }

  private func due(_ begin: UInt64, _ deadline: UInt64) -> UInt64? {
    if let moved { return moved }
    let (instant, isBeyond) = begin.addingReportingOverflow(deadline)
    return isBeyond ? nil : instant
  }

  /// Of who has no deadline nothing can be used but time.
  private func used(at instant: UInt64, since begin: UInt64, _ deadline: UInt64) -> UInt64 {
    guard let moved, deadline != .max else { return instant - min(instant, begin) }
    if instant <= moved { return deadline - min(deadline, moved - instant) }
    let (used, isBeyond) = deadline.addingReportingOverflow(instant - moved)
    return isBeyond ? .max : used
  }

  /// It is the job before the one that was released at `instant`.
  mutating func wait(for instant: UInt64) {
    next = instant
    lastRelease = .at(instant)
  }

  /// Its process goes on with a job that began at `start`; is it this one?
  ///
  /// - Returns: true where it is, and begins at another instant than was told.
  mutating func goOn(from start: UInt64) -> Bool {
    guard let release, let begin, start >= (hasBegun ? begin : release) else { return false }
    let told = hasBegun ? begin : release
    delay = start &- release
    if !hasBegun { lastDelay = delay }
    hasBegun = true
    return start != told
  }

  /// It has not begun by the time the next one does: it would have been as late as that.
  ///
  /// - Returns: from when on its deadline then counts; nil where that changes nothing.
  mutating func adopt(delay other: UInt64) -> UInt64? {
    guard !hasBegun, delay != other else { return nil }
    delay = other
    return begin
  }

  /// It is under way no longer, nor is what would follow it.
  mutating func end() { (release, hasBegun, delay, next, moved, missed) = (nil, false, 0, nil, nil, nil) }

  /// It is started: from its first release on it is so late.
  mutating func start(after delay: UInt64) {
    end()
    (isFollowed, lastRelease, lastDelay) = (true, .none, delay)
  }

  /// The job that has the processor, or had it, has another deadline from an instant on.
  ///
  /// - Parameter deadline: that of its process.
  mutating func move(to new: UInt64, at instant: UInt64, _ deadline: UInt64) {
    guard hasBegun, let begin, new >= begin else { return }
    if let due = due(begin, deadline), instant > due { missed = course(at: instant, deadline) }
    moved = new
  }

  /// Its process or its partition is stopped: how late later jobs begin nobody knows.
  mutating func stop() {
    end()
    lastDelay = 0
  }

  /// It is done.
  ///
  /// - Returns: the release that has waited for this, and takes effect now.
  mutating func complete() -> UInt64? {
    let waiting = next
    end()
    if let waiting { (release, delay) = (waiting, lastDelay) }
    return waiting
  }
}
